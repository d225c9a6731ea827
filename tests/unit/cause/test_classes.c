#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

/* `count` ids below `classes`; d through a table. */
static void ids(struct fault *f, int64_t classes, const int *table)
{
    uint64_t seed = 6;
    f->result.src.dtype = f->result.dst.dtype = MM_I64;
    for (int64_t i = 0; i < f->count; i++) {
        int64_t id = (int64_t)(random_bits(&seed) % (uint64_t)classes);
        f->s[i] = (double)id;
        f->d[i] = table[id];
    }
}

static void another_table(void **state)
{
    (void)state;
    static const int table[10] = {3, 1, 4, 0, 5, 9, 2, 6, 8, 7};
    struct fault f;
    fault_init(&f, (struct mm_shape){2, {1, 100}}, 1);
    ids(&f, 10, table);
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_CLASS_MAP, 0.99,
                 "class ids mapped by another table: explains 100 % of the values");
    assert_non_null(strstr(f.finding[0].evidence, "0->3 1->1 2->4 3->0 4->5 5->9 6->2 7->6 8->8 9->7"));
    /* some classes come out wrong for other reasons */
    for (int64_t i = 0; i < 5; i++)
        f.d[i * 19] = 7;
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_CLASS_MAP, 0.85, "class ids mapped by another table: explains 9");
    fault_done(&f);
}

static void off_by_one(void **state)
{
    (void)state;
    static const int table[21] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21};
    struct fault f;
    fault_init(&f, (struct mm_shape){3, {1, 40, 40}}, 1);
    ids(&f, 21, table);
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_CLASS_MAP, 0.99, "class ids are off by +1: explains 100 %");
    fault_done(&f);
}

/* COCO: person 0 -> 1, stop sign 11 -> 13, toothbrush 79 -> 90. */
static void coco(void **state)
{
    (void)state;
    static const int table[80] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 13, 14, 15, 16, 17,
                                  18, 19, 20, 21, 22, 23, 24, 25, 27, 28, 31, 32, 33, 34, 35, 36,
                                  37, 38, 39, 40, 41, 42, 43, 44, 46, 47, 48, 49, 50, 51, 52, 53,
                                  54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 67, 70, 72, 73,
                                  74, 75, 76, 77, 78, 79, 80, 81, 82, 84, 85, 86, 87, 88, 89, 90};
    struct fault f;
    fault_init(&f, (struct mm_shape){1, {300}}, 1);
    ids(&f, 80, table);
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_CLASS_MAP, 0.99, "COCO's 91 ids instead of 80: explains 100 %");
    double *swap = f.s;
    f.s = f.d;
    f.d = swap;
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_CLASS_MAP, 0.99, "COCO's 80 ids instead of 91: explains 100 %");
    fault_done(&f);
}

/* How many differ is said, and nothing else. */
static void assert_only_counted(const struct fault *f)
{
    assert_int_equal(f->findings, 1);
    assert_string_equal(found_word(f), "integers-differ");
}

/* Token ids, a tenth of which are others: ids that are met once follow any table. */
static void met_once(void **state)
{
    (void)state;
    struct fault f;
    uint64_t seed = 3;
    fault_init(&f, (struct mm_shape){2, {1, 60}}, 1);
    f.result.src.dtype = f.result.dst.dtype = MM_I64;
    f.result.src.known = f.result.dst.known = true;
    for (int64_t i = 0; i < f.count; i++) {
        f.s[i] = f.d[i] = (double)(random_bits(&seed) % 200);
        if (i % 10 == 3)
            f.d[i] = 199 - f.s[i];
    }
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_INTEGERS, 0.5, "6 of 60 integers differ");
    fault_done(&f);
}

static void no_table(void **state)
{
    (void)state;
    static const int same[10] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    struct fault f;
    uint64_t seed = 9;
    fault_init(&f, (struct mm_shape){1, {200}}, 1);
    ids(&f, 10, same);
    for (int64_t i = 0; i < f.count; i += 10) /* one in ten classified otherwise */
        f.d[i] = (double)(random_bits(&seed) % 10);
    fault_find(&f);
    assert_only_counted(&f);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = (double)(random_bits(&seed) % 10);
    fault_find(&f);
    assert_only_counted(&f);
    for (int64_t i = 0; i < f.count; i++) { /* each id once: any table fits */
        f.s[i] = (double)i;
        f.d[i] = (double)(random_bits(&seed) % 1000);
    }
    fault_find(&f);
    assert_only_counted(&f);
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_table), cmocka_unit_test(off_by_one), cmocka_unit_test(coco),
        cmocka_unit_test(met_once),      cmocka_unit_test(no_table),
    };
    return cmocka_run_group_tests_name("triage/cause_classes", tests, NULL, NULL);
}
