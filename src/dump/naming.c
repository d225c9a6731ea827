/* Names that do not come from files' names: from a list beside them, or from the messages in them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/translate.h"
#include "dump/listing.h"
#include "dump/numbered.h"
#include "dump/operator_type.h"

/* ---- lists ---- */

/* Is it the only tensor of its file? Those of one file are next to each other. */
static bool is_lone(const struct mm_members *found, size_t i)
{
    const struct mm_source *source = found->entry[i].source;
    return (i == 0 || found->entry[i - 1].source != source) &&
           (i + 1 == found->count || found->entry[i + 1].source != source);
}

/* 1: the list tells of it; 0: it does not. */
static int name_by_list(struct listing *list, const struct name_list *names, struct mm_entry *entry)
{
    const struct mm_source *source = entry->source;
    size_t under = strlen(names->under), length;
    const char *file = mm_path_base(source->file);
    if (strncmp(source->file, names->under, under) != 0)
        return 0;
    if (entry->member && names->kind->members)
        file = entry->member, length = strlen(file);
    else if (!mm_format_by_name(file, &length))
        length = strlen(file);
    char *stem = mm_arena_strndup(&list->dump->arena, file, length);
    const struct name_row *row = stem ? name_list_find(names, stem) : NULL;
    if (!stem)
        return listing_no_memory(list);
    if (!row)
        return 0;
    entry->parsed.name = listing_join(list, source->scope ? source->scope : "", row->name);
    entry->op_type = row->op_type ? row->op_type : entry->op_type;
    entry->listed = (uint32_t)row->place + 1; /* the list is of at most 256 MiB */
    return entry->parsed.name ? 1 : listing_no_memory(list);
}

static int use_list(struct listing *list, struct name_list *names, size_t *told)
{
    struct mm_err err = {MM_OK, ""};
    *told = 0;
    if (name_list_read(names, &err) < 0) {
        if (err.code == MM_ENOMEM)
            return listing_no_memory(list);
        if (list->unread.code == MM_OK && !names->kind->common)
            list->unread = err;
        return 0;
    }
    for (size_t i = 0; i < list->found.count; i++) {
        bool told_of = names->kind->members || is_lone(&list->found, i);
        int known = told_of ? name_by_list(list, names, &list->found.entry[i]) : 0;
        if (known < 0)
            return -1;
        *told += (size_t)known;
    }
    return 0;
}

/* ---- ONNX's test data ---- */

/* "input_0.pb", "output_12.pb": whose names are in the messages. */
static bool is_test_data(const struct mm_entry *entry)
{
    static const char *const fronts[] = {"input_", "output_"};
    size_t length;
    if (entry->member || strncmp(entry->source->format->name, "onnx", 4) != 0)
        return false;
    const char *file = mm_path_base(entry->source->file);
    if (!mm_format_by_name(file, &length))
        return false;
    for (size_t i = 0; i < MM_COUNT(fronts); i++) {
        size_t front = strlen(fronts[i]);
        if (strncmp(file, fronts[i], front) == 0 && length > front &&
            strspn(file + front, "0123456789") == length - front)
            return true;
    }
    return false;
}

/* The name in the message, in the arena; NULL: it has none, or can't be read. */
static const char *message_name(struct listing *list, const struct mm_entry *entry)
{
    struct mm_load load;
    const char *name = NULL;
    if (mm_load_open(&load, entry, list->dump->schema, NULL) < 0)
        return NULL;
    if (*load.node_name &&
        !(name = listing_join(list, entry->source->scope ? entry->source->scope : "", load.node_name)))
        listing_no_memory(list);
    mm_load_close(&load);
    return name;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* One tensor may be an input and an output; otherwise names that repeat tell nothing apart. */
static bool repeat(const char **names, size_t count)
{
    qsort(names, count, sizeof *names, by_text);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(names[i], names[i - 1]) == 0)
            return true;
    }
    return false;
}

static size_t count_test_data(const struct mm_members *found)
{
    size_t count = 0;
    for (size_t i = 0; i < found->count; i++)
        count += is_test_data(&found->entry[i]);
    return count;
}

/* All of them, or none. */
static int name_test_data(struct listing *list)
{
    struct mm_members *found = &list->found;
    size_t all = count_test_data(found), count = 0;
    const char **names = all ? calloc(2 * all, sizeof *names) : NULL, **sorted;
    if (!names)
        return all ? listing_no_memory(list) : 0;
    sorted = names + all;
    for (size_t i = 0; i < found->count && list->err.code == MM_OK; i++) {
        const char *name = is_test_data(&found->entry[i]) ? message_name(list, &found->entry[i]) : NULL;
        if (name)
            names[count] = sorted[count] = name, count++;
    }
    bool usable = list->err.code == MM_OK && count == all && !repeat(sorted, count);
    for (size_t i = 0, next = 0; usable && i < found->count; i++) {
        if (is_test_data(&found->entry[i]))
            found->entry[i].parsed.name = names[next++];
    }
    list->from_messages = usable ? count : 0;
    free(names);
    return list->err.code == MM_OK ? 0 : -1;
}

