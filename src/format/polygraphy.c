/*
 * Polygraphy's JSON. What --save-outputs writes is {"lst": [[RUNNER, [ITERATION, ...]], ...]}, an iteration
 * {"outputs": {NAME: ARRAY, ...}, ...}; what --save-inputs writes is the iterations alone, [{NAME: ARRAY, ...}, ...]. An array
 * is {"array": TEXT}, perhaps inside {"values": ...}; TEXT is the base64 of a .npy file. Which class an object was made from
 * stands in it too, under names that changed over the versions: nothing here needs it.
 */
#include "format/base64_supply.h"
#include "base/base64.h"
#include "format/formats.h"
#include "format/polygraphy_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/translate.h"

#define PROBED      ((size_t)64 << 10) /* of a file, to see what it is */
#define NAME_MOST   ((size_t)1 << 20)
#define ARRAY_DEPTH 8 /* objects around an array's text */

/* ---- is it one? ---- */

static bool key_is(struct mm_json_value key, const char *text)
{
    size_t length = strlen(text);
    return (size_t)(key.end - key.at) == length + 2 && memcmp(key.at + 1, text, length) == 0;
}

/* {"lst": [["RUNNER", ...; other members may stand before it. */
static bool is_run_results(struct pg_text *text)
{
    struct mm_json_value key;
    bool first = true;
    while (pg_member(text, &first, &key, NULL) > 0) {
        if (key_is(key, "lst"))
            return pg_take(text, '[') && (pg_take(text, ']') || (pg_take(text, '[') && pg_next(text) == '"'));
        if (pg_skip(text, NULL) < 0)
            return false;
    }
    return false;
}

/* [{"NAME": {"array": ...: what an array's object begins with. */
static bool is_feed_dicts(struct pg_text *text)
{
    static const char *const begins[] = {"array", "values", "tensor", "polygraphy_class",
                                         "__polygraphy_encoded_ndarray"};
    struct mm_json_value key;
    bool first = true;
    if (!pg_take(text, '{') || pg_member(text, &first, &key, NULL) <= 0 || !pg_take(text, '{'))
        return false;
    first = true;
    if (pg_member(text, &first, &key, NULL) <= 0)
        return false;
    for (size_t i = 0; i < MM_COUNT(begins); i++) {
        if (key_is(key, begins[i]))
            return true;
    }
    return false;
}

bool mm_polygraphy_probe(const uint8_t *bytes, size_t size)
{
    const char *begin = (const char *)bytes;
    struct pg_text text = {"", begin, begin + mm_text_mark(begin, size),
                           begin + (size < PROBED ? size : PROBED)};
    if (pg_take(&text, '{'))
        return is_run_results(&text);
    return pg_take(&text, '[') && is_feed_dicts(&text);
}

/* ---- listing ---- */

/* A runner: its name, and where its list of iterations begins. */
struct runner {
    char *name;
    const char *at;
};

struct listing {
    const struct mm_source *source;
    struct mm_arena *arena;
    struct mm_members *members;
    struct pg_text text;
    struct runner *runner; /* malloc'ed */
    size_t count, capacity;
};

/* Of a member: its text in the source, from entry->offset on. */
struct detail {
    size_t length;
};

/* What the string says, in the arena. */
static char *text_of(struct listing *list, struct mm_json_value string, struct mm_err *err)
{
    size_t length = (size_t)(string.end - string.at);
    struct mm_buf said = {0};
    struct mm_json_value value;
    struct mm_err why;
    char *copy = NULL;
    if (length > NAME_MOST || mm_json_read("", string.at, length, 1, &value, &why) < 0) {
        list->text.at = string.at;
        pg_fail(&list->text, "a name that is no text", err);
        return NULL;
    }
    if (mm_json_get_text(value, &said) && !said.failed)
        copy = mm_arena_strndup(list->arena, mm_buf_text(&said), said.length);
    mm_buf_done(&said);
    if (!copy)
        mm_fail_memory(err);
    return copy;
}

/* ---- an array ---- */

