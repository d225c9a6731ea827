/* Reading Model Optimizer's options back: to_mixed.json, or the flags of a command. */
#include "export/modelopt.h"
#include "export/shell.h"

struct reading {
    struct mm_import *import;
    struct mm_buf low, mode, high; /* what the options say */
    struct mm_buf flag;            /* of a command: whose values follow; "" */
};

/* ---- lists of patterns ---- */

/* What an excluded node is in: FLOAT32, unless the quantised model is FLOAT16 elsewhere. */
static enum mm_precision excluded(const struct reading *reading)
{
    bool half = reading->mode.length && strcmp(mm_buf_text(&reading->high), "fp32") != 0;
    return half ? MM_PRECISION_F16 : MM_PRECISION_F32;
}

static enum mm_precision included(const struct reading *reading)
{
    return strcmp(mm_buf_text(&reading->low), "bf16") == 0 ? MM_PRECISION_BF16 : MM_PRECISION_F16;
}

static int take_pattern(struct reading *reading, bool include, const char *pattern, struct mm_err *err)
{
    struct mm_buf name = {0};
    int result = 0;
    if (mm_modelopt_get_name(pattern, &name))
        result = mm_import_override(reading->import, MM_NAME_NODE, mm_buf_text(&name),
                                    include ? included(reading) : excluded(reading), NULL, err);
    else
        mm_import_note(reading->import,
                       "\"%.200s\" matches more than one name, and a plan names each: it is left out",
                       pattern);
    if (name.failed)
        result = mm_fail_memory(err);
    mm_buf_done(&name);
    return result;
}

static int take_list(struct reading *reading, struct mm_json_value root, const char *key, struct mm_err *err)
{
    struct mm_json_value list = mm_json_member(root, key), none, item;
    struct mm_json_items items = mm_json_items(list);
    struct mm_buf pattern = {0};
    bool include = strcmp(key, "nodes_to_include") == 0;
    int result = 0;
    if (mm_json_kind(list) != MM_JSON_IS_ARRAY && mm_json_kind(list) != MM_JSON_ABSENT)
        result = mm_fail(err, MM_ECORRUPT, "%s: %s: must be a list of patterns", reading->import->path, key);
    while (result == 0 && mm_json_next(&items, &none, &item)) {
        mm_buf_clear(&pattern);
        result =
            mm_json_get_text(item, &pattern)
                ? take_pattern(reading, include, mm_buf_text(&pattern), err)
                : mm_fail(err, MM_ECORRUPT, "%s: %s: must be a list of patterns", reading->import->path, key);
    }
    mm_buf_done(&pattern);
    return result;
}

/* ---- the network ---- */

static void take_network(struct reading *reading)
{
    const char *high = mm_buf_text(&reading->high), *low = mm_buf_text(&reading->low);
    const char *network = NULL;
    if (reading->mode.length && strcmp(mm_buf_text(&reading->mode), "int8") == 0)
        network = strcmp(high, "fp32") == 0             ? "int8_float32"
                  : !*high || strcmp(high, "fp16") == 0 ? "int8_float16"
                                                        : NULL;
    else if (!reading->mode.length && *low)
        network = strcmp(low, "fp16") == 0 ? "float16" : strcmp(low, "bf16") == 0 ? "bfloat16" : NULL;
    if (network)
        mm_plan_set_setting(reading->import->plan, "network_precision", network, NULL);
    else if (reading->mode.length)
        mm_import_note(
            reading->import,
            "quantize_mode %.60s with high_precision_dtype %.60s is nothing that a plan has: it is left out",
            mm_buf_text(&reading->mode), *high ? high : "fp16");
    else if (*low)
        mm_import_note(reading->import, "low_precision_type %.60s is nothing that a plan has: it is left out",
                       low);
}

static struct mm_buf *option_of(struct reading *reading, const char *name)
{
    return strcmp(name, "low_precision_type") == 0     ? &reading->low
           : strcmp(name, "quantize_mode") == 0        ? &reading->mode
           : strcmp(name, "high_precision_dtype") == 0 ? &reading->high
                                                       : NULL;
}

