/* Sophgo's TPU-MLIR: src/export/sophgo.c. */
#ifndef MMTUI_EXPORT_SOPHGO_H
#define MMTUI_EXPORT_SOPHGO_H

#include "mmtui/export.h"

extern const struct mm_dialect mm_sophgo;

#endif
