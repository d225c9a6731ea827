#include "cli/progress.h"

#include <stdio.h>
#include <unistd.h>

/* Seconds before the first line, and between two. */
#define PATIENCE 1.0
#define INTERVAL 0.1

void progress_init(struct progress *progress)
{
    *progress = (struct progress){.started = mm_clock(), .terminal = isatty(STDERR_FILENO)};
}

int progress_step(void *context, const struct mm_session *session)
{
    struct progress *progress = context;
    double now = mm_clock();
    if (!progress->terminal || now - progress->started < PATIENCE || now - progress->shown < INTERVAL)
        return 0;
    struct mm_session_totals totals;
    mm_session_totals(session, &totals);
    fprintf(stderr, "\rmeasuring %zu of %zu tensors, %.0f s ", totals.measured, totals.layers,
            now - progress->started);
    progress->shown = now;
    progress->visible = true;
    return 0;
}

void progress_done(struct progress *progress)
{
    if (progress->visible)
        fprintf(stderr, "\r%50s\r", "");
}
