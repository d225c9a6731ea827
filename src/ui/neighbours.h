/* A layer's neighbours in the flow as rows: its inputs, itself, what reads it; and what they say about its
 * error. */
#ifndef UI_NEIGHBOURS_H
#define UI_NEIGHBOURS_H

#include "mmtui/session.h"
#include "ui/app.h"

struct neighbours {
    const struct mm_flow *flow;
    size_t id;
    int inputs; /* rows before the layer's own */
    int count;  /* rows */
};

/* False before the flow is known. */
bool neighbours_find(const struct mm_session *session, size_t id, struct neighbours *out);
/* The layer of a row. */
size_t neighbours_id(const struct neighbours *near, int row);
/* The row of the worst input or, with `down`, of the worst reader; where there is none, of the worst of the
 * other kind, else the layer's own. */
int neighbours_worst(const struct mm_session *session, const struct neighbours *near, bool down);
/* Introduced here or not, a sentence appended. True when it is. */
bool neighbours_say(const struct app *app, size_t id, struct mm_buf *out);

#endif
