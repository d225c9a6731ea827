/* Values for a model's inputs, from files and made up. */
#include "runtime/feed_value.h"

#include <stdlib.h>
#include <string.h>

/* The values of one run: by input, or NULL. */
struct row {
    struct mm_feed *feed; /* [inputs], those that are given first */
    const struct value **of;
    size_t count;
};

struct mm_feeds {
    const struct mm_model_input *input;
    size_t inputs;
    struct value **value;
    size_t values, value_room;
    struct row *row;
    size_t rows, row_room;
};

/* ---- rows ---- */

static struct row *add_row(struct mm_feeds *feeds)
{
    if (mm_grow((void **)&feeds->row, &feeds->row_room, feeds->rows + 1, sizeof *feeds->row) < 0)
        return NULL;
    struct row row = {.feed = calloc(feeds->inputs + 1, sizeof *row.feed),
                      .of = calloc(feeds->inputs + 1, sizeof *row.of)};
    feeds->row[feeds->rows++] = row; /* freed with the others, whole or not */
    return row.feed && row.of ? &feeds->row[feeds->rows - 1] : NULL;
}

/* The value is for this input (-1: the first that has none), in the run that is being filled or the next one. */
static int place(struct mm_feeds *feeds, int64_t input, const struct value *value, struct mm_err *err)
{
    struct row *row = feeds->rows ? &feeds->row[feeds->rows - 1] : add_row(feeds);
    for (size_t i = 0; row && input < 0 && i < feeds->inputs; i++) {
        if (!row->of[i])
            input = (int64_t)i;
    }
    if (row && (input < 0 || row->of[input])) {
        input = input < 0 ? 0 : input;
        row = add_row(feeds);
    }
    if (!row)
        return mm_fail_memory(err);
    row->of[input] = value;
    return 0;
}

static struct mm_feed feed_of(const char *name, const struct value *value)
{
    return (struct mm_feed){name, value->tensor, value->item, value->items, value->file};
}

/* What a run lacks is as it was in the run before. */
static void finish_rows(struct mm_feeds *feeds)
{
    for (size_t i = 0; i < feeds->rows; i++) {
        struct row *row = &feeds->row[i];
        for (size_t k = 0; k < feeds->inputs; k++) {
            if (!row->of[k] && i > 0)
                row->of[k] = feeds->row[i - 1].of[k];
            if (row->of[k])
                row->feed[row->count++] = feed_of(feeds->input[k].name, row->of[k]);
        }
    }
}

/* ---- a value ---- */

static struct value *add_value(struct mm_feeds *feeds)
{
    if (mm_grow((void **)&feeds->value, &feeds->value_room, feeds->values + 1, sizeof *feeds->value) < 0)
        return NULL;
    struct value *value = calloc(1, sizeof *value);
    if (value)
        feeds->value[feeds->values++] = value;
    return value;
}

/* In the input's dtype, if that keeps what is given. */
static struct value *read_value(struct mm_feeds *feeds, const struct mm_tensor *tensor, enum mm_dtype wanted,
                                const char *label, struct mm_err *err)
{
    struct value *value = add_value(feeds);
    if (!value) {
        mm_fail_memory(err);
        return NULL;
    }
    return feed_value_read(value, tensor, wanted, label, err) < 0 ? NULL : value;
}

/* ---- files ---- */

static int64_t input_called(const struct mm_feeds *feeds, const char *name)
{
    for (size_t i = 0; i < feeds->inputs; i++) {
        if (strcmp(feeds->input[i].name, name) == 0)
            return (int64_t)i;
    }
    return -1;
}

/* By its name, or by what stands behind the folders in it. */
static int64_t input_of(const struct mm_feeds *feeds, const struct mm_entry *entry)
{
    int64_t input = input_called(feeds, entry->parsed.name);
    return input >= 0 ? input : input_called(feeds, mm_path_base(entry->parsed.name));
}

