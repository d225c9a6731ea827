/* Rockchip's RKNN toolkits: src/export/rknn.c. */
#ifndef MMTUI_EXPORT_RKNN_H
#define MMTUI_EXPORT_RKNN_H

#include "mmtui/export.h"

extern const struct mm_dialect mm_rknn, mm_rknn1;

#endif
