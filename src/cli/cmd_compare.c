#include <stdio.h>
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/progress.h"

#define DEFAULT_OUTPUT "diff_jsons"
#define HIST_BINS      64

static void print_path(const struct cli_options *options, const char *folder, const char *name)
{
    char *path = mm_path_join(folder, name);
    if (path)
        cli_print_line(options, path);
    free(path);
}

static int write_reports(const struct mm_session *session, const struct cli_options *options,
                         const char *folder, struct mm_err *err)
{
    if (mm_report_write(session, folder, err) < 0)
        return -1;
    if (mm_session_options(session)->shards == 0)
        print_path(options, folder, "diff.json");
    print_path(options, folder, "mmtui.json");
    struct mm_buf text = {0};
    mm_report_summary(session, &text);
    print_raw(session, &text);
    cli_print(options, &text);
    mm_buf_done(&text);
    return 0;
}

/* With --format the report is printed; files are written only where a folder is named. */
static int print_report(const struct mm_session *session, const struct cli_options *options,
                        struct mm_err *err)
{
    struct mm_buf text = {0};
    int result = cli_layers(options, session, "mmtui compare", &text, err);
    if (result == 0)
        cli_print(options, &text);
    mm_buf_done(&text);
    return result;
}

static int report(const struct mm_session *session, const struct cli_options *options, struct mm_err *err)
{
    if (!options->kind_given)
        return write_reports(session, options, options->output ? options->output : DEFAULT_OUTPUT, err);
    if (options->output && mm_report_write(session, options->output, err) < 0)
        return -1;
    return print_report(session, options, err);
}

int cmd_compare(struct cli_options *options)
{
    struct mm_err err = {0};
    struct mm_session *session = NULL;
    if (!cli_take_dumps(options)) {
        cli_fail_words(options, "compare needs the two dumps: SRC DST, or -s SRC -d DST", &err);
        return cli_error(&err);
    }
    if (options->hist)
        options->session.measure.hist_bins = HIST_BINS;
    char *cache = options->no_cache ? NULL : mm_cache_folder();
    options->session.cache = cache;
    int status = EXIT_ERROR;
    if (cli_model_open(options, &err) == 0 && mm_session_open(&session, &options->session, &err) == 0 &&
        measure_all(session, &err) == 0 && report(session, options, &err) == 0)
        status = cli_check(options, session);
    mm_session_close(session);
    free(cache);
    return status == EXIT_ERROR ? cli_error(&err) : status;
}
