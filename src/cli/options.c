#include "cli/options.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/script.h"

/* ---- values ---- */

static int number_of(const struct option_info *info, const char *text, double *out, struct mm_err *err)
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

static int set_colour(struct cli_options *options, const struct option_info *info, const char *text,
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

static int set_threshold(struct cli_options *options, const struct option_info *info, const char *text,
                         struct mm_err *err)
{
    double value;
    if (number_of(info, text, &value, err) < 0)
        return -1;
    options->session.thresholds.diff1 = options->session.thresholds.diff2 = value;
    options->session.thresholds_given = true;
    return 0;
}

static int set_jobs(struct cli_options *options, const struct option_info *info, const char *text,
                    struct mm_err *err)
{
    int64_t value;
    if (whole_of(info, text, 1024, &value, err) < 0)
        return -1;
    options->session.jobs = (unsigned)value;
    return 0;
}

static int set_limit(struct cli_options *options, const struct option_info *info, const char *text,
                     struct mm_err *err)
{
    return whole_of(info, text, INT32_MAX, &options->limit, err);
}

static int set_framework(struct cli_options *options, const struct option_info *info, const char *text,
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

static int set_map(struct cli_options *options, const struct option_info *info, const char *text,
                   struct mm_err *err)
{
    struct mm_err why;
    if (renames_open(options, err) < 0)
        return -1;
    if (mm_renames_read(options->renames, text, &why) < 0)
        return mm_fail(err, why.code, "--%s: %s", info->name, why.text);
    return 0;
}

static int set_rename(struct cli_options *options, const struct option_info *info, const char *text,
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
static int set_occurrence(struct cli_options *options, const struct option_info *info, const char *text,
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

static int set_no_pair_by(struct cli_options *options, const struct option_info *info, const char *text,
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
static int set_dtype(struct cli_options *options, const struct option_info *info, const char *text,
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
static int set_shape(struct cli_options *options, const struct option_info *info, const char *text,
                     struct mm_err *err)
{
    const char *equals = strrchr(text, '=');
    struct mm_given given = {.shaped = true};
    if (!mm_shape_parse(equals ? equals + 1 : text, &given.shape))
        return mm_fail(err, MM_EARG, "--%s: \"%s\" is not a shape such as 1x3x224x224, or NAME=1x3x224x224",
                       info->name, text);
    return add_given(options, text, equals, &given, err);
}

static int set_step(struct cli_options *options, const struct option_info *info, const char *text,
                    struct mm_err *err)
{
    options->session.part.stepped = true;
    return whole_of(info, text, INT64_MAX, &options->session.part.step, err);
}

static int set_rank(struct cli_options *options, const struct option_info *info, const char *text,
                    struct mm_err *err)
{
    options->session.part.ranked = true;
    return whole_of(info, text, INT64_MAX, &options->session.part.rank, err);
}

static int set_iteration(struct cli_options *options, const struct option_info *info, const char *text,
                         struct mm_err *err)
{
    options->session.part.choice.iterated = true;
    return whole_of(info, text, INT64_MAX, &options->session.part.choice.iteration, err);
}

/* "1", "qkv*=-1" */
static int set_concat(struct cli_options *options, const struct option_info *info, const char *text,
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

static int set_schema(struct cli_options *options, const struct option_info *info, const char *text,
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

static const char *dialect_id(size_t index)
{
    const struct mm_dialect *dialect = mm_dialect_at(index);
    return dialect ? dialect->id : NULL;
}

static int set_dialect(struct cli_options *options, const struct option_info *info, const char *text,
                       struct mm_err *err)
{
    struct mm_err why;
    const struct mm_dialect *found = mm_dialect_get(text, &why);
    if (!found)
        return mm_fail(err, MM_EARG, "--%s: %s", info->name, why.text);
    options->dialect = found->id;
    return 0;
}

/* "2/8" */
static int set_shard(struct cli_options *options, const struct option_info *info, const char *text,
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

static int fail_column(const struct option_info *info, const char *text, struct mm_err *err)
{
    struct mm_buf all = {0};
    for (int id = 0; id < MM_COLUMN_COUNT; id++)
        mm_buf_printf(&all, "%s%s", id ? ", " : "", mm_column((enum mm_column_id)id)->key);
    mm_fail(err, MM_EARG, "--%s: there is no column \"%.60s\"; there are %s", info->name, text,
            mm_buf_text(&all));
    mm_buf_done(&all);
    return -1;
}

static int set_fail_if(struct cli_options *options, const struct option_info *info, const char *text,
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

static int set_sort(struct cli_options *options, const struct option_info *info, const char *text,
                    struct mm_err *err)
{
    if (mm_column_find(text) == MM_COLUMN_COUNT)
        return fail_column(info, text, err);
    options->sort = text;
    return 0;
}

/* "layer,diff2,cos" */
static int set_columns(struct cli_options *options, const struct option_info *info, const char *text,
                       struct mm_err *err)
{
    options->column_count = 0;
    while (*text) {
        size_t length = strcspn(text, ", ");
        char key[MM_NUM];
        snprintf(key, sizeof key, "%.*s", (int)(length < MM_NUM ? length : MM_NUM), text);
        enum mm_column_id column = mm_column_find(key);
        if (column == MM_COLUMN_COUNT)
            return fail_column(info, key, err);
        if (options->column_count == MM_COLUMN_COUNT)
            return mm_fail(err, MM_EARG, "--%s: more than %d columns", info->name, MM_COLUMN_COUNT);
        options->columns[options->column_count++] = column;
        text += length + strspn(text + length, ", ");
    }
    if (options->column_count == 0)
        return fail_column(info, "", err);
    return 0;
}

static int set_kind(struct cli_options *options, const struct option_info *info, const char *text,
                    struct mm_err *err)
{
    options->kind_given = true;
    if (mm_report_kind_find(text, &options->kind))
        return 0;
    return mm_fail(err, MM_EARG, "--%s: \"%s\" is not text, json, csv, markdown, html or junit", info->name,
                   text);
}

/* The rule of mmtui suggest, as it would be typed in the inspector: "95%", "top 5", "0.01". */
static int set_rule(struct cli_options *options, const struct option_info *info, const char *text,
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
static int set_axes(struct cli_options *options, const struct option_info *info, const char *text,
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

static int set_format(struct cli_options *options, const struct option_info *info, const char *text,
                      struct mm_err *err)
{
    const struct mm_format *format = mm_format_find(text);
    if (!format || !format->write)
        return mm_fail(err, MM_EARG, "--%s: \"%s\" is no format that can be written: see mmtui formats",
                       info->name, text);
    options->format = format;
    return 0;
}

static int set_mode(struct cli_options *options, const struct option_info *info, const char *text,
                    struct mm_err *err)
{
    int64_t value;
    if (whole_of(info, text, MM_BEYOND_BOTH, &value, err) < 0 || value < MM_BEYOND_ABSOLUTE)
        return mm_fail(err, MM_EARG, "--%s: \"%s\" is not 1, 2, 3 or 4", info->name, text);
    options->single.mode = (enum mm_beyond_mode)value;
    return 0;
}

static int set_size(struct cli_options *options, const struct option_info *info, const char *text,
                    struct mm_err *err)
{
    if (!script_parse_size(text, &options->width, &options->height))
        return mm_fail(err, MM_EARG, "--%s: \"%s\" is not a size such as 80x24", info->name, text);
    return 0;
}

/* ---- the table ---- */

#define TEXT(to)      OPTION_TEXT, offsetof(struct cli_options, to), NULL
#define FLAG(to)      OPTION_FLAG, offsetof(struct cli_options, to), NULL
#define NUMBER(to)    OPTION_NUMBER, offsetof(struct cli_options, to), NULL
#define SET(function) OPTION_SET, 0, function
/* Not --color: NO_COLOR of the environment beats the config, and --color beats both. */
#define IN_CONFIG true

static const struct option_info table[OPT_COUNT] = {
    [OPT_SRC] = {'s', "src_dir", "DIR", "the reference dump: a folder or a file", GROUP_OWN,
                 TEXT(session.src)},
    [OPT_DST] = {'d', "dst_dir", "DIR", "the accelerator's dump: a folder or a file", GROUP_OWN,
                 TEXT(session.dst)},
    [OPT_OUTPUT] = {'o', "output_dir", "DIR", "where to write (default: diff_jsons)", GROUP_OWN,
                    TEXT(output)},
    [OPT_FRAMEWORK] = {0, "framework", "NAME",
                       "tensorflow, pytorch, caffe or onnx (default): how names are paired", GROUP_SESSION,
                       SET(set_framework), IN_CONFIG},
    [OPT_MAP] = {0, "map", "FILE",
                 "which names belong together: a line each SRC = DST, SRC,DST, SRC != DST or s/REGEX/WITH/",
                 GROUP_SESSION, SET(set_map)},
    [OPT_RENAME] = {0, "rename", "RULE",
                    "s/REGEX/WITH/: rewrite names of dst so that they are src's; repeatable", GROUP_SESSION,
                    SET(set_rename)},
    [OPT_OCCURRENCE] = {0, "occurrence", "WHICH",
                        "of names that were dumped several times: all (default), last, first or N",
                        GROUP_SESSION, SET(set_occurrence), IN_CONFIG},
    [OPT_NO_PAIR_BY] = {0, "no-pair-by", "LIST",
                        "not by " /* enum mm_pair_rung */
                        "exact,occurrence,numbers,only,suffix,quantised,graph,separators,output,case,prefix",
                        GROUP_SESSION, SET(set_no_pair_by), IN_CONFIG},
    [OPT_DTYPE] =
        {0, "dtype", "[NAME=]TYPE",
         "of files that do not say it; integers are bit patterns of f16, bf16, f32 ... (NAME: a glob)",
         GROUP_SESSION, SET(set_dtype)},
    [OPT_SHAPE] = {0, "shape", "[NAME=]SHAPE",
                   "of raw and text files (of tensors NAME, a glob), which do not say it: 1x3x224x224",
                   GROUP_SESSION, SET(set_shape)},
    [OPT_STEP] = {0, "step", "N", "of dumps with folders step0, step1 ...: this one (default: the first)",
                  GROUP_SESSION, SET(set_step)},
    [OPT_RANK] = {0, "rank", "N", "of dumps with folders rank0, rank1 ...: this one (default: the first)",
                  GROUP_SESSION, SET(set_rank)},
    [OPT_CONCAT] = {0, "concat", "[NAME=]AXIS",
                    "join what ranks (NAME.rank0 ..., folders rank0 ...) dumped in parts, along this axis",
                    GROUP_SESSION, SET(set_concat)},
    [OPT_RUNNER] = {0, "runner", "NAME",
                    "of Polygraphy's files with several runners: this one, or the one that begins so",
                    GROUP_SESSION, TEXT(session.part.choice.runner)},
    [OPT_DST_RUNNER] = {0, "dst-runner", "NAME", "the same of dst alone", GROUP_SESSION,
                        TEXT(session.dst_runner)},
    [OPT_ITERATION] = {0, "iteration", "N", "of Polygraphy's files: this iteration (default: 0, the first)",
                       GROUP_SESSION, SET(set_iteration)},
    [OPT_SCHEMA] =
        {0, "schema", "FILE",
         "field numbers of MagicMind's .pb: a .proto, protoc -o's file, or the SDK's tensor_pb2.py",
         GROUP_SESSION, SET(set_schema), IN_CONFIG},
    [OPT_MODEL] = {0, "model", "FILE",
                   "the model's .onnx file, for pairing names, connections of layers, and weights",
                   GROUP_MODEL, TEXT(model)},
    [OPT_DST_MODEL] = {0, "dst-model", "FILE",
                       "the quantised .onnx that dst ran, for its scales and zero points", GROUP_MODEL,
                       TEXT(dst_model)},
    [OPT_ORDER] = {0, "order", "FILE",
                   "the tensors' names in the order of execution, one a line or as a JSON list", GROUP_MODEL,
                   TEXT(session.order)},
    [OPT_SIM] = {0, "sim", "DIR",
                 "the framework's simulation of the low precision: is it the format or the port?",
                 GROUP_MODEL, TEXT(session.sim)},
    [OPT_BEFORE] = {0, "before", "DIR", "an earlier dst: what is better now, and what worse", GROUP_OWN,
                    TEXT(session.before)},
    [OPT_THRESHOLD] = {'t', "threshold", "X", "a layer is over when diff1 or diff2 is larger (default: 0.05)",
                       GROUP_SESSION, SET(set_threshold), IN_CONFIG},
    [OPT_ATOL] = {0, "atol", "X", "absolute tolerance: beyond counts |s-d| > atol + rtol |s| (default: 1e-8)",
                  GROUP_SESSION, NUMBER(session.measure.atol), IN_CONFIG},
    [OPT_RTOL] = {0, "rtol", "X", "relative tolerance of the same (default: 1e-5)", GROUP_SESSION,
                  NUMBER(session.measure.rtol), IN_CONFIG},
    [OPT_SORT] = {0, "sort", "COLUMN", "column to sort by (default: diff2); number is execution order",
                  GROUP_TABLE, SET(set_sort), IN_CONFIG},
    [OPT_FILTER] = {0, "filter", "TEXT",
                    "show only matching layers: conv, op=Conv, dtype=i8, 'diff2>0.05', bad", GROUP_TABLE,
                    TEXT(filter)},
    [OPT_LIMIT] = {'n', "limit", "N", "print at most N rows", GROUP_TABLE, SET(set_limit)},
    [OPT_COLUMNS] = {0, "columns", "LIST", "columns to show, such as layer,op,diff2,cos", GROUP_TABLE,
                     SET(set_columns), IN_CONFIG},
    [OPT_REPORT_KIND] = {0, "format", "FORM", "print the report in this form", GROUP_OWN, SET(set_kind),
                         false, mm_report_kind_name},
    [OPT_FLOOR] = {0, "floor", "X", "a layer is not over when no |s-d| is larger (default: 0)", GROUP_SESSION,
                   NUMBER(session.thresholds.floor), IN_CONFIG},
    [OPT_FAIL] = {0, "fail", NULL,
                  "exit with 1 when a layer is over the threshold, or too little was compared", GROUP_SESSION,
                  FLAG(fail)},
    [OPT_FAIL_IF] = {0, "fail-if", "FILTER", "exit with 1 when a layer is so: 'diff2>0.1 op=Conv'",
                     GROUP_SESSION, SET(set_fail_if)},
    [OPT_BASELINE] =
        {0, "baseline", "FILE",
         "exit with 1 only for what is worse than in this mmtui.json or diff.json; say what is better",
         GROUP_SESSION, TEXT(baseline)},
    [OPT_MIN_PAIRED] = {0, "min-paired", "X",
                        "with --fail: the share of tensors that must be compared (default: 0.9)",
                        GROUP_SESSION, NUMBER(min_paired), IN_CONFIG},
    [OPT_JOBS] = {'j', "jobs", "N", "worker threads (default: one a processor); 0 works inline",
                  GROUP_SESSION, SET(set_jobs), IN_CONFIG},
    [OPT_QUANTILES] = {0, "quantiles", NULL, "also write the exact quantiles of |error| (50, 90, 99, 99.9 %)",
                       GROUP_OWN, FLAG(session.measure.quantiles)},
    [OPT_HIST] = {0, "hist", NULL, "also write histograms of both sides and of the error", GROUP_OWN,
                  FLAG(hist)},
    [OPT_CHECK_CRC] = {0, "check-crc", NULL,
                       "check the checksums of uncompressed .npz members too; uses no cache", GROUP_SESSION,
                       FLAG(session.check)},
    [OPT_NO_CACHE] = {0, "no-cache", NULL, "measure all, and keep no results for the next run", GROUP_SESSION,
                      FLAG(no_cache)},
    [OPT_JSON] = {0, "json", NULL, "print JSON instead of text", GROUP_OWN, FLAG(json)},
    [OPT_SHARD] = {0, "shard", "SHARD",
                   "I/N: measure only the I-th of N shards, into mmtui.json alone; see mmtui merge",
                   GROUP_OWN, SET(set_shard)},
    [OPT_SRC_FILE] = {'s', "src_file", "FILE", "the reference's tensor", GROUP_OWN, TEXT(session.src)},
    [OPT_DST_FILE] = {'d', "dst_file", "FILE", "the accelerator's tensor", GROUP_OWN, TEXT(session.dst)},
    [OPT_TH1] = {0, "th1", "X", "|s-d| beyond this (default: 1)", GROUP_OWN, NUMBER(single.absolute)},
    [OPT_TH2] = {0, "th2", "X", "|s-d| / |s| beyond this (default: 0.03)", GROUP_OWN,
                 NUMBER(single.relative)},
    [OPT_MODE] = {'m', "mode", "N", "list what is beyond 1: th1, 2: th2, 3: either (default), 4: both",
                  GROUP_OWN, SET(set_mode)},
    [OPT_TRANS_KEY] = {'k', "trans_key", "AXES",
                       "dst is src with its axes in this order, such as 0,2,3,1: undo it", GROUP_OWN,
                       SET(set_axes)},
    [OPT_RESULT_FILE] = {'o', "result_file", "FILE", "write the result here, don't print it", GROUP_OWN,
                         TEXT(output)},
    [OPT_FAIL_BEYOND] = {0, "fail", NULL, "exit with 1 when an element is beyond", GROUP_OWN, FLAG(fail)},
    [OPT_VENDOR_EXACT] =
        {0, "vendor-exact", NULL,
         "compute diff1 to diff4 as MagicMind's own tool does, guards included; uses no cache", GROUP_OWN,
         FLAG(session.vendor_exact)},
    [OPT_INPUT_FILE] = {'i', "input_file", "FILE", "what to read, as MagicMind's tool has it", GROUP_OWN,
                        TEXT(session.src)},
    [OPT_CONVERTED_FILE] = {'o', "output_file", "FILE",
                            "what to write, with -i (default: output_file, readable text)", GROUP_OWN,
                            TEXT(output)},
    [OPT_FORMAT] = {0, "format", "NAME", "write this, whatever the ending says: see mmtui formats", GROUP_OWN,
                    SET(set_format)},
    [OPT_RECURSE] = {'r', "recursive", NULL, "convert all tensors of a folder", GROUP_OWN, FLAG(recurse)},
    [OPT_OUTPUT_FILE] = {'o', "output_file", "FILE", "what to write (default: mmtui.json)", GROUP_OWN,
                         TEXT(output)},
    [OPT_REPORT_FILE] = {'o', "output_file", "FILE", "write the report here, don't print it", GROUP_OWN,
                         TEXT(output)},
    [OPT_SCHEMA_FILE] = {'o', "output_file", "FILE", "write a .proto for --schema here, don't print it",
                         GROUP_OWN, TEXT(output)},
    [OPT_COVER] = {0, "cover", "PERCENT",
                   "raise until so much of the outputs' error is covered (default: 95)", GROUP_OWN,
                   SET(set_rule)},
    [OPT_TOP] = {0, "top", "N", "raise N operators", GROUP_OWN, SET(set_rule)},
    [OPT_TO_ERROR] = {0, "to-error", "X", "raise until the outputs' error is expected to be at most this",
                      GROUP_OWN, SET(set_rule)},
    [OPT_PLAN_FILE] = {'o', "output_file", "FILE", "write the plan (overrides.json) here", GROUP_OWN,
                       TEXT(output)},
    [OPT_PLAN] = {0, "plan", "FILE", "start from the overrides of this plan (overrides.json)", GROUP_PLAN,
                  TEXT(plan)},
    [OPT_TO] = {0, "to", "RUNTIME", "runtime to write for", GROUP_PLAN, SET(set_dialect), IN_CONFIG,
                dialect_id},
    [OPT_CPP] = {0, "cpp", NULL, "also write the C++ form, where the runtime has one", GROUP_OWN, FLAG(cpp)},
    [OPT_EXPORT_DIR] = {0, "export-dir", "DIR", "where the plan screen writes (default: mmtui_export)",
                        GROUP_SCREEN, TEXT(export_dir), IN_CONFIG},
    [OPT_DUMP_ONLY] = {0, "dump-only", "DIR", "write the demo's dumps to DIR/src and DIR/dst and stop",
                       GROUP_OWN, TEXT(dump_only)},
    [OPT_COLOR] = {0, "color", "WHEN", "auto (default), always or never", GROUP_SCREEN, SET(set_colour)},
    [OPT_THEME] = {0, "theme", "NAME", "default, mono, or a theme file", GROUP_SCREEN, TEXT(theme),
                   IN_CONFIG},
    [OPT_ASCII] = {0, "ascii", NULL, "ASCII characters only, on the screen and in text", GROUP_OUTPUT,
                   FLAG(ascii), IN_CONFIG},
    [OPT_PLAIN] = {0, "plain", NULL, "no bars or boxes (screen readers)", GROUP_SCREEN, FLAG(plain),
                   IN_CONFIG},
    [OPT_SCRIPT] = {0, "script", "FILE", "run keys and commands from FILE without a terminal", GROUP_SCREEN,
                    TEXT(script)},
    [OPT_SIZE] = {0, "size", "WxH", "screen size for --script (default: 80x24)", GROUP_SCREEN, SET(set_size)},
    [OPT_HELP] = {'h', "help", NULL, "show this help", GROUP_COMMON, FLAG(help)},
    [OPT_VERSION] = {0, "version", NULL, "show the version", GROUP_COMMON, FLAG(version)},
};

const struct option_info *option_info(enum option id)
{
    return &table[id];
}

bool option_set_has(const struct option_set *set, enum option id)
{
    if (table[id].group & (set->groups | GROUP_COMMON))
        return true;
    const enum option *own = set->own;
    while (*own != OPT_NONE && *own != id)
        own++;
    return *own == id && id != OPT_NONE;
}

void cli_options_init(struct cli_options *options)
{
    *options = (struct cli_options){.sort = "diff2",
                                    .dialect = "magicmind",
                                    .export_dir = "mmtui_export",
                                    .width = 80,
                                    .height = 24,
                                    .min_paired = 0.9,
                                    .single = {.absolute = 1, .relative = 0.03, .mode = MM_BEYOND_EITHER},
                                    .most_words = 8};
    mm_session_defaults(&options->session);
    mm_suggest_defaults(&options->suggest);
}

void cli_options_done(struct cli_options *options)
{
    free(options->read_rule);
    free(options->given);
    free(options->concat);
    mm_snapshot_done(&options->snapshot);
    mm_schema_close(options->schema);
    mm_arena_done(&options->given_text);
    mm_buf_done(&options->bindings);
    mm_buf_done(&options->bindings_source);
    mm_renames_close(options->renames);
    mm_graph_close(options->graph);
    mm_graph_close(options->dst_graph);
}

/* ---- setting one ---- */

static void *member_of(struct cli_options *options, const struct option_info *info)
{
    return (char *)options + info->member;
}

static int set_value(struct cli_options *options, const struct option_info *info, const char *text,
                     struct mm_err *err)
{
    switch (info->kind) {
    case OPTION_TEXT: *(const char **)member_of(options, info) = text; return 0;
    case OPTION_NUMBER: return number_of(info, text, member_of(options, info), err);
    case OPTION_SET: return info->set(options, info, text, err);
    case OPTION_FLAG: break;
    }
    return mm_fail(err, MM_EARG, "--%s takes no value", info->name);
}

int cli_options_set(struct cli_options *options, enum option id, const char *text, struct mm_err *err)
{
    const struct option_info *info = &table[id];
    if (info->kind != OPTION_FLAG)
        return set_value(options, info, text, err);
    if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
        return mm_fail(err, MM_EARG, "%s: \"%s\" is not yes or no", info->name, text);
    *(bool *)member_of(options, info) = text[0] == 'y';
    return 0;
}

/* ---- argv ---- */

/* Is it --NAME or --NAME=VALUE? - and _ are the same in names. *attached is the value, or NULL. */
static bool is_long(const struct option_info *info, const char *word, const char **attached)
{
    const char *p = word + 2, *q = info->name;
    while (*q && (*p == *q || (*p == '_' && *q == '-') || (*p == '-' && *q == '_')))
        p++, q++;
    *attached = *p == '=' ? p + 1 : NULL;
    return !*q && (!*p || *p == '=');
}

/* -x or -xVALUE */
static bool is_short(const struct option_info *info, const char *word, const char **attached)
{
    *attached = word[1] && word[2] ? word + 2 : NULL;
    return info->letter && info->letter == word[1];
}

/* NULL when nothing fits. */
static const struct option_info *find(const struct option_set *set, const char *word, const char **attached)
{
    for (int id = OPT_NONE + 1; id < OPT_COUNT; id++) {
        const struct option_info *info = &table[id];
        if (option_set_has(set, (enum option)id) &&
            (word[1] == '-' ? is_long(info, word, attached) : is_short(info, word, attached)))
            return info;
    }
    return NULL;
}

static int add_word(struct cli_options *options, char *word, struct mm_err *err)
{
    if (options->word_count == options->most_words)
        return mm_fail(err, MM_EARG, "too many arguments: %s", word);
    options->words[options->word_count++] = word;
    return 0;
}

/* The option that `word` is, with its value attached or `next` (NULL: there is none). Returns how many words
 * it took, or -1. */
static int parse_option(struct cli_options *options, const struct option_set *set, const char *word,
                        const char *next, struct mm_err *err)
{
    const char *value;
    const struct option_info *info = find(set, word, &value);
    if (!info)
        return mm_fail(err, MM_EARG, "there is no option %s here", word);
    if (info->kind == OPTION_FLAG && !value) {
        *(bool *)member_of(options, info) = true;
        return 1;
    }
    bool attached = value || info->kind == OPTION_FLAG;
    value = attached ? value : next;
    if (!value)
        return mm_fail(err, MM_EARG, "--%s needs a value (%s)", info->name, info->argument);
    return set_value(options, info, value, err) < 0 ? -1 : attached ? 1 : 2;
}

int cli_options_parse(struct cli_options *options, const struct option_set *set, int argc, char **argv,
                      int first, struct mm_err *err)
{
    bool only_words = false;
    options->words = argv + first;
    for (int i = first; i < argc;) {
        char *word = argv[i];
        int taken = 1;
        if (only_words || word[0] != '-' || !word[1])
            taken = add_word(options, word, err) < 0 ? -1 : 1;
        else if (strcmp(word, "--") == 0)
            only_words = true;
        else
            taken = parse_option(options, set, word, i + 1 < argc ? argv[i + 1] : NULL, err);
        if (taken < 0)
            return -1;
        i += taken;
    }
    return 0;
}
