#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/verify.h"

#include <math.h>
#include <string.h>

static const struct mm_held wide = {.told = true, .count = 1000, .levels = 257, .hash = 1},
                            other_wide = {.told = true, .count = 1000, .levels = 257, .hash = 2},
                            half = {.told = true, .f16 = true, .count = 1000, .levels = 257, .hash = 3},
                            bf16 = {.told = true, .f16 = true, .bf16 = true, .count = 1000, .levels = 257},
                            steps = {.told = true, .even8 = true, .count = 1000, .levels = 200, .step = 0.01},
                            few = {.count = 1000, .levels = 3, .hash = 4},
                            short_one = {.count = 2, .hash = 5};

/* A float32 result of 1000 values in both dumps, of which nothing else is known: costs as of a normal distribution. */
static struct mm_effect_facts facts_of(enum mm_precision wanted)
{
    struct mm_effect_facts facts = {.wanted = wanted, .src = wide, .recomputes = NAN};
    for (int i = 0; i < MM_DTYPE_COUNT; i++)
        facts.cost[i] = NAN;
    facts.cost[MM_F16] = 2e-4;
    facts.cost[MM_BF16] = 1.6e-3;
    facts.cost[MM_I16] = 3e-5;
    facts.cost[MM_I8] = 8e-3;
    facts.before = facts.now = (struct mm_effect_side){
        .there = true, .dtype = MM_F32, .held = wide, .error = NAN, .adds = NAN, .arrives = NAN};
    facts.now.held = other_wide;
    return facts;
}

static void judged(const struct mm_effect_facts *facts, enum mm_effect_kind kind, const char *part)
{
    struct mm_effect_verdict verdict;
    mm_effect_judge(facts, &verdict);
    if (verdict.kind != kind || !strstr(verdict.why, part))
        fail_msg("%s: %s; not %s: %s", mm_effect_word(verdict.kind), verdict.why, mm_effect_word(kind), part);
}

static void words(void **state)
{
    (void)state;
    assert_string_equal(mm_effect_word(MM_EFFECT_APPLIED), "applied");
    assert_string_equal(mm_effect_word(MM_EFFECT_IGNORED), "ignored");
    assert_string_equal(mm_effect_word(MM_EFFECT_UNTOLD), "cannot tell");
    assert_string_equal(mm_effect_word(MM_EFFECT_ABSENT), "not in the dump");
    assert_string_equal(mm_effect_word(MM_EFFECT_KINDS), "?");
}

/* What the files say, whatever the values are. */
static void by_dtype(void **state)
{
    (void)state;
    static const struct {
        enum mm_precision wanted;
        enum mm_dtype before, now;
        enum mm_effect_kind kind;
    } rows[] = {
        {MM_PRECISION_F32, MM_F16, MM_F32, MM_EFFECT_APPLIED},
        {MM_PRECISION_F32, MM_F16, MM_F16, MM_EFFECT_IGNORED},
        {MM_PRECISION_F32, MM_I8, MM_F16, MM_EFFECT_IGNORED},
        {MM_PRECISION_F32, MM_F32, MM_F32, MM_EFFECT_UNTOLD},
        {MM_PRECISION_F16, MM_I8, MM_F16, MM_EFFECT_APPLIED},
        {MM_PRECISION_F16, MM_U8, MM_U8, MM_EFFECT_IGNORED},
        {MM_PRECISION_F16, MM_F16, MM_F16, MM_EFFECT_UNTOLD}, /* its inputs may be integers still */
        {MM_PRECISION_F16, MM_F16, MM_BF16, MM_EFFECT_IGNORED},
        {MM_PRECISION_BF16, MM_F16, MM_F16, MM_EFFECT_IGNORED},
        {MM_PRECISION_BF16, MM_F16, MM_BF16, MM_EFFECT_APPLIED},
        {MM_PRECISION_I16, MM_I8, MM_I8, MM_EFFECT_IGNORED},
        {MM_PRECISION_I16, MM_I8, MM_I16, MM_EFFECT_APPLIED},
        {MM_PRECISION_I8, MM_I8, MM_I8, MM_EFFECT_APPLIED},
        {MM_PRECISION_I8, MM_F32, MM_I8, MM_EFFECT_APPLIED},
        {MM_PRECISION_F16, MM_F32, MM_F16, MM_EFFECT_APPLIED},
        {MM_PRECISION_F32, MM_F8E4M3, MM_F8E4M3, MM_EFFECT_IGNORED},
        {MM_PRECISION_F32, MM_I64, MM_I64, MM_EFFECT_UNTOLD},
        {MM_PRECISION_F32, MM_F16, MM_F64, MM_EFFECT_APPLIED},
        {MM_PRECISION_F32, MM_F16, MM_I32, MM_EFFECT_UNTOLD},
    };
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct mm_effect_facts facts = facts_of(rows[i].wanted);
        facts.before.dtype = rows[i].before;
        facts.now.dtype = rows[i].now;
        judged(&facts, rows[i].kind, "");
        facts.moves = true; /* a Reshape's result has a dtype, too */
        judged(&facts, rows[i].kind, "");
    }
}

