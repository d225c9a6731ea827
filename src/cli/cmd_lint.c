/* `mmtui lint`: what each runtime would pass over, refuse, or do otherwise. */
#include <stdio.h>

#include "base/json_write.h"
#include "base/translate.h"
#include "cli/exporting.h"

static void put_problem(struct mm_json *json, const struct mm_problem *problem)
{
    mm_json_flat(json);
    mm_json_open_object(json, NULL);
    mm_json_put_text(json, "severity", mm_severity_text(problem->severity));
    mm_json_put_text(json, "rule", problem->rule);
    if (problem->name)
        mm_json_put_text(json, "operator", problem->name);
    mm_json_put_text(json, "what", problem->what);
    mm_json_close_object(json);
}

static void put_dialect(struct mm_json *json, const struct mm_export *export,
                        const struct mm_problems *problems)
{
    mm_json_open_object(json, NULL);
    mm_json_put_text(json, "runtime", export->dialect->id);
    mm_json_put_whole(json, "overrides", (int64_t)mm_plan_count(export->plan));
    mm_json_put_whole(json, "errors", (int64_t)problems->by_severity[MM_SEVERITY_ERROR]);
    mm_json_put_whole(json, "warnings", (int64_t)problems->by_severity[MM_SEVERITY_WARNING]);
    mm_json_put_whole(json, "notes", (int64_t)problems->by_severity[MM_SEVERITY_NOTE]);
    mm_json_open_array(json, "problems");
    for (size_t i = 0; i < problems->count; i++)
        put_problem(json, &problems->problem[i]);
    mm_json_close_array(json);
    mm_json_close_object(json);
}

static void put_count(struct mm_buf *out, size_t count, const char *what, const char *between)
{
    mm_buf_printf(out, "%s%zu %s%s", between, count, mm_tr_in("count", what),
                  count == 1 || mm_language_is_set() ? "" : "s");
}

static void put_text(struct mm_buf *out, const struct mm_export *export, const struct mm_problems *problems)
{
    mm_buf_printf(out, "%s: ", export->dialect->title);
    put_count(out, mm_plan_count(export->plan), "override", "");
    put_count(out, problems->by_severity[MM_SEVERITY_ERROR], "error", ", ");
    put_count(out, problems->by_severity[MM_SEVERITY_WARNING], "warning", ", ");
    put_count(out, problems->by_severity[MM_SEVERITY_NOTE], "note", ", ");
    mm_buf_puts(out, "\n");
    mm_problems_text(problems, true, out);
}

/* Returns the number of errors, or -1. */
static long lint_all(struct cli_options *options, const struct mm_export *all, struct mm_buf *out,
                     struct mm_err *err)
{
    long errors = 0;
    bool failed = false;
    struct mm_json json;
    mm_json_init(&json, out, (struct mm_json_style){.indent = 2, .keep_bytes = true});
    if (options->json) {
        mm_json_open_object(&json, NULL);
        mm_json_put_head(&json, "mmtui-lint", 1);
        mm_json_open_array(&json, "runtimes");
    }
    for (size_t i = 0; i < options->dialect_count; i++) {
        struct mm_export export = *all;
        struct mm_problems problems = {0};
        export.dialect = options->dialects[i];
        mm_lint(&export, &problems);
        if (options->json)
            put_dialect(&json, &export, &problems);
        else
            put_text(out, &export, &problems);
        errors += (long)problems.by_severity[MM_SEVERITY_ERROR];
        failed |= problems.failed;
        mm_problems_done(&problems);
    }
    if (options->json) {
        mm_json_close_array(&json);
        mm_json_close_object(&json);
        mm_buf_putc(out, '\n');
    }
    return failed || out->failed ? mm_fail_memory(err) : errors;
}

static long lint(struct mm_plan *plan, struct cli_options *options, struct mm_err *err)
{
    struct cli_names names;
    struct cli_base base;
    struct mm_buf out = {0};
    const struct mm_config *config = cli_base_open(&base, options, err);
    if ((options->base && !config) || cli_names_open(&names, options, err) < 0) {
        cli_base_done(&base);
        return -1;
    }
    struct mm_export export = {.plan = plan,
                               .graph = options->graph,
                               .known = names.is_known ? &names.known : NULL,
                               .base = config,
                               .version = options->version_for};
    long errors = mm_plan_load(plan, options->plan, err) < 0 ? -1 : lint_all(options, &export, &out, err);
    if (errors >= 0)
        cli_print(options, &out);
    mm_buf_done(&out);
    cli_names_done(&names);
    cli_base_done(&base);
    return errors;
}

int cmd_lint(struct cli_options *options)
{
    struct mm_err err = {0};
    struct mm_plan *plan = NULL;
    long errors = -1;
    if (!options->plan || options->word_count != 0)
        mm_fail(&err, MM_EARG,
                "lint needs a plan: mmtui lint --plan overrides.json --model model.onnx --to onnxruntime");
    else if (mm_plan_open(&plan, &err) == 0)
        errors = lint(plan, options, &err);
    mm_plan_close(plan);
    return errors < 0 ? cli_error(&err) : errors > 0 ? EXIT_OVER : EXIT_FINE;
}
