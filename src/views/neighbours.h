/* A layer's neighbours in the flow as rows: its inputs, itself, what reads it; and what they say about its
 * error. */
#ifndef MMTUI_VIEWS_NEIGHBOURS_H
#define MMTUI_VIEWS_NEIGHBOURS_H

#include "mmtui/session.h"
#include "ui/app.h"

struct neighbours {
    size_t id;
    uint32_t
        *layer; /* [count] of each row: inputs in execution order, `id`, readers in execution order; owned */
    size_t capacity;
    int inputs; /* rows before the layer's own */
    int count;  /* rows; 0: not known yet */
};

/* Begin with {0}. False before the flow is known, or without memory. */
bool neighbours_find(const struct mm_session *session, size_t id, struct neighbours *near);
void neighbours_done(struct neighbours *near);
/* The row of the worst input or, with `down`, of the worst reader; where there is none, of the worst of the
 * other kind, else the layer's own. */
int neighbours_worst(const struct mm_session *session, const struct neighbours *near, bool down);
/* Introduced here or not, a sentence appended. True when it is. */
bool neighbours_say(const struct app *app, size_t id, struct mm_buf *out);

#endif
