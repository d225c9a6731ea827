/* Ranks in names of tensors and folders, and tensors that are put together over them. */
#include "dump/ranks.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dump/folder_name.h"
#include "dump/listing.h"

/* ---- names ---- */

static bool is_word(char c)
{
    return isalnum((unsigned char)c);
}

/* "rank3" at `at`: where it ends, or NULL. */
static const char *take_rank(const char *at, int64_t *rank)
{
    static const char word[] = "rank";
    const char *p = at + sizeof word - 1;
    *rank = 0;
    if (strncasecmp(at, word, sizeof word - 1) != 0)
        return NULL;
    p += *p == '=' || *p == '_' || *p == '-';
    const char *digits = p;
    for (; *p >= '0' && *p <= '9' && p < digits + 9; p++)
        *rank = *rank * 10 + (*p - '0');
    return p > digits && !is_word(*p) ? p : NULL;
}

bool ranks_in_name(const char *name, size_t *begin, size_t *end, int64_t *rank)
{
    size_t length = strlen(name);
    for (size_t i = length; i-- > 0;) {
        const char *behind = i == 0 || !is_word(name[i - 1]) ? take_rank(name + i, rank) : NULL;
        if (!behind)
            continue;
        *begin = i;
        *end = (size_t)(behind - name);
        while (*begin > 0 && !is_word(name[*begin - 1]))
            (*begin)--;
        while (*begin == 0 && *end < length && !is_word(name[*end]))
            (*end)++;
        return *begin > 0 || *end < length;
    }
    return false;
}

int64_t ranks_of_folder(const char *file)
{
    int64_t rank = -1, number;
    char folder[64];
    for (const char *next; (next = strchr(file, '/')); file = next + 1) {
        size_t length = (size_t)(next - file);
        if (length >= sizeof folder)
            continue;
        memcpy(folder, file, length);
        folder[length] = '\0';
        if (folder_role(folder, false, &number) == FOLDER_RANK)
            rank = number;
    }
    return rank;
}

bool ranks_axis(const struct mm_concat_list *list, const char *name, int *axis)
{
    int best = 0; /* 1: by an option for all, 2: by one for this name */
    for (size_t i = 0; i < list->count; i++) {
        const char *wanted = list->row[i].name;
        bool meant = wanted && (strcmp(wanted, name) == 0 || mm_text_glob(wanted, name));
        int kind = meant ? 2 : wanted ? 0 : 1;
        if (kind == 0 || kind < best)
            continue;
        best = kind;
        *axis = list->row[i].axis;
    }
    return best > 0;
}

/* ---- tensors ---- */

struct piece {
    struct mm_entry *entry;
    const char *name; /* of the whole tensor */
    int64_t rank;
    size_t occurrence; /* of this name and rank, from 0 on */
    size_t place;      /* in the listing */
    bool by_folder;
    int axis;
};

struct joining {
    struct listing *list;
    struct piece *piece;
    size_t count;
    int64_t ranks;           /* one more than the greatest */
    struct mm_entry *result; /* what the listing will be */
    size_t results;
};

