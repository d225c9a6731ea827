/* Progress of a batch run on stderr: only where that is a terminal, and only for runs longer than a second.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "mmtui/session.h"

struct progress {
    double started, shown; /* mm_clock */
    bool terminal, visible;
};

void progress_init(struct progress *progress);
/* For mm_session_settle. */
int progress_step(void *progress, const struct mm_session *session);
/* Clear the line. */
void progress_done(struct progress *progress);

#endif
