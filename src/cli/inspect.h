/* Looking at two dumps, however this run can: in the terminal, headless by a script, or as a text table. */
#ifndef MMTUI_CLI_INSPECT_H
#define MMTUI_CLI_INSPECT_H

#include "cli/options.h"

/* Returns the exit code; errors are printed. options->session.src and dst are set. */
int inspect(struct cli_options *options);

/* The ranked table of a settled session, filtered and sorted as asked for, and its summary, to stdout. */
int inspect_print(const struct cli_options *options, const struct mm_session *session, struct mm_err *err);

#endif
