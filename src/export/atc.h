/* Ascend's model compiler ATC: src/export/atc.c. */
#ifndef MMTUI_EXPORT_ATC_H
#define MMTUI_EXPORT_ATC_H

#include "mmtui/export.h"

extern const struct mm_dialect mm_atc;

#endif
