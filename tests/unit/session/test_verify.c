#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/session.h"
#include "unit/session/session_testing.h"

#include <math.h>
#include <string.h>

enum { COUNT = 64 };
struct trial {
    struct stage stage;
    char *before;
};

static float half_of(float x)
{
    return mm_half_to_float(mm_float_to_half(x));
}

/*
 * All in files of float32. What src has are square roots, which no narrow format holds.
 *
 *            before     now
 *   1_up     FLOAT16    src's           main/up: applied
 *   2_low    FLOAT16    FLOAT16         main/low: ignored
 *   3_bad    src's      + 0.1           got worse
 *   4_gone   FLOAT16    -               main/gone: not in the dump
 *   5_cat    FLOAT16    FLOAT16         main/cat moves values: nobody can tell
 */
static void trial_init(struct trial *trial, bool same)
{
    float src[COUNT], half[COUNT], off[COUNT];
    stage_init(&trial->stage);
    trial->before = in_folder(trial->stage.folder, "before");
    shell(trial->stage.folder, "mkdir '%s/before'");
    for (int i = 0; i < COUNT; i++) {
        src[i] = sqrtf(2.0f + (float)i);
        half[i] = half_of(src[i]);
        off[i] = src[i] * 1.1f;
    }
    const struct {
        const char *file, *node, *op;
        const float *before, *now;
    } rows[] = {{"1_up.pb", "main/up", "Conv", half, src},
                {"2_low.pb", "main/low", "Conv", half, half},
                {"3_bad.pb", "main/bad", "Conv", src, off},
                {"4_gone.pb", "main/gone", "Conv", half, NULL},
                {"5_cat.pb", "main/cat", "Concat", half, half}};
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        const struct pb_head head = {rows[i].node, rows[i].op, 0, false};
        const float *now = same ? rows[i].before : rows[i].now;
        put_pb(trial->stage.src, rows[i].file, &head, src, COUNT);
        put_pb(trial->before, rows[i].file, &head, rows[i].before, COUNT);
        if (now)
            put_pb(trial->stage.dst, rows[i].file, &head, now, COUNT);
    }
    trial->stage.options.before = trial->before;
    trial->stage.options.triage = true;
}

static void trial_done(struct trial *trial)
{
    free(trial->before);
    stage_done(&trial->stage);
}

static void choose(struct mm_session *session, const char *const *names)
{
    struct mm_plan *plan = mm_session_plan(session);
    mm_plan_begin(plan, "test");
    for (; *names; names++) {
        const struct mm_override override = {
            .name = *names, .op_type = "", .tensor = "", .precision = MM_PRECISION_F32, .why = ""};
        assert_int_equal(mm_plan_set(plan, &override, NULL), 0);
    }
    mm_plan_commit(plan);
}

static void measure(struct trial *trial, const char *const *names)
{
    struct mm_session *session;
    struct mm_err err;
    stage_open(&trial->stage);
    session = trial->stage.session;
    choose(session, names);
    assert_int_equal(mm_session_verify(session, &err), 0);
    assert_true(mm_session_verifies(session) && !mm_session_verified(session));
    stage_start(&trial->stage);
    assert_int_equal(mm_session_finish(session, NULL, NULL), 0);
    assert_true(mm_session_verified(session));
}

static void is_effect(const struct mm_effect *effect, const char *name, enum mm_effect_kind kind,
                      const char *part)
{
    assert_string_equal(effect->name, name);
    if (effect->verdict.kind != kind || !strstr(effect->verdict.why, part))
        fail_msg("%s: %s: %s", name, mm_effect_word(effect->verdict.kind), effect->verdict.why);
}

