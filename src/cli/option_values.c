#include "cli/option_values.h"
#include "cli/language.h"
#include "ui/theme.h"

#include <ctype.h>
#include <stdio.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ui/script.h"

int number_of(const struct option_info *info, const char *text, double *out, struct mm_err *err)
{
    if (!mm_parse_double(text, out) || !(*out >= 0))
        return mm_fail(err, MM_EARG, "--%s: \"%s\" is not a number of at least 0", info->name, text);
    return 0;
}

static int whole_of(const struct option_info *info, const char *text, int64_t most, int64_t *out,
                    struct mm_err *err)
{
    if (!mm_parse_i64(text, out) || *out < 0 || *out > most)
        return mm_fail(err, MM_EARG, "--%s: \"%s\" is not a whole number from 0 to %lld", info->name, text,
                       (long long)most);
    return 0;
}

int set_colour(struct cli_options *options, const struct option_info *info, const char *text,
               struct mm_err *err)
{
    static const char *const words[] = {
        [TERM_COLOUR_AUTO] = "auto", [TERM_COLOUR_NEVER] = "never", [TERM_COLOUR_ALWAYS] = "always"};
    for (size_t i = 0; i < MM_COUNT(words); i++) {
        if (strcmp(text, words[i]) == 0) {
            options->colour = (enum term_colour)i;
            return 0;
        }
    }
    return mm_fail(err, MM_EARG, "--%s: \"%s\" is not auto, always or never", info->name, text);
}

int set_autosave(struct cli_options *options, const struct option_info *info, const char *text,
                 struct mm_err *err)
{
    static const char *const words[] = {[CLI_AUTOSAVE_TERMINAL] = "terminal",
                                        [CLI_AUTOSAVE_ALWAYS] = "always",
                                        [CLI_AUTOSAVE_NEVER] = "never"};
    for (size_t i = 0; i < MM_COUNT(words); i++) {
        if (strcmp(text, words[i]) == 0) {
            options->autosave = (enum cli_autosave)i;
            return 0;
        }
    }
    return mm_fail(err, MM_EARG, "--%s: \"%s\" is not terminal, always or never", info->name, text);
}

int set_threshold(struct cli_options *options, const struct option_info *info, const char *text,
                  struct mm_err *err)
{
    double value;
    if (number_of(info, text, &value, err) < 0)
        return -1;
    options->session.thresholds.diff1 = options->session.thresholds.diff2 = value;
    options->session.thresholds_given = true;
    return 0;
}

int set_jobs(struct cli_options *options, const struct option_info *info, const char *text,
             struct mm_err *err)
{
    int64_t value;
    if (whole_of(info, text, 1024, &value, err) < 0)
        return -1;
    options->session.jobs = (unsigned)value;
    return 0;
}

int set_limit(struct cli_options *options, const struct option_info *info, const char *text,
              struct mm_err *err)
{
    return whole_of(info, text, INT32_MAX, &options->limit, err);
}

int set_framework(struct cli_options *options, const struct option_info *info, const char *text,
                  struct mm_err *err)
{
    if (!mm_framework_find(text, &options->session.pairing.framework))
        return mm_fail(err, MM_EARG, "--%s: \"%s\" is not tensorflow, pytorch, caffe or onnx", info->name,
                       text);
    return 0;
}

static int renames_open(struct cli_options *options, struct mm_err *err)
{
    if (!options->renames && mm_renames_open(&options->renames, err) < 0)
        return -1;
    options->session.pairing.renames = options->renames;
    return 0;
}

int set_map(struct cli_options *options, const struct option_info *info, const char *text, struct mm_err *err)
{
    struct mm_err why;
    if (renames_open(options, err) < 0)
        return -1;
    if (mm_renames_read(options->renames, text, &why) < 0)
        return mm_fail(err, why.code, "--%s: %s", info->name, why.text);
    return 0;
}

int set_rename(struct cli_options *options, const struct option_info *info, const char *text,
               struct mm_err *err)
{
    struct mm_err why;
    if (renames_open(options, err) < 0)
        return -1;
    if (mm_renames_rule(options->renames, text, &why) < 0)
        return mm_fail(err, why.code, "--%s: %s", info->name, why.text);
    return 0;
}

