/* The dialect of onnxconverter-common, which converts models to FLOAT16: its row. */
#ifndef MMTUI_EXPORT_ONNXCONVERTER_H
#define MMTUI_EXPORT_ONNXCONVERTER_H

#include "mmtui/export.h"

extern const struct mm_dialect mm_onnxconverter;

#endif
