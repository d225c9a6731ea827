#include "views/request_text.h"

#include "ui/text_fit.h"

void request_text_draw(struct canvas *c, const struct app *app, size_t id, enum mm_request kind,
                       const char *problem)
{
    const struct mm_layer *layer = mm_session_layer(app->session, id);
    double share = mm_session_progress(app->session, kind, id);
    enum mm_state state = layer->result.state;
    if (problem)
        text_fit_wrap(c, 0, 0, c->w, ROLE_ERROR, problem);
    else if (state == MM_STATE_FAILED && layer->result.error)
        text_fit_wrap(c, 0, 0, c->w, ROLE_WARN, layer->result.error);
    else if (state == MM_STATE_MISMATCH)
        text_fit_wrap(c, 0, 0, c->w, ROLE_WARN, layer->verdict.text);
    else if (share > 0)
        canvas_textf(c, 0, 0, -1, ROLE_DIM, "Computing ... %d%%", (int)(share * 100));
    else
        canvas_text(c, 0, 0, -1, ROLE_DIM, "Computing ...");
}
