#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/inspect.h"

/* A report instead of two dumps: one file whose name says so. */
static bool is_report(const char *path)
{
    size_t length = strlen(path), ending = strlen(".json");
    return length > ending && strcmp(path + length - ending, ".json") == 0;
}

int cmd_inspect(struct cli_options *options)
{
    struct mm_err err;
    bool report = options->word_count == 1 && is_report(options->words[0]) &&
                  !mm_remote_is(options->words[0]) && !cli_is_polygraphy(options->words[0]);
    if (!report && !cli_take_words(options)) {
        cli_fail_words(
            options,
            "two dumps are needed, folders or files: the reference and the accelerator's (mmtui SRC DST); or "
            "a report (mmtui mmtui.json), or what has both: a file of Polygraphy, RKNN's snapshot, or "
            "Cambricon CATCH's dump with use_cpu",
            &err);
        return cli_error(&err);
    }
    if (report)
        options->session.src = options->words[0];
    char *cache = options->no_cache ? NULL : mm_cache_folder();
    options->session.cache = cache;
    options->keeps_plan = !report;
    int status = inspect(options, NULL);
    free(cache);
    return status;
}