static void each_kind(unsigned jobs)
{
    static const char *const names[] = {"main/up", "main/low", "main/gone", "main/cat", "main/nobody", NULL};
    struct trial trial;
    struct mm_proof proof;
    size_t count;
    trial_init(&trial, false);
    trial.stage.options.jobs = jobs;
    measure(&trial, names);
    const struct mm_session *session = trial.stage.session;
    const struct mm_effect *effect = mm_session_effects(session, &count);
    assert_int_equal(count, 5); /* in the plan's order, which is by name */
    is_effect(&effect[0], "main/cat", MM_EFFECT_UNTOLD, "may hand on");
    is_effect(&effect[1], "main/gone", MM_EFFECT_ABSENT, "");
    is_effect(&effect[2], "main/low", MM_EFFECT_IGNORED, "exactly FLOAT16");
    is_effect(&effect[3], "main/nobody", MM_EFFECT_ABSENT, "");
    is_effect(&effect[4], "main/up", MM_EFFECT_APPLIED, "now they are not");
    assert_true(effect[3].layer == SIZE_MAX);
    assert_true(effect[4].now == 0 && effect[4].before > 1e-5 && effect[4].before < 1e-3);
    assert_ptr_equal(mm_session_effect(session, effect[4].layer), &effect[4]);
    assert_true(mm_session_proof(session, &proof) && !proof.proven && !proof.unchanged);
    assert_int_equal(proof.overrides, 5);
    assert_int_equal(proof.by_kind[MM_EFFECT_APPLIED], 1);
    assert_int_equal(proof.by_kind[MM_EFFECT_IGNORED], 1);
    assert_int_equal(proof.by_kind[MM_EFFECT_ABSENT], 2);
    assert_int_equal(proof.compared, 4);
    assert_int_equal(proof.over_before, 0);
    assert_int_equal(proof.over_now, 1);
    assert_int_equal(proof.worse, 1);
    trial_done(&trial);
}

static void kinds(void **state)
{
    (void)state;
    each_kind(0);
    each_kind(2);
}

/* What is chosen later is not what dst was made with. */
static void later_choices(void **state)
{
    (void)state;
    static const char *const one[] = {"main/up", NULL}, *const more[] = {"main/low", NULL};
    struct trial trial;
    size_t count;
    trial_init(&trial, false);
    measure(&trial, one);
    choose(trial.stage.session, more);
    assert_non_null(mm_session_effects(trial.stage.session, &count));
    assert_int_equal(count, 1);
    trial_done(&trial);
}

static void unchanged(void **state)
{
    (void)state;
    static const char *const names[] = {"main/up", NULL};
    struct trial trial;
    struct mm_proof proof;
    trial_init(&trial, true);
    measure(&trial, names);
    assert_true(mm_session_proof(trial.stage.session, &proof));
    assert_true(proof.unchanged && !proof.proven);
    assert_int_equal(proof.worse, 0);
    assert_int_equal(proof.by_kind[MM_EFFECT_IGNORED], 1);
    trial_done(&trial);
}

/* Read again, or paired anew: it is looked at anew. */
static void anew(void **state)
{
    (void)state;
    static const char *const names[] = {"main/up", NULL};
    struct trial trial;
    float src[COUNT];
    size_t count;
    trial_init(&trial, true);
    measure(&trial, names);
    struct mm_session *session = trial.stage.session;
    for (int i = 0; i < COUNT; i++)
        src[i] = sqrtf(2.0f + (float)i);
    put_pb(trial.stage.dst, "1_up.pb", &(struct pb_head){"main/up", "Conv", 0, true}, src, COUNT);
    assert_int_equal(mm_session_reload(session, &count, NULL), 0);
    assert_int_equal(count, 1);
    mm_session_finish(session, NULL, NULL);
    assert_int_equal(mm_session_effects(session, &count)[0].verdict.kind, MM_EFFECT_APPLIED);
    size_t cat = mm_session_find(session, true, "cat");
    assert_true(cat != SIZE_MAX);
    assert_int_equal(mm_session_part(session, cat, NULL), 0);
    assert_false(mm_session_verified(session));
    mm_session_finish(session, NULL, NULL);
    assert_int_equal(mm_session_effects(session, &count)[0].verdict.kind, MM_EFFECT_APPLIED);
    trial_done(&trial);
}

static void needs_before(void **state)
{
    (void)state;
    struct trial trial;
    struct mm_err err;
    struct mm_proof proof;
    trial_init(&trial, false);
    trial.stage.options.before = NULL;
    stage_measure(&trial.stage);
    assert_int_equal(mm_session_verify(trial.stage.session, &err), -1);
    assert_int_equal(err.code, MM_EARG);
    assert_false(mm_session_proof(trial.stage.session, &proof));
    assert_int_equal(proof.overrides, 0);
    trial_done(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kinds), cmocka_unit_test(later_choices),
                                       cmocka_unit_test(unchanged), cmocka_unit_test(anew),
                                       cmocka_unit_test(needs_before)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
