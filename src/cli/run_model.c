/* A model, run with the inputs that the command line gives. */
#include "cli/run_model.h"

#include <stdlib.h>

int run_library(const struct cli_options *options, struct mm_ort **ort, struct mm_err *err)
{
    const char *library = options->dump.library ? options->dump.library : getenv("MMTUI_ONNXRUNTIME");
    return mm_ort_open(ort, library && *library ? library : NULL, err);
}

int run_feeds(const struct cli_options *options, const struct mm_model_run *run, struct mm_feeds **feeds,
              struct mm_err *err)
{
    const struct cli_dump *dump = &options->dump;
    const struct mm_given_list *given = &options->session.given;
    if (dump->seeded)
        return mm_feeds_random(feeds, run, (uint64_t)dump->seed, given, err);
    return mm_feeds_open(feeds, run, dump->input.path, dump->input.count, given, err);
}

static int run_all(struct mm_model_run *run, const struct mm_feeds *feeds, struct mm_err *err)
{
    for (size_t i = 0; i < mm_feeds_runs(feeds); i++) {
        size_t count;
        const struct mm_feed *feed = mm_feeds_run(feeds, i, &count);
        if (mm_model_run(run, feed, count, err) < 0)
            return -1;
    }
    return 0;
}

int run_model(const struct cli_options *options, struct mm_model_run *run, size_t *runs, struct mm_err *err)
{
    struct mm_feeds *feeds = NULL;
    struct mm_err why = {0};
    if (run_feeds(options, run, &feeds, err) < 0)
        return -1;
    int result = run_all(run, feeds, err);
    *runs = mm_feeds_runs(feeds);
    if (result == 0 || mm_model_run_written(run) > 0) {
        if (mm_model_run_finish(run, &why) < 0 && result == 0) {
            *err = why;
            result = -1;
        }
    }
    mm_feeds_close(feeds);
    return result;
}
