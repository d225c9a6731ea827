/* Looking at two dumps, however this run can: in the terminal, headless by a script, or as a text table. */
#ifndef MMTUI_CLI_INSPECT_H
#define MMTUI_CLI_INSPECT_H

#include "cli/options.h"

/* Runs the network anew for :try. */
struct inspect_runner {
    void *context;
    /* With this plan: set options->session.dst to what came of it, and before to what dst was. -1: nothing is changed. */
    int (*run)(void *context, struct cli_options *options, const struct mm_plan *plan, struct mm_err *err);
    const char *first; /* what is said at first */
    const char *note;  /* what is said of the last run behind how many overrides it had; "": nothing */
};

/* True: inspect() takes the terminal, and its signals. */
bool inspect_has_terminal(const struct cli_options *options);
/* Returns the exit code; errors are printed. options->session.src and dst are set; dst NULL: src is a report. `runner` is
 * NULL where nothing can be run. */
int inspect(struct cli_options *options, const struct inspect_runner *runner);

#endif
