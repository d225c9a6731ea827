/* Writing overrides.json: indented, keys in a fixed order, so that two plans can be compared by diff. */
#include "base/json_write.h"
#include "plan/state.h"

static void put_figures(struct mm_json *json, const struct mm_figures *figures)
{
    mm_json_flat(json);
    mm_json_open_object(json, "figures");
    mm_json_put_number(json, "diff1", figures->diff1);
    mm_json_put_number(json, "diff2", figures->diff2);
    mm_json_put_number(json, "max_abs", figures->max_abs);
    mm_json_put_number(json, "cosine", figures->cosine);
    mm_json_close_object(json);
}

/* What is on or off is true or false in the file, too. */
static void put_setting(struct mm_json *json, const char *key, const char *value)
{
    bool on = strcmp(value, "true") == 0;
    if (on || strcmp(value, "false") == 0)
        mm_json_put_bool(json, key, on);
    else
        mm_json_put_text(json, key, value);
}

static void put_settings(struct mm_json *json, const struct mm_plan *plan)
{
    size_t count;
    const struct mm_setting *settings = mm_settings(&count);
    mm_json_open_object(json, "settings");
    for (size_t i = 0; i < count; i++) {
        const char *value = mm_choices_value(&plan->choices, i);
        if (value)
            put_setting(json, settings[i].key, value);
    }
    mm_json_close_object(json);
}

static void put_override(struct mm_json *json, const struct mm_override *override)
{
    mm_json_open_object(json, NULL);
    mm_json_put_text(json, "name", override->name);
    mm_json_put_text(json, "op_type", override->op_type);
    mm_json_put_text(json, "tensor", override->tensor);
    mm_json_put_text(json, "precision", mm_override_precision(override));
    mm_json_put_text(json, "why", override->why);
    put_figures(json, &override->figures);
    mm_json_close_object(json);
}

void mm_plan_text(const struct mm_plan *plan, struct mm_buf *out)
{
    struct mm_json json;
    mm_json_init(&json, out,
                 (struct mm_json_style){.indent = 2, .nonfinite = MM_JSON_QUOTED, .keep_bytes = true});
    mm_json_open_object(&json, NULL);
    mm_json_put_head(&json, "mmtui-plan", MM_PLAN_SCHEMA);
    put_settings(&json, plan);
    mm_json_open_array(&json, "overrides");
    for (size_t i = 0; i < plan->count; i++)
        put_override(&json, &plan->entry[i]->override);
    mm_json_close_array(&json);
    mm_json_close_object(&json);
    mm_buf_putc(out, '\n');
}

int mm_plan_save(const struct mm_plan *plan, const char *path, struct mm_err *err)
{
    struct mm_buf text = {0};
    mm_plan_text(plan, &text);
    int result = text.failed ? mm_fail_memory(err) : mm_file_write(path, text.data, text.length, err);
    mm_buf_done(&text);
    return result;
}
