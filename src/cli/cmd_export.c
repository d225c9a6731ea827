#include <stdio.h>

#include "cli/commands.h"
#include "mmtui/export.h"

static void print_result(const struct mm_export *export, const struct cli_options *options)
{
    struct mm_buf limits;
    mm_buf_init(&limits);
    size_t count = mm_export_count(export), all = mm_plan_count(export->plan);
    printf("%zu ", count);
    if (count < all)
        printf("of %zu ", all);
    printf("%s for %s in ", all == 1 ? "override" : "overrides", export->dialect->title);
    cli_print_line(options, options->words[0]);
    for (const struct mm_export_file *file = export->dialect->files; file->name; file++)
        if (!file->cpp || export->cpp)
            printf("  %-20s %s\n", file->name, file->what);
    mm_export_limits(export, &limits);
    cli_print(options, &limits);
    mm_buf_done(&limits);
}

static int export(struct mm_plan *plan, struct cli_options *options, struct mm_err *err)
{
    const char *folder = options->words[0];
    if (cli_model_open(options, err) < 0 || mm_plan_load(plan, options->plan, err) < 0)
        return -1;
    struct mm_export export = {.dialect = mm_dialect_find(options->dialect),
                               .plan = plan,
                               .graph = options->graph,
                               .cpp = options->cpp};
    if (mm_export_write(&export, folder, err) < 0)
        return -1;
    print_result(&export, options);
    return 0;
}

int cmd_export(struct cli_options *options)
{
    struct mm_err err = {0};
    struct mm_plan *plan = NULL;
    if (!options->plan || options->word_count != 1)
        mm_fail(&err, MM_EARG,
                "export needs a plan and a folder: mmtui export --plan overrides.json --to magicmind DIR");
    else if (mm_plan_open(&plan, &err) == 0)
        export(plan, options, &err);
    mm_plan_close(plan);
    return err.code == MM_OK ? EXIT_FINE : cli_error(&err);
}
