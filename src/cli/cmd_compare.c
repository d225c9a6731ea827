#include <stdio.h>
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/progress.h"

#define DEFAULT_OUTPUT "diff_jsons"
#define HIST_BINS      64

static int write_in(const char *folder, const char *name, const struct mm_buf *text, struct mm_err *err)
{
    char *path = mm_path_join(folder, name);
    if (!path)
        return mm_fail_memory(err);
    int result = mm_file_write(path, text->data, text->length, err);
    if (result == 0)
        cli_print_line(path);
    free(path);
    return result;
}

static int write_reports(const struct mm_session *session, const char *folder, struct mm_err *err)
{
    struct mm_buf text;
    mm_buf_init(&text);
    bool whole = mm_session_options(session)->shards == 0; /* no one merges parts of diff.json */
    int result = mm_folder_make(folder, err);
    if (result == 0 && whole)
        result = mm_report_diff_json(session, &text, err);
    if (result == 0 && whole)
        result = write_in(folder, "diff.json", &text, err);
    mm_buf_clear(&text);
    if (result == 0)
        result = mm_report_json(session, &text, err);
    if (result == 0)
        result = write_in(folder, "mmtui.json", &text, err);
    mm_buf_clear(&text);
    if (result == 0) {
        mm_report_summary(session, &text);
        cli_print(&text, !term_locale_utf8());
    }
    mm_buf_done(&text);
    return result;
}

int cmd_compare(struct cli_options *options)
{
    struct mm_err err = {0};
    struct mm_session *session = NULL;
    if (!options->session.src || !options->session.dst || options->word_count) {
        mm_fail(&err, MM_EARG, "compare needs the two folders: -s SRC -d DST");
        return cli_error(&err);
    }
    const char *folder = options->output ? options->output : DEFAULT_OUTPUT;
    if (options->hist)
        options->session.measure.hist_bins = HIST_BINS;
    char *cache = options->no_cache ? NULL : mm_cache_folder();
    options->session.cache = cache;
    int status = EXIT_ERROR;
    if (mm_session_open(&session, &options->session, &err) == 0 && measure_all(session, &err) == 0 &&
        write_reports(session, folder, &err) == 0) {
        struct mm_session_totals totals;
        mm_session_totals(session, &totals);
        status = options->fail && totals.bad ? EXIT_OVER : EXIT_FINE;
    }
    mm_session_close(session);
    free(cache);
    return status == EXIT_ERROR ? cli_error(&err) : status;
}
