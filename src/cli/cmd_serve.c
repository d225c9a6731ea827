/* `mmtui serve`: the far side of a comparison, started by the near one through ssh. */
#include <unistd.h>

#include "cli/commands.h"

int cmd_serve(struct cli_options *options)
{
    struct mm_err err = {0};
    const struct mm_serve_options serve = {.below = options->word_count ? options->words[0] : NULL,
                                           .figures_only = options->remote.figures_only};
    if (options->word_count > 1) {
        mm_fail(&err, MM_EARG, "serve takes one folder, below which dumps are: mmtui serve [DIR]");
        return cli_error(&err);
    }
    if (isatty(STDIN_FILENO)) {
        mm_fail(&err, MM_EARG,
                "serve is the far side of mmtui HOST:DIR, which starts it through ssh: there is nothing to "
                "type here");
        return cli_error(&err);
    }
    return mm_serve(STDIN_FILENO, STDOUT_FILENO, &serve, &err) < 0 ? cli_error(&err) : EXIT_FINE;
}
