/*
 * form: a JSON report as what stands before, between and behind its layers, so that one function makes a text
 * of it (mm_report_json, mm_report_diff_json) and another writes it as a file, many layers at a time.
 */
#ifndef MMTUI_REPORT_FORM_H
#define MMTUI_REPORT_FORM_H

#include "base/json_write.h"
#include "mmtui/report.h"

struct report_form {
    const char *file; /* its usual name */
    struct mm_json_style style;
    int depth; /* at which the layers lie */
    /* The layers in the order in which they are written: *out has room for all, *count is how many there
     * are. */
    int (*order)(const struct mm_session *session, const struct mm_layer **out, size_t *count,
                 struct mm_err *err);
    void (*head)(const struct mm_session *session, struct mm_json *json);
    void (*layer)(const struct mm_layer *layer,
                  struct mm_json *json); /* only reads: any thread may call it */
    void (*foot)(struct mm_json *json);
};

extern const struct report_form report_form_json;
/* By mmtui's formulas, or with the session's vendor_exact by the vendor tool's. */
const struct report_form *report_form_diff_json(const struct mm_session *session);

/* malloc'ed layers in their order, or NULL. */
const struct mm_layer **report_form_order(const struct report_form *form, const struct mm_session *session,
                                          size_t *count, struct mm_err *err);
/* What stands before the layers and behind them; there are `count`. */
void report_form_head(const struct report_form *form, const struct mm_session *session, struct mm_buf *out);
void report_form_foot(const struct report_form *form, size_t count, struct mm_buf *out);
/* Layers [from, to) with what stands before each. */
void report_form_layers(const struct report_form *form, const struct mm_layer *const *layers, size_t from,
                        size_t to, struct mm_buf *out);
/* All of it. */
int report_form_text(const struct report_form *form, const struct mm_session *session, struct mm_buf *out,
                     struct mm_err *err);

#endif