static int by_name_and_rank(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    if (order)
        return order;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static int by_name_and_occurrence(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    if (order)
        return order;
    if (x->occurrence != y->occurrence)
        return x->occurrence < y->occurrence ? -1 : 1;
    return (x->rank > y->rank) - (x->rank < y->rank);
}

/* The name without "rank3" in it, in the arena. */
static const char *whole_name(struct joining *joining, const char *name, size_t begin, size_t end)
{
    struct mm_arena *arena = &joining->list->dump->arena;
    size_t length = strlen(name);
    char *whole = mm_arena_alloc(arena, length + 1);
    if (!whole)
        return NULL;
    memcpy(whole, name, begin);
    memcpy(whole + begin, name + end, length - end + 1);
    return whole;
}

/* 1: the entry is a rank's, *piece has what is known; 0: it is not, or nothing is said of it; -1: memory. */
static int look(struct joining *joining, struct mm_entry *entry, size_t place, struct piece *piece)
{
    size_t begin, end;
    *piece = (struct piece){.entry = entry, .place = place, .name = entry->parsed.name};
    piece->rank = ranks_of_folder(entry->source->file);
    piece->by_folder = piece->rank >= 0;
    if (!piece->by_folder && ranks_in_name(piece->name, &begin, &end, &piece->rank))
        piece->name = whole_name(joining, piece->name, begin, end);
    else if (!piece->by_folder &&
             !ranks_in_name(mm_path_base(entry->source->file), &begin, &end, &piece->rank))
        piece->rank = -1;
    if (!piece->name)
        return -1;
    if (piece->rank < 0)
        return 0;
    bool said = ranks_axis(&joining->list->part.concat, piece->name, &piece->axis);
    bool stays = piece->by_folder || joining->list->fields; /* one rank, where nothing is said */
    if (!said && stays)
        piece->axis = INT32_MAX;
    return said || stays;
}

static int sort_out(struct joining *joining)
{
    struct mm_members *found = &joining->list->found;
    for (size_t i = 0; i < found->count; i++) {
        struct piece piece;
        int known = look(joining, &found->entry[i], i, &piece);
        if (known < 0)
            return -1;
        if (known) {
            joining->piece[joining->count++] = piece;
            joining->ranks = piece.rank >= joining->ranks ? piece.rank + 1 : joining->ranks;
        } else {
            joining->result[joining->results++] = found->entry[i];
        }
    }
    qsort(joining->piece, joining->count, sizeof *joining->piece, by_name_and_rank);
    for (size_t i = 1; i < joining->count; i++) {
        struct piece *here = &joining->piece[i], *before = here - 1;
        if (strcmp(here->name, before->name) == 0 && here->rank == before->rank)
            here->occurrence = before->occurrence + 1;
    }
    qsort(joining->piece, joining->count, sizeof *joining->piece, by_name_and_occurrence);
    return 0;
}

static char *label_of(struct joining *joining, const struct piece *piece, size_t count)
{
    struct mm_buf text = {0};
    mm_buf_printf(&text, "%s (%zu ranks)", piece->name, count);
    char *label = text.failed ? NULL : mm_arena_strdup(&joining->list->dump->arena, mm_buf_text(&text));
    mm_buf_done(&text);
    return label;
}

/* Some rank has no part: the first that has not, or -1. */
static int64_t find_missing(const struct piece *piece, size_t count, int64_t ranks)
{
    for (int64_t rank = 0; rank < ranks; rank++) {
        if ((size_t)rank >= count || piece[rank].rank != rank)
            return rank;
    }
    return -1;
}

static int blame_missing(struct joining *joining, struct mm_entry *entry, int64_t missing)
{
    struct mm_buf text = {0};
    mm_buf_printf(&text, "%s: can't be joined: rank %" PRId64 " of ranks 0 to %" PRId64 " has no part of it",
                  entry->label, missing, joining->ranks - 1);
    entry->code = MM_ECORRUPT;
    entry->wrong = text.failed ? NULL : mm_arena_strdup(&joining->list->dump->arena, mm_buf_text(&text));
    mm_buf_done(&text);
    return entry->wrong ? 0 : -1;
}

/* The pieces of one tensor become one entry. */
static int join(struct joining *joining, const struct piece *piece, size_t count)
{
    struct mm_arena *arena = &joining->list->dump->arena;
    struct mm_entry *entry = &joining->result[joining->results++];
    *entry = *piece->entry;
    entry->parsed.name = piece->name;
    if (count == 1 || piece->axis == INT32_MAX)
        return 0;
    struct mm_entry *part = mm_arena_array(arena, count, sizeof *part);
    struct mm_joined *joined = mm_arena_alloc(arena, sizeof *joined);
    int64_t missing = find_missing(piece, count, joining->ranks);
    entry->label = label_of(joining, piece, count);
    if (!part || !joined || !entry->label || (missing >= 0 && blame_missing(joining, entry, missing) < 0))
        return -1;
    for (size_t i = 0; i < count; i++)
        part[i] = *piece[i].entry;
    *joined = (struct mm_joined){.part = part, .count = count, .axis = piece->axis};
    entry->joined = joined;
    joining->list->joined++;
    return 0;
}

static int join_all(struct joining *joining)
{
    int result = sort_out(joining);
    for (size_t i = 0, end; i < joining->count && result == 0; i = end) {
        const struct piece *first = &joining->piece[i];
        for (end = i + 1; end < joining->count && strcmp(joining->piece[end].name, first->name) == 0 &&
                          joining->piece[end].occurrence == first->occurrence;
             end++) {
        }
        result = join(joining, first, end - i);
    }
    return result;
}

int listing_join_ranks(struct listing *list)
{
    struct mm_members *found = &list->found;
    struct joining joining = {.list = list};
    if (list->part.concat.count == 0)
        return 0;
    joining.piece = calloc(found->count + 1, sizeof *joining.piece);
    joining.result = calloc(found->count + 1, sizeof *joining.result);
    int result = joining.piece && joining.result ? join_all(&joining) : -1;
    if (result == 0) {
        memcpy(found->entry, joining.result, joining.results * sizeof *joining.result);
        found->count = joining.results;
        list->dump->joined = list->joined;
        list->dump->joined_ranks = list->joined ? (size_t)joining.ranks : 0;
    }
    free(joining.piece);
    free(joining.result);
    return result < 0 ? listing_no_memory(list) : 0;
}
