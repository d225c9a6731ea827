#include "cli/options.h"

#include <stdio.h>
#include <string.h>

#include "ui/script.h"

static const struct option_info table[OPT_COUNT] = {
    [OPT_SRC] = {OPT_SRC, 's', "src_dir", "DIR", "the reference dump: a folder or a file"},
    [OPT_DST] = {OPT_DST, 'd', "dst_dir", "DIR", "the accelerator's dump: a folder or a file"},
    [OPT_OUTPUT] = {OPT_OUTPUT, 'o', "output_dir", "DIR", "where to write (default: diff_jsons)"},
    [OPT_FRAMEWORK] = {OPT_FRAMEWORK, 0, "framework", "NAME",
                       "tensorflow, pytorch, caffe or onnx (default): how names are paired"},
    [OPT_MODEL] = {OPT_MODEL, 0, "model", "FILE",
                   "the model's .onnx file: tells which layer feeds which; weights are not read"},
    [OPT_ORDER] = {OPT_ORDER, 0, "order", "FILE",
                   "the tensors' names in the order of execution, one a line or as a JSON list"},
    [OPT_SIM] = {OPT_SIM, 0, "sim", "DIR",
                 "the framework's simulation of the low precision: is it the format or the port?"},
    [OPT_BEFORE] = {OPT_BEFORE, 0, "before", "DIR", "an earlier dst: what is better now, and what worse"},
    [OPT_THRESHOLD] = {OPT_THRESHOLD, 't', "threshold", "X",
                       "a layer is over when diff1 or diff2 is larger (default: 0.05)"},
    [OPT_ATOL] = {OPT_ATOL, 0, "atol", "X",
                  "absolute tolerance: beyond counts |s-d| > atol + rtol |s| (default: 1e-8)"},
    [OPT_RTOL] = {OPT_RTOL, 0, "rtol", "X", "relative tolerance of the same (default: 1e-5)"},
    [OPT_SORT] = {OPT_SORT, 0, "sort", "COLUMN",
                  "column to sort by (default: diff2); number is execution order"},
    [OPT_FILTER] = {OPT_FILTER, 0, "filter", "TEXT",
                    "show only matching layers: conv, op=Conv, dtype=i8, 'diff2>0.05', bad"},
    [OPT_LIMIT] = {OPT_LIMIT, 'n', "limit", "N", "print at most N rows"},
    [OPT_FAIL] = {OPT_FAIL, 0, "fail", NULL, "exit with 1 when a layer is over the threshold"},
    [OPT_JOBS] = {OPT_JOBS, 'j', "jobs", "N", "worker threads (default: one a processor); 0 works inline"},
    [OPT_QUANTILES] = {OPT_QUANTILES, 0, "quantiles", NULL,
                       "also write the exact quantiles of |error| (50, 90, 99, 99.9 %)"},
    [OPT_HIST] = {OPT_HIST, 0, "hist", NULL, "also write histograms of both sides and of the error"},
    [OPT_CHECK_CRC] = {OPT_CHECK_CRC, 0, "check-crc", NULL,
                       "check the checksums of uncompressed .npz members too; uses no cache"},
    [OPT_NO_CACHE] = {OPT_NO_CACHE, 0, "no-cache", NULL, "measure all, and keep no results for the next run"},
    [OPT_JSON] = {OPT_JSON, 0, "json", NULL, "print JSON instead of text"},
    [OPT_SHARD] = {OPT_SHARD, 0, "shard", "SHARE",
                   "I/N: measure only the I-th of N shares, into mmtui.json alone; see mmtui merge"},
    [OPT_OUTPUT_FILE] = {OPT_OUTPUT_FILE, 'o', "output_file", "FILE", "what to write (default: mmtui.json)"},
    [OPT_REPORT_FILE] = {OPT_REPORT_FILE, 'o', "output_file", "FILE",
                         "write the report here, don't print it"},
    [OPT_COVER] = {OPT_COVER, 0, "cover", "PERCENT",
                   "raise until so much of the outputs' error is covered (default: 95)"},
    [OPT_TOP] = {OPT_TOP, 0, "top", "N", "raise N operators"},
    [OPT_TO_ERROR] = {OPT_TO_ERROR, 0, "to-error", "X",
                      "raise until the outputs' error is expected to be at most this"},
    [OPT_PLAN_FILE] = {OPT_PLAN_FILE, 'o', "output_file", "FILE", "write the plan (overrides.json) here"},
    [OPT_PLAN] = {OPT_PLAN, 0, "plan", "FILE", "start from the overrides of this plan (overrides.json)"},
    [OPT_TO] = {OPT_TO, 0, "to", "RUNTIME", "runtime to write for: magicmind (default), onnxruntime"},
    [OPT_CPP] = {OPT_CPP, 0, "cpp", NULL, "also write the C++ form, where the runtime has one"},
    [OPT_EXPORT_DIR] = {OPT_EXPORT_DIR, 0, "export-dir", "DIR",
                        "where the plan screen writes (default: mmtui_export)"},
    [OPT_DUMP_ONLY] = {OPT_DUMP_ONLY, 0, "dump-only", "DIR",
                       "write the demo's dumps to DIR/src and DIR/dst and stop"},
    [OPT_COLOR] = {OPT_COLOR, 0, "color", "WHEN", "auto (default), always or never"},
    [OPT_THEME] = {OPT_THEME, 0, "theme", "NAME", "default, mono, or a theme file"},
    [OPT_ASCII] = {OPT_ASCII, 0, "ascii", NULL, "draw with ASCII characters only"},
    [OPT_PLAIN] = {OPT_PLAIN, 0, "plain", NULL, "no bars or boxes (screen readers)"},
    [OPT_SCRIPT] = {OPT_SCRIPT, 0, "script", "FILE", "run keys and commands from FILE without a terminal"},
    [OPT_SIZE] = {OPT_SIZE, 0, "size", "WxH", "screen size for --script (default: 80x24)"},
    [OPT_HELP] = {OPT_HELP, 'h', "help", NULL, "show this help"},
    [OPT_VERSION] = {OPT_VERSION, 0, "version", NULL, "show the version"},
};

