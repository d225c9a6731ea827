#include "cause/held.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/translate.h"

#define HEAD 64  /* values that are compared before all others */
#define BY   512 /* at a time behind them */

#define LEAST  16  /* values at least, */
#define VARIED 8   /* of which as many differ from the one before: others are equal by chance */
#define LESS   0.5 /* of the error: what is a copy is off by as much as the two tensors differ */

/* The layer, and what was found in the tensor that is open. */
struct comparison {
    const double *s, *d;
    int64_t count; /* of the layer's values */
    double error;
    int64_t same;      /* all values of the smaller one; 0: they are not its beginning */
    double difference; /* of src's values there, relative L2 */
};

static bool is_same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool varies(const double *d, int64_t count)
{
    int changes = 0;
    for (int64_t i = 1; i < count; i++)
        changes += !is_same(d[i], d[i - 1]);
    return changes >= VARIED;
}

/* Are the first n values of the tensor those of d? */
static bool begins_alike(const struct comparison *c, const struct mm_tensor *tensor, int64_t n)
{
    struct mm_cursor cursor;
    double tile[BY];
    mm_cursor_init(&cursor, tensor);
    for (int64_t at = 0; at < n;) {
        size_t most = at == 0 ? HEAD : BY;
        size_t got = mm_cursor_double(&cursor, tile, n - at < (int64_t)most ? (size_t)(n - at) : most);
        for (size_t i = 0; i < got; i++) {
            if (!is_same(tile[i], c->d[at + (int64_t)i]))
                return false;
        }
        if (got == 0)
            return false;
        at += (int64_t)got;
    }
    return true;
}

/* sqrt(sum (s - other)^2 / sum s^2) over the first n values. */
static double difference(const struct comparison *c, const struct mm_tensor *tensor, int64_t n)
{
    struct mm_cursor cursor;
    double tile[BY], ee = 0, ss = 0;
    mm_cursor_init(&cursor, tensor);
    for (int64_t at = 0; at < n;) {
        size_t got = mm_cursor_double(&cursor, tile, n - at < BY ? (size_t)(n - at) : BY);
        for (size_t i = 0; i < got; i++) {
            double s = c->s[at + (int64_t)i], e = s - tile[i];
            ee += isfinite(e) ? e * e : 0;
            ss += isfinite(e) ? s * s : 0;
        }
        if (got == 0)
            return 0;
        at += (int64_t)got;
    }
    return ss > 0 ? sqrt(ee / ss) : 0;
}

static int compare(void *context, const struct mm_pair_tensors *tensors, bool *failed_dst, struct mm_err *err)
{
    struct comparison *c = context;
    int64_t n = tensors->d.count < c->count ? tensors->d.count : c->count;
    (void)failed_dst;
    (void)err;
    c->same = 0;
    if (tensors->match == MM_MATCH_MISMATCH || n < LEAST || !varies(c->d, n < HEAD ? n : HEAD) ||
        !begins_alike(c, &tensors->d, n))
        return 0;
    c->difference = difference(c, &tensors->s, n);
    c->same = c->difference > LESS * c->error ? n : 0;
    return 0;
}

static void say(const struct comparison *c, uint32_t layer, struct mm_finding *out)
{
    char a[MM_NUM], b[MM_NUM];
    *out =
        (struct mm_finding){.cause = MM_CAUSE_STALE, .score = 0.98, .residual = NAN, .layer = (int32_t)layer};
    out->part = c->same < c->count ? c->same : 0;
    mm_format(out->sentence, sizeof out->sentence, "dst holds the values of another tensor");
    mm_format(out->evidence, sizeof out->evidence,
              "%s%s values of dst are the first of the other's, one by one; in src they differ by %s.",
              out->part ? "The first " : "All ", mm_num_count(a, c->same), mm_num_short(b, c->difference, 2));
}

bool held_find(const struct mm_analysis *analysis, const double *s, const double *d, int64_t count,
               const atomic_bool *cancel, struct mm_finding *out)
{
    struct comparison c = {.s = s, .d = d, .count = count, .error = analysis->result->metrics.diff2};
    for (size_t i = 0; i < analysis->other_count; i++) {
        struct mm_pair_reading reading = {.pair = analysis->others[i].pair,
                                          .schema = analysis->schema,
                                          .readers = analysis->memory ? analysis->memory->other : NULL,
                                          .cancel = cancel,
                                          .values = compare,
                                          .context = &c};
        if (mm_pair_read(&reading, NULL, NULL) < 0 || c.same == 0)
            continue; /* what can't be read is no evidence */
        say(&c, analysis->others[i].layer, out);
        return true;
    }
    return false;
}
