/*
 * Measuring without a screen. Progress goes to stderr, only where that is a terminal, and only for runs
 * longer than a second; so does what a person should know about the folders and about files that could not be
 * read.
 */
#ifndef MMTUI_CLI_PROGRESS_H
#define MMTUI_CLI_PROGRESS_H

#include "mmtui/session.h"

/* Start the session and measure all of it. Files that could not be read are told at the end. */
int measure_all(struct mm_session *session, struct mm_err *err);
/* How many tensors of dst hold raw integers, and where their scales are from: a line, appended; nothing without them. */
void print_raw(const struct mm_session *session, struct mm_buf *out);
/* Which operators of the plan (its path; NULL: none) are not there, once all is measured: a line to stderr. */
void tell_missing(const struct mm_session *session, const char *plan);

#endif