/* Files of float32 all over: what the values lie on. */
static void by_values(void **state)
{
    (void)state;
    static const struct {
        enum mm_precision wanted;
        const struct mm_held *src, *before, *now;
        enum mm_effect_kind kind;
        const char *part;
    } rows[] = {
        {MM_PRECISION_F32, &wide, &half, &wide, MM_EFFECT_APPLIED,
         "were exactly FLOAT16 before, now they are not"},
        {MM_PRECISION_F32, &wide, &half, &half, MM_EFFECT_IGNORED,
         "all its values are exactly FLOAT16 (in a file of FLOAT32)"},
        {MM_PRECISION_F32, &wide, &steps, &steps, MM_EFFECT_IGNORED, "even steps (200 levels), as INT8's"},
        {MM_PRECISION_F32, &wide, &steps, &wide, MM_EFFECT_APPLIED, "even steps (200 levels)"},
        {MM_PRECISION_F32, &half, &half, &half, MM_EFFECT_UNTOLD, ""}, /* the reference is so by itself */
        {MM_PRECISION_F32, &wide, &half, &few, MM_EFFECT_UNTOLD, ""},  /* three values say nothing */
        {MM_PRECISION_F32, &few, &half, &half, MM_EFFECT_UNTOLD, ""},
        {MM_PRECISION_F16, &wide, &steps, &half, MM_EFFECT_APPLIED, "now all its values are exactly FLOAT16"},
        {MM_PRECISION_F16, &wide, &steps, &wide, MM_EFFECT_APPLIED, ""},
        {MM_PRECISION_F16, &wide, &half, &half, MM_EFFECT_UNTOLD, ""},
        {MM_PRECISION_F16, &wide, &wide, &half, MM_EFFECT_APPLIED, "not so before"},
        {MM_PRECISION_F16, &wide, &bf16, &bf16, MM_EFFECT_IGNORED, "exactly BFLOAT16"},
        {MM_PRECISION_BF16, &wide, &half, &bf16, MM_EFFECT_APPLIED, ""},
        {MM_PRECISION_I8, &wide, &wide, &steps, MM_EFFECT_APPLIED, ""},
    };
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct mm_effect_facts facts = facts_of(rows[i].wanted);
        facts.src = *rows[i].src;
        facts.before.held = *rows[i].before;
        facts.now.held = *rows[i].now;
        judged(&facts, rows[i].kind, rows[i].part);
    }
    struct mm_effect_facts relu = facts_of(MM_PRECISION_F32);
    relu.before.held = relu.now.held = half;
    relu.moves = true; /* may be what it reads */
    judged(&relu, MM_EFFECT_UNTOLD, "may hand on what it reads");
    relu.now.held = wide; /* it is not rounded to FLOAT16, whoever has seen to that */
    judged(&relu, MM_EFFECT_APPLIED, "");
    relu.before.dtype = MM_F16; /* silently ignored, and widened for the dump */
    relu.moves = false;
    relu.now.held = half;
    judged(&relu, MM_EFFECT_IGNORED, "in a file of FLOAT32");
}

