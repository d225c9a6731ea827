/* saved: a session from a report that was written earlier, without the tensors. */
#ifndef MMTUI_SESSION_SAVED_H
#define MMTUI_SESSION_SAVED_H

#include "base/json_read.h"
#include "session/state.h"

/*
 * Fill src, dst, pairs, order and session->saved from mmtui.json or diff.json (MagicMind's too). `saved` has a result a
 * pair; session->options.src and dst become the folders that the report names ("" in a diff.json). -1: it is neither
 * (MM_ECORRUPT, with the line), or a part of a sharded run (MM_EUNSUPPORTED).
 */
int saved_read(struct mm_session *session, const char *path, struct mm_err *err);
/* A figure, NaN where there is none; the three that JSON has no number for stand as text. */
double saved_real(struct mm_json_value object, const char *key);
/* What a side of mmtui.json says of a tensor whose values were not kept, where it does. `info`, which is known, becomes
 * that of the figures. */
int saved_statistics(struct mm_session *session, struct mm_json_value side, struct mm_info *info,
                     struct mm_entry *entry, struct mm_err *err);
/* The text of a member in the session's arena; "" where there is none; NULL when memory is out. */
char *saved_text(struct mm_session *session, struct mm_json_value object, const char *key);
/* What a layer of mmtui.json says of its pair, whose name and entries are known: by what it was paired, how it was laid,
 * which operator the model has for it. */
int saved_pair(struct mm_session *session, struct mm_json_value layer, struct mm_pair *pair,
               struct mm_err *err);
/* Give the results to the layers, judged. */
void saved_apply(struct mm_session *session);
/* Free what saved_read has left. */
void saved_done(struct mm_session *session);

#endif