/* "last", "first", "3", "all" */
int set_occurrence(struct cli_options *options, const struct option_info *info, const char *text,
                   struct mm_err *err)
{
    static const struct {
        const char *word;
        int64_t occurrence;
    } words[] = {{"all", MM_OCCURRENCE_ALL}, {"first", 1}, {"last", MM_OCCURRENCE_LAST}};
    int64_t *occurrence = &options->session.pairing.occurrence;
    for (size_t i = 0; i < MM_COUNT(words); i++) {
        if (strcmp(text, words[i].word) == 0) {
            *occurrence = words[i].occurrence;
            return 0;
        }
    }
    if (!mm_parse_i64(text, occurrence) || *occurrence < 1 || *occurrence > INT32_MAX)
        return mm_fail(err, MM_EARG, "--%s: \"%s\" is not last, first, all or a number from 1 on", info->name,
                       text);
    return 0;
}

int set_no_pair_by(struct cli_options *options, const struct option_info *info, const char *text,
                   struct mm_err *err)
{
    struct mm_err why;
    if (mm_pair_rungs_parse(text, &options->session.pairing.off, &why) < 0)
        return mm_fail(err, why.code, "--%s: %s", info->name, why.text);
    return 0;
}

/* A row more of what is said of tensors; `equals` (or NULL) is where the name before it ends. */
static int add_given(struct cli_options *options, const char *text, const char *equals,
                     const struct mm_given *given, struct mm_err *err)
{
    struct mm_given_list *list = &options->session.given;
    if (mm_grow((void **)&options->given, &options->given_room, list->count + 1, sizeof *options->given) < 0)
        return mm_fail_memory(err);
    struct mm_given_row *row = &options->given[list->count];
    *row = (struct mm_given_row){.given = *given};
    if (equals && !(row->name = mm_arena_strndup(&options->given_text, text, (size_t)(equals - text))))
        return mm_fail_memory(err);
    list->row = options->given;
    list->count++;
    return 0;
}

/* Floats, as wide as the integers that hold their bits. */
static int add_rule(struct cli_options *options, const struct mm_read_rule *rule, struct mm_err *err)
{
    if (mm_grow((void **)&options->read_rule, &options->read_room, options->read_rules + 1, sizeof *rule) < 0)
        return mm_fail_memory(err);
    options->read_rule[options->read_rules++] = *rule;
    options->session.read_rule = options->read_rule;
    options->session.read_rules = options->read_rules;
    return 0;
}

/* "h*=f16", "bf16" */
int set_dtype(struct cli_options *options, const struct option_info *info, const char *text,
              struct mm_err *err)
{
    const char *equals = strrchr(text, '=');
    struct mm_given given = {.dtype = mm_dtype_find(equals ? equals + 1 : text)};
    if (given.dtype == MM_DTYPE_NONE)
        return mm_fail(
            err, MM_EARG,
            "--%s: \"%s\" is not a number format such as f16, bf16, f32 or f8e4m3, or a name and one of "
            "these (h=f16)",
            info->name, text);
    if (add_given(options, text, equals, &given, err) < 0)
        return -1;
    struct mm_read_rule rule = {options->given[options->session.given.count - 1].name, given.dtype};
    return mm_dtype_info(given.dtype)->kind == MM_KIND_FLOAT ? add_rule(options, &rule, err) : 0;
}

/* "1x3x224x224", "conv*=64,112,112" */
int set_shape(struct cli_options *options, const struct option_info *info, const char *text,
              struct mm_err *err)
{
    const char *equals = strrchr(text, '=');
    struct mm_given given = {.shaped = true};
    if (!mm_shape_parse(equals ? equals + 1 : text, &given.shape))
        return mm_fail(err, MM_EARG, "--%s: \"%s\" is not a shape such as 1x3x224x224, or NAME=1x3x224x224",
                       info->name, text);
    return add_given(options, text, equals, &given, err);
}

int set_step(struct cli_options *options, const struct option_info *info, const char *text,
             struct mm_err *err)
{
    options->session.part.stepped = true;
    return whole_of(info, text, INT64_MAX, &options->session.part.step, err);
}

int set_rank(struct cli_options *options, const struct option_info *info, const char *text,
             struct mm_err *err)
{
    options->session.part.ranked = true;
    return whole_of(info, text, INT64_MAX, &options->session.part.rank, err);
}

