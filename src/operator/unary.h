/* Functions of one element. */
#ifndef MMTUI_OPERATOR_UNARY_H
#define MMTUI_OPERATOR_UNARY_H

#include "operator/call.h"

#include <math.h>

/* y[k] = f(x[k]) for OP_CHUNK elements: always as many, so that a compiler makes vectors of them without further ado;
 * p is the row's parameters. */
typedef void (*op_unary_loop)(const double *restrict x, double *restrict y, const double *p);

struct op_unary {
    op_unary_loop loop;
    struct {
        const char *name; /* a float attribute; NULL: `otherwise` is what p gets */
        double otherwise;
    } param[2];
    bool logical; /* the result is a bool */
};

#define OP_UNARY_LOOP(name, expression)                                                                      \
    static void name(const double *restrict x, double *restrict y, const double *p)                          \
    {                                                                                                        \
        (void)p;                                                                                             \
        for (size_t k = 0; k < OP_CHUNK; k++) {                                                              \
            double v = x[k];                                                                                 \
            y[k] = (expression);                                                                             \
        }                                                                                                    \
    }

#define OP_UNARY_ROW(type, selects, ...)                                                                     \
    {                                                                                                        \
        {type, MM_OPERATOR_ELEMENTWISE, selects}, OP_CHANNEL_NONE, op_unary_run, &(const struct op_unary)    \
        {                                                                                                    \
            __VA_ARGS__                                                                                      \
        }                                                                                                    \
    }

/* Run a row whose `how` is a struct op_unary. */
int op_unary_run(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err);
/* Input 0 through a loop, with these parameters. */
int op_unary_apply(const struct mm_operator_call *call, op_unary_loop loop, const double *p,
                   enum mm_dtype dtype, struct mm_value *value, struct mm_err *err);

#endif
