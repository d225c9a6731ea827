/* The QNN dialect: its row. */
#ifndef MMTUI_EXPORT_QNN_H
#define MMTUI_EXPORT_QNN_H

#include "mmtui/export.h"

extern const struct mm_dialect mm_qnn;

#endif
