/* The dialect of Polygraphy, NVIDIA's tools around TensorRT: its row. */
#ifndef MMTUI_EXPORT_POLYGRAPHY_H
#define MMTUI_EXPORT_POLYGRAPHY_H

#include "mmtui/export.h"

extern const struct mm_dialect mm_polygraphy;

#endif
