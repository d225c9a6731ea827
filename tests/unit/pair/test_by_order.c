/* What is paired by its place in the order of both dumps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "names.h"

/* A tensor's name says what it is: "s7" and "d7" are the same values, "s7+" a copy of them, "s7~" off by a hundredth of the width. */
static bool fingerprint(void *context, const struct mm_entry *entry, struct mm_fingerprint *out)
{
    const char *name = entry->member;
    double number = atof(name + 1), off = strchr(name, '~') ? 0.01 : 0;
    size_t *left = context; /* how many may be read; NULL: all */
    if (left && (*left)-- == 0)
        return false;
    *out = (struct mm_fingerprint){.known = true,
                                   .count = 24,
                                   .shape = {.rank = 2, .dim = {4, 6}},
                                   .figures = {.mean = number + off,
                                               .std = 1,
                                               .min = number - 2,
                                               .max = number + 3,
                                               .min_at = (int64_t)number,
                                               .max_at = (int64_t)number}};
    return true;
}

static void check(const char *const *src, const char *const *dst, unsigned off, const char *const (*want)[2])
{
    struct names_pairs pairs;
    const struct mm_pairing pairing = {.fingerprint = fingerprint, .off = off};
    size_t both = 0;
    names_pair(&pairs, src, dst, &pairing);
    for (; (*want)[0]; want++) {
        assert_string_equal(names_partner(&pairs, (*want)[0]), (*want)[1]);
        both += (*want)[1][0] != '\0';
    }
    assert_int_equal(pairs.pairs->by_order, both);
    names_done(&pairs);
}

/* "s3" has nothing on the other side, and "d80" neither. */
static void gaps(void **state)
{
    (void)state;
    static const char *const src[] = {"s1", "s2", "s3", "s4", "s5", "s6", NULL};
    static const char *const dst[] = {"d1", "d2", "d4~", "d80", "d5", "d6", NULL};
    static const char *const want[][2] = {{"s1", "d1"}, {"s2", "d2"}, {"s3", ""},  {"s4", "d4~"},
                                          {"s5", "d5"}, {"s6", "d6"}, {NULL, NULL}};
    check(src, dst, 0, want);
    static const char *const none[][2] = {{"s1", ""}, {"s6", ""}, {NULL, NULL}};
    check(src, dst, 1u << MM_PAIR_BY_ORDER, none);
}

/* The same where ten others are the same in float: then a hundredth is another tensor, unless nothing else is in that place. */
static void outlier(void **state)
{
    (void)state;
    static const char *const src[] = {"s1", "s2", "s3",  "s4",  "s5",  "s6", "s7",
                                      "s8", "s9", "s10", "s11", "s12", NULL};
    static const char *const dst[] = {"d1", "d2", "d4~", "d80", "d5",  "d6", "d7",
                                      "d8", "d9", "d10", "d11", "d12", NULL};
    static const char *const want[][2] = {{"s1", "d1"}, {"s2", "d2"},   {"s3", ""},     {"s4", ""},
                                          {"s5", "d5"}, {"s6", "d6"},   {"s7", "d7"},   {"s8", "d8"},
                                          {"s9", "d9"}, {"s10", "d10"}, {"s11", "d11"}, {"s12", "d12"},
                                          {NULL, NULL}};
    check(src, dst, 0, want);
    static const char *const one[] = {"d1", "d2", "d3",  "d4~", "d5",  "d6", "d7",
                                      "d8", "d9", "d10", "d11", "d12", NULL};
    static const char *const all[][2] = {{"s4", "d4~"}, {"s1", "d1"},   {"s2", "d2"},   {"s3", "d3"},
                                         {"s5", "d5"},  {"s6", "d6"},   {"s7", "d7"},   {"s8", "d8"},
                                         {"s9", "d9"},  {"s10", "d10"}, {"s11", "d11"}, {"s12", "d12"},
                                         {NULL, NULL}};
    check(src, one, 0, all);
}

static void copies(void **state)
{
    (void)state;
    static const char *const src[] = {"s1", "s2", "s3", "s3+", "s3++", "s4", NULL};
    static const char *const dst[] = {"d1", "d2", "d3", "d3+", "d4", NULL};
    static const char *const want[][2] = {{"s1", "d1"},    {"s2", "d2"}, {"s3", "d3"}, {"s3+", "d3+"},
                                          {"s3++", "d3+"}, {"s4", "d4"}, {NULL, NULL}};
    check(src, dst, 0, want);
}

/* Branches in another order: what is the same in float and alone so. */
static void crossing(void **state)
{
    (void)state;
    static const char *const src[] = {"s1", "s2", "s3", "s4", "s5", "s6", NULL};
    static const char *const dst[] = {"d1", "d2", "d4", "d3", "d5", "d6", NULL};
    static const char *const want[][2] = {{"s1", "d1"}, {"s2", "d2"}, {"s3", "d3"}, {"s4", "d4"},
                                          {"s5", "d5"}, {"s6", "d6"}, {NULL, NULL}};
    check(src, dst, 0, want);
}

/* What is broken, and what follows it, where nothing is missing between. */
static void broken(void **state)
{
    (void)state;
    static const char *const src[] = {"s1", "s2", "s3", "s4", "s5", "s6", NULL};
    static const char *const dst[] = {"d1", "d2", "d3", "d4", "d105", "d106", NULL};
    static const char *const want[][2] = {{"s4", "d4"},   {"s1", "d1"},   {"s2", "d2"}, {"s3", "d3"},
                                          {"s5", "d105"}, {"s6", "d106"}, {NULL, NULL}};
    check(src, dst, 0, want);
}

/* Too few, or of another network. */
static void nothing(void **state)
{
    (void)state;
    static const char *const few[] = {"s1", "s2", "s3", NULL}, *const others[] = {"d1", "d2", "d3", NULL};
    static const char *const src[] = {"s1", "s2", "s3", "s4", "s5", "s6", NULL};
    static const char *const dst[] = {"d51", "d52", "d53", "d54", "d55", "d56", NULL};
    static const char *const none[][2] = {{"s1", ""}, {"s2", ""}, {"s3", ""}, {NULL, NULL}};
    check(few, others, 0, none);
    check(src, dst, 0, none);
}

/* Six of src and five of dst may be read: one too few. */
static void costly(void **state)
{
    (void)state;
    static const char *const src[] = {"s1", "s2", "s3", "s4", "s5", "s6", NULL};
    static const char *const dst[] = {"d1", "d2", "d3", "d4", "d5", "d6", NULL};
    for (size_t less = 0; less < 2; less++) {
        size_t left = 12 - less;
        struct names_pairs pairs;
        names_pair(&pairs, src, dst, &(struct mm_pairing){.fingerprint = fingerprint, .context = &left});
        assert_int_equal(pairs.pairs->order_costly, less);
        assert_int_equal(pairs.pairs->by_order, less ? 0 : 6);
        assert_int_equal(pairs.pairs->src_only, less ? 6 : 0);
        names_done(&pairs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(gaps),   cmocka_unit_test(outlier),
                                       cmocka_unit_test(copies), cmocka_unit_test(crossing),
                                       cmocka_unit_test(broken), cmocka_unit_test(nothing),
                                       cmocka_unit_test(costly)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
