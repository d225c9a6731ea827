/* Integers that mean what they say: class ids, shapes, indices, token ids. Compared one by one. */
#include "cause/integers.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define WHOLE_MOST  16777216.0 /* 2^24: all floats above are whole numbers */
#define WHOLE_LEAST 16         /* values: fewer are whole by chance */

static bool holds_integers(enum mm_dtype dtype)
{
    enum mm_kind kind = mm_dtype_info(dtype)->kind;
    return kind == MM_KIND_INT || kind == MM_KIND_UINT || kind == MM_KIND_BOOL;
}

/* Operators whose results are counts, places or truths, whatever dtype they were saved in. */
static bool makes_integers(const char *op_type)
{
    static const char *const types[] = {
        "ArgMax",  "ArgMin", "Shape", "Size", "NonZero", "NonMaxSuppression", "Equal",
        "Greater", "Less",   "Not",   "And",  "Or",      "GreaterOrEqual",    "LessOrEqual"};
    for (size_t i = 0; op_type && i < MM_COUNT(types); i++) {
        if (strcmp(op_type, types[i]) == 0)
            return true;
    }
    return false;
}

/* The greatest common divisor of a and |x|; a of 0 is x's. */
static int64_t common(int64_t a, double x)
{
    int64_t b = (int64_t)fabs(x);
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

bool integers_in_floats(const double *s, const double *d, int64_t count)
{
    int64_t step_s = 0, step_d = 0;
    for (int64_t i = 0; i < count && count >= WHOLE_LEAST; i++) {
        bool whole = s[i] == rint(s[i]) && d[i] == rint(d[i]); /* false of NaN */
        if (!whole || fabs(s[i]) > WHOLE_MOST || fabs(d[i]) > WHOLE_MOST)
            return false;
        step_s = common(step_s, s[i]);
        step_d = common(step_d, d[i]);
    }
    return count >= WHOLE_LEAST && (step_d <= 1 || step_d <= step_s); /* rounded to steps it was no id */
}

bool integers_are_data(const struct mm_result *result, const char *op_type)
{
    bool both = holds_integers(result->src.dtype) && holds_integers(result->dst.dtype);
    return result->src.known && result->dst.known && (both || makes_integers(op_type));
}

/* "(0, 3, 5)" */
static void place_text(const struct mm_shape *shape, int64_t at, char *out, size_t size)
{
    int64_t place[MM_RANK_MAX];
    size_t length = (size_t)snprintf(out, size, "(");
    for (int k = shape->rank - 1; k >= 0; k--) {
        place[k] = at % shape->dim[k];
        at /= shape->dim[k];
    }
    for (int k = 0; k < shape->rank && length + 24 < size; k++)
        length += (size_t)snprintf(out + length, size - length, "%s%" PRId64, k ? ", " : "", place[k]);
    snprintf(out + length, size - length, ")");
}

bool cause_integers(const struct trial *t, struct found *found)
{
    int64_t differ = 0, first = -1;
    char share[MM_NUM], count[MM_NUM], place[120];
    bool data =
        integers_are_data(t->c->result, t->c->op_type) || integers_in_floats(t->c->s, t->c->d, t->c->d_count);
    if (!data)
        return false;
    for (int64_t i = 0; i < t->c->d_count; i++) {
        if (t->c->s[i] == t->c->d[i])
            continue;
        first = first < 0 ? i : first;
        differ++;
    }
    if (first < 0)
        return false;
    /* what says how they differ (a table, an offset) comes before this, which only counts */
    found->finding.score = SCORE_COUNTED;
    found->parameters = (double)t->c->d_count;
    place_text(&t->c->d_shape, first, place, sizeof place);
    mm_num_short(share, 100 * (double)differ / (double)t->c->d_count, 2);
    found_say(found, "%s of %" PRId64 " integers differ (%s %%), first %.0f for %.0f",
              mm_num_count(count, differ), t->c->d_count, share, t->c->d[first], t->c->s[first]);
    found_evidence(found,
                   "%s of %" PRId64
                   " values differ, %s %%; the first at %s: dst %.0f, src %.0f. These are whole "
                   "numbers with a meaning of their own: no precision changes them, inputs do.",
                   count, t->c->d_count, share, place, t->c->d[first], t->c->s[first]);
    return true;
}
