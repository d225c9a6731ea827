/* The table of verdicts. */
#include "mmtui/cause.h"

static const struct mm_verdict_info rows[MM_VERDICT_COUNT] = {
    [MM_VERDICT_NONE] = {.word = "pending", .explanation = "not measured yet", .group = MM_GROUP_PENDING},
    [MM_VERDICT_OK] = {.word = "ok", .explanation = "within the thresholds", .group = MM_GROUP_FINE},
    [MM_VERDICT_NOISE] = {.word = "noise",
                          .explanation = "over, but no more than accumulated rounding",
                          .group = MM_GROUP_FINE,
                          .bad = true,
                          .own_next = true,
                          .next = "Nothing to do here. If the result of the network is bad, raise the layers "
                                  "that add most (suggest)."},
    [MM_VERDICT_HARMLESS] = {.word = "harmless",
                             .explanation = "over as a ratio, but small against its inputs, or without "
                                            "effect on its consumers",
                             .group = MM_GROUP_FINE,
                             .bad = true,
                             .next = "Nothing to do."},
    [MM_VERDICT_INHERITED] = {.word = "inherited",
                              .explanation = "inherited from the inputs",
                              .group = MM_GROUP_ELSEWHERE,
                              .bad = true,
                              .next = "Look at the layer where it starts."},
    [MM_VERDICT_FORMAT] = {.word = "format-limited",
                           .explanation = "the number format can't do better",
                           .group = MM_GROUP_CHOICE,
                           .bad = true,
                           .is_origin = true,
                           .own_next = true,
                           .next = "Raise this operator's precision, or accept the error."},
    [MM_VERDICT_SETTINGS] = {.word = "settings",
                             .explanation = "other quantisation settings would be clearly better",
                             .group = MM_GROUP_CHOICE,
                             .bad = true,
                             .is_origin = true,
                             .next = "Change the quantisation settings before raising the precision."},
    [MM_VERDICT_IMPLEMENTATION] = {.word = "implementation",
                                   .explanation = "the operator computes something different",
                                   .group = MM_GROUP_WRONG,
                                   .bad = true,
                                   .is_origin = true,
                                   .next = "Run this operator alone with src's inputs. If it is still off, "
                                           "raise its precision, and report it."},
    [MM_VERDICT_INPUT] = {.word = "input-fault",
                          .explanation = "the two runs got different inputs",
                          .group = MM_GROUP_WRONG,
                          .bad = true,
                          .is_origin = true,
                          .precision_cannot_fix = true,
                          .next = "Feed both runs the same tensor and dump again."},
    [MM_VERDICT_OUTPUT] = {.word = "output-fault",
                           .explanation = "the result is read or mapped back differently",
                           .group = MM_GROUP_WRONG,
                           .bad = true,
                           .is_origin = true,
                           .precision_cannot_fix = true,
                           .next = "Compare the post-processing of the two runs."},
    [MM_VERDICT_OVERFLOW] = {.word = "overflow",
                             .explanation =
                                 "values exceed the range of dst's format, in the result or inside "
                                 "the operator",
                             .group = MM_GROUP_BROKEN,
                             .bad = true,
                             .is_origin = true,
                             .next = "Raise this operator to FP32, or scale its input down."},
    [MM_VERDICT_OVER] = {.word = "over",
                         .explanation = "over a threshold, not analysed yet",
                         .group = MM_GROUP_WRONG,
                         .bad = true,
                         .is_origin = true,
                         .text_says_more = true,
                         .next = "Not analysed yet."},
    [MM_VERDICT_NONFINITE] = {.word = "nonfinite",
                              .explanation = "NaN or Inf on one side only, not analysed yet",
                              .group = MM_GROUP_BROKEN,
                              .bad = true,
                              .is_origin = true,
                              .text_says_more = true,
                              .next = "Look for what divides by 0 or takes a root or a logarithm of a number "
                                      "that is not positive."},
    [MM_VERDICT_SHAPE] = {.word = "shape",
                          .explanation = "shapes differ",
                          .group = MM_GROUP_FILES,
                          .bad = true,
                          .is_origin = true,
                          .text_says_more = true,
                          .next = "Check the layout and the padding that the port was built with."},
    [MM_VERDICT_UNPAIRED] = {.word = "unpaired",
                             .explanation = "on one side only",
                             .group = MM_GROUP_ELSEWHERE,
                             .text_says_more = true},
    [MM_VERDICT_UNREADABLE] = {.word = "unreadable",
                               .explanation = "a file could not be read",
                               .group = MM_GROUP_FILES,
                               .bad = true,
                               .text_says_more = true,
                               .next = "Dump this tensor again."},
};

const struct mm_verdict_info *mm_verdict_info(enum mm_verdict_kind kind)
{
    static const struct mm_verdict_info unknown = {.word = "?", .explanation = ""};
    return (size_t)kind < MM_COUNT(rows) ? &rows[kind] : &unknown;
}

const char *mm_verdict_word(enum mm_verdict_kind kind)
{
    return mm_verdict_info(kind)->word;
}
