/* Names that a person has paired or taken apart: short lists that are never changed but made anew. */
#include "plan/state.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- a list ---- */

struct mm_pair_list *mm_pair_list_hold(struct mm_pair_list *list)
{
    if (list)
        list->references++;
    return list;
}

void mm_pair_list_release(struct mm_pair_list *list)
{
    if (list && --list->references == 0)
        free(list);
}

static size_t count_of(const struct mm_pair_list *list)
{
    return list ? list->count : 0;
}

static bool same_names(const struct mm_plan_pair *a, const char *src, const char *dst)
{
    return strcmp(a->src, src) == 0 && strcmp(a->dst, dst) == 0;
}

static bool has(const struct mm_pair_list *list, const struct mm_plan_pair *pair)
{
    for (size_t i = 0; i < count_of(list); i++) {
        if (list->pair[i].apart == pair->apart && same_names(&list->pair[i], pair->src, pair->dst))
            return true;
    }
    return false;
}

/* The same pairs, in whatever order they were made. */
bool mm_pair_list_same(const struct mm_pair_list *a, const struct mm_pair_list *b)
{
    if (a == b)
        return true;
    bool same = count_of(a) == count_of(b);
    for (size_t i = 0; i < count_of(a) && same; i++)
        same = has(b, &a->pair[i]);
    return same;
}

static char *put(char **at, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = memcpy(*at, text, size);
    *at += size;
    return copy;
}

/* Copies of pairs; NULL when memory is out. */
static struct mm_pair_list *list_of(const struct mm_plan_pair *pair, size_t count)
{
    size_t size = sizeof(struct mm_pair_list) + count * sizeof *pair;
    char *text;
    for (size_t i = 0; i < count; i++)
        size += strlen(pair[i].src) + strlen(pair[i].dst) + 2;
    struct mm_pair_list *list = malloc(size);
    if (!list)
        return NULL;
    *list = (struct mm_pair_list){.references = 1, .count = count};
    text = (char *)&list->pair[count];
    for (size_t i = 0; i < count; i++) {
        char *src = put(&text, pair[i].src), *dst = put(&text, pair[i].dst);
        list->pair[i] = (struct mm_plan_pair){src, dst, pair[i].apart};
    }
    return list;
}

/* ---- changes ---- */

struct mm_plan_pairs mm_plan_pairs(const struct mm_plan *plan)
{
    return (struct mm_plan_pairs){plan->pairs ? plan->pairs->pair : NULL, count_of(plan->pairs)};
}

void mm_plan_take_pairs(struct mm_plan *plan, struct mm_pair_list *list)
{
    plan->pairs_revision += !mm_pair_list_same(plan->pairs, list);
    mm_pair_list_release(plan->pairs);
    plan->pairs = list;
}

uint64_t mm_plan_pairs_revision(const struct mm_plan *plan)
{
    return plan->pairs_revision;
}

/* Is what was said before void now that this is said? */
static bool is_void(const struct mm_plan_pair *before, const struct mm_plan_pair *now)
{
    if (same_names(before, now->src, now->dst))
        return true;
    return !now->apart && !before->apart &&
           (strcmp(before->src, now->src) == 0 || strcmp(before->dst, now->dst) == 0);
}

/* Without what is void, and with `now` if that is wanted. */
static int say(struct mm_plan *plan, const struct mm_plan_pair *now, bool added, struct mm_err *err)
{
    size_t count = 0, before = count_of(plan->pairs);
    struct mm_plan_pair *pair = calloc(before + 1, sizeof *pair);
    for (size_t i = 0; pair && i < before; i++) {
        if (!is_void(&plan->pairs->pair[i], now))
            pair[count++] = plan->pairs->pair[i];
    }
    if (pair && added)
        pair[count++] = *now;
    struct mm_pair_list *list = pair ? list_of(pair, count) : NULL;
    free(pair);
    if (!list)
        return mm_fail_memory(err);
    mm_plan_take_pairs(plan, list);
    plan->revision++;
    return 0;
}

