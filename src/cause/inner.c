/* Overflow inside an operator: its result fits the format, what it adds up on the way does not. */
#include "cause/cause.h"

#include <math.h>

#define LOST    0.3  /* a row's error against its values, when what depends on the input is gone */
#define WHOLE   0.01 /* shares that add up to 1 within this were divided by a sum that was finite */
#define ROUNDED 0.5  /* rounding of many to steps leaves no more of it */

/* How large what an operator keeps inside can get, from its input: the largest |x|, and how many are added up
 * for one result. */
enum inner {
    INNER_SQUARE,  /* x^2, and a sum of them */
    INNER_SUM,     /* a sum of `share` values */
    INNER_PRODUCT, /* x times another value of that size */
    INNER_EXP,     /* e^x */
    INNER_INVERSE  /* 1 / x, log x of a value that became 0 */
};

static const struct {
    const char *op; /* part of the operator's type, any case */
    enum inner inner;
    const char *what;
} operators[] = {
    {"norm", INNER_SQUARE, "the squares"},
    {"reducel2", INNER_SQUARE, "the squares"},
    {"sumsquare", INNER_SQUARE, "the squares"},
    {"variance", INNER_SQUARE, "the squares"},
    {"pow", INNER_SQUARE, "the squares"},
    {"square", INNER_SQUARE, "the squares"},
    {"std", INNER_SQUARE, "the squares"},
    {"softmax", INNER_EXP, "the exponentials"},
    {"logsumexp", INNER_EXP, "the exponentials"},
    {"exp", INNER_EXP, "the exponentials"},
    {"sigmoid", INNER_EXP, "the exponentials"},
    {"mean", INNER_SUM, "the sum"},
    {"averagepool", INNER_SUM, "the sum"},
    {"avgpool", INNER_SUM, "the sum"},
    {"avg_pool", INNER_SUM, "the sum"},
    {"sum", INNER_SUM, "the sum"},
    {"matmul", INNER_PRODUCT, "the products"},
    {"gemm", INNER_PRODUCT, "the products"},
    {"linear", INNER_PRODUCT, "the products"},
    {"conv", INNER_PRODUCT, "the products"},
    {"einsum", INNER_PRODUCT, "the products"},
    {"attention", INNER_PRODUCT, "the products"},
    {"mul", INNER_PRODUCT, "the products"},
    {"log", INNER_INVERSE, "the logarithm of a value that became 0"},
    {"rsqrt", INNER_INVERSE, "1 / x of a value that became 0"},
    {"div", INNER_INVERSE, "1 / x of a value that became 0"},
    {"reciprocal", INNER_INVERSE, "1 / x of a value that became 0"},
};

static int operator_find(const char *op_type)
{
    for (size_t i = 0; i < MM_COUNT(operators); i++) {
        if (mm_text_find(op_type, operators[i].op))
            return (int)i;
    }
    return -1;
}

/* An upper bound of what is kept inside; NaN when the inputs are not known. */
static double inner_bound(const struct trial *t, enum inner inner)
{
    const struct mm_case *c = t->c;
    double most = c->input_max, results = (double)c->result->metrics.count;
    double share = c->input_count > 0 && results > 0 ? fmax(1, (double)c->input_count / results) : 1;
    if (!(most > 0))
        return NAN;
    switch (inner) {
    case INNER_SQUARE:
    case INNER_PRODUCT: return most * most;
    case INNER_SUM: return most * share;
    case INNER_EXP: return exp(most);
    case INNER_INVERSE: return NAN;
    }
    return NAN;
}

/* Rows of dst that are all the same while src's are not: x times 1 / Inf is 0, and what is left is what the
 * operator adds. Returns how many values they have. */
