/* One word for an override, and why. */
#include "mmtui/verify.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/translate.h"

const char *mm_effect_word(enum mm_effect_kind kind)
{
    static const char *const words[MM_EFFECT_KINDS] = {[MM_EFFECT_UNTOLD] = "cannot tell",
                                                       [MM_EFFECT_APPLIED] = "applied",
                                                       [MM_EFFECT_IGNORED] = "ignored",
                                                       [MM_EFFECT_ABSENT] = "not in the dump"};
    return (unsigned)kind < MM_EFFECT_KINDS ? words[kind] : "?";
}

static bool say(struct mm_effect_verdict *out, enum mm_effect_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static bool say(struct mm_effect_verdict *out, enum mm_effect_kind kind, const char *format, ...)
{
    va_list list;
    out->kind = kind;
    va_start(list, format);
    mm_vformat(out->why, sizeof out->why, format, list);
    va_end(list);
    return true;
}

/* ---- formats ---- */

/* What each precision calls for, and the dtypes that are clearly something else, and less or no more digits. */
#define BIT(dtype) (UINT64_C(1) << (dtype))
#define FLOAT8S                                                                                              \
    (BIT(MM_F8E4M3) | BIT(MM_F8E5M2) | BIT(MM_F8E4M3FNUZ) | BIT(MM_F8E5M2FNUZ) | BIT(MM_F8E4M3B11))
#define LESS_8     (BIT(MM_I4) | BIT(MM_U4) | BIT(MM_I2) | BIT(MM_U2))
#define INTEGERS8  (BIT(MM_I8) | BIT(MM_U8))
#define INTEGERS16 (BIT(MM_I16) | BIT(MM_U16))
static const struct {
    enum mm_dtype dtype;
    uint64_t below;
} formats[MM_PRECISION_COUNT] = {
    [MM_PRECISION_I8] = {MM_I8, LESS_8},
    [MM_PRECISION_I16] = {MM_I16, LESS_8 | INTEGERS8 | FLOAT8S},
    [MM_PRECISION_F16] = {MM_F16, LESS_8 | INTEGERS8 | INTEGERS16 | FLOAT8S | BIT(MM_BF16)},
    [MM_PRECISION_BF16] = {MM_BF16, LESS_8 | INTEGERS8 | INTEGERS16 | FLOAT8S | BIT(MM_F16)},
    [MM_PRECISION_F32] = {MM_F32, LESS_8 | INTEGERS8 | INTEGERS16 | FLOAT8S | BIT(MM_F16) | BIT(MM_BF16)},
};

static bool is_below(const struct mm_effect_facts *facts, enum mm_dtype dtype)
{
    return formats[facts->wanted].below & BIT(dtype);
}

/* The file itself says that the result is an integer or a narrow float. */
static bool is_narrow(enum mm_dtype dtype)
{
    return dtype != MM_DTYPE_NONE && mm_dtype_info(dtype)->bits <= 16 && dtype != MM_BOOL;
}

/* The narrow format that all values of a wide float lie on where the reference does not lie on it; NONE. What is on
 * BFLOAT16's grid is on FLOAT16's as well while it is in its range, and neither are even steps. */
static enum mm_dtype held_in(const struct mm_effect_facts *facts, const struct mm_effect_side *side)
{
    const struct mm_held *held = &side->held, *src = &facts->src;
    if (!held->told || !src->told || mm_dtype_info(side->dtype)->kind != MM_KIND_FLOAT)
        return MM_DTYPE_NONE;
    if (held->bf16 && !src->bf16)
        return MM_BF16;
    if (held->f16 && !src->f16)
        return MM_F16;
    return held->even8 && !src->even8 ? MM_I8 : MM_DTYPE_NONE;
}

/* In which format was the result stored, and does its file say so? */
struct stored {
    enum mm_dtype dtype;
    bool by_file;
};
static struct stored stored_as(const struct mm_effect_facts *facts, const struct mm_effect_side *side)
{
    if (is_narrow(side->dtype))
        return (struct stored){side->dtype, true};
    return (struct stored){held_in(facts, side), false};
}

static const char *name_of(struct stored stored)
{
    return mm_dtype_info(stored.dtype)->long_name;
}

static const char *asked_for(const struct mm_effect_facts *facts)
{
    return mm_precision_info(facts->wanted)->name;
}

/* "its result is FLOAT16", "all its values are exactly FLOAT16"; or "was", "were" */
static const char *stored_text(char out[80], struct stored stored, const struct mm_effect_side *side,
                               bool past)
{
    if (stored.by_file)
        mm_format(out, 80, "its result %s %s", past ? "was" : "is", name_of(stored));
    else if (stored.dtype == MM_I8)
        mm_format(out, 80, "its values %s on even steps (%d levels), as INT8's", past ? "lay" : "lie",
                  side->held.levels);
    else
        mm_format(out, 80, "all its values %s exactly %s", past ? "were" : "are", name_of(stored));
    return out;
}

/* ---- what was stored ---- */

#define FELL 0.5 /* what the operator adds is less than this share of what it added */

static bool judge_low(const struct mm_effect_facts *facts, struct stored now, struct mm_effect_verdict *out)
{
    const struct mm_effect_side *before = &facts->before, *after = &facts->now;
    char what[80], a[MM_NUM], b[MM_NUM];
    stored_text(what, now, after, false);
    if (before->there && after->adds < FELL * before->adds)
        return say(out, MM_EFFECT_UNTOLD,
                   "%s, but it adds %s by itself where it added %s: computed in more, and stored so?", what,
                   mm_num_short(a, after->adds, 2), mm_num_short(b, before->adds, 2));
    if (facts->moves && !now.by_file)
        return say(out, MM_EFFECT_UNTOLD, "%s, but its operator may hand on what it reads", what);
    bool wide = !now.by_file && mm_dtype_info(after->dtype)->bits > 16;
    return say(out, MM_EFFECT_IGNORED, "%s%s in the new dump, not %s", what,
               wide && now.dtype != MM_I8 ? " (in a file of FLOAT32)" : "", asked_for(facts));
}

/* An own type is told where the file says how its blocks are stored. */
static bool judge_own(const struct mm_effect_facts *facts, struct mm_effect_verdict *out)
{
    const char *type = facts->own ? strchr(facts->own, ':') : NULL, *stored = facts->now.stored_as;
    if (!type || !stored)
        return say(out, MM_EFFECT_UNTOLD, "%s is a type that dumped values don't show",
                   facts->own ? facts->own : "it");
    if (strcasecmp(type + 1, stored) == 0)
        return say(out, MM_EFFECT_APPLIED, "it is stored as %s", stored);
    return say(out, MM_EFFECT_IGNORED, "it is stored as %s, not %s", stored, type + 1);
}

/* Does the file, or do enough values, show that a result is in no narrow format? */
static bool shows_wide(const struct mm_effect_facts *facts, const struct mm_effect_side *side, bool by_file)
{
    bool told = side->held.told && facts->src.told;
    return side->there && mm_dtype_info(side->dtype)->kind == MM_KIND_FLOAT && !is_narrow(side->dtype) &&
           (by_file || told);
}

static bool judge_rise(const struct mm_effect_facts *facts, struct stored before, struct stored now,
                       struct mm_effect_verdict *out)
{
    char was[80], is[80];
    stored_text(was, before, &facts->before, true);
    stored_text(is, now, &facts->now, false);
    if (now.dtype != MM_DTYPE_NONE)
        return say(out, MM_EFFECT_APPLIED, "%s before; now %s", was, is);
    if (!shows_wide(facts, &facts->now, before.by_file))
        return false;
    if (before.by_file)
        return say(out, MM_EFFECT_APPLIED, "%s before, it is %s now", was,
                   mm_dtype_info(facts->now.dtype)->long_name);
    return say(out, MM_EFFECT_APPLIED, "%s before, now they are not", was);
}

static bool judge_stored(const struct mm_effect_facts *facts, struct mm_effect_verdict *out)
{
    struct stored before = stored_as(facts, &facts->before), now = stored_as(facts, &facts->now);
    bool was_below = facts->before.there && is_below(facts, before.dtype);
    bool is_it = now.dtype == formats[facts->wanted].dtype;
    char is[80];
    if (is_below(facts, now.dtype))
        return judge_low(facts, now, out);
    stored_text(is, now, &facts->now, false);
    if (was_below)
        return judge_rise(facts, before, now, out);
    if (is_it && before.dtype == MM_DTYPE_NONE && shows_wide(facts, &facts->before, now.by_file))
        return say(out, MM_EFFECT_APPLIED, "%s, which was not so before", is);
    if (is_it && !mm_precision_info(facts->wanted)->floating)
        return say(out, MM_EFFECT_APPLIED, "%s%s", is, facts->before.there ? ", as before" : "");
    return false;
}

/* ---- what it costs ---- */

/* The most that the operator may be off in the precision that was asked for; NaN: not known. */
static double limit_of(const struct mm_effect_facts *facts)
{
    double half = facts->cost[MM_F16];
    if (facts->wanted == MM_PRECISION_F32)
        return isnan(facts->recomputes) ? MM_EFFECT_FLOAT * half
                                        : fmax(MM_EFFECT_FLOAT * half, 3 * facts->recomputes);
    if (facts->wanted == MM_PRECISION_F16 || facts->wanted == MM_PRECISION_BF16)
        return MM_EFFECT_HALF * facts->cost[formats[facts->wanted].dtype];
    return NAN;
}

/* Does a format below the one that was asked for explain that error? */
static bool is_explained(const struct mm_effect_facts *facts, double error)
{
    double cost = fmax(facts->cost[MM_I8], facts->before.int8);
    return error <= MM_EFFECT_EXPLAINS * cost;
}

static bool is_same(double a, double b)
{
    return a >= MM_EFFECT_SAME * b && b >= MM_EFFECT_SAME * a;
}

static bool judge_adds(const struct mm_effect_facts *facts, double limit, struct mm_effect_verdict *out)
{
    double before = facts->before.adds, now = facts->now.adds;
    char a[MM_NUM], b[MM_NUM], c[MM_NUM];
    if (isnan(now) || facts->moves)
        return false;
    mm_num_short(a, now, 2);
    mm_num_short(b, before, 2);
    mm_num_short(c, limit, 2);
    if (now <= limit)
        return say(out, MM_EFFECT_APPLIED, "it adds %s by itself%s%s; %s adds up to %s", a,
                   isnan(before) ? "" : ", before ", isnan(before) ? "" : b, asked_for(facts), c);
    if (!is_explained(facts, now))
        return say(out, MM_EFFECT_UNTOLD,
                   "it adds %s by itself, more than rounding explains, whatever its precision", a);
    if (now > 2 * limit && is_same(before, now))
        return say(out, MM_EFFECT_IGNORED, "it adds %s by itself as before (%s); %s would add %s at most", a,
                   b, asked_for(facts), c);
    return say(out, MM_EFFECT_UNTOLD, "it adds %s by itself, before %s; %s would add %s at most", a,
               isnan(before) ? "not known" : b, asked_for(facts), c);
}

#define CLEARLY 0.3 /* what arrives is at most this share of the error */

static bool judge_error(const struct mm_effect_facts *facts, double limit, struct mm_effect_verdict *out)
{
    double before = facts->before.error, now = facts->now.error;
    char a[MM_NUM], b[MM_NUM], c[MM_NUM];
    if (isnan(now) || isnan(before))
        return false;
    mm_num_short(a, now, 2);
    mm_num_short(b, before, 2);
    mm_num_short(c, limit, 2);
    if (now <= limit)
        return say(out, MM_EFFECT_APPLIED, "its whole error is %s, before %s; %s adds up to %s", a, b,
                   asked_for(facts), c);
    bool own =
        !facts->moves && facts->now.arrives <= CLEARLY * now && facts->before.arrives <= CLEARLY * before;
    if (own && now > 2 * limit && is_same(before, now) && is_explained(facts, now))
        return say(out, MM_EFFECT_IGNORED,
                   "its error is %s as before (%s), and not what it reads; %s adds up to %s", a, b,
                   asked_for(facts), c);
    return false;
}

static void judge_rest(const struct mm_effect_facts *facts, struct mm_effect_verdict *out)
{
    char a[MM_NUM], b[MM_NUM];
    if (!facts->before.there)
        say(out, MM_EFFECT_UNTOLD, "the earlier dump does not have it, or not so that it can be compared");
    else if (facts->moves)
        say(out, MM_EFFECT_UNTOLD,
            "its operator may hand on what it reads, so its values don't show how it was computed");
    else if (mm_held_same(&facts->before.held, &facts->now.held))
        say(out, MM_EFFECT_UNTOLD,
            "the same values, bit for bit: either without effect, or it was in %s before", asked_for(facts));
    else if (facts->src.count < MM_EFFECT_VALUES)
        say(out, MM_EFFECT_UNTOLD, "it has %lld values, too few for its error to tell",
            (long long)facts->src.count);
    else if (isnan(facts->now.error) || isnan(facts->before.error))
        say(out, MM_EFFECT_UNTOLD, "its error is not known in both dumps");
    else
        say(out, MM_EFFECT_UNTOLD, "its error is %s, before %s, and how much of it comes in is not known",
            mm_num_short(a, facts->now.error, 2), mm_num_short(b, facts->before.error, 2));
}

void mm_effect_judge(const struct mm_effect_facts *facts, struct mm_effect_verdict *out)
{
    double limit = limit_of(facts);
    memset(out, 0, sizeof *out);
    if (!facts->now.there)
        say(out, MM_EFFECT_ABSENT, "the new dump does not have it, or not so that it can be compared");
    else if (facts->wanted == MM_PRECISION_OWN)
        judge_own(facts, out);
    else if (judge_stored(facts, out))
        return;
    else if (!(limit > 0) || facts->src.count < MM_EFFECT_VALUES ||
             !(judge_adds(facts, limit, out) || judge_error(facts, limit, out)))
        judge_rest(facts, out);
}

/* ---- what got worse ---- */

bool mm_effect_worse(double before, bool over_before, double now, bool over_now)
{
    if (isnan(now) || isnan(before))
        return false;
    if (isinf(now))
        return !isinf(before);
    return (over_now && !over_before && now > before) ||
           (now > MM_WORSE_TIMES * before && now >= MM_WORSE_LEAST);
}
