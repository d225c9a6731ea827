/* The ONNX Runtime dialect: its row. */
#ifndef MMTUI_EXPORT_ONNXRUNTIME_H
#define MMTUI_EXPORT_ONNXRUNTIME_H

#include "mmtui/export.h"

extern const struct mm_dialect mm_onnxruntime;

#endif