int set_iteration(struct cli_options *options, const struct option_info *info, const char *text,
                  struct mm_err *err)
{
    options->session.part.choice.iterated = true;
    return whole_of(info, text, INT64_MAX, &options->session.part.choice.iteration, err);
}

/* "1", "qkv*=-1" */
int set_concat(struct cli_options *options, const struct option_info *info, const char *text,
               struct mm_err *err)
{
    struct mm_concat_list *list = &options->session.part.concat;
    const char *equals = strrchr(text, '=');
    int64_t axis;
    if (!mm_parse_i64(equals ? equals + 1 : text, &axis) || axis >= MM_RANK_MAX || axis < -MM_RANK_MAX)
        return mm_fail(err, MM_EARG, "--%s: \"%s\" is not an axis from %d to %d, or NAME=AXIS", info->name,
                       text, -MM_RANK_MAX, MM_RANK_MAX - 1);
    if (mm_grow((void **)&options->concat, &options->concat_room, list->count + 1, sizeof *options->concat) <
        0)
        return mm_fail_memory(err);
    struct mm_concat_row *row = &options->concat[list->count];
    *row = (struct mm_concat_row){.axis = (int)axis};
    if (equals && !(row->name = mm_arena_strndup(&options->given_text, text, (size_t)(equals - text))))
        return mm_fail_memory(err);
    list->row = options->concat;
    list->count++;
    return 0;
}

int set_schema(struct cli_options *options, const struct option_info *info, const char *text,
               struct mm_err *err)
{
    struct mm_schema *schema;
    struct mm_err why;
    if (mm_schema_open(&schema, text, &why) < 0)
        return mm_fail(err, why.code, "--%s: %s", info->name, why.text);
    mm_schema_close(options->schema);
    options->session.schema = options->schema = schema;
    return 0;
}

const char *theme_name(size_t index)
{
    return index < INT_MAX ? theme_shipped((int)index) : NULL;
}

const char *dialect_id(size_t index)
{
    const struct mm_dialect *dialect = mm_dialect_at(index);
    return dialect ? dialect->id : NULL;
}

static const struct mm_dialect *dialect_of(const struct option_info *info, const char *text,
                                           struct mm_err *err)
{
    struct mm_err why;
    const struct mm_dialect *found = mm_dialect_get(text, &why);
    if (!found)
        mm_fail(err, MM_EARG, "--%s: %s", info->name, why.text);
    return found;
}

/* "A,B,C": each once; what was said before is forgotten. */
int set_dialects(struct cli_options *options, const struct option_info *info, const char *text,
                 struct mm_err *err)
{
    options->dialect_count = 0;
    for (const char *at = text; at; at = *at ? at + 1 : NULL) {
        size_t length = strcspn(at, ",");
        char *name = mm_arena_strndup(&options->given_text, at, length);
        if (!name)
            return mm_fail_memory(err);
        const struct mm_dialect *found = dialect_of(info, name, err);
        if (!found)
            return -1;
        bool new = true;
        for (size_t i = 0; i < options->dialect_count; i++)
            new = new && options->dialects[i] != found;
        if (new && options->dialect_count == CLI_DIALECTS)
            return mm_fail(err, MM_EARG, "--%s: more than %d runtimes", info->name, CLI_DIALECTS);
        if (new)
            options->dialects[options->dialect_count++] = found;
        at += length;
        if (!*at)
            break;
    }
    return 0;
}

int set_from(struct cli_options *options, const struct option_info *info, const char *text,
             struct mm_err *err)
{
    options->from = dialect_of(info, text, err);
    return options->from ? 0 : -1;
}

/* "10.3", "2.0.0rc1": another text would be compared as nothing. */
int set_for(struct cli_options *options, const struct option_info *info, const char *text, struct mm_err *err)
{
    static const char in_versions[] = "0123456789.+-_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    if (!isdigit((unsigned char)*text) || text[strspn(text, in_versions)])
        return mm_fail(err, MM_EARG, "--%s: \"%s\" is not a version, such as 10.3", info->name, text);
    options->version_for = text;
    return 0;
}

