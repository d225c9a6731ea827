#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <unistd.h>

#include "names.h"

#define HANDS(...)                                                                                           \
    {                                                                                                        \
        (const struct mm_hand[]){__VA_ARGS__},                                                               \
            sizeof((const struct mm_hand[]){__VA_ARGS__}) / sizeof(struct mm_hand)                           \
    }

static struct mm_renames *map_of(const char *lines)
{
    char path[] = P_tmpdir "/mmtui-map-XXXXXX";
    struct mm_renames *renames;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, lines, strlen(lines)), strlen(lines));
    close(fd);
    assert_int_equal(mm_renames_open(&renames, NULL), 0);
    assert_int_equal(mm_renames_read(renames, path, NULL), 0);
    remove(path);
    return renames;
}

static enum mm_pair_rung rung_of(const struct names_pairs *pairs, const char *src)
{
    for (size_t i = 0; i < pairs->pairs->count; i++) {
        if (pairs->pairs->pair[i].src && strcmp(pairs->pairs->pair[i].name, src) == 0)
            return pairs->pairs->pair[i].rung;
    }
    return MM_PAIR_RUNG_COUNT;
}

/* Before all rungs: the names that these would have paired are free for others. */
static void by_hand_first(void **state)
{
    (void)state;
    const char *const src[] = {"a", "b", "c", NULL}, *const dst[] = {"a", "x", "C", NULL};
    struct mm_pairing pairing = {.hands = HANDS({"b", "x", false}, {"a", "C", false}, {"no", "such", false})};
    struct names_pairs pairs;
    names_pair(&pairs, src, dst, &pairing);
    assert_string_equal(names_partner(&pairs, "b"), "x");
    assert_string_equal(names_how(&pairs, "b"), "paired by hand");
    assert_int_equal(rung_of(&pairs, "b"), MM_PAIR_BY_HAND);
    assert_string_equal(names_partner(&pairs, "a"), "C");
    assert_string_equal(names_partner(&pairs, "c"), "");
    assert_int_equal(pairs.pairs->both, 2);
    assert_int_equal(pairs.pairs->dst_only, 1);
    names_done(&pairs);
}

/* A name's tensors one by one; what is left over of either stays alone. */
static void several(void **state)
{
    (void)state;
    const char *const src[] = {"h", "h", "h", "z", NULL}, *const dst[] = {"g", "g", "z", NULL};
    struct mm_pairing pairing = {.hands = HANDS({"h", "g", false})};
    struct names_pairs pairs;
    names_pair(&pairs, src, dst, &pairing);
    assert_int_equal(pairs.pairs->both, 3);
    assert_int_equal(pairs.pairs->src_only, 1);
    for (size_t i = 0; i < 2; i++) {
        assert_ptr_equal(pairs.pairs->pair[i].src, &pairs.side[0].entry[i]);
        assert_ptr_equal(pairs.pairs->pair[i].dst, &pairs.side[1].entry[i]);
    }
    names_done(&pairs);
}

/* By whatever rung they were paired; both halves say so, and nobody else gets them. */
static void apart(void **state)
{
    (void)state;
    const char *const src[] = {"a", "b/1", "c", NULL}, *const dst[] = {"a", "b_1", "c", NULL};
    struct mm_pairing pairing = {.hands = HANDS({"a", "a", true}, {"b/1", "b_1", true}, {"c", "a", true})};
    struct names_pairs pairs;
    names_pair(&pairs, src, dst, &pairing);
    assert_int_equal(pairs.pairs->both, 1);
    assert_int_equal(pairs.pairs->count, 5);
    assert_string_equal(names_how(&pairs, "a"), "only in src; kept apart from \"a\" of dst by hand");
    assert_string_equal(names_how(&pairs, "b/1"), "only in src; kept apart from \"b_1\" of dst by hand");
    assert_string_equal(names_partner(&pairs, "c"), "c");
    names_done(&pairs);
}

/* An end that all names of a side have is found whatever was paired by hand, or by a map file that was made of it. */
static void beside_suffix(void **state)
{
    (void)state;
    const char *const src[] = {"a", "b", "c", "d", NULL}, *const dst[] = {"a_q", "b_q", "c_q", "odd", NULL};
    struct mm_pairing pairing[2] = {{.hands = HANDS({"d", "odd", false})}, {.off = 0}};
    struct mm_renames *renames = map_of("d = odd\n");
    pairing[1].renames = renames;
    for (int i = 0; i < 2; i++) {
        struct names_pairs pairs;
        names_pair(&pairs, src, dst, &pairing[i]);
        assert_int_equal(pairs.pairs->both, 4);
        assert_string_equal(names_partner(&pairs, "d"), "odd");
        assert_string_equal(names_partner(&pairs, "a"), "a_q");
        assert_string_equal(pairs.pairs->suffix, "_q");
        assert_string_equal(pairs.pairs->pair[0].own[1], "a_q"); /* as the dump has it */
        names_done(&pairs);
    }
    mm_renames_close(renames);
}

/* The lines of a map file: = beats names, != keeps apart. */
static void map_lines(void **state)
{
    (void)state;
    const char *const src[] = {"a", "b", NULL}, *const dst[] = {"a", "y", NULL};
    struct mm_renames *renames = map_of("# by hand\na != a\nb = y\n");
    struct mm_pairing pairing = {.renames = renames};
    struct names_pairs pairs;
    names_pair(&pairs, src, dst, &pairing);
    assert_string_equal(names_how(&pairs, "a"), "only in src; kept apart from \"a\" of dst by --map");
    assert_int_equal(rung_of(&pairs, "b"), MM_PAIR_BY_MAP);
    names_done(&pairs);
    mm_renames_close(renames);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand_first), cmocka_unit_test(several),
                                       cmocka_unit_test(apart), cmocka_unit_test(beside_suffix),
                                       cmocka_unit_test(map_lines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
