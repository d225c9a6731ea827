#include <stdio.h>
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/progress.h"

static int give(const struct cli_options *options, const struct mm_session *session, struct mm_err *err)
{
    struct mm_buf text;
    mm_buf_init(&text);
    int result =
        options->json ? mm_report_triage_json(session, &text, err) : mm_report_triage(session, &text, err);
    if (result == 0 && options->output)
        result = mm_file_write(options->output, text.data, text.length, err);
    else if (result == 0)
        cli_print(&text, options->ascii || !term_locale_utf8());
    if (result == 0 && options->output)
        cli_print_line(options->output);
    mm_buf_done(&text);
    return result;
}

int cmd_triage(struct cli_options *options)
{
    struct mm_err err = {0};
    struct mm_session *session = NULL;
    if (options->word_count != 2) {
        mm_fail(&err, MM_EARG,
                "triage needs two folders: the reference dump and the accelerator's (mmtui triage SRC DST)");
        return cli_error(&err);
    }
    options->session.src = options->words[0];
    options->session.dst = options->words[1];
    options->session.triage = true;
    char *cache = options->no_cache ? NULL : mm_cache_folder();
    options->session.cache = cache;
    int status = EXIT_ERROR;
    if (cli_model_open(options, &err) == 0 && mm_session_open(&session, &options->session, &err) == 0 &&
        measure_all(session, &err) == 0 && give(options, session, &err) == 0) {
        struct mm_session_totals totals;
        mm_session_totals(session, &totals);
        status = options->fail && totals.bad ? EXIT_OVER : EXIT_FINE;
    }
    mm_session_close(session);
    free(cache);
    return status == EXIT_ERROR ? cli_error(&err) : status;
}
