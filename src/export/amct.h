/* Ascend's quantiser AMCT: src/export/amct.c. */
#ifndef MMTUI_EXPORT_AMCT_H
#define MMTUI_EXPORT_AMCT_H

#include "mmtui/export.h"

extern const struct mm_dialect mm_amct;

#endif