/* The input whose value the next one without a name is. */
static size_t next_input(const struct mm_feeds *feeds)
{
    const struct row *row = feeds->rows ? &feeds->row[feeds->rows - 1] : NULL;
    for (size_t i = 0; row && i < feeds->inputs; i++) {
        if (!row->of[i])
            return i;
    }
    return 0;
}

static struct value *load_value(struct mm_feeds *feeds, const struct mm_dump *dump,
                                const struct mm_entry *entry, enum mm_dtype wanted, struct mm_err *err)
{
    struct mm_load load;
    if (mm_load_open(&load, entry, dump->schema, err) < 0)
        return NULL;
    struct value *value = read_value(feeds, &load.tensor, wanted, entry->label, err);
    if (value && mm_load_check(&load, entry, err) < 0)
        value = NULL;
    mm_load_close(&load);
    if (value)
        value->file = strdup(entry->label);
    if (value && !value->file) {
        mm_fail_memory(err);
        return NULL;
    }
    return value;
}

/* All tensors of an entry's file, as one value; *next is the first that is of another file. */
static const struct value *load_sequence(struct mm_feeds *feeds, const struct mm_dump *dump, size_t first,
                                         size_t *next, struct mm_err *err)
{
    struct value *sequence = add_value(feeds);
    size_t i = first;
    if (!sequence)
        mm_fail_memory(err);
    for (; sequence && i < dump->count && dump->entries[i].source == dump->entries[first].source; i++) {
        const struct value *value = load_value(feeds, dump, &dump->entries[i], MM_DTYPE_NONE, err);
        if (!value)
            return NULL;
        if (mm_grow((void **)&sequence->item, &sequence->item_room, sequence->items + 1,
                    sizeof *sequence->item) < 0) {
            mm_fail_memory(err);
            return NULL;
        }
        sequence->item[sequence->items++] = value->tensor;
    }
    *next = i;
    return sequence;
}

/* The first-th tensor, and with a sequence those behind it. */
static int read_entry(struct mm_feeds *feeds, const struct mm_dump *dump, size_t first, int64_t input,
                      size_t *next, struct mm_err *err)
{
    size_t target = input >= 0 ? (size_t)input : next_input(feeds);
    const struct value *value;
    *next = first + 1;
    if (feeds->input[target].is_sequence)
        value = load_sequence(feeds, dump, first, next, err);
    else
        value = load_value(feeds, dump, &dump->entries[first], feeds->input[target].dtype, err);
    return value ? place(feeds, (int64_t)target, value, err) : -1;
}

static int read_dump(struct mm_feeds *feeds, const struct mm_dump *dump, int64_t told, struct mm_err *err)
{
    bool named = false;
    size_t next = 0;
    for (size_t i = 0; i < dump->count && told < 0; i++)
        named |= input_of(feeds, &dump->entries[i]) >= 0;
    for (size_t i = 0; i < dump->count; i = next) {
        int64_t input = told >= 0 ? told : input_of(feeds, &dump->entries[i]);
        next = i + 1;
        if (named && input < 0)
            continue;
        if (read_entry(feeds, dump, i, input, &next, err) < 0)
            return -1;
    }
    return 0;
}

/* What the user says comes behind what the model says, and so before it. */
static int rows_given(const struct mm_feeds *feeds, const struct mm_feed_path *path,
                      const struct mm_given_list *given, struct mm_given_row **rows, size_t *count,
                      struct mm_err *err)
{
    *rows = calloc(feeds->inputs + given->count + 2, sizeof **rows);
    if (!*rows)
        return mm_fail_memory(err);
    int64_t told = path->name ? input_called(feeds, path->name) : (int64_t)next_input(feeds);
    for (size_t i = 0; i <= feeds->inputs; i++) {
        const struct mm_model_input *input = i == 0 ? &feeds->input[told] : &feeds->input[i - 1];
        struct mm_given_row row = {.name = i == 0 ? NULL : input->name,
                                   .given = {.dtype = input->dtype, .shape = input->shape}};
        row.given.shaped = mm_shape_count(&input->shape) >= 0;
        (*rows)[(*count)++] = row;
    }
    for (size_t i = 0; i < given->count; i++)
        (*rows)[(*count)++] = given->row[i];
    return 0;
}