int listing_name(struct listing *list)
{
    size_t most = 0, all = 0;
    for (size_t i = 0; i < list->list_count; i++) {
        size_t told;
        if (use_list(list, &list->lists[i], &told) < 0)
            return -1;
        all += told;
        list->not_seen += told ? list->lists[i].not_seen : 0;
        if (told > most)
            list->kind = list->lists[i].kind;
        most = told > most ? told : most;
    }
    list->dump->listed = (all > 0 && 2 * all >= list->found.count) || list->statistics;
    if (!list->file_names && name_test_data(list) < 0)
        return -1;
    list->dump->by_message = list->from_messages > 0;
    return 0;
}

/* ---- numbered folders ---- */

static int by_folders(const void *a, const void *b)
{
    const struct mm_entry *const *x = a, *const *y = b;
    int order = numbered_compare((*x)->source->file, (*y)->source->file);
    return order ? order : (*x > *y) - (*x < *y); /* those of one file are in its order */
}

static int tell_operator(struct listing *list, struct mm_entry *entry)
{
    size_t length;
    const char *type = numbered_operator(entry->source->file, &length);
    if (!type && list->numbered_root) {
        type = strchr(list->numbered_root, '_') + 1;
        length = strlen(type);
    }
    if (!type)
        return 0; /* a file that was asked for by name */
    entry->op_type = mm_arena_strndup(&list->dump->arena, type, length);
    list->first += entry->kept == MM_KEPT_FIRST;
    list->sums += entry->kept == MM_KEPT_SUM;
    list->numbered++;
    return entry->op_type ? 0 : listing_no_memory(list);
}

/* "1_max/cnnl_result[1]" is called 1_max[1] where only results were asked for. */
static int name_by_folder(struct listing *list, struct mm_entry *entry)
{
    const char *file = entry->source->file, *base = mm_path_base(file);
    struct mm_buf name = {0};
    if (list->part.results == MM_RESULTS_ALL || (base == file && !list->numbered_root))
        return 0;
    if (base == file)
        mm_buf_puts(&name, list->numbered_root);
    else
        mm_buf_printf(&name, "%.*s", (int)(base - 1 - file), file);
    mm_buf_puts(&name, entry->member + strlen(base));
    entry->parsed.name = name.failed ? NULL : mm_arena_strdup(&list->dump->arena, mm_buf_text(&name));
    mm_buf_done(&name);
    return entry->parsed.name ? 0 : listing_no_memory(list);
}

int listing_numbered(struct listing *list)
{
    struct mm_members *found = &list->found;
    struct mm_entry **sorted = calloc(found->count + 1, sizeof *sorted);
    size_t count = 0;
    if (!sorted)
        return listing_no_memory(list);
    for (size_t i = 0; i < found->count && list->err.code == MM_OK; i++) {
        struct mm_entry *entry = &found->entry[i];
        if (*entry->source->format->ending || !entry->member)
            continue;
        if (tell_operator(list, entry) == 0 && name_by_folder(list, entry) == 0 && entry->op_type)
            sorted[count++] = entry;
    }
    if (count)
        qsort(sorted, count, sizeof *sorted, by_folders);
    for (size_t i = 0; i < count; i++)
        sorted[i]->listed = (uint32_t)i + 1; /* as many as there are files and folders, 4e9 at most */
    free(sorted);
    list->dump->numbered |= count > 0 && 2 * count >= found->count;
    return list->err.code == MM_OK ? 0 : -1;
}

/* ---- names that end with an operator's type ---- */

static const char *type_of(const struct mm_entry *entry)
{
    size_t stem, end;
    return operator_type_of(entry->member, OPERATOR_STEPS, &stem, &end);
}

/* Those of one archive, from `from` on; they are next to each other. */
static void tell_operators(struct listing *list, size_t from, size_t to)
{
    size_t known = 0;
    for (size_t i = from; i < to; i++)
        known += type_of(&list->found.entry[i]) != NULL;
    if (2 * known < to - from)
        return;
    for (size_t i = from; i < to; i++)
        list->found.entry[i].op_type = type_of(&list->found.entry[i]);
    list->operators += known;
}

void listing_operators(struct listing *list)
{
    const struct mm_members *found = &list->found;
    for (size_t i = 0, end; i < found->count; i = end) {
        const struct mm_source *source = found->entry[i].source;
        for (end = i + 1; end < found->count && found->entry[end].source == source; end++) {
        }
        if (found->entry[i].member && operator_type_file(source->file))
            tell_operators(list, i, end);
    }
}

/* ---- what was recognised ---- */

