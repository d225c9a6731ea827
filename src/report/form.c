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

void report_form_head(const struct report_form *form, const struct mm_session *session, struct mm_buf *out)
{
    struct mm_json json;
    mm_json_init(&json, out, form->style);
    form->head(session, &json);
}

void report_form_layers(const struct report_form *form, const struct mm_layer *const *layers, size_t from,
                        size_t to, struct mm_buf *out)
{
    struct mm_json json;
    mm_json_resume(&json, out, form->style, form->depth, from == 0);
    for (size_t i = from; i < to; i++)
        form->layer(layers[i], &json);
}

void report_form_foot(const struct report_form *form, size_t count, struct mm_buf *out)
{
    struct mm_json json;
    mm_json_resume(&json, out, form->style, form->depth, count == 0);
    form->foot(&json);
}

int report_form_text(const struct report_form *form, const struct mm_session *session, struct mm_buf *out,
                     struct mm_err *err)
{
    size_t count;
    const struct mm_layer **layers = report_form_order(form, session, &count, err);
    if (!layers)
        return -1;
    report_form_head(form, session, out);
    report_form_layers(form, layers, 0, count, out);
    report_form_foot(form, count, out);
    free(layers);
    return out->failed ? mm_fail_memory(err) : 0;
}
