#include <stdio.h>

#include "cli/commands.h"
#include "mmtui/export.h"

static void print_result(const struct mm_plan *plan, const struct mm_dialect *dialect,
                         const struct cli_options *options)
{
    struct mm_buf limits;
    mm_buf_init(&limits);
    size_t count = mm_plan_count(plan);
    printf("%zu %s for %s in ", count, count == 1 ? "override" : "overrides", dialect->title);
    cli_print_line(options, options->words[0]);
    for (const struct mm_export_file *file = dialect->files; file->name; file++)
        if (!file->cpp || options->cpp)
            printf("  %-20s %s\n", file->name, file->what);
    dialect->limits(plan, &limits);
    cli_print(options, &limits);
    mm_buf_done(&limits);
}

static int export(struct mm_plan *plan, const struct mm_dialect *dialect, const struct cli_options *options,
                  struct mm_err *err)
{
    struct mm_export_options export_options = {.cpp = options->cpp};
    const char *folder = options->words[0];
    if (mm_plan_load(plan, options->plan, err) < 0 || dialect->write(plan, &export_options, folder, err) < 0)
        return -1;
    print_result(plan, dialect, options);
    return 0;
}

int cmd_export(struct cli_options *options)
{
    struct mm_err err = {0};
    struct mm_plan *plan = NULL;
    const struct mm_dialect *dialect = mm_dialect_find(options->dialect);
    if (!options->plan || options->word_count != 1)
        mm_fail(&err, MM_EARG,
                "export needs a plan and a folder: mmtui export --plan overrides.json --to magicmind DIR");
    else if (!dialect)
        mm_fail(&err, MM_EARG, "--to: there is no export for \"%s\" (magicmind)", options->dialect);
    else if (mm_plan_open(&plan, &err) == 0)
        export(plan, dialect, options, &err);
    mm_plan_close(plan);
    return err.code == MM_OK ? EXIT_FINE : cli_error(&err);
}
