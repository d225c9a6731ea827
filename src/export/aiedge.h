/* The ai-edge-quantizer dialect: its row. */
#ifndef MMTUI_EXPORT_AIEDGE_H
#define MMTUI_EXPORT_AIEDGE_H

#include "mmtui/export.h"

extern const struct mm_dialect mm_aiedge;

#endif
