/* layer_text: layers in sentences. Private to triage. */
#ifndef MMTUI_TRIAGE_LAYER_TEXT_H
#define MMTUI_TRIAGE_LAYER_TEXT_H

#include "mmtui/triage.h"

/* "#4 conv_2"; where nothing tells the order, numbers are of a list's rows alone: "conv_2". */
void layer_text(const struct mm_triage_view *view, uint32_t id, struct mm_buf *out);

/* The verdict's line: before, the layer, behind. What is too long is cut at its end, between characters. */
void layer_text_line(const struct mm_triage_view *view, uint32_t id, const char *before, const char *behind,
                     struct mm_verdict *out);

#endif