/* What was found of it. */
struct array {
    struct mm_json_value text; /* of the .npy file, with its quotes; absent: it has none */
    bool torch;                /* it is of torch.save */
};

static int find_array(struct pg_text *text, int depth, struct array *array, struct mm_err *err);

static int take_member(struct pg_text *text, struct mm_json_value key, int depth, struct array *array,
                       struct mm_err *err)
{
    array->torch |= key_is(key, "tensor");
    if (!key_is(key, "array") && !key_is(key, "values") && !key_is(key, "tensor"))
        return pg_skip(text, err);
    if (pg_next(text) == '"')
        return pg_string(text, &array->text, err);
    return find_array(text, depth + 1, array, err);
}

/* Pass a value, and note the text of the array in it. */
static int find_array(struct pg_text *text, int depth, struct array *array, struct mm_err *err)
{
    struct mm_json_value key;
    bool first = true;
    int more;
    if (pg_next(text) != '{' || depth == ARRAY_DEPTH)
        return pg_skip(text, err);
    pg_take(text, '{');
    while ((more = pg_member(text, &first, &key, err)) > 0) {
        if (take_member(text, key, depth, array, err) < 0)
            return -1;
    }
    return more;
}

static int refuse(struct listing *list, struct mm_entry *entry, enum mm_code code, const char *why,
                  struct mm_err *err)
{
    entry->code = code;
    entry->wrong = mm_tensor_sentence(list->source, entry->member, why, list->arena);
    return entry->wrong ? 0 : mm_fail_memory(err);
}

static int place(struct listing *list, struct mm_entry *entry, const struct array *array, struct mm_err *err)
{
    const char *text = array->text.at ? array->text.at + 1 : NULL;
    struct detail *detail = mm_arena_alloc(list->arena, sizeof *detail);
    size_t size;
    char why[120];
    if (!detail)
        return mm_fail_memory(err);
    if (array->torch)
        return refuse(list, entry, MM_EUNSUPPORTED,
                      "is a PyTorch tensor, as torch.save writes it: save the outputs as NumPy arrays", err);
    if (!text)
        return refuse(list, entry, MM_EUNSUPPORTED, "is no array", err);
    detail->length = (size_t)(array->text.end - 1 - text);
    entry->detail = detail;
    entry->offset = (uint64_t)(text - list->text.begin);
    mm_format(why, sizeof why, "its base64 text has %zu characters, which is no multiple of 4",
              detail->length);
    if (!mm_base64_size(text, detail->length, &size))
        return refuse(list, entry, MM_ECORRUPT, why, err);
    entry->size = size;
    return 0;
}

static int add_output(struct listing *list, struct mm_json_value key, struct mm_err *err)
{
    struct array array = {{0}};
    if (find_array(&list->text, 0, &array, err) < 0)
        return -1;
    struct mm_entry *entry = mm_members_add(list->members, list->source);
    if (!entry)
        return mm_fail_memory(err);
    if (!(entry->member = text_of(list, key, err)) || place(list, entry, &array, err) < 0)
        return -1;
    entry->label = mm_tensor_sentence(list->source, entry->member, "", list->arena);
    return entry->label ? 0 : mm_fail_memory(err);
}

static int add_outputs(struct listing *list, struct mm_err *err)
{
    struct mm_json_value key;
    bool first = true;
    int more;
    while ((more = pg_member(&list->text, &first, &key, err)) > 0) {
        if (add_output(list, key, err) < 0)
            return -1;
    }
    return more;
}

/* The object of an iteration that is not a feed dict: its "outputs", of which there may be null. */
static int add_iteration(struct listing *list, struct mm_err *err)
{
    struct mm_json_value key;
    bool first = true;
    int more;
    while ((more = pg_member(&list->text, &first, &key, err)) > 0) {
        bool outputs = key_is(key, "outputs") && pg_take(&list->text, '{');
        if ((outputs ? add_outputs(list, err) : pg_skip(&list->text, err)) < 0)
            return -1;
    }
    return more;
}