/* "2/8" */
int set_shard(struct cli_options *options, const struct option_info *info, const char *text,
              struct mm_err *err)
{
    int64_t index = 0, count = 0;
    const char *slash = strchr(text, '/');
    char first[MM_NUM];
    if (slash && (size_t)(slash - text) < sizeof first) {
        memcpy(first, text, (size_t)(slash - text));
        first[slash - text] = '\0';
        if (!mm_parse_i64(first, &index) || !mm_parse_i64(slash + 1, &count))
            index = 0;
    }
    if (index < 1 || index > count || count > MM_SHARDS_MAX)
        return mm_fail(err, MM_EARG, "--%s: \"%s\" is not I/N, such as 2/8: 1 to N, and N up to %d",
                       info->name, text, MM_SHARDS_MAX);
    options->session.shard = (unsigned)index;
    options->session.shards = (unsigned)count;
    return 0;
}

int set_fail_if(struct cli_options *options, const struct option_info *info, const char *text,
                struct mm_err *err)
{
    struct mm_filter *filter;
    struct mm_err why;
    if (!text[strspn(text, " ")])
        return mm_fail(err, MM_EARG, "--%s: an empty filter would hold for every layer", info->name);
    if (mm_filter_open(&filter, text, &why) < 0)
        return mm_fail(err, MM_EARG, "--%s: %s", info->name, why.text);
    mm_filter_close(filter);
    options->fail_if = text;
    return 0;
}

int set_sort(struct cli_options *options, const struct option_info *info, const char *text,
             struct mm_err *err)
{
    struct mm_err why;
    if (mm_column_get(text, &why) == MM_COLUMN_COUNT)
        return mm_fail(err, MM_EARG, "--%s: %s", info->name, why.text);
    options->sort = text;
    return 0;
}

/* "layer,diff2,cos" */
int set_columns(struct cli_options *options, const struct option_info *info, const char *text,
                struct mm_err *err)
{
    struct mm_err why;
    if (mm_columns_parse(text, options->columns, &options->column_count, &why) < 0)
        return mm_fail(err, MM_EARG, "--%s: %s", info->name, why.text);
    return 0;
}

int set_lang(struct cli_options *options, const struct option_info *info, const char *text,
             struct mm_err *err)
{
    (void)options, (void)info;
    return language_choose(text, err);
}

int set_kind(struct cli_options *options, const struct option_info *info, const char *text,
             struct mm_err *err)
{
    options->kind_given = true;
    if (mm_report_kind_find(text, &options->kind))
        return 0;
    return mm_fail(err, MM_EARG, "--%s: \"%s\" is not text, json, csv, markdown, html or junit", info->name,
                   text);
}

/* The rule of mmtui suggest, as it would be typed in the inspector: "95%", "top 5", "0.01". */
int set_rule(struct cli_options *options, const struct option_info *info, const char *text,
             struct mm_err *err)
{
    char rule[MM_NUM + 8];
    const char *before = info == option_info(OPT_TOP) ? "top " : "";
    const char *behind = info == option_info(OPT_COVER) ? "%" : "";
    struct mm_err why;
    if (strlen(text) >= MM_NUM || strchr(text, '%') || !text[0])
        return mm_fail(err, MM_EARG, "--%s: \"%s\" is not a number", info->name, text);
    snprintf(rule, sizeof rule, "%s%s%s", before, text, behind);
    if (mm_suggest_parse(rule, &options->suggest, &why) < 0)
        return mm_fail(err, MM_EARG, "--%s: %s", info->name, why.text);
    return 0;
}

/* "0,2,3,1", "[0, 2, 3, 1]": each axis once. */
int set_axes(struct cli_options *options, const struct option_info *info, const char *text,
             struct mm_err *err)
{
    struct mm_axis *axes = &options->axes;
    unsigned seen = 0;
    *axes = (struct mm_axis){.kind = MM_AXIS_PERMUTE};
    for (const char *p = text; *p; p++) {
        if (strchr("[(, )]", *p))
            continue;
        int axis = *p - '0';
        if (axis < 0 || axis > 9 || axes->rank == 10 || seen & 1u << axis)
            return mm_fail(err, MM_EARG, "--%s: \"%s\" is not an order of axes such as 0,2,3,1", info->name,
                           text);
        seen |= 1u << axis;
        axes->perm[axes->rank++] = axis;
    }
    if (axes->rank == 0 || seen != (1u << axes->rank) - 1)
        return mm_fail(err, MM_EARG, "--%s: \"%s\" does not have each axis from 0 on once", info->name, text);
    return 0;
}

