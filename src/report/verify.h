/* verify: the pieces of the report on what came of a plan. Private to report. */
#ifndef MMTUI_REPORT_VERIFY_H
#define MMTUI_REPORT_VERIFY_H

#include "mmtui/report.h"

/* "4 overrides: 3 applied, 1 ignored; 12 layers over the threshold before, 3 now; 0 got worse" */
void verify_put_summary(const struct mm_proof *proof, struct mm_buf *out);
/* What was not applied, and what got worse, has failed. */
void verify_put_junit(const struct mm_session *session, struct mm_buf *out);
/* Layers with an override, and those that got worse, as CSV, Markdown or HTML. */
int verify_put_listing(const struct mm_session *session, enum mm_report_kind kind, struct mm_buf *out,
                       struct mm_err *err);

#endif
