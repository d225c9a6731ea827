/* What --fail decides: the exit status of a comparison. */
#include <stdio.h>

#include "cli/commands.h"

int cli_check(const struct cli_options *options, const struct mm_session *session)
{
    struct mm_session_totals totals;
    struct mm_buf why = {0};
    if (!options->fail)
        return EXIT_FINE;
    mm_session_totals(session, &totals);
    int status = totals.bad ? EXIT_OVER : EXIT_FINE;
    if (!mm_session_covers(session, options->min_paired, &why)) {
        fflush(stdout);
        fprintf(stderr, "mmtui: --fail: %s\n", mm_buf_text(&why));
        status = EXIT_OVER;
    }
    mm_buf_done(&why);
    return status;
}
