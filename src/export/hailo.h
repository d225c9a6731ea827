/* Hailo's model scripts: src/export/hailo.c. */
#ifndef MMTUI_EXPORT_HAILO_H
#define MMTUI_EXPORT_HAILO_H

#include "mmtui/export.h"

extern const struct mm_dialect mm_hailo;

#endif
