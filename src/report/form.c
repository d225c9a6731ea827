#include "report/form.h"

#include <stdlib.h>

const struct mm_layer **report_form_order(const struct report_form *form, const struct mm_session *session,
                                          size_t *count, struct mm_err *err)
{
    const struct mm_layer **layers = calloc(mm_session_count(session) + 1, sizeof *layers);
    if (!layers) {
        mm_fail_memory(err);
        return NULL;
    }
    if (form->order(session, layers, count, err) == 0)
        return layers;
    free(layers);
    return NULL;
}

void report_form_layers(const struct report_form *form, const struct mm_layer *const *layers, size_t from,
                        size_t to, struct mm_buf *out)
{
    for (size_t i = from; i < to; i++) {
        if (i)
            mm_buf_putc(out, ',');
        mm_buf_putc(out, '\n');
        form->layer(layers[i], out);
    }
}

int report_form_text(const struct report_form *form, const struct mm_session *session, struct mm_buf *out,
                     struct mm_err *err)
{
    size_t count;
    const struct mm_layer **layers = report_form_order(form, session, &count, err);
    if (!layers)
        return -1;
    form->head(session, out);
    report_form_layers(form, layers, 0, count, out);
    form->foot(count, out);
    free(layers);
    return out->failed ? mm_fail_memory(err) : 0;
}
