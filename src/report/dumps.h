/* dumps: what all of each dump has, in JSON. Private to report. */
#ifndef MMTUI_REPORT_DUMPS_H
#define MMTUI_REPORT_DUMPS_H

#include "base/json_write.h"
#include "mmtui/report.h"

/* dtype and shape of the tensor (null: not known), and "statistics": an object of the figures. */
void report_put_statistics(struct mm_json *json, const struct mm_statistics *statistics);
/* "dumps": an object with one for each side, always with the same keys. */
void report_put_dumps(struct mm_json *json, const struct mm_session *session);
/* "unanalysed", a count, and "unanalysed_why", where layers could not be looked at; else nothing. */
void report_put_unanalysed(struct mm_json *json, const struct mm_session *session);

#endif