static int read_path(struct mm_feeds *feeds, const struct mm_feed_path *path,
                     const struct mm_given_list *given, struct mm_err *err)
{
    struct mm_dump *dump;
    struct mm_given_row *rows = NULL;
    size_t count = 0;
    int64_t told = path->name ? input_called(feeds, path->name) : -1;
    if (path->name && told < 0)
        return mm_fail(err, MM_EARG, "%s: the model has no input called %s", path->path, path->name);
    int result = rows_given(feeds, path, given, &rows, &count, err);
    const struct mm_dump_options options = {.given = {rows, count}};
    if (result == 0)
        result = mm_dump_open(&dump, path->path, &options, err);
    if (result == 0) {
        result = read_dump(feeds, dump, told, err);
        mm_dump_close(dump);
    }
    free(rows);
    return result;
}

/* ---- ONNX's test data: a folder test_data_set_N for each run ---- */

#define DATA_SET "test_data_set_"

struct sets {
    char **name;
    size_t count, room;
};

static int note_set(void *context, const char *name, enum mm_folder_kind kind)
{
    struct sets *sets = context;
    if (kind == MM_FOLDER_FILE || kind == MM_FOLDER_OTHER || strncmp(name, DATA_SET, strlen(DATA_SET)) != 0)
        return 0;
    if (mm_grow((void **)&sets->name, &sets->room, sets->count + 1, sizeof *sets->name) < 0)
        return -1;
    char *copy = strdup(name);
    if (copy)
        sets->name[sets->count++] = copy;
    return copy ? 0 : -1;
}

static int by_number(const void *a, const void *b)
{
    return mm_text_compare_natural(*(char *const *)a, *(char *const *)b);
}

static int read_set(struct mm_feeds *feeds, const struct mm_feed_path *path, const char *name,
                    const struct mm_given_list *given, struct mm_err *err)
{
    char *folder = mm_path_join(path->path, name);
    if (!folder)
        return mm_fail_memory(err);
    const struct mm_feed_path set = {path->name, folder};
    int result = read_path(feeds, &set, given, err);
    free(folder);
    return result;
}

/* A folder of data sets, or anything else. */
static int read_sets(struct mm_feeds *feeds, const struct mm_feed_path *path,
                     const struct mm_given_list *given, struct mm_err *err)
{
    struct sets sets = {0};
    int result = 0;
    if (mm_folder_scan(path->path, note_set, &sets, NULL) < 0) /* a file; or it is said by who opens it */
        sets.count = 0;
    if (sets.count > 1)
        qsort(sets.name, sets.count, sizeof *sets.name, by_number);
    if (sets.count == 0)
        result = read_path(feeds, path, given, err);
    for (size_t i = 0; i < sets.count; i++) {
        if (result == 0)
            result = read_set(feeds, path, sets.name[i], given, err);
        free(sets.name[i]);
    }
    free(sets.name);
    return result;
}

/* ---- all ---- */

static struct mm_feeds *new_feeds(const struct mm_model_run *run, struct mm_err *err)
{
    struct mm_feeds *feeds = calloc(1, sizeof *feeds);
    if (!feeds)
        mm_fail_memory(err);
    else
        feeds->inputs = mm_model_run_inputs(run, &feeds->input);
    return feeds;
}