const struct option_info *option_info(enum option id)
{
    return &table[id];
}

void cli_options_init(struct cli_options *options)
{
    *options = (struct cli_options){.sort = "diff2",
                                    .dialect = "magicmind",
                                    .export_dir = "mmtui_export",
                                    .width = 80,
                                    .height = 24,
                                    .most_words = 8};
    mm_session_defaults(&options->session);
    mm_suggest_defaults(&options->suggest);
}

/* ---- values ---- */

static int number_of(const char *name, const char *text, double least, double *out, struct mm_err *err)
{
    if (!mm_parse_double(text, out) || !(*out >= least))
        return mm_fail(err, MM_EARG, "--%s: \"%s\" is not a number of at least %g", name, text, least);
    return 0;
}

static int whole_of(const char *name, const char *text, int64_t most, int64_t *out, struct mm_err *err)
{
    if (!mm_parse_i64(text, out) || *out < 0 || *out > most)
        return mm_fail(err, MM_EARG, "--%s: \"%s\" is not a whole number from 0 to %lld", name, text,
                       (long long)most);
    return 0;
}

static int set_colour(struct cli_options *options, const char *text, struct mm_err *err)
{
    static const char *const words[] = {
        [TERM_COLOUR_AUTO] = "auto", [TERM_COLOUR_NEVER] = "never", [TERM_COLOUR_ALWAYS] = "always"};
    for (size_t i = 0; i < MM_COUNT(words); i++) {
        if (strcmp(text, words[i]) == 0) {
            options->colour = (enum term_colour)i;
            return 0;
        }
    }
    return mm_fail(err, MM_EARG, "--color: \"%s\" is not auto, always or never", text);
}

static int set_threshold(struct cli_options *options, const char *text, struct mm_err *err)
{
    double value;
    if (number_of("threshold", text, 0, &value, err) < 0)
        return -1;
    options->session.thresholds = (struct mm_thresholds){.diff1 = value, .diff2 = value};
    return 0;
}

