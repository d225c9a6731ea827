#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"

#include <string.h>

#define LAYERS 4
struct layers {
    struct mm_pair pair[LAYERS];
    struct mm_result result[LAYERS];
    struct mm_subject subject[LAYERS];
};

static struct mm_stats stats(double size)
{
    return (struct mm_stats){
        .finite = 100, .zero = 2, .min = -size, .max = 2 * size, .mean = size / 3, .std = size / 2};
}

/* Layer i has values of size i + 1; dst is src. */
static void layers_init(struct layers *l)
{
    static const char *const names[LAYERS] = {"a", "b", "c", "d"};
    memset(l, 0, sizeof *l);
    for (int i = 0; i < LAYERS; i++) {
        l->pair[i].name = names[i];
        l->result[i].state = MM_STATE_MEASURED;
        l->result[i].metrics.count = 100;
        l->result[i].metrics.diff2 = 1e-3;
        l->result[i].metrics.src = l->result[i].metrics.dst = stats(i + 1);
        l->subject[i] = (struct mm_subject){.pair = &l->pair[i], .result = &l->result[i]};
    }
}

static void equal_to_another(void **state)
{
    (void)state;
    struct layers l;
    struct mm_finding f;
    layers_init(&l);
    assert_false(mm_cause_stale(l.subject, LAYERS, 2, NULL, 0, &f));
    l.result[2].metrics.dst = stats(1);
    l.result[2].metrics.dst.mean *= 1 + 1e-12; /* added up in another order */
    l.result[2].metrics.diff2 = 0.8;
    assert_true(mm_cause_stale(l.subject, LAYERS, 2, NULL, 0, &f));
    assert_int_equal(f.cause, MM_CAUSE_STALE);
    assert_int_equal(f.layer, 0);
    assert_true(f.score > 0.9);
    assert_false(mm_cause_stale(l.subject, LAYERS, 0, NULL, 0, &f)); /* a itself is right */
}

/* Behind NaN a few values are left, the same of whatever reads them: they show nothing. */
static void few_behind_nan(void **state)
{
    (void)state;
    for (int nan = 99; nan <= 101; nan++) {
        struct layers l;
        struct mm_finding f;
        layers_init(&l);
        l.result[2].metrics.dst = stats(1);
        l.result[0].metrics.dst.nan = l.result[2].metrics.dst.nan = nan;
        l.result[2].metrics.diff2 = 0.8;
        assert_int_equal(mm_cause_stale(l.subject, LAYERS, 2, NULL, 0, &f), nan <= 100);
    }
}

/* a and c of src are nearly the same: that dst of both is the same shows nothing. */
static void nearly_the_same(void **state)
{
    (void)state;
    struct layers l;
    struct mm_finding f;
    layers_init(&l);
    l.result[2].metrics.src = stats(1.01);
    l.result[2].metrics.dst = stats(1);
    l.result[2].metrics.diff2 = 0.3; /* far more than the hundredth by which they differ */
    assert_false(mm_cause_stale(l.subject, LAYERS, 2, NULL, 0, &f));
    l.result[2].metrics.diff2 = 0.01;
    assert_true(mm_cause_stale(l.subject, LAYERS, 2, NULL, 0, &f));
}

static void no_copy(void **state)
{
    (void)state;
    struct layers l;
    struct mm_finding f;
    layers_init(&l);
    l.result[2].metrics.diff2 = 0.8;
    l.result[2].metrics.src = l.result[2].metrics.dst = stats(1); /* src has it too: a reshape */
    assert_false(mm_cause_stale(l.subject, LAYERS, 2, NULL, 0, &f));
    layers_init(&l);
    l.result[2].metrics.diff2 = 0.8;
    l.result[2].metrics.dst = stats(1);
    l.result[2].metrics.count = 50; /* another number of elements */
    assert_false(mm_cause_stale(l.subject, LAYERS, 2, NULL, 0, &f));
    layers_init(&l);
    l.result[2].metrics.diff2 = 0.8;
    l.result[0].metrics.dst = l.result[2].metrics.dst = (struct mm_stats){.finite = 100, .zero = 100};
    assert_false(mm_cause_stale(l.subject, LAYERS, 2, NULL, 0, &f)); /* zeros are everywhere alike */
    assert_false(mm_cause_stale(l.subject, LAYERS, LAYERS, NULL, 0, &f));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(equal_to_another), cmocka_unit_test(few_behind_nan),
                                       cmocka_unit_test(nearly_the_same), cmocka_unit_test(no_copy)};
    return cmocka_run_group_tests_name("triage/cause_stale", tests, NULL, NULL);
}
