/* `mmtui export`: the files of one runtime, or of several, from a plan; what lint calls an error stops it. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/exporting.h"
#include "export/export.h"

struct exporting {
    struct mm_export export; /* for one runtime after the other */
    struct mm_plan *plan;
    struct cli_names names;
    struct cli_base base;
    const struct cli_options *options;
    size_t count; /* of runtimes */
};

static int open_all(struct exporting *work, struct cli_options *options, struct mm_err *err)
{
    work->options = options;
    work->count = options->dialect_count;
    if (mm_plan_open(&work->plan, err) < 0 || cli_names_open(&work->names, options, err) < 0 ||
        mm_plan_load(work->plan, options->plan, err) < 0)
        return -1;
    const struct mm_config *base = cli_base_open(&work->base, options, err);
    if (options->base && !base)
        return -1;
    work->export = (struct mm_export){.plan = work->plan,
                                      .graph = options->graph,
                                      .known = work->names.is_known ? &work->names.known : NULL,
                                      .base = base,
                                      .version = options->version_for,
                                      .cpp = options->cpp};
    return 0;
}

static void close_all(struct exporting *work)
{
    cli_base_done(&work->base);
    cli_names_done(&work->names);
    mm_plan_close(work->plan);
}

/* ---- before ---- */

static void say_problems(const struct exporting *work, const struct mm_problems *problems)
{
    struct mm_buf text = {0};
    mm_problems_text(problems, true, &text);
    cli_say(stderr, "mmtui: for %s:\n", work->export.dialect->title);
    fwrite(mm_buf_text(&text), 1, text.length, stderr);
    mm_buf_done(&text);
}

/* Has every runtime that changes its own file one? Without it not even --force can write. */
static int check_bases(struct exporting *work, struct mm_err *err)
{
    for (size_t i = 0; i < work->count; i++) {
        work->export.dialect = work->options->dialects[i];
        if (mm_export_check_base(&work->export, err) < 0)
            return -1;
    }
    return 0;
}

/* Is any of the exports known to go wrong? Then nothing is written. */
static int check(struct exporting *work, struct mm_err *err)
{
    size_t errors = 0;
    for (size_t i = 0; i < work->count; i++) {
        struct mm_problems problems = {0};
        work->export.dialect = work->options->dialects[i];
        mm_lint(&work->export, &problems);
        size_t found = problems.by_severity[MM_SEVERITY_ERROR];
        if (found && !work->options->force)
            say_problems(work, &problems);
        errors += found;
        bool failed = problems.failed;
        mm_problems_done(&problems);
        if (failed)
            return mm_fail_memory(err);
    }
    if (errors && !work->options->force)
        return mm_fail(err, MM_EARG, "%zu %s: nothing was written; --force writes in spite of that", errors,
                       errors == 1 ? "error" : "errors");
    return check_bases(work, err);
}

/* ---- writing ---- */

static void print_result(const struct exporting *work, const char *folder)
{
    const struct mm_export *export = &work->export;
    struct mm_buf limits = {0};
    size_t count = mm_export_count(export), all = mm_plan_count(export->plan);
    cli_say(stdout, "%zu ", count);
    if (count < all)
        cli_say(stdout, "of %zu ", all);
    cli_say(stdout, "%s for %s in ", all == 1 ? "override" : "overrides", export->dialect->title);
    cli_print_line(work->options, folder);
    for (const struct mm_export_file *file = export->dialect->files; file->name; file++)
        if (!file->cpp || export->cpp)
            cli_say(stdout, "  %-20s %s\n", file->name, file->what);
    mm_export_limits(export, &limits);
    cli_print(work->options, &limits);
    mm_buf_done(&limits);
}

/* Several runtimes get a folder each. */
static int write_one(struct exporting *work, const char *folder, struct mm_err *err)
{
    char *own = work->count > 1 ? mm_path_join(folder, work->export.dialect->id) : NULL;
    if (work->count > 1 && !own)
        return mm_fail_memory(err);
    int result = mm_export_write(&work->export, own ? own : folder, err);
    if (result == 0)
        print_result(work, own ? own : folder);
    free(own);
    return result;
}

static int write_all(struct exporting *work, struct mm_err *err)
{
    const char *folder = work->options->words[0];
    if (work->count > 1 && mm_folder_make(folder, err) < 0)
        return -1;
    for (size_t i = 0; i < work->count; i++) {
        work->export.dialect = work->options->dialects[i];
        if (write_one(work, folder, err) < 0)
            return -1;
    }
    return 0;
}

/* What of the runtime's own files is not on stdout. */
static void say_others(const struct mm_dialect *dialect)
{
    struct mm_buf others = {0};
    for (const struct mm_export_file *file = dialect->files + 1; file->name; file++) {
        if (!file->cpp && file->make != mm_export_plan)
            mm_buf_printf(&others, "%s%s", others.length ? ", " : "", file->name);
    }
    if (others.length)
        cli_say(stderr, "mmtui: printed %s alone; %s is written only into a folder\n", dialect->files->name,
                mm_buf_text(&others));
    mm_buf_done(&others);
}

/* The file itself on stdout, so that it can be put into a pipe; what is to be told of it on stderr. */
static int print_main(struct exporting *work, struct mm_err *err)
{
    struct mm_buf text = {0};
    struct mm_problems problems = {0};
    work->export.dialect = work->options->dialects[0];
    int result = mm_export_main(&work->export, &text, err);
    if (result == 0)
        fwrite(mm_buf_text(&text), 1, text.length, stdout);
    mm_lint(&work->export, &problems);
    if (result == 0 && problems.count)
        say_problems(work, &problems);
    if (result == 0)
        say_others(work->export.dialect);
    mm_problems_done(&problems);
    mm_buf_done(&text);
    return result;
}

static int check_words(const struct cli_options *options, struct mm_err *err)
{
    bool printed = options->to_stdout;
    if (!options->plan || options->word_count != (printed ? 0 : 1))
        return mm_fail(
            err, MM_EARG,
            printed
                ? "export --stdout needs a plan and takes no folder: mmtui export --plan overrides.json "
                  "--to onnxruntime --stdout"
                : "export needs a plan and a folder: mmtui export --plan overrides.json --to magicmind DIR");
    if (printed && options->dialect_count > 1)
        return mm_fail(err, MM_EARG, "--stdout prints one file: give --to one runtime");
    return 0;
}

int cmd_export(struct cli_options *options)
{
    struct mm_err err = {0};
    struct exporting work = {0};
    if (check_words(options, &err) == 0 && open_all(&work, options, &err) == 0 && check(&work, &err) == 0) {
        if (options->to_stdout)
            print_main(&work, &err);
        else
            write_all(&work, &err);
    }
    close_all(&work);
    return err.code == MM_OK ? EXIT_FINE : cli_error(&err);
}