/* What the operator adds, as recomputing tells. FLOAT16 costs 2e-4: FLOAT32 is below 2e-5, FLOAT16 below 8e-4. */
static void by_what_it_adds(void **state)
{
    (void)state;
    static const struct {
        enum mm_precision wanted;
        double before, now;
        enum mm_effect_kind kind;
    } rows[] = {
        {MM_PRECISION_F32, 9e-3, 1e-7, MM_EFFECT_APPLIED},  {MM_PRECISION_F32, 9e-3, 9e-3, MM_EFFECT_IGNORED},
        {MM_PRECISION_F32, 9e-3, 8e-3, MM_EFFECT_IGNORED},  {MM_PRECISION_F32, 9e-3, 3e-3, MM_EFFECT_UNTOLD},
        {MM_PRECISION_F32, 9e-3, 3e-4, MM_EFFECT_UNTOLD}, /* that is FLOAT16 */
        {MM_PRECISION_F32, 3e-4, 3e-4, MM_EFFECT_IGNORED},  {MM_PRECISION_F32, 3e-4, 1e-6, MM_EFFECT_APPLIED},
        {MM_PRECISION_F32, 0.3, 0.3, MM_EFFECT_UNTOLD}, /* 3 x 8e-3 is the most that rounding explains */
        {MM_PRECISION_F16, 9e-3, 4e-4, MM_EFFECT_APPLIED},  {MM_PRECISION_F16, 9e-3, 9e-3, MM_EFFECT_IGNORED},
        {MM_PRECISION_F16, 1e-3, 1e-3, MM_EFFECT_UNTOLD}, /* 8e-4 is near */
        {MM_PRECISION_BF16, 9e-3, 3e-3, MM_EFFECT_APPLIED}, {MM_PRECISION_I16, 9e-3, 9e-3, MM_EFFECT_UNTOLD},
        {MM_PRECISION_F32, NAN, 1e-7, MM_EFFECT_APPLIED},   {MM_PRECISION_F32, NAN, 9e-3, MM_EFFECT_UNTOLD},
    };
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct mm_effect_facts facts = facts_of(rows[i].wanted);
        facts.before.adds = rows[i].before;
        facts.now.adds = rows[i].now;
        judged(&facts, rows[i].kind, "");
        facts.moves = true;
        judged(&facts, MM_EFFECT_UNTOLD, "hand on");
    }
    struct mm_effect_facts facts = facts_of(MM_PRECISION_F32);
    facts.before.adds = facts.now.adds = 0.3;
    facts.before.int8 = 0.15; /* of its weights: now 0.3 is explained */
    judged(&facts, MM_EFFECT_IGNORED, "it adds 0.3 by itself as before (0.3)");
    facts.now.adds = 1e-4; /* as far off as recomputing the reference is */
    facts.recomputes = 5e-5;
    judged(&facts, MM_EFFECT_APPLIED, "");
    facts.src.count = facts.now.held.count = 7; /* chance */
    judged(&facts, MM_EFFECT_UNTOLD, "7 values");
}

/* Stored low, computed in more. */
static void stored_low(void **state)
{
    (void)state;
    struct mm_effect_facts facts = facts_of(MM_PRECISION_F32);
    facts.before.dtype = MM_I8;
    facts.now.dtype = MM_F16;
    facts.before.adds = 9e-3;
    facts.now.adds = 2e-4;
    judged(&facts, MM_EFFECT_UNTOLD, "computed in more, and stored so?");
    facts.now.adds = 8e-3;
    judged(&facts, MM_EFFECT_IGNORED, "its result is FLOAT16 in the new dump, not FLOAT32");
}

