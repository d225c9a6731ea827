#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/complete.h"
#include "ui/line.h"

#include <stdio.h>
#include <string.h>

static struct completions found;

/* Words, ended by NULL, for the last word of the text. */
static void add_words(const void *data, struct completions *out)
{
    completions_last_word(out);
    for (const char *const *word = data; *word; word++)
        completions_add(out, *word, NULL);
}

static void find(const char *const *words, const char *text)
{
    const struct completer completer = {add_words, words};
    completions_find(&found, &completer, text);
}

static void what_begins_so_is_found(void **state)
{
    static const char *const words[] = {"conv2", "cos", "conv1", "dot", "conv2", NULL};
    (void)state;
    find(words, "by co");
    assert_int_equal(found.count, 3); /* conv2 once */
    assert_string_equal(completions_at(&found, 0), "conv2");
    assert_string_equal(completions_at(&found, 1), "cos");
    assert_string_equal(completions_at(&found, 2), "conv1");
    assert_int_equal(found.start, 3);
    assert_string_equal(completions_word(&found), "co");
    assert_int_equal(found.common, 2);
    assert_false(found.more);
    find(words, "by con");
    assert_int_equal(found.common, 4);
    find(words, "by con ");
    assert_int_equal(found.count, 4); /* an empty word: all of them */
    assert_int_equal(found.start, 7);
    find(words, "x");
    assert_int_equal(found.count, 0);
}

/* Only where nothing is spelled so. */
static void case_counts_less_than_nothing(void **state)
{
    static const char *const words[] = {"Conv", "conv", "MatMul", NULL};
    (void)state;
    find(words, "con");
    assert_int_equal(found.count, 1);
    assert_false(found.any_case);
    find(words, "mat");
    assert_int_equal(found.count, 1);
    assert_true(found.any_case);
    assert_string_equal(completions_at(&found, 0), "MatMul");
}

/* The two have the first byte of their last letter in common: half a letter is none. */
static void common_parts_are_whole_letters(void **state)
{
    static const char *const words[] = {"l\xc3\xa4", "l\xc3\xb6", NULL};
    (void)state;
    find(words, "");
    assert_int_equal(found.common, 1);
}

static void what_cannot_be_typed_is_left_out(void **state)
{
    static const char *const words[] = {"a\nb", "a\x1b[31m", "a\xff", "", "ab", NULL};
    (void)state;
    find(words, "");
    assert_int_equal(found.count, 1);
    assert_string_equal(completions_at(&found, 0), "ab");
}

/* 300 names: 256 are kept, all have their say in the common part. */
static void add_many(const void *data, struct completions *out)
{
    char name[32];
    (void)data;
    for (int i = 0; i < 299; i++) {
        snprintf(name, sizeof name, "layer%d", i);
        completions_add(out, name, NULL);
    }
    completions_add(out, "lax", NULL);
}

/* Few, and each as long as a line. */
static void add_long(const void *data, struct completions *out)
{
    char name[LINE_MAX_BYTES + 1];
    (void)data;
    for (int i = 0; i < 40; i++) {
        memset(name, 'a', sizeof name);
        name[0] = (char)('A' + i);
        name[LINE_MAX_BYTES - (i == 0 ? 0 : 1)] = '\0'; /* the first one fits in no line */
        completions_add(out, name, NULL);
    }
}

static void the_list_is_bounded(void **state)
{
    (void)state;
    completions_find(&found, &(struct completer){add_many, NULL}, "");
    assert_int_equal(found.count, COMPLETIONS_MAX);
    assert_true(found.more);
    assert_int_equal(found.common, 2);
    completions_find(&found, &(struct completer){add_long, NULL}, "");
    assert_int_equal(found.count, COMPLETIONS_BYTES / LINE_MAX_BYTES);
    assert_int_equal(completions_at(&found, 0)[0], 'B');
    assert_true(found.more);
}

static void add_notes(const void *data, struct completions *out)
{
    (void)data;
    completions_add(out, "b10", "ten");
    completions_add(out, "b9", "nine");
    completions_add(out, "a", NULL);
    completions_sort(out);
}

static void sorting_takes_the_notes_along(void **state)
{
    (void)state;
    completions_find(&found, &(struct completer){add_notes, NULL}, "");
    assert_string_equal(completions_at(&found, 0), "a");
    assert_null(found.note[0]);
    assert_string_equal(completions_at(&found, 1), "b9");
    assert_string_equal(found.note[1], "nine");
    assert_string_equal(completions_at(&found, 2), "b10");
    assert_string_equal(found.note[2], "ten");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_begins_so_is_found),
        cmocka_unit_test(case_counts_less_than_nothing),
        cmocka_unit_test(common_parts_are_whole_letters),
        cmocka_unit_test(what_cannot_be_typed_is_left_out),
        cmocka_unit_test(the_list_is_bounded),
        cmocka_unit_test(sorting_takes_the_notes_along),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