int mm_plan_pair(struct mm_plan *plan, const char *src, const char *dst, struct mm_err *err)
{
    struct mm_plan_pair now = {src, dst, false};
    if (mm_plan_check_open(plan, err) < 0)
        return -1;
    if (!*src || !*dst)
        return mm_fail(err, MM_EARG, "a pair needs a name of src and one of dst");
    return say(plan, &now, true, err);
}

int mm_plan_part(struct mm_plan *plan, const char *src, const char *dst, struct mm_err *err)
{
    struct mm_plan_pair together = {src, dst, false}, apart = {src, dst, true};
    if (mm_plan_check_open(plan, err) < 0)
        return -1;
    return say(plan, &apart, !has(plan->pairs, &together), err);
}

/* ---- saved or not ---- */

bool mm_plan_pairs_unsaved(const struct mm_plan *plan)
{
    return !mm_pair_list_same(plan->pairs, plan->saved_pairs);
}

void mm_plan_mark_pairs_saved(struct mm_plan *plan)
{
    mm_pair_list_release(plan->saved_pairs);
    plan->saved_pairs = mm_pair_list_hold(plan->pairs);
}

/* Can it stand in a line of its own, and is it read back as it is? Other names are written in quotes. */
static bool is_plain(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && !strstr(name, " = ") && !strstr(name, " != ") && !strpbrk(name, "\"\n\r") &&
           name[0] != '#' && name[0] != ' ' && name[0] != '\t' && name[length - 1] != ' ' &&
           name[length - 1] != '\t';
}

static void put_quoted(const char *name, struct mm_buf *out)
{
    mm_buf_putc(out, '"');
    for (; *name; name++)
        mm_buf_puts(out, (char[]){*name, *name == '"' ? '"' : '\0', '\0'});
    mm_buf_putc(out, '"');
}

/* A line that begins with s and a sign is a rule for --map: such a name is quoted, too. */
static bool looks_like_rule(const char *name)
{
    return name[0] == 's' && name[1] && !isalnum((unsigned char)name[1]);
}

/* A line of a map file ends where such a name has not ended. */
static int fail_two_lines(const struct mm_plan_pair *pair, const char *path, struct mm_err *err)
{
    const char *name = strpbrk(pair->src, "\n\r") ? pair->src : pair->dst;
    struct mm_buf shown = {0};
    mm_text_escape(&shown, name, strlen(name));
    mm_fail(err, MM_EUNSUPPORTED,
            "%s: the name %.200s has a line break in it, and a map file a pair a line: take that pair back "
            "(u); nothing was written",
            path, mm_buf_text(&shown));
    mm_buf_done(&shown);
    return -1;
}

static int put_pair(const struct mm_plan_pair *pair, const char *path, struct mm_buf *out, struct mm_err *err)
{
    bool plain = is_plain(pair->src) && is_plain(pair->dst) && (pair->apart || !looks_like_rule(pair->src));
    if (plain) {
        mm_buf_printf(out, "%s %s %s\n", pair->src, pair->apart ? "!=" : "=", pair->dst);
        return 0;
    }
    if (strpbrk(pair->src, "\n\r") || strpbrk(pair->dst, "\n\r"))
        return fail_two_lines(pair, path, err);
    put_quoted(pair->src, out);
    mm_buf_puts(out, pair->apart ? " != " : ",");
    put_quoted(pair->dst, out);
    mm_buf_putc(out, '\n');
    return 0;
}

int mm_plan_pairs_save(const struct mm_plan *plan, const char *path, struct mm_err *err)
{
    struct mm_buf text = {0};
    int result = 0;
    mm_buf_puts(&text,
                "# tensors of src and dst that were paired (=) or taken apart (!=) by hand; for --map\n");
    for (size_t i = 0; i < count_of(plan->pairs) && result == 0; i++)
        result = put_pair(&plan->pairs->pair[i], path, &text, err);
    if (result == 0)
        result =
            text.failed ? mm_fail_memory(err) : mm_file_write(path, mm_buf_text(&text), text.length, err);
    mm_buf_done(&text);
    return result;
}
