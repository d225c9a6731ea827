#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/sort.h"

/* ---- by numbers ---- */

/* Values in their order; a pair that is equal has one key. */
static void keys_are_in_the_order_of_values(void **state)
{
    static const double values[] = {-INFINITY, -1e300, -2, -1, -1e-320, 0, 1e-320, 0.5, 1, 1e300, INFINITY};
    (void)state;
    for (size_t i = 1; i < MM_COUNT(values); i++) {
        assert_true(sort_key(values[i - 1], false) < sort_key(values[i], false));
        assert_true(sort_key(values[i - 1], true) > sort_key(values[i], true));
    }
    assert_true(sort_key(-0.0, false) == sort_key(0, false));
    assert_true(sort_key(NAN, false) > sort_key(INFINITY, false)); /* last in both directions */
    assert_true(sort_key(NAN, true) > sort_key(-INFINITY, true));
    assert_true(sort_key(-NAN, true) == sort_key(NAN, false));
}

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Keys of few and of many values, so many that all ways of sorting are taken; rows of one key stay as they stand. */
static void rows_by_keys(void **state)
{
    static const size_t counts[] = {0, 1, 2, 47, 48, 49, 1000, 5000};
    static const uint64_t masks[] = {1, 0xff, 0xff00, 0xffff0000ffff, UINT64_MAX};
    struct sort_row rows[5000], spare[5000];
    uint64_t seed = 1;
    (void)state;
    for (size_t c = 0; c < MM_COUNT(counts); c++) {
        for (size_t m = 0; m < MM_COUNT(masks); m++) {
            uint64_t sum = 0, after = 0;
            for (size_t i = 0; i < counts[c]; i++) {
                rows[i] = (struct sort_row){next_random(&seed) & masks[m], i};
                sum += rows[i].key * (i + 1);
            }
            sort_by_key(rows, spare, counts[c]);
            for (size_t i = 0; i < counts[c]; i++) {
                after += rows[i].key * (rows[i].id + 1);
                if (i > 0 && (rows[i - 1].key > rows[i].key ||
                              (rows[i - 1].key == rows[i].key && rows[i - 1].id > rows[i].id)))
                    fail_msg("%zu rows, mask %zu: row %zu", counts[c], m, i);
            }
            assert_true(sum == after);
        }
    }
}

/* ---- by texts ---- */

static void texts_are_sorted(const char *const *texts, size_t count)
{
    struct sort_row *rows = calloc(count + 1, sizeof *rows), *spare = calloc(count + 1, sizeof *spare);
    struct sort_text *all = calloc(count + 1, sizeof *all);
    bool *seen = calloc(count + 1, sizeof *seen);
    assert_true(rows && spare && all && seen);
    for (size_t i = 0; i < count; i++) {
        rows[i].id = i;
        all[i].text = texts[i];
    }
    sort_by_text(rows, spare, count, all);
    for (size_t i = 0; i < count; i++) {
        assert_false(seen[rows[i].id]);
        seen[rows[i].id] = true;
        int order = i ? mm_text_compare_natural(texts[rows[i - 1].id], texts[rows[i].id]) : -1;
        if (order > 0 || (order == 0 && rows[i - 1].id > rows[i].id))
            fail_msg("\"%s\" stands before \"%s\"", texts[rows[i - 1].id], texts[rows[i].id]);
    }
    free(rows);
    free(spare);
    free(all);
    free(seen);
}

/* Numbers of any length beside other characters, zeroes in front, beginnings of one another, bytes above 127. */
static void awkward_texts(void **state)
{
    static const char *const texts[] = {"layer10",
                                        "layer9",
                                        "layer09",
                                        "layer009x",
                                        "layer",
                                        "layer/1",
                                        "layer:1",
                                        "layer1",
                                        "1",
                                        "01",
                                        "001",
                                        "0",
                                        "00",
                                        "",
                                        "123456789",
                                        "1234567890",
                                        "999999999",
                                        "99999999",
                                        "a",
                                        "a1",
                                        "a1b",
                                        "a1b2",
                                        "a01b2",
                                        "a1b02",
                                        "aaaaaaaa",
                                        "aaaaaaa",
                                        "aaaaaaaaa",
                                        "aaaaaaa1",
                                        "aaaaaaa12",
                                        "aaaaaa123456789",
                                        "aaaaaa1234567890",
                                        "\xc3\xa9",
                                        "\xff",
                                        "a/",
                                        "a:",
                                        "a",
                                        "layer10",
                                        "x99999999999999999999999999999999999999999",
                                        "x100000000000000000000000000000000000000000",
                                        "x18446744073709551616",
                                        "x18446744073709551617y"};
    (void)state;
    texts_are_sorted(texts, MM_COUNT(texts));
    for (size_t i = 0; i < MM_COUNT(texts); i++) {
        for (size_t k = 0; k < MM_COUNT(texts); k++)
            texts_are_sorted((const char *const[]){texts[i], texts[k]}, 2);
    }
}

/* Short texts of few letters, so that many are alike or nearly so. */
static void random_texts(void **state)
{
    enum { COUNT = 4000, LENGTH = 24 };
    static const char letters[] = "a0019./_";
    char(*text)[LENGTH] = calloc(COUNT, LENGTH);
    const char **texts = calloc(COUNT, sizeof *texts);
    uint64_t seed = 7;
    (void)state;
    assert_true(text && texts);
    for (int i = 0; i < COUNT; i++) {
        size_t length = next_random(&seed) % LENGTH;
        memcpy(text[i], "block.", 6);
        for (size_t k = i % 2 ? 6 : 0; k < length; k++)
            text[i][k] = letters[next_random(&seed) % (sizeof letters - 1)];
        texts[i] = text[i];
    }
    texts_are_sorted(texts, COUNT);
    free((void *)texts);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_in_the_order_of_values),
        cmocka_unit_test(rows_by_keys),
        cmocka_unit_test(awkward_texts),
        cmocka_unit_test(random_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
