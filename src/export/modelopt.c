/*
 * The dialect of NVIDIA's Model Optimizer. TensorRT 11 takes the types that stand in the model: AutoCast lowers a model to
 * FLOAT16 or BFLOAT16 but for some nodes, onnx.quantization quantises all but some. Both are given regular expressions that
 * re.match compares with names, at their beginning only: so they are anchored and escaped. A name that is not there is
 * passed over without a word, so the script looks.
 *
 * What quantisation leaves out is in its high_precision_dtype then, which is FLOAT16 unless told otherwise.
 */
#include "export/modelopt.h"

static const struct mm_dialect_setting SETTINGS[] = {
    {"network_precision", "float16", "low_precision_type", "\"fp16\""},
    {"network_precision", "bfloat16", "low_precision_type", "\"bf16\""},
    {"network_precision", "int8_float16", "quantize_mode", "\"int8\""},
    {"network_precision", "int8_float16", "high_precision_dtype", "\"fp16\""},
    {"network_precision", "int8_float32", "quantize_mode", "\"int8\""},
    {"network_precision", "int8_float32", "high_precision_dtype", "\"fp32\""},
    {NULL, NULL, NULL, NULL},
};

/* Which list has an operator, by what the network runs in (NULL: not chosen). */
#define EXCLUDE "nodes_to_exclude"
#define INCLUDE "nodes_to_include"
static const struct {
    const char *network;
    enum mm_precision precision;
    const char *list;
} LISTS[] = {
    {NULL, MM_PRECISION_F32, EXCLUDE},           {"float16", MM_PRECISION_F32, EXCLUDE},
    {"float16", MM_PRECISION_F16, INCLUDE}, /* where AutoCast's own rules would leave it in FLOAT32 */
    {"bfloat16", MM_PRECISION_F32, EXCLUDE},     {"bfloat16", MM_PRECISION_BF16, INCLUDE},
    {"int8_float32", MM_PRECISION_F32, EXCLUDE}, {"int8_float16", MM_PRECISION_F16, EXCLUDE},
};

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* NULL: it can't be said. */
static const char *list_of(const struct mm_export *export, const struct mm_target *target)
{
    const char *network = mm_plan_setting(export->plan, "network_precision");
    bool known = false;
    for (size_t i = 0; i < MM_COUNT(LISTS); i++)
        known |= same(LISTS[i].network, network);
    for (size_t i = 0; i < MM_COUNT(LISTS); i++) {
        if (same(LISTS[i].network, known ? network : NULL) &&
            LISTS[i].precision == target->override->precision)
            return LISTS[i].list;
    }
    return NULL;
}

/* ---- patterns ---- */

static const char SPECIAL[] = "\\.^$*+?{}[]|()";

void mm_modelopt_put_pattern(const char *name, struct mm_buf *out)
{
    mm_buf_putc(out, '^');
    for (; *name; name++) {
        if (strchr(SPECIAL, *name))
            mm_buf_putc(out, '\\');
        mm_buf_putc(out, *name);
    }
    mm_buf_puts(out, "\\Z"); /* $ would pass over a line end behind the name */
}

bool mm_modelopt_get_name(const char *pattern, struct mm_buf *name)
{
    mm_buf_clear(name);
    if (*pattern++ != '^')
        return false;
    for (; *pattern && strcmp(pattern, "$") != 0 && strcmp(pattern, "\\Z") != 0; pattern++) {
        bool letter = (pattern[1] >= '0' && pattern[1] <= '9') ||
                      ((pattern[1] | 32) >= 'a' && (pattern[1] | 32) <= 'z');
        if (*pattern == '\\' && (letter || !pattern[1]))
            return false; /* a class, or a line end */
        if (*pattern == '\\')
            pattern++;
        else if (strchr(SPECIAL, *pattern))
            return false;
        mm_buf_putc(name, *pattern);
    }
    return *pattern && name->length > 0;
}

/* ---- to_mixed.json ---- */

static void put_list(const struct mm_export *export, struct mm_json *json, const char *list)
{
    struct mm_buf pattern = {0};
    mm_json_open_array(json, list);
    for (size_t i = 0; i < export->targets->count; i++) {
        if (!same(list_of(export, &export->targets->target[i]), list))
            continue;
        mm_buf_clear(&pattern);
        mm_modelopt_put_pattern(export->targets->target[i].name, &pattern);
        json->out->failed |= pattern.failed;
        mm_json_put_text(json, NULL, mm_buf_text(&pattern));
    }
    mm_json_close_array(json);
    mm_buf_done(&pattern);
}

static bool has_list(const struct mm_export *export, const char *list)
{
    for (size_t i = 0; i < export->targets->count; i++) {
        if (same(list_of(export, &export->targets->target[i]), list))
            return true;
    }
    return false;
}

static void add_options(const struct mm_export *export, struct mm_buf *out)
{
    struct mm_json json;
    mm_json_init(&json, out, MM_EXPORT_JSON);
    mm_json_open_object(&json, NULL);
    put_list(export, &json, EXCLUDE);
    if (has_list(export, INCLUDE))
        put_list(export, &json, INCLUDE);
    mm_export_settings(export, &json);
    mm_json_close_object(&json);
    mm_buf_putc(out, '\n');
}

static const struct mm_export_file FILES[] = {
    {"to_mixed.json", "which operators stay in high precision: arguments of Model Optimizer", add_options,
     false},
    {"to_mixed.py",
     "converts or quantises with these arguments, and tells names that the model does not have",
     mm_modelopt_python, false},
    {"overrides.json", "the plan itself with reasons and figures: mmtui loads it again", mm_export_plan,
     false},
    {NULL, NULL, NULL, false},
};

/* ---- what can't be said ---- */

static void check(const struct mm_export *export, struct mm_problems *problems)
{
    const char *network = mm_plan_setting(export->plan, "network_precision");
    for (size_t i = 0; i < export->targets->count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        if (list_of(export, target))
            continue;
        bool higher = same(network, "int8_float16") && target->override->precision == MM_PRECISION_F32;
        mm_problems_add(
            problems, MM_SEVERITY_ERROR, "network", target->override->name,
            higher ? "with network_precision = %s what is not quantised is FLOAT16, so %s is left out: "
                     "choose int8_float32, or FLOAT16 for it"
                   : "with network_precision = %s Model Optimizer has no %s for single operators, so it is "
                     "left out",
            network ? network : "(none)", mm_override_precision(target->override));
    }
}

const struct mm_dialect mm_modelopt = {
    .id = "modelopt",
    .title = "Model Optimizer (TensorRT 11)",
    .run = "nvidia-modelopt 0.47.0",
    .documented = "modelopt.onnx.autocast and modelopt.onnx.quantization",
    .names = MM_NAME_NODE,
    .precisions = MM_TAKES(MM_PRECISION_F16) | MM_TAKES(MM_PRECISION_BF16) | MM_TAKES(MM_PRECISION_F32),
    .settings = SETTINGS,
    .files = FILES,
    .check = check,
    .read = mm_modelopt_read,
};