static int set_jobs(struct cli_options *options, const char *text, struct mm_err *err)
{
    int64_t value;
    if (whole_of("jobs", text, 1024, &value, err) < 0)
        return -1;
    options->session.jobs = (unsigned)value;
    return 0;
}

static int set_framework(struct cli_options *options, const char *text, struct mm_err *err)
{
    if (!mm_framework_find(text, &options->session.framework))
        return mm_fail(err, MM_EARG, "--framework: \"%s\" is not tensorflow, pytorch, caffe or onnx", text);
    return 0;
}

static int set_dialect(struct cli_options *options, const char *text, struct mm_err *err)
{
    struct mm_err why;
    const struct mm_dialect *found = mm_dialect_get(text, &why);
    if (!found)
        return mm_fail(err, MM_EARG, "--to: %s", why.text);
    options->dialect = found->id;
    return 0;
}

/* "2/8" */
static int set_shard(struct cli_options *options, const char *text, struct mm_err *err)
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
        return mm_fail(err, MM_EARG, "--shard: \"%s\" is not I/N, such as 2/8: 1 to N, and N up to %d", text,
                       MM_SHARDS_MAX);
    options->session.shard = (unsigned)index;
    options->session.shards = (unsigned)count;
    return 0;
}

static int set_sort(struct cli_options *options, const char *text, struct mm_err *err)
{
    if (mm_column_find(text) == MM_COLUMN_COUNT)
        return mm_fail(
            err, MM_EARG,
            "--sort: there is no column \"%s\" (number, layer, op, dtype, diff1, diff2, maxabs, cos ...)",
            text);
    options->sort = text;
    return 0;
}

/* The rule of mmtui suggest, as it would be typed in the inspector: "95%", "top 5", "0.01". */
static int set_rule(struct cli_options *options, enum option id, const char *text, struct mm_err *err)
{
    char rule[MM_NUM + 8];
    const char *before = id == OPT_TOP ? "top " : "", *behind = id == OPT_COVER ? "%" : "";
    struct mm_err why;
    if (strlen(text) >= MM_NUM || strchr(text, '%') || !text[0])
        return mm_fail(err, MM_EARG, "--%s: \"%s\" is not a number", table[id].name, text);
    snprintf(rule, sizeof rule, "%s%s%s", before, text, behind);
    if (mm_suggest_parse(rule, &options->suggest, &why) < 0)
        return mm_fail(err, MM_EARG, "--%s: %s", table[id].name, why.text);
    return 0;
}

static int set_size(struct cli_options *options, const char *text, struct mm_err *err)
{
    if (!script_parse_size(text, &options->width, &options->height))
        return mm_fail(err, MM_EARG, "--size: \"%s\" is not a size such as 80x24", text);
    return 0;
}

/* Options that only store their text, or only say yes. */
static const char **text_slot(struct cli_options *options, enum option id)
{
    switch (id) {
    case OPT_SRC: return &options->session.src;
    case OPT_DST: return &options->session.dst;
    case OPT_OUTPUT:
    case OPT_OUTPUT_FILE:
    case OPT_REPORT_FILE:
    case OPT_PLAN_FILE: return &options->output;
    case OPT_MODEL: return &options->model;
    case OPT_ORDER: return &options->session.order;
    case OPT_SIM: return &options->session.sim;
    case OPT_BEFORE: return &options->session.before;
    case OPT_FILTER: return &options->filter;
    case OPT_PLAN: return &options->plan;
    case OPT_EXPORT_DIR: return &options->export_dir;
    case OPT_DUMP_ONLY: return &options->dump_only;
    case OPT_THEME: return &options->theme;
    case OPT_SCRIPT: return &options->script;
    default: return NULL;
    }
}

static bool *flag_slot(struct cli_options *options, enum option id)
{
    switch (id) {
    case OPT_FAIL: return &options->fail;
    case OPT_QUANTILES: return &options->session.measure.quantiles;
    case OPT_HIST: return &options->hist;
    case OPT_CHECK_CRC: return &options->session.check;
    case OPT_NO_CACHE: return &options->no_cache;
    case OPT_JSON: return &options->json;
    case OPT_CPP: return &options->cpp;
    case OPT_ASCII: return &options->ascii;
    case OPT_PLAIN: return &options->plain;
    case OPT_HELP: return &options->help;
    case OPT_VERSION: return &options->version;
    default: return NULL;
    }
}

