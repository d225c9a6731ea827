/* The NNCF dialect: its row. */
#ifndef MMTUI_EXPORT_NNCF_H
#define MMTUI_EXPORT_NNCF_H

#include "mmtui/export.h"

extern const struct mm_dialect mm_nncf;

/* The text of ignored_scope.py. */
void nncf_python(const struct mm_export *export, struct mm_buf *out);

#endif