/* The error against the reference, where nothing was recomputed. */
static void by_error(void **state)
{
    (void)state;
    static const struct {
        double before, now, arrives;
        enum mm_effect_kind kind;
    } rows[] = {
        {0.5, 1e-6, NAN, MM_EFFECT_APPLIED},      {9e-3, 9e-3, 1e-4, MM_EFFECT_IGNORED}, /* it is its own */
        {9e-3, 9e-3, 9e-3, MM_EFFECT_UNTOLD}, /* it may all have come in */
        {9e-3, 9e-3, NAN, MM_EFFECT_UNTOLD},  /* who knows what it reads */
        {9e-3, 2e-3, 1e-4, MM_EFFECT_UNTOLD},     {0.5, 0.5, 1e-4, MM_EFFECT_UNTOLD}, /* no rounding */
        {INFINITY, 1e-6, NAN, MM_EFFECT_APPLIED}, {INFINITY, INFINITY, 0, MM_EFFECT_UNTOLD},
        {NAN, NAN, NAN, MM_EFFECT_UNTOLD},
    };
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct mm_effect_facts facts = facts_of(MM_PRECISION_F32);
        facts.before.error = rows[i].before;
        facts.now.error = rows[i].now;
        facts.before.arrives = facts.now.arrives = rows[i].arrives;
        judged(&facts, rows[i].kind, "");
    }
    struct mm_effect_facts facts = facts_of(MM_PRECISION_F32);
    facts.now.held = wide;
    facts.before.error = facts.now.error = 9e-3;
    judged(&facts, MM_EFFECT_UNTOLD, "the same values, bit for bit");
    facts.cost[MM_F16] = 0; /* of whole numbers */
    facts.before.error = facts.now.error = 0;
    judged(&facts, MM_EFFECT_UNTOLD, "");
}

static void not_there(void **state)
{
    (void)state;
    struct mm_effect_facts facts = facts_of(MM_PRECISION_F32);
    facts.before.there = false;
    judged(&facts, MM_EFFECT_UNTOLD, "the earlier dump does not have it");
    facts.now.dtype = MM_F16; /* it is not what was asked for all the same */
    judged(&facts, MM_EFFECT_IGNORED, "");
    facts.now.there = false;
    judged(&facts, MM_EFFECT_ABSENT, "the new dump does not have it");
    facts = facts_of(MM_PRECISION_F32);
    facts.src = facts.before.held = facts.now.held = short_one;
    judged(&facts, MM_EFFECT_UNTOLD, "the same values");
}

static void own_types(void **state)
{
    (void)state;
    struct mm_effect_facts facts = facts_of(MM_PRECISION_OWN);
    facts.own = "gguf:q8_0";
    judged(&facts, MM_EFFECT_UNTOLD, "gguf:q8_0 is a type that dumped values don't show");
    facts.now.stored_as = "Q8_0";
    judged(&facts, MM_EFFECT_APPLIED, "stored as Q8_0");
    facts.now.stored_as = "Q4_K";
    judged(&facts, MM_EFFECT_IGNORED, "stored as Q4_K, not q8_0");
}

static void worse(void **state)
{
    (void)state;
    assert_false(mm_effect_worse(0.01, false, 0.01, false));
    assert_true(mm_effect_worse(0.049, false, 0.051, true));
    assert_false(mm_effect_worse(0.051, true, 0.06, true));
    assert_true(mm_effect_worse(0.051, true, 0.08, true)); /* 1.57 times */
    assert_true(mm_effect_worse(0.001, false, 0.0016, false));
    assert_false(mm_effect_worse(1e-7, false, 9e-4, false)); /* below what counts */
    assert_true(mm_effect_worse(0, false, 0.002, false));
    assert_true(mm_effect_worse(0.5, true, INFINITY, true));
    assert_false(mm_effect_worse(INFINITY, true, INFINITY, true));
    assert_false(mm_effect_worse(INFINITY, true, 0.5, true));
    assert_false(mm_effect_worse(NAN, false, 0.5, true));
    assert_false(mm_effect_worse(0.5, true, NAN, false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),           cmocka_unit_test(by_dtype),   cmocka_unit_test(by_values),
        cmocka_unit_test(by_what_it_adds), cmocka_unit_test(stored_low), cmocka_unit_test(by_error),
        cmocka_unit_test(not_there),       cmocka_unit_test(own_types),  cmocka_unit_test(worse)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