/* ---- to_mixed.json ---- */

static int read_json(struct reading *reading, struct mm_json_value root, struct mm_err *err)
{
    static const char *const known[] = {"nodes_to_exclude", "nodes_to_include",     "low_precision_type",
                                        "quantize_mode",    "high_precision_dtype", NULL};
    for (size_t i = 2; known[i]; i++)
        mm_json_get_text(mm_json_member(root, known[i]), option_of(reading, known[i]));
    for (size_t i = 0; i < 2; i++) {
        if (take_list(reading, root, known[i], err) < 0)
            return -1;
    }
    take_network(reading);
    return mm_import_settings(reading->import, root, known, err);
}

/* ---- a command ---- */

static bool is_list(const char *flag)
{
    return strcmp(flag, "nodes_to_include") == 0 || strcmp(flag, "nodes_to_exclude") == 0;
}

/* A flag, with its value behind = or in the words that follow. */
static void take_flag(struct reading *reading, const char *word, bool lists)
{
    mm_buf_clear(&reading->flag);
    mm_buf_add(&reading->flag, word + 2, strcspn(word + 2, "="));
    const char *flag = mm_buf_text(&reading->flag);
    if (lists && !is_list(flag) && !option_of(reading, flag))
        mm_import_note(reading->import, "--%.60s is nothing that a plan has: it is left out", flag);
}

static int take_value(struct reading *reading, const char *value, bool lists, struct mm_err *err)
{
    const char *flag = mm_buf_text(&reading->flag);
    struct mm_buf *option = option_of(reading, flag);
    if (is_list(flag))
        return lists ? take_pattern(reading, strcmp(flag, "nodes_to_include") == 0, value, err) : 0;
    if (option && !lists) {
        mm_buf_clear(option);
        mm_buf_puts(option, value);
    }
    return 0;
}

/* Twice over the words: what the network is first, then the lists, whose precision follows from it. */
static int read_words(struct reading *reading, const struct mm_config *config, bool lists, bool *any,
                      struct mm_err *err)
{
    const char *at = config->text, *end = at + config->length;
    struct mm_buf word = {0};
    int result = 0;
    mm_buf_clear(&reading->flag);
    while (result == 0 && mm_shell_next(&at, end, &word)) {
        const char *text = mm_buf_text(&word), *value = text;
        if (strncmp(text, "--", 2) == 0) {
            const char *equals = strchr(text, '=');
            take_flag(reading, text, lists);
            value = equals ? equals + 1 : NULL;
            *any = true;
        }
        if (value)
            result = take_value(reading, value, lists, err);
        if (word.failed)
            result = mm_fail_memory(err);
    }
    mm_buf_done(&word);
    return result;
}

static int read_command(struct reading *reading, const struct mm_config *config, struct mm_err *err)
{
    bool any = false;
    if (read_words(reading, config, false, &any, err) < 0)
        return -1;
    if (!any)
        return mm_fail(err, MM_ECORRUPT,
                       "%s: neither an object nor a command with flags, such as --nodes_to_exclude",
                       config->path);
    if (strstr(config->text, "modelopt.onnx.quantization") && !reading->mode.length)
        mm_buf_puts(&reading->mode, "int8"); /* its own default */
    take_network(reading);
    return read_words(reading, config, true, &any, err);
}

int mm_modelopt_read(const struct mm_config *config, struct mm_import *import, struct mm_err *err)
{
    struct reading reading = {.import = import};
    struct mm_json_value root;
    int result;
    if (config->text[strspn(config->text, " \t\r\n")] != '{')
        result = read_command(&reading, config, err);
    else if ((result = mm_json_read(config->path, config->text, config->length, MM_CONFIG_VALUES, &root,
                                    err)) == 0)
        result = read_json(&reading, root, err);
    if (result == 0 && (reading.low.failed || reading.mode.failed || reading.high.failed))
        result = mm_fail_memory(err);
    mm_buf_done(&reading.low);
    mm_buf_done(&reading.mode);
    mm_buf_done(&reading.high);
    mm_buf_done(&reading.flag);
    return result;
}