/* Of a dump that did not keep all values. */
static void put_kept(struct mm_buf *out, const struct listing *list)
{
    if (list->first)
        mm_buf_printf(out, "; of %zu only the first values were kept (level=2 keeps all)", list->first);
    if (list->sums)
        mm_buf_printf(out, "; of %zu only the sum of the absolute values was kept (level=2 keeps all values)",
                      list->sums);
}

static void put_part(struct mm_buf *out, const char *word, const struct mm_dump_numbers *numbers)
{
    if (numbers->count > 1)
        mm_buf_printf(out, ", %s %lld of %zu (--%s N takes another)", word, (long long)numbers->chosen,
                      numbers->count, word);
}

/* " of runner A (1 of 2: --runner NAME takes another), iteration 0 of 2 (--iteration N takes another)" */
static void put_runner(struct mm_buf *out, const struct mm_runner_taken *taken)
{
    if (taken->mixed) {
        mm_buf_say(out, " of several runners (--runner NAME takes one)");
        return;
    }
    if (taken->runner) {
        mm_buf_say(out, " of runner ");
        mm_text_escape(out, taken->runner, strlen(taken->runner));
    }
    if (taken->runners > 1)
        mm_buf_printf(out, " (%zu of %zu: --runner NAME takes another)", taken->place + 1, taken->runners);
    if (taken->iterations > 1)
        mm_buf_printf(out, ", iteration %lld of %zu (--iteration N takes another)",
                      (long long)taken->iteration, taken->iterations);
}

static void put_left_out(struct mm_buf *out, size_t count, const char *what)
{
    if (count)
        mm_buf_printf(out, "; left out: %zu %s", count, what);
}

/* Whose tensors they are. */
static void put_what(struct mm_buf *out, const struct listing *list)
{
    static const char *const whose[] = {[MM_RESULTS_ALL] = "",
                                        [MM_RESULTS_CPU] = ", the CPU's results",
                                        [MM_RESULTS_DEVICE] = ", the accelerator's results"};
    if (list->statistics)
        mm_buf_say(out, " of an msprobe dump (dump.json), which kept their statistics alone (Max, Min, Mean, "
                        "Norm as RMS; the task \"tensor\" keeps all values)");
    else if (list->kind)
        mm_buf_printf(out, " of %s (%s)", list->kind->title, list->kind->file);
    else if (list->numbered)
        mm_buf_printf(out, " of Cambricon CATCH's dump tool%s", whose[list->part.results]);
    else if (list->fields)
        mm_buf_say(out, " of SGLang's dumper (fields in the files' names)");
    else if (list->from_messages)
        mm_buf_say(out, " of an ONNX test data set (named as in its messages)");
    else if (list->operators)
        mm_buf_printf(out, " of Sophgo's tpu-mlir (%zu name%s with the operator's type)", list->operators,
                      list->operators == 1 ? " ends" : "s end");
    else if (list->tree.folders > 1)
        mm_buf_printf(out, " in a tree of %zu folders", list->tree.folders);
}

int listing_source(struct listing *list)
{
    const struct tree *tree = &list->tree;
    struct mm_dump *dump = list->dump;
    struct mm_buf text = {0};
    bool nested = tree->folders > 1;
    size_t left_out = tree->special + tree->again + tree->deep + tree->closed;
    bool told = list->operators || list->joined || list->statistics || list->fields || dump->taken.runner ||
                dump->taken.iterations > 1;
    bool odd = list->kind || list->from_messages || nested || left_out || list->unread.code != MM_OK;
    if (!told && (dump->is_file || !odd))
        return 0;
    mm_buf_printf(&text, "%zu tensor%s", dump->count, dump->count == 1 ? "" : "s");
    put_what(&text, list);
    put_kept(&text, list);
    if (list->not_seen)
        mm_buf_printf(&text, "; %zu thing%s could not be dumped (\"not_seen\" in it)", list->not_seen,
                      list->not_seen == 1 ? "" : "s");
    if (nested && dump->taken.runner)
        mm_buf_putc(&text, ',');
    put_runner(&text, &dump->taken);
    if (list->joined)
        mm_buf_printf(&text, ", %zu of them joined over %zu ranks", list->joined, dump->joined_ranks);
    put_part(&text, "step", &dump->step);
    put_part(&text, "rank", &dump->rank);
    put_left_out(&text, tree->special, "that are no files (FIFOs, devices)");
    put_left_out(&text, tree->again, "folders that links lead to once more");
    put_left_out(&text, tree->deep, "folders that are too deep");
    put_left_out(&text, tree->closed, "folders that can't be read");
    if (list->unread.code != MM_OK)
        mm_buf_printf(&text, "; names are the files': %s", list->unread.text);
    dump->recognised = text.failed ? NULL : mm_arena_strdup(&dump->arena, mm_buf_text(&text));
    mm_buf_done(&text);
    return dump->recognised ? 0 : listing_no_memory(list);
}