static int64_t same_rows(const struct trial *t)
{
    const double *s = t->c->s, *d = t->c->d;
    int64_t width = t->d_shape.rank > 0 ? t->d_shape.dim[t->d_shape.rank - 1] : 0, first = -1, rows = 0;
    if (!t->aligned || width < 2)
        return 0;
    for (int64_t at = 0; at + width <= t->c->d_count; at += width) {
        double off = 0, signal = 0, apart = 0;
        for (int64_t i = at; i < at + width; i++) {
            off += (s[i] - d[i]) * (s[i] - d[i]);
            signal += s[i] * s[i];
            apart += first < 0 ? 0 : fabs(d[i] - d[first + i - at]) + (s[i] == s[first + i - at]);
        }
        if (!(off > LOST * LOST * signal))
            continue;
        if (apart > 0)
            return 0;
        first = first < 0 ? at : first;
        rows++;
    }
    return rows > 1 ? rows * width : 0;
}

/* Lines of a tensor: `dim` values that are `inner` apart. */
struct lines {
    int64_t dim, inner;
};

/* The least share that dst has: its digits, or its steps, end there. 0: there is none. */
static double least_share(const struct trial *t)
{
    double least = INFINITY;
    for (int64_t i = 0; i < t->c->d_count; i++) {
        double d = fabs(t->c->d[i]);
        least = d > 0 && d < least ? d : least;
    }
    return isfinite(least) ? least : 0;
}

/* The shares of each line add up to 1, but for what rounding to steps of the least of them leaves. */
static bool lines_are_shares(const struct trial *t, struct lines lines, double least)
{
    const double *d = t->c->d;
    double off = WHOLE + fmin(ROUNDED, (double)lines.dim * least / 2);
    for (int64_t line = 0; line < t->c->d_count / lines.dim; line++) {
        double sum = 0;
        for (int64_t k = 0; k < lines.dim; k++)
            sum += d[line / lines.inner * lines.dim * lines.inner + line % lines.inner + k * lines.inner];
        if (!(fabs(sum - 1) <= off))
            return false;
    }
    return true;
}

/* Zeros of a softmax are the format's, and not x / Inf, where the shares of each line still add up to 1: along one axis,
 * whichever it is, or over an axis and all behind it, as before opset 13. */
static bool are_shares(const struct trial *t)
{
    double least = t->c->d ? least_share(t) : 0;
    int64_t inner = 1;
    for (int axis = t->d_shape.rank; t->c->d && axis-- > 0;) {
        struct lines along = {t->d_shape.dim[axis], inner}, behind = {along.dim * inner, 1};
        if ((along.dim > 1 && lines_are_shares(t, along, least)) ||
            (behind.dim > 1 && lines_are_shares(t, behind, least)))
            return true;
        inner = behind.dim;
    }
    return false;
}

/* x / Inf is 0: of norms and of softmaxes, which divide by what they added up. Others hand an Inf on. */
static bool divides_by_it(const struct trial *t, enum inner inner)
{
    const char *op_type = t->c->op_type;
    if (inner == INNER_EXP)
        return mm_text_find(op_type, "softmax") && !are_shares(t);
    return inner == INNER_SQUARE && (!*op_type || mm_text_find(op_type, "norm"));
}

/*
 * Overflow breaks the largest values. A share of a softmax that became NaN was e^x beyond the limit, so it is not far
 * below the others; and of an operator that is not known the Inf are not where src is small (x / 0 is).
 */
static bool breaks_the_largest(const struct trial *t, enum inner inner, double bound, double limit)
{
    double broken = 0, all = 0, count = 0, small = 0, most = 1;
    for (int a = 0; a < t->d_shape.rank; a++)
        most = fmax(most, (double)t->d_shape.dim[a]);
    bool softmax = inner == INNER_EXP && mm_text_find(t->c->op_type, "softmax");
    for (int64_t i = 0; t->aligned && i < t->c->d_count; i++) {
        double s = t->c->s[i];
        if (!isfinite(s))
            continue;
        all += s * s;
        if (isfinite(t->c->d[i]))
            continue;
        small += softmax && 2 * fabs(s) * bound * most < limit;
        broken += s * s;
        count++;
    }
    if (softmax)
        return 2 * small <= count;
    return *t->c->op_type || count == 0 || broken * (double)t->c->d_count >= all * count;
}