int mm_feeds_open(struct mm_feeds **out, const struct mm_model_run *run, const struct mm_feed_path *paths,
                  size_t count, const struct mm_given_list *given, struct mm_err *err)
{
    struct mm_feeds *feeds = new_feeds(run, err);
    int result = feeds ? 0 : -1;
    *out = NULL;
    if (feeds && feeds->inputs == 0 && count > 0)
        result = mm_fail(err, MM_EARG, "%s: the model takes no inputs", paths->path);
    for (size_t i = 0; i < count && result == 0; i++)
        result = read_sets(feeds, &paths[i], given, err);
    if (result == 0 && feeds->rows == 0 && !add_row(feeds))
        result = mm_fail_memory(err);
    if (result < 0) {
        mm_feeds_close(feeds);
        return -1;
    }
    finish_rows(feeds);
    *out = feeds;
    return 0;
}

/* ---- made up ---- */

static int random_input(struct mm_feeds *feeds, size_t i, uint64_t *state, const struct mm_given_list *list,
                        struct mm_err *err)
{
    const struct mm_model_input *input = &feeds->input[i];
    struct mm_shape shape = input->shape;
    struct mm_given given;
    if (input->dtype == MM_DTYPE_NONE || mm_dtype_info(input->dtype)->bits < 8 ||
        (mm_dtype_info(input->dtype)->kind == MM_KIND_FLOAT && !feed_value_converts(MM_F32, input->dtype)))
        return mm_fail(err, MM_EUNSUPPORTED, "input %s: values of its type can't be made up: give it by -i",
                       input->name);
    if (mm_given_find(list, input->name, &given) && given.shaped)
        shape = given.shape;
    for (int k = 0; k < shape.rank; k++)
        shape.dim[k] = shape.dim[k] < 0 ? 1 : shape.dim[k];
    struct value *value = add_value(feeds);
    if (!value)
        return mm_fail_memory(err);
    return feed_value_make(value, input->dtype, &shape, state, err) < 0
               ? -1
               : place(feeds, (int64_t)i, value, err);
}

/* A shape for what is no input is a mistake in its name. */
static int check_given(const struct mm_feeds *feeds, const struct mm_given_list *given, struct mm_err *err)
{
    for (size_t i = 0; i < given->count; i++) {
        const struct mm_given_row *row = &given->row[i];
        bool known = !row->name || !row->given.shaped;
        for (size_t k = 0; k < feeds->inputs && !known; k++)
            known =
                strcmp(row->name, feeds->input[k].name) == 0 || mm_text_glob(row->name, feeds->input[k].name);
        if (!known)
            return mm_fail(err, MM_EARG, "a shape is given for %s, but the model has no such input",
                           row->name);
    }
    return 0;
}

int mm_feeds_random(struct mm_feeds **out, const struct mm_model_run *run, uint64_t seed,
                    const struct mm_given_list *given, struct mm_err *err)
{
    struct mm_feeds *feeds = new_feeds(run, err);
    int result = feeds ? add_row(feeds) ? 0 : mm_fail_memory(err) : -1;
    *out = NULL;
    if (result == 0)
        result = check_given(feeds, given, err);
    for (size_t i = 0; result == 0 && i < feeds->inputs; i++)
        result = random_input(feeds, i, &seed, given, err);
    if (result < 0) {
        mm_feeds_close(feeds);
        return -1;
    }
    finish_rows(feeds);
    *out = feeds;
    return 0;
}

/* ---- use, close ---- */

size_t mm_feeds_runs(const struct mm_feeds *feeds)
{
    return feeds->rows;
}

const struct mm_feed *mm_feeds_run(const struct mm_feeds *feeds, size_t run, size_t *count)
{
    *count = feeds->row[run].count;
    return feeds->row[run].feed;
}

void mm_feeds_close(struct mm_feeds *feeds)
{
    if (!feeds)
        return;
    for (size_t i = 0; i < feeds->values; i++) {
        mm_buf_done(&feeds->value[i]->bytes);
        free(feeds->value[i]->item);
        free(feeds->value[i]->file);
        free(feeds->value[i]);
    }
    for (size_t i = 0; i < feeds->rows; i++) {
        free(feeds->row[i].feed);
        free(feeds->row[i].of);
    }
    free(feeds->value);
    free(feeds->row);
    free(feeds);
}
