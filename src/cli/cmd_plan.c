/* `mmtui plan`: a runtime's file read back as a plan. */
#include <stdio.h>

#include "cli/exporting.h"

static int put(const struct mm_plan *plan, const struct cli_options *options, struct mm_err *err)
{
    if (options->output) {
        if (mm_plan_save(plan, options->output, err) < 0)
            return -1;
        size_t count = mm_plan_count(plan);
        cli_say(stdout, "%zu %s in ", count, count == 1 ? "override" : "overrides");
        cli_print_line(options, options->output);
        return 0;
    }
    struct mm_buf text = {0};
    mm_plan_text(plan, &text);
    int result = text.failed ? mm_fail_memory(err) : 0;
    if (result == 0)
        fwrite(mm_buf_text(&text), 1, text.length, stdout);
    mm_buf_done(&text);
    return result;
}

static int import(struct mm_plan *plan, struct cli_options *options, struct mm_err *err)
{
    struct cli_names names;
    struct mm_buf notes = {0};
    if (cli_names_open(&names, options, err) < 0)
        return -1;
    struct mm_export from = {.dialect = options->from,
                             .plan = plan,
                             .graph = options->graph,
                             .known = names.is_known ? &names.known : NULL};
    int result = mm_plan_import(plan, &from, options->words[0], &notes, err);
    if (result == 0)
        result = put(plan, options, err);
    if (result == 0)
        fwrite(mm_buf_text(&notes), 1, notes.length, stderr);
    mm_buf_done(&notes);
    cli_names_done(&names);
    return result;
}

int cmd_plan(struct cli_options *options)
{
    struct mm_err err = {0};
    struct mm_plan *plan = NULL;
    if (!options->from || options->word_count != 1)
        mm_fail(&err, MM_EARG,
                "plan needs a runtime and its file: mmtui plan --from onnxruntime quantize.json");
    else if (mm_plan_open(&plan, &err) == 0)
        import(plan, options, &err);
    mm_plan_close(plan);
    return err.code == MM_OK ? EXIT_FINE : cli_error(&err);
}
