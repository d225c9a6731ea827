/* Writing overrides.json: indented, keys in a fixed order, so that two plans can be compared by diff. */
#include "base/quote.h"
#include "plan/state.h"

static void add_member(struct mm_buf *out, const char *key, const char *text)
{
    mm_buf_printf(out, "      \"%s\": ", key);
    mm_quote_json(out, text);
    mm_buf_puts(out, ",\n");
}

static void add_figures(struct mm_buf *out, const struct mm_figures *figures)
{
    mm_buf_puts(out, "      \"figures\": {\"diff1\": ");
    mm_json_number(out, figures->diff1);
    mm_buf_puts(out, ", \"diff2\": ");
    mm_json_number(out, figures->diff2);
    mm_buf_puts(out, ", \"max_abs\": ");
    mm_json_number(out, figures->max_abs);
    mm_buf_puts(out, ", \"cosine\": ");
    mm_json_number(out, figures->cosine);
    mm_buf_puts(out, "}\n");
}

static void add_settings(struct mm_buf *out, const struct mm_plan *plan)
{
    size_t count, written = 0;
    const struct mm_setting *settings = mm_settings(&count);
    mm_buf_puts(out, "  \"settings\": {");
    for (size_t i = 0; i < count; i++) {
        const char *value = mm_choices_value(&plan->choices, i);
        if (!value)
            continue;
        mm_buf_printf(out, "%s\n    \"%s\": ", written++ ? "," : "", settings[i].key);
        mm_setting_json(out, value);
    }
    mm_buf_puts(out, written ? "\n  },\n" : "},\n");
}

static void add_overrides(struct mm_buf *out, const struct mm_plan *plan)
{
    mm_buf_puts(out, "  \"overrides\": [");
    for (size_t i = 0; i < plan->count; i++) {
        const struct mm_override *override = &plan->entry[i]->override;
        mm_buf_puts(out, i ? ",\n    {\n" : "\n    {\n");
        add_member(out, "name", override->name);
        add_member(out, "op_type", override->op_type);
        add_member(out, "tensor", override->tensor);
        add_member(out, "precision", mm_override_precision(override));
        add_member(out, "why", override->why);
        add_figures(out, &override->figures);
        mm_buf_puts(out, "    }");
    }
    mm_buf_puts(out, plan->count ? "\n  ]\n" : "]\n");
}

void mm_plan_text(const struct mm_plan *plan, struct mm_buf *out)
{
    mm_buf_printf(out, "{\n  \"format\": \"mmtui-plan\",\n  \"schema_version\": %d,\n", MM_PLAN_SCHEMA);
    mm_buf_printf(out, "  \"mmtui_version\": \"%s\",\n", MM_VERSION);
    add_settings(out, plan);
    add_overrides(out, plan);
    mm_buf_puts(out, "}\n");
}

int mm_plan_save(const struct mm_plan *plan, const char *path, struct mm_err *err)
{
    struct mm_buf text = {0};
    mm_plan_text(plan, &text);
    int result = text.failed ? mm_fail_memory(err) : mm_file_write(path, text.data, text.length, err);
    mm_buf_done(&text);
    return result;
}