/* ---- iterations ---- */

static int fail_iteration(const struct listing *list, size_t count, struct mm_err *err)
{
    const struct mm_runner_choice *choice = &list->source->choice;
    if (count == 0)
        return mm_fail(err, MM_ENOENT, "%s: there is no iteration in it, and so no tensor",
                       list->source->file);
    const char *runner = list->count ? list->members->taken.runner : NULL;
    return mm_fail(err, MM_EARG, "%s: --iteration %lld: there are %zu, from 0 to %zu%s%.100s",
                   list->source->file, (long long)choice->iteration, count, count - 1,
                   runner ? ", of runner " : "", runner ? runner : "");
}

/* Of the list that is next, the one that is wanted; all are counted. */
static int add_wanted(struct listing *list, bool feeds, struct mm_err *err)
{
    const struct mm_runner_choice *choice = &list->source->choice;
    uint64_t wanted = choice->iterated ? (uint64_t)choice->iteration : 0;
    struct pg_text *text = &list->text;
    size_t count = 0;
    bool first = true, found = false;
    int more;
    if (!pg_take(text, '['))
        return pg_fail(text, "a list of iterations was expected", err);
    for (; (more = pg_element(text, &first, err)) > 0; count++) {
        bool take = count == wanted && pg_take(text, '{');
        if ((!take ? pg_skip(text, err) : feeds ? add_outputs(list, err) : add_iteration(list, err)) < 0)
            return -1;
        found |= take;
    }
    if (more < 0)
        return -1;
    list->members->taken.iterations = count;
    list->members->taken.iteration = (int64_t)wanted;
    return found ? 0 : fail_iteration(list, count, err);
}

/* ---- runners ---- */

/* With the names of all that there are. */
static int fail_runner(const struct listing *list, enum mm_code code, const char *what, struct mm_err *err)
{
    struct mm_buf names = {0};
    for (size_t i = 0; i < list->count; i++)
        mm_buf_printf(&names, "%s%s", i ? ", " : "", list->runner[i].name);
    mm_fail(err, code, "%s: %s: %.400s", list->source->file, what, mm_buf_text(&names));
    mm_buf_done(&names);
    return -1;
}

/* By the whole name, or by how it alone begins. */
static int find_runner(const struct listing *list, const char *wanted, size_t *place, struct mm_err *err)
{
    size_t begin = 0, length = strlen(wanted);
    char what[200];
    for (size_t i = 0; i < list->count; i++) {
        const char *name = list->runner[i].name;
        if (strcmp(name, wanted) == 0) {
            *place = i;
            return 0;
        }
        if (strncmp(name, wanted, length) == 0) {
            *place = i;
            begin++;
        }
    }
    if (begin == 1)
        return 0;
    mm_format(what, sizeof what,
              begin ? "--runner %.100s: %zu runners begin so" : "--runner %.100s: it has no such runner, but",
              wanted, begin);
    return fail_runner(list, begin ? MM_EARG : MM_ENOENT, what, err);
}

static int choose_runner(struct listing *list, size_t *place, struct mm_err *err)
{
    const struct mm_runner_choice *choice = &list->source->choice;
    char what[120];
    *place = 0;
    if (list->count == 0)
        return mm_fail(err, MM_ENOENT, "%s: there is no runner in it, and so no tensor", list->source->file);
    if (choice->runner && find_runner(list, choice->runner, place, err) < 0)
        return -1;
    if (!choice->runner && list->count > 1 && (!choice->pair || list->count > 2)) {
        mm_format(what, sizeof what,
                  "it holds the outputs of %zu runners: choose with --runner (of dst: --dst-runner)",
                  list->count);
        return fail_runner(list, MM_EARG, what, err);
    }
    if (choice->other && list->count == 2)
        *place = 1 - *place;
    return 0;
}

