/* Looking at two dumps, however this run can: in the terminal, headless by a script, or as a text table. */
#ifndef MMTUI_CLI_INSPECT_H
#define MMTUI_CLI_INSPECT_H

#include "cli/options.h"

/* Returns the exit code; errors are printed. options->session.src and dst are set; dst NULL: src is a report. */
int inspect(struct cli_options *options);

#endif
