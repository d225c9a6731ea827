#include <stdlib.h>

#include "cli/commands.h"
#include "cli/inspect.h"

int cmd_inspect(struct cli_options *options)
{
    struct mm_err err;
    if (options->word_count != 2) {
        mm_fail(
            &err, MM_EARG,
            "two dumps are needed, folders or files: the reference and the accelerator's (mmtui SRC DST)");
        return cli_error(&err);
    }
    options->session.src = options->words[0];
    options->session.dst = options->words[1];
    char *cache = options->no_cache ? NULL : mm_cache_folder();
    options->session.cache = cache;
    int status = inspect(options);
    free(cache);
    return status;
}