static int set_value(struct cli_options *options, enum option id, const char *text, struct mm_err *err)
{
    const char **slot = text_slot(options, id);
    if (slot) {
        *slot = text;
        return 0;
    }
    switch (id) {
    case OPT_TO: return set_dialect(options, text, err);
    case OPT_FRAMEWORK: return set_framework(options, text, err);
    case OPT_THRESHOLD: return set_threshold(options, text, err);
    case OPT_ATOL: return number_of("atol", text, 0, &options->session.measure.atol, err);
    case OPT_RTOL: return number_of("rtol", text, 0, &options->session.measure.rtol, err);
    case OPT_SHARD: return set_shard(options, text, err);
    case OPT_SORT: return set_sort(options, text, err);
    case OPT_LIMIT: return whole_of("limit", text, INT32_MAX, &options->limit, err);
    case OPT_JOBS: return set_jobs(options, text, err);
    case OPT_COLOR: return set_colour(options, text, err);
    case OPT_SIZE: return set_size(options, text, err);
    case OPT_COVER:
    case OPT_TOP:
    case OPT_TO_ERROR: return set_rule(options, id, text, err);
    default: return mm_fail(err, MM_EARG, "--%s takes no value", table[id].name);
    }
}

int cli_options_set(struct cli_options *options, enum option id, const char *text, struct mm_err *err)
{
    bool *flag = flag_slot(options, id);
    if (!flag)
        return set_value(options, id, text, err);
    if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
        return mm_fail(err, MM_EARG, "%s: \"%s\" is not yes or no", table[id].name, text);
    *flag = text[0] == 'y';
    return 0;
}

void cli_options_done(struct cli_options *options)
{
    mm_buf_done(&options->bindings);
    mm_buf_done(&options->bindings_source);
    mm_graph_close(options->graph);
}

/* ---- argv ---- */

/* `-x`, `-xVALUE`, `--name`, `--name=VALUE`; - and _ are the same in names. NULL when nothing fits. */
static const struct option_info *find(const enum option *accepted, const char *word, const char **attached)
{
    *attached = NULL;
    for (; *accepted != OPT_NONE; accepted++) {
        const struct option_info *info = &table[*accepted];
        if (word[1] != '-') {
            if (info->letter && info->letter == word[1]) {
                *attached = word[2] ? word + 2 : NULL;
                return info;
            }
            continue;
        }
        const char *p = word + 2, *q = info->name;
        while (*q && (*p == *q || (*p == '_' && *q == '-') || (*p == '-' && *q == '_')))
            p++, q++;
        if (!*q && (!*p || *p == '=')) {
            *attached = *p ? p + 1 : NULL;
            return info;
        }
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

int cli_options_parse(struct cli_options *options, const enum option *accepted, int argc, char **argv,
                      int first, struct mm_err *err)
{
    bool only_words = false;
    options->words = argv + first;
    for (int i = first; i < argc; i++) {
        char *word = argv[i];
        const char *value;
        if (only_words || word[0] != '-' || !word[1]) {
            if (add_word(options, word, err) < 0)
                return -1;
            continue;
        }
        if (strcmp(word, "--") == 0) {
            only_words = true;
            continue;
        }
        const struct option_info *info = find(accepted, word, &value);
        if (!info)
            return mm_fail(err, MM_EARG, "there is no option %s here", word);
        bool *flag = flag_slot(options, info->id);
        if (flag && !value) {
            *flag = true;
            continue;
        }
        if (!flag && !value && i + 1 < argc)
            value = argv[++i];
        if (!value)
            return mm_fail(err, MM_EARG, "--%s needs a value (%s)", info->name, info->argument);
        if (set_value(options, info->id, value, err) < 0)
            return -1;
    }
    return 0;
}
