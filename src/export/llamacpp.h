/* llama.cpp's quantiser: src/export/llamacpp.c. */
#ifndef MMTUI_EXPORT_LLAMACPP_H
#define MMTUI_EXPORT_LLAMACPP_H

#include "mmtui/export.h"

extern const struct mm_dialect mm_llamacpp;

#endif
