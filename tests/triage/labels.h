/* Short forms for the tables of rows. */
#ifndef TRIAGE_LABELS_H
#define TRIAGE_LABELS_H

#include "case.h"
#include "scene.h"

#define INPUT    KIND(INPUT)
#define OPERATOR KIND(IMPLEMENTATION)
#define SETTINGS KIND(SETTINGS)
#define FORMAT   KIND(FORMAT)
#define OVERFLOW KIND(OVERFLOW)
#define OUTPUT   (KIND(OUTPUT) | OPERATOR) /* the last operator is at fault, or who reads its result */
#define NUMBERS  (OPERATOR | SETTINGS)     /* a wrong scale: the runtime's doing or the calibration's */
#define CALM     (KIND(OK) | KIND(NOISE) | KIND(HARMLESS) | KIND(UNPAIRED))
#define SMALL    (KIND(NOISE) | KIND(HARMLESS))
/* Another operator: with the graph the one that fits is named, without nothing is. */
#define ANOTHER (CAUSE(NONE) | CAUSE(VARIANT))

/* The table's columns: class, network, the step at fault, the fault, what it needs ..., label. */
#define ROW(class, network, step, ...)                                                                       \
    {                                                                                                        \
        .fault = class, .build = network, .site = step, __VA_ARGS__                                          \
    }
#define DO(function, value, which) .apply = function, .amount = value, .how = which
#define LATE                       .late = true /* only in the second half */
#define RUNS(bits, count)          .noise = bits, .seeds = count
#define IS(cause, verdict)         .causes = cause, .kinds = verdict
#define END                                                                                                  \
    {                                                                                                        \
        .fault = NULL                                                                                        \
    }
/* Nothing is wrong, in float and in half. */
#define CLEAN(network, of)                                                                                   \
    ROW("clean", network, NULL, .scale = of, RUNS(PLAIN, 1), IS(0, CALM)),                                   \
        ROW("fp16-only", network, NULL, .scale = of, RUNS(F16, 2), IS(0, CALM))

#endif
