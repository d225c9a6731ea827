/* What the tests of variants share. */
#ifndef VARIANT_TESTING_H
#define VARIANT_TESTING_H

#include "operator_testing.h"

#include <string.h>

/* The variant of which this is said, or NULL. */
static inline struct mm_operator_variant *variant_that(const struct mm_operator_call *call, const char *says)
{
    struct mm_operator_variant *v;
    size_t at = 0;
    while (mm_operator_variant_next(call, &at, &v, NULL) > 0) {
        if (strcmp(mm_operator_variant_says(v), says) == 0)
            return v;
        mm_operator_variant_close(v);
    }
    return NULL;
}

static inline void expect_variant(struct op *op, const char *says, size_t count, const float *expected)
{
    struct mm_operator_call call = call_of(op);
    struct mm_operator_variant *v = variant_that(&call, says);
    struct mm_err err = {0};
    struct mm_value value;
    if (!v)
        fail_msg("no variant of %s: %s", call.node->op_type, says);
    if (mm_operator_variant_run(v, &value, &err) < 0)
        fail_msg("%s: %s", says, err.text);
    assert_int_equal(value.count, count);
    for (size_t i = 0; i < count; i++)
        assert_near(mm_value_at(&value, (int64_t)i), (double)expected[i], 3e-6);
    mm_value_done(&value);
    mm_operator_variant_close(v);
}

static inline void expect_none(struct op *op, const char *says)
{
    struct mm_operator_call call = call_of(op);
    struct mm_operator_variant *v = variant_that(&call, says);
    if (v)
        fail_msg("%s: should not be there", says);
}

#endif
