/* What a tab says while what it asked for is not there. */
#ifndef MMTUI_VIEWS_REQUEST_TEXT_H
#define MMTUI_VIEWS_REQUEST_TEXT_H

#include "mmtui/session.h"
#include "ui/app.h"

/* Why there is none (`problem`, the layer's own error, shapes that differ), or how far it is: "Computing ... 43%". */
void request_text_draw(struct canvas *c, const struct app *app, size_t id, enum mm_request kind,
                       const char *problem);

#endif