/* [NAME, ITERATIONS], which was entered. */
static int note_runner(struct listing *list, struct mm_err *err)
{
    struct pg_text *text = &list->text;
    struct mm_json_value name;
    if (pg_string(text, &name, err) < 0)
        return -1;
    if (mm_grow((void **)&list->runner, &list->capacity, list->count + 1, sizeof *list->runner) < 0)
        return mm_fail_memory(err);
    struct runner *runner = &list->runner[list->count++];
    if (!(runner->name = text_of(list, name, err)))
        return -1;
    if (!pg_take(text, ','))
        return pg_fail(text, "the iterations of a runner were expected", err);
    pg_next(text);
    runner->at = text->at;
    if (pg_skip(text, err) < 0)
        return -1;
    return pg_take(text, ']') ? 0 : pg_fail(text, "more than a runner's name and its iterations", err);
}

static int note_runners(struct listing *list, struct mm_err *err)
{
    bool first = true;
    int more;
    if (!pg_take(&list->text, '['))
        return pg_fail(&list->text, "a list of runners was expected", err);
    while ((more = pg_element(&list->text, &first, err)) > 0) {
        if (!pg_take(&list->text, '['))
            return pg_fail(&list->text, "a runner's name and iterations were expected", err);
        if (note_runner(list, err) < 0)
            return -1;
    }
    return more;
}

static int check_end(struct pg_text *text, struct mm_err *err)
{
    pg_next(text);
    return text->at == text->end ? 0 : pg_fail(text, "something stands behind the end", err);
}

static int list_results(struct listing *list, struct mm_err *err)
{
    struct pg_text *text = &list->text;
    struct mm_json_value key;
    size_t place;
    bool first = true;
    int more;
    while ((more = pg_member(text, &first, &key, err)) > 0) {
        bool runners = key_is(key, "lst") && list->count == 0;
        if ((runners ? note_runners(list, err) : pg_skip(text, err)) < 0)
            return -1;
    }
    if (more < 0 || check_end(text, err) < 0 || choose_runner(list, &place, err) < 0)
        return -1;
    const struct mm_runner_taken *before = &list->members->taken;
    const char *runner = list->runner[place].name;
    bool mixed = before->mixed || (before->runner && strcmp(before->runner, runner) != 0);
    list->members->taken =
        (struct mm_runner_taken){.runner = runner, .runners = list->count, .place = place, .mixed = mixed};
    text->at = list->runner[place].at;
    return add_wanted(list, false, err);
}

static int list_feeds(struct listing *list, struct mm_err *err)
{
    if (list->source->choice.runner)
        return mm_fail(err, MM_EARG,
                       "%s: --runner %.100s: these are inputs (--save-inputs), which have no runner",
                       list->source->file, list->source->choice.runner);
    list->members->taken = (struct mm_runner_taken){.runner = NULL};
    return add_wanted(list, true, err) < 0 ? -1 : check_end(&list->text, err);
}

static int list_map(void *context, const struct mm_map *map, struct mm_err *err)
{
    struct listing *list = context;
    const char *begin = (const char *)map->data;
    list->text = (struct pg_text){list->source->file, begin, begin + mm_text_mark(begin, map->size),
                                  begin + map->size};
    if (pg_take(&list->text, '{'))
        return list_results(list, err);
    return list_feeds(list, err);
}

int mm_polygraphy_list(const struct mm_source *source, struct mm_arena *arena, struct mm_members *members,
                       struct mm_err *err)
{
    struct listing list = {.source = source, .arena = arena, .members = members};
    int result = mm_list_mapped(source, list_map, &list, err);
    free(list.runner);
    return result;
}

/* ---- a member ---- */

int mm_polygraphy_fetch(struct mm_load *load, const struct mm_entry *entry, struct mm_err *err)
{
    const struct detail *detail = entry->detail;
    struct mm_buf *memory = load->reader ? &load->reader->bytes : NULL;
    if (detail->length == 0)
        return mm_fail(err, MM_ECORRUPT, "%s: its text is empty", entry->label);
    if (mm_map_open_part(&load->map, entry->source->path, entry->offset, detail->length, memory, err) < 0)
        return -1;
    return mm_base64_open(load, (const char *)load->map.data, detail->length, err);
}
