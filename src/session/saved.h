/* saved: a session from a report that was written earlier, without the tensors. */
#ifndef MMTUI_SESSION_SAVED_H
#define MMTUI_SESSION_SAVED_H

#include "session/state.h"

/*
 * Fill src, dst, pairs, order and session->saved from mmtui.json or diff.json (MagicMind's too). `saved` has a result a
 * pair; session->options.src and dst become the folders that the report names ("" in a diff.json). -1: it is neither
 * (MM_ECORRUPT, with the line), or a part of a sharded run (MM_EUNSUPPORTED).
 */
int saved_read(struct mm_session *session, const char *path, struct mm_err *err);
/* Give the results to the layers, judged. */
void saved_apply(struct mm_session *session);
/* Free what saved_read has left. */
void saved_done(struct mm_session *session);

#endif