int set_format(struct cli_options *options, const struct option_info *info, const char *text,
               struct mm_err *err)
{
    const struct mm_format *format = mm_format_find(text);
    if (!format || !format->write)
        return mm_fail(err, MM_EARG, "--%s: \"%s\" is no format that can be written: see mmtui formats",
                       info->name, text);
    options->format = format;
    return 0;
}

int set_mode(struct cli_options *options, const struct option_info *info, const char *text,
             struct mm_err *err)
{
    int64_t value;
    if (whole_of(info, text, MM_BEYOND_BOTH, &value, err) < 0 || value < MM_BEYOND_ABSOLUTE)
        return mm_fail(err, MM_EARG, "--%s: \"%s\" is not 1, 2, 3 or 4", info->name, text);
    options->single.mode = (enum mm_beyond_mode)value;
    return 0;
}

int set_size(struct cli_options *options, const struct option_info *info, const char *text,
             struct mm_err *err)
{
    if (!script_parse_size(text, &options->width, &options->height))
        return mm_fail(err, MM_EARG, "--%s: \"%s\" is not a size such as 80x24", info->name, text);
    return 0;
}

/* ---- mmtui dump ---- */

int add_path(struct cli_options *options, struct cli_paths *paths, const char *text, struct mm_err *err)
{
    size_t name = strcspn(text, "=");
    if (mm_grow((void **)&paths->path, &paths->room, paths->count + 1, sizeof *paths->path) < 0)
        return mm_fail_memory(err);
    struct mm_feed_path path = {.path = text};
    if (text[name] && access(text, F_OK) != 0) {
        path.path = text + name + 1;
        path.name = mm_arena_strndup(&options->given_text, text, name);
        if (!path.name)
            return mm_fail_memory(err);
    }
    paths->path[paths->count++] = path;
    return 0;
}

int set_input(struct cli_options *options, const struct option_info *info, const char *text,
              struct mm_err *err)
{
    (void)info;
    return add_path(options, &options->dump.input, text, err);
}

int set_dump_mode(struct cli_options *options, const struct option_info *info, const char *text,
                  struct mm_err *err)
{
    if (mm_dump_mode_find(text, &options->dump.mode))
        return 0;
    return mm_fail(err, MM_EARG, "--%s: \"%s\" is none of all, outputs, specific, off", info->name, text);
}

int set_tensor(struct cli_options *options, const struct option_info *info, const char *text,
               struct mm_err *err)
{
    struct cli_dump *dump = &options->dump;
    (void)info;
    if (mm_grow((void **)&dump->tensor, &dump->tensor_room, dump->tensors + 1, sizeof *dump->tensor) < 0)
        return mm_fail_memory(err);
    dump->tensor[dump->tensors++] = text;
    dump->mode = MM_DUMP_SPECIFIC;
    return 0;
}

int set_seed(struct cli_options *options, const struct option_info *info, const char *text,
             struct mm_err *err)
{
    int64_t seed;
    options->dump.seeded = true;
    if (whole_of(info, text, 1LL << 53, &seed, err) < 0)
        return -1;
    options->dump.seed = (double)seed;
    return 0;
}

int set_threads(struct cli_options *options, const struct option_info *info, const char *text,
                struct mm_err *err)
{
    int64_t threads;
    if (whole_of(info, text, 1024, &threads, err) < 0)
        return -1;
    options->dump.threads = (int)threads;
    return 0;
}

int set_level(struct cli_options *options, const struct option_info *info, const char *text,
              struct mm_err *err)
{
    static const struct {
        const char *word, *number;
        int level;
    } levels[] = {{"basic", "1", 1}, {"extended", "2", 2}, {"all", "99", 99}};
    for (size_t i = 0; i < MM_COUNT(levels); i++) {
        if (strcmp(text, levels[i].word) == 0 || strcmp(text, levels[i].number) == 0) {
            options->dump.level = levels[i].level;
            return 0;
        }
    }
    return mm_fail(err, MM_EARG, "--%s: \"%s\" is none of basic, extended, all (1, 2, 99)", info->name, text);
}
