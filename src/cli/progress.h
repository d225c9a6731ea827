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

#endif
