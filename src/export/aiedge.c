/*
 * The ai-edge-quantizer dialect: a recipe, which is a list of rules for a .tflite model. A rule has a regular expression
 * (Python's re.search) for the operator's scope, which is the names of the tensors that it makes, each with ';' behind it;
 * of the rules that fit and that the operator's type allows, the last one holds. Rules of one regex and operation "*"
 * replace one another.
 *
 * So the recipe begins with INT8 for everything (the package's own default_a8w8), and goes on with a rule for each chosen
 * tensor: no_quantize keeps the operator as it is. FLOAT16 (float_casting) is for weights alone, and only of operators that
 * multiply with them; a second rule, whose regex is spelt differently, so that the first one holds for all others.
 */
#include "export/aiedge.h"

#include "export/import.h"

#define BEGIN      "(^|;)"
#define BEGIN_HALF "(?:^|;)"
#define LONGEST    10000 /* bytes of a scope that are looked at */

/* ---- recipe.json ---- */

static const char INT8[] = "{\"activation_tensor_config\": {\"num_bits\": 8, \"symmetric\": false, "
                           "\"granularity\": \"TENSORWISE\", \"dtype\": \"INT\"}, "
                           "\"weight_tensor_config\": {\"num_bits\": 8, \"symmetric\": true, "
                           "\"granularity\": \"CHANNELWISE\", \"dtype\": \"INT\"}, "
                           "\"compute_precision\": \"INTEGER\", \"explicit_dequantize\": false, "
                           "\"skip_checks\": false, \"min_weight_elements\": 0}";
static const char HALF[] = "{\"weight_tensor_config\": {\"num_bits\": 16, \"symmetric\": true, "
                           "\"granularity\": \"TENSORWISE\", \"dtype\": \"FLOAT\"}, "
                           "\"compute_precision\": \"FLOAT\", \"explicit_dequantize\": true, "
                           "\"skip_checks\": false, \"min_weight_elements\": 0}";

/* A name as a regular expression that fits it alone. */
static void put_regex(struct mm_buf *out, const char *begin, const char *name)
{
    mm_buf_puts(out, begin);
    for (; *name; name++) {
        if (strchr("\\.^$*+?{}[]|()", *name))
            mm_buf_putc(out, '\\');
        mm_buf_putc(out, *name);
    }
    mm_buf_putc(out, ';');
}

static void put_rule(struct mm_json *json, const char *begin, const char *name, const char *algorithm,
                     const char *config)
{
    struct mm_buf regex = {0};
    if (begin)
        put_regex(&regex, begin, name);
    else
        mm_buf_puts(&regex, ".*");
    mm_json_open_object(json, NULL);
    mm_json_put_text(json, "regex", mm_buf_text(&regex));
    mm_json_put_text(json, "operation", "*");
    mm_json_put_text(json, "algorithm_key", algorithm);
    if (config)
        mm_json_put_raw(json, "op_config", config);
    mm_json_close_object(json);
    json->out->failed |= regex.failed;
    mm_buf_done(&regex);
}

static void add_recipe(const struct mm_export *export, struct mm_buf *out)
{
    struct mm_json json;
    mm_json_init(&json, out, MM_EXPORT_JSON);
    mm_json_open_array(&json, NULL);
    put_rule(&json, NULL, NULL, "min_max_uniform_quantize", INT8);
    for (size_t i = 0; i < export->targets->count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        if (strlen(target->name) >= LONGEST)
            continue;
        put_rule(&json, BEGIN, target->name, "no_quantize", NULL);
        if (target->override->precision == MM_PRECISION_F16)
            put_rule(&json, BEGIN_HALF, target->name, "float_casting", HALF);
    }
    mm_json_close_array(&json);
    mm_buf_putc(out, '\n');
}

static const struct mm_export_file FILES[] = {
    {"recipe.json", "INT8 but for the chosen operators: Quantizer.load_quantization_recipe", add_recipe,
     false},
    {"overrides.json", "the plan itself with reasons and figures: mmtui loads it again", mm_export_plan,
     false},
    {NULL, NULL, NULL, false},
};

/* ---- what can be wrong ---- */

/* Is `name` one of several that another tensor's name joins with ';', as converters name what they fuse? */
static bool is_part(const char *whole, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = whole; (at = strstr(at, name)); at++) {
        if ((at == whole || at[-1] == ';') && at[length] == ';')
            return true;
    }
    return false;
}

