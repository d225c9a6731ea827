/* What is said of a layer once it is decided: kind, confidence, cause and one sentence in the verdict. conclude.c
 * decides. All write to the caller's *out; none keeps what it is given. */
#ifndef MMTUI_TRIAGE_SAY_H
#define MMTUI_TRIAGE_SAY_H

#include "mmtui/triage.h"

/* Kind and confidence alone, and whether that kind is bad; text and cause stay as they are. */
void say_kind(struct mm_verdict *out, enum mm_verdict_kind kind, enum mm_confidence confidence);
/* The kind of verdict that a finding stands for: its own, or else its cause's. */
enum mm_verdict_kind say_kind_of(const struct mm_finding *finding);

/* What looking at the values found (say_finding.c). Where those that read the layer are right, it is harmless whatever
 * it looks like; at the edges of the network it is the input's or the output's. */
void say_finding(const struct mm_triage_view *view, uint32_t id, const struct mm_finding *finding,
                 struct mm_verdict *out);

/* The error came in; blame's root (which there has to be) is where from. */
void say_inherited(const struct mm_triage_view *view, uint32_t id, struct mm_verdict *out);
/* NaN or Inf whose inputs are finite and wrong since layer `root`: no more than possible. */
void say_inherited_from(const struct mm_triage_view *view, int32_t root, struct mm_verdict *out);
/* Cut off at the largest value of its format, which src exceeds; `root` as say_inherited_from has it, or -1. */
void say_saturated(const struct mm_result *result, int32_t root, struct mm_verdict *out);
/* Nobody who reads it minds; readers: the largest of their errors (diff2). */
void say_harmless(struct mm_verdict *out, double readers);
/* What rounding on the way here adds up to. */
void say_noise(const struct mm_blame *blame, struct mm_verdict *out);
/* Another setting of the same format would do: better, against the what-if of the format that dst has. */
void say_setting(const struct mm_evidence *evidence, const struct mm_whatif *better, struct mm_verdict *out);
/* The format that dst has can do no better. */
void say_format(const struct mm_evidence *evidence, struct mm_verdict *out);
/* Recomputed from dst's own inputs it is off: the operator, or the quantised model's weights. */
void say_wrong(const struct mm_triage_view *view, uint32_t id, struct mm_verdict *out);
/* What one scale for all weights leaves, and what one a channel would gain. */
void say_weights(const struct mm_recomputed *recomputed, struct mm_verdict *out);
/* The format can't hold the model's constants, and that is all that is off; false, and *out as it was, where it is not so, or
 * nothing was recomputed (NULL). */
bool say_lost_constants(const struct mm_recomputed *recomputed, struct mm_verdict *out);
/* Computed as another runtime has it by default. */
void say_variant(const struct mm_triage_view *view, uint32_t id, struct mm_verdict *out);
/* Recomputed it is right: its inputs' errors grow here, or ties fall otherwise. */
void say_right(const struct mm_triage_view *view, uint32_t id, struct mm_verdict *out);
/* It adds the most of what no single layer brings over the threshold. */
void say_built_up(const struct mm_blame *blame, struct mm_verdict *out);
/* Good inputs, a bad result, and nothing that explains it; role: MM_ROLE_INPUT accuses the input instead. */
void say_unexplained(const struct mm_blame *blame, unsigned role, struct mm_verdict *out);
/* An exponential of inputs that are off by `input` (RMS) is off by a factor. */
void say_exponential(double input, struct mm_verdict *out);
/* Tokens or rows that one dump has alone may reach in here. */
void say_padding(struct mm_verdict *out);
/* Codes that were never dequantised, or integers that are bit patterns: how the dump was made. */
void say_raw(const struct mm_pair *pair, const struct mm_result *result, struct mm_verdict *out);
/* NaN of the inputs that are numbers or Inf behind this operator; false, and *out as it was, where none are lost. */
bool say_nan_lost(const struct mm_triage_view *view, uint32_t id, struct mm_verdict *out);
/* Inf or NaN in the dump alone: computed in a wider format. */
void say_wider(const struct mm_result *result, struct mm_verdict *out);

#endif