/* Does dst look broken in the way that Inf inside leaves: Inf, NaN, or 0 (x / Inf)? */
static const char *broken_how(const struct trial *t, enum inner inner, int64_t *count)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    int64_t bad = m->dst.nan + m->dst.pos_inf + m->dst.neg_inf - m->src.nan - m->src.pos_inf - m->src.neg_inf;
    int64_t zero = m->dst.zero - m->src.zero;
    *count = bad > 0 ? bad : zero;
    if (bad > 0)
        return "Inf or NaN";
    if (zero > m->count / 100 && zero > 0)
        return divides_by_it(t, inner) ? "0" : NULL;
    *count = inner == INNER_SQUARE ? same_rows(t) : 0;
    return *count > 0 ? "0, but for what is added" : NULL;
}

/* Overflow inside leaves what it does not break: values that are further off than they are large were too large
 * themselves, and the Inf are no more than the largest of them. True where there are none. */
static bool spares_others(const struct trial *t)
{
    double off = 0, signal = 0;
    for (int64_t i = 0; t->aligned && i < t->c->d_count; i++) {
        double s = t->c->s[i], d = t->c->d[i];
        if (!isfinite(s) || !isfinite(d) || d == 0) /* x / Inf is 0 */
            continue;
        off += (s - d) * (s - d);
        signal += s * s;
    }
    return off <= signal;
}

/* What leads to it, in figures. */
struct inside {
    double bound, limit, most;
    const char *what, *how;
};

static void say_inside(const struct trial *t, const struct inside *in, bool known, struct found *found)
{
    char a[MM_NUM], b[MM_NUM], c[MM_NUM], d[MM_NUM];
    mm_num_short(a, in->bound, 2);
    mm_num_short(b, in->limit, 5);
    if (known)
        found_evidence(found,
                       "Inputs reach %s, so %s inside %s can reach %s; the format ends at %s. The result "
                       "itself reaches %s only.",
                       mm_num_short(c, t->c->input_max, 3), in->what, t->c->op_type, a, b,
                       mm_num_short(d, in->most, 3));
    else
        found_evidence(found,
                       "dst is %s where src is at most %s, and the format ends at %s. Its inputs are not "
                       "known; operators of type %s keep larger values inside.",
                       in->how, mm_num_short(d, in->most, 3), b, t->c->op_type);
}

bool cause_inner_overflow(const struct trial *t, struct found *found)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    double limit = trial_limit(t), most = fmax(fabs(m->src.min), fabs(m->src.max));
    int op = operator_find(t->c->op_type);
    int64_t count;
    enum inner inner = op >= 0 ? operators[op].inner : INNER_SQUARE;
    const char *what = op >= 0 ? operators[op].what : "something", *how;
    bool infinite = m->dst.pos_inf + m->dst.neg_inf > m->src.pos_inf + m->src.neg_inf;
    if (most > limit || (op < 0 && *t->c->op_type))
        return false;
    double bound = inner_bound(t, inner);
    bool known = !isnan(bound) && !(t->c->inputs_guessed && !(bound > limit));
    /* where the inputs are not known, or not the operator, Inf tells enough; NaN and 0 do not */
    if ((known && !(bound > limit)) || (!known && !infinite))
        return false;
    how = broken_how(t, inner, &count);
    if (!how || (op < 0 && !infinite && !same_rows(t)))
        return false;
    bool seen = known && !t->c->inputs_guessed; /* what goes in was seen to be too large */
    if (!breaks_the_largest(t, inner, bound, limit) || (!seen && !spares_others(t)))
        return false;
    char a[MM_NUM], b[MM_NUM], c[MM_NUM];
    found->finding.score = known && op >= 0 ? (*how == '0' ? 0.85 : 0.95) : infinite ? 0.5 : 0.6;
    found->finding.residual = NAN;
    mm_num_short(a, bound, 2);
    mm_num_short(b, limit, 5);
    if (inner == INNER_INVERSE && op >= 0)
        found_say(found, "%s values are %s: %s", mm_num_count(c, count), how, what);
    else if (!known)
        found_say(found, "%s values are %s, the result itself would fit: %s may overflow",
                  mm_num_count(c, count), how, what);
    else
        found_say(found, "inside, %s can reach %s > %s: %s values became %s", what, a, b,
                  mm_num_count(c, count), how);
    struct inside inside = {bound, limit, most, what, how};
    say_inside(t, &inside, known, found);
    return true;
}