static void check_overlap(const struct mm_export *export, const struct mm_target *target,
                          struct mm_problems *problems)
{
    const struct mm_known *known = export->known;
    for (size_t i = 0; known && i < known->count; i++) {
        if (strcmp(known->name[i], target->name) != 0 && is_part(known->name[i], target->name)) {
            mm_problems_add(problems, MM_SEVERITY_WARNING, "matches-more", target->override->name,
                            "its rule fits \"%s\", too: a scope is what an operator makes, with ';' between",
                            known->name[i]);
            return;
        }
    }
}

static void check_rules(const struct mm_export *export, struct mm_problems *problems)
{
    for (size_t i = 0; i < export->targets->count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        if (strlen(target->name) >= LONGEST)
            mm_problems_add(problems, MM_SEVERITY_ERROR, "too-long", target->override->name,
                            "ai-edge-quantizer looks at the first %d bytes of names: it is left out",
                            LONGEST);
        else
            check_overlap(export, target, problems);
    }
}

/* ---- reading back ---- */

/* The name that a rule's regex fits alone; false when it is another expression. */
static bool name_of(const char *regex, struct mm_buf *name)
{
    size_t half = strlen(BEGIN_HALF), whole = strlen(BEGIN), length = strlen(regex);
    const char *at = strncmp(regex, BEGIN_HALF, half) == 0 ? regex + half
                     : strncmp(regex, BEGIN, whole) == 0   ? regex + whole
                                                           : NULL;
    if (!at || regex[length - 1] != ';' || at + 1 >= regex + length)
        return false;
    for (; at < regex + length - 1; at++) {
        if (*at == '\\' && strchr("\\.^$*+?{}[]|()", at[1]))
            at++;
        else if (strchr("\\.^$*+?{}[]|()", *at))
            return false;
        mm_buf_putc(name, *at);
    }
    return true;
}

static int read_rule(struct mm_import *import, struct mm_json_value rule, struct mm_err *err)
{
    struct mm_buf regex = {0}, name = {0};
    struct mm_json_value key = mm_json_member(rule, "algorithm_key");
    bool half = mm_json_text_is(key, "float_casting"), none = mm_json_text_is(key, "no_quantize");
    int result = 0;
    if (!mm_json_get_text(mm_json_member(rule, "regex"), &regex) || mm_json_kind(key) != MM_JSON_IS_TEXT)
        result =
            mm_fail(err, MM_ECORRUPT, "%s: a rule must have \"regex\" and \"algorithm_key\"", import->path);
    else if (strcmp(mm_buf_text(&regex), ".*") == 0 && !half && !none)
        ; /* what holds for the rest */
    else if ((half || none) && mm_json_text_is(mm_json_member(rule, "operation"), "*") &&
             name_of(mm_buf_text(&regex), &name))
        result = mm_import_override(import, MM_NAME_TENSOR, mm_buf_text(&name),
                                    half ? MM_PRECISION_F16 : MM_PRECISION_F32, NULL, err);
    else
        mm_import_note(import, "the rule \"%s\" is nothing that a plan has: it is left out",
                       mm_buf_text(&regex));
    mm_buf_done(&regex);
    mm_buf_done(&name);
    return result;
}

static int read_recipe(const struct mm_config *config, struct mm_import *import, struct mm_err *err)
{
    struct mm_json_value root, key, rule;
    if (mm_json_read(config->path, config->text, config->length, MM_CONFIG_VALUES, &root, err) < 0)
        return -1;
    if (mm_json_kind(root) != MM_JSON_IS_ARRAY)
        return mm_fail(err, MM_ECORRUPT, "%s: must be a list of rules", config->path);
    struct mm_json_items items = mm_json_items(root);
    while (mm_json_next(&items, &key, &rule)) {
        if (read_rule(import, rule, err) < 0)
            return -1;
    }
    return 0;
}

const struct mm_dialect mm_aiedge = {
    .id = "aiedge",
    .title = "ai-edge-quantizer",
    .run = "ai-edge-quantizer 0.10.0",
    .documented = "recipes of ai-edge-quantizer 0.10",
    .names = MM_NAME_TENSOR,
    .precisions = MM_TAKES(MM_PRECISION_F16) | MM_TAKES(MM_PRECISION_F32),
    .settings = mm_no_settings,
    .files = FILES,
    .check = check_rules,
    .read = read_recipe,
};
