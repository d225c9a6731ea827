#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "names.h"

static struct mm_renames *rules(const char *first, const char *second)
{
    struct mm_renames *renames;
    assert_int_equal(mm_renames_open(&renames, NULL), 0);
    assert_int_equal(mm_renames_rule(renames, first, NULL), 0);
    if (second)
        assert_int_equal(mm_renames_rule(renames, second, NULL), 0);
    return renames;
}

/* Groups, flags, another mark, one rule after the other. */
static void patterns(void **state)
{
    (void)state;
    struct mm_renames *renames = rules("s|^blob([0-9]+)/(.*)|\\2_\\1|", "s/X/y/gi");
    const struct mm_pairing by = {.renames = renames};
    const char *const src[] = {"conv_7", "ayyb", "other", NULL};
    const char *const dst[] = {"blob7/conv", "axXb", "different", NULL};
    struct names_pairs pairs;
    names_pair(&pairs, src, dst, &by);
    assert_string_equal(names_partner(&pairs, "conv_7"), "blob7/conv");
    assert_string_equal(names_partner(&pairs, "ayyb"), "axXb");
    assert_string_equal(names_how(&pairs, "ayyb"), "named by --map or --rename");
    assert_string_equal(names_partner(&pairs, "other"), "");
    assert_null(pairs.pairs->unused);
    names_done(&pairs);
    mm_renames_close(renames);
}

static void unused(void **state)
{
    (void)state;
    struct mm_renames *renames = rules("s/^nothing$/x/", "s/a/b/");
    const struct mm_pairing by = {.renames = renames};
    const char *const src[] = {"b", NULL}, *const dst[] = {"a", "c", NULL};
    struct names_pairs pairs;
    names_pair(&pairs, src, dst, &by);
    assert_string_equal(pairs.pairs->unused,
                        "1 of 2 rules of --map and --rename fits no name of dst: \"s/^nothing$/x/\".");
    names_done(&pairs);
    mm_renames_close(renames);
}

static void wrong_rules(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",         "x",       "s",       "s/a",    "s/a/b",    "s/(/b/",
                                        "s/a/\\1/", "s/a/b/q", "sa/b/c/", "s/[/b/", "src = dst"};
    struct mm_renames *renames;
    struct mm_err err;
    assert_int_equal(mm_renames_open(&renames, NULL), 0);
    for (size_t i = 0; i < MM_COUNT(wrong); i++) {
        err.text[0] = '\0';
        assert_int_equal(mm_renames_rule(renames, wrong[i], &err), -1);
        assert_int_not_equal(strlen(err.text), 0);
    }
    assert_int_equal(mm_renames_count(renames), 0);
    mm_renames_close(renames);
}

static struct mm_renames *map_of(const char *text, struct mm_err *err)
{
    char folder[] = P_tmpdir "/mmtui-map-XXXXXX";
    struct mm_renames *renames;
    assert_non_null(mkdtemp(folder));
    char *path = mm_path_join(folder, "map.csv");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(mm_renames_open(&renames, NULL), 0);
    if (mm_renames_read(renames, path, err) < 0) {
        mm_renames_close(renames);
        renames = NULL;
    }
    mm_folder_remove(folder);
    free(path);
    return renames;
}

/* Names are swapped; one that has the name that was given away is not taken for it. */
static void maps(void **state)
{
    (void)state;
    struct mm_renames *renames =
        map_of("src,dst\r\n\"x,\"\"1\"\"\" , two\n# a remark\n\na = b\nb = a\nc = d\ns/^e/E/\n", NULL);
    assert_non_null(renames);
    assert_int_equal(mm_renames_count(renames), 5);
    const struct mm_pairing by = {.renames = renames};
    const char *const src[] = {"a", "b", "c", "x,\"1\"", "E1", NULL};
    const char *const dst[] = {"a", "b", "c", "d", "two", "e1", NULL};
    struct names_pairs pairs;
    names_pair(&pairs, src, dst, &by);
    assert_string_equal(names_partner(&pairs, "a"), "b");
    assert_string_equal(names_partner(&pairs, "b"), "a");
    assert_string_equal(names_partner(&pairs, "c"), "d");
    assert_string_equal(names_partner(&pairs, "x,\"1\""), "two");
    assert_string_equal(names_partner(&pairs, "E1"), "e1");
    assert_int_equal(pairs.pairs->dst_only, 1); /* dst's own c */
    names_done(&pairs);
    mm_renames_close(renames);
}

static void wrong_maps(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } wrong[] = {
        {"a = b\nwords\n", "line 2: this is neither"},
        {"a,b,c\n", "line 1: this is neither"},
        {"a = b\nc = b\n", "\"b\" of dst was given"},
        {"a = b\na = c\n", "\"a\" of src was given"},
        {" = b\n", "line 1"},
        {"\"a,b\n", "line 1: this is neither"},
        {"s/(/x/\n", "line 1: \"s/(/x/\" has no regular"},
    };
    for (size_t i = 0; i < MM_COUNT(wrong); i++) {
        struct mm_err err = {MM_OK, ""};
        assert_null(map_of(wrong[i].text, &err));
        assert_non_null(strstr(err.text, wrong[i].says));
        assert_non_null(strstr(err.text, "map.csv"));
    }
    struct mm_renames *empty = map_of("", NULL);
    assert_int_equal(mm_renames_count(empty), 0);
    mm_renames_close(empty);
}

/* src ran three times, dst once: which run of src is meant? */
static void occurrences(void **state)
{
    (void)state;
    const char *const src[] = {"a", "in", "a", "a", "b", "b", NULL}, *const dst[] = {"b", "a", "in", NULL};
    static const struct {
        int64_t occurrence;
        size_t entry, both, dropped; /* of src's that "a" is paired with */
    } cases[] = {{MM_OCCURRENCE_ALL, 0, 3, 0},
                 {1, 0, 3, 3},
                 {2, 2, 3, 3},
                 {3, 3, 2, 4},
                 {MM_OCCURRENCE_LAST, 3, 3, 3}};
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        const struct mm_pairing by = {.occurrence = cases[i].occurrence};
        struct names_pairs pairs;
        names_pair(&pairs, src, dst, &by);
        for (size_t k = 0; k < pairs.pairs->count; k++) {
            const struct mm_pair *pair = &pairs.pairs->pair[k];
            if (pair->src && pair->dst && strcmp(pair->name, "a") == 0)
                assert_ptr_equal(pair->src, &pairs.side[0].entry[cases[i].entry]);
        }
        assert_int_equal(pairs.pairs->both, cases[i].both);
        assert_int_equal(pairs.pairs->dropped, cases[i].dropped);
        names_done(&pairs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns), cmocka_unit_test(unused),     cmocka_unit_test(wrong_rules),
        cmocka_unit_test(maps),     cmocka_unit_test(wrong_maps), cmocka_unit_test(occurrences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
