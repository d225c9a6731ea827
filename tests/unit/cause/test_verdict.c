/* The table of verdicts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"

#include <ctype.h>
#include <string.h>

/* Words are different and fit for filters; every row says what it means. */
static void every_row_speaks(void **state)
{
    (void)state;
    for (int i = 0; i < MM_VERDICT_COUNT; i++) {
        const struct mm_verdict_info *info = mm_verdict_info((enum mm_verdict_kind)i);
        assert_true(info->word && info->word[0]);
        for (const char *c = info->word; *c; c++)
            assert_true(islower((unsigned char)*c) || *c == '-');
        assert_string_equal(mm_verdict_word((enum mm_verdict_kind)i), info->word);
        assert_true(strlen(info->explanation) > 8 && strlen(info->explanation) < 100);
        assert_true(info->group < MM_GROUP_COUNT);
        if (info->next)
            assert_true(isupper((unsigned char)info->next[0]) && info->next[strlen(info->next) - 1] == '.');
        for (int k = 0; k < i; k++)
            assert_string_not_equal(info->word, mm_verdict_word((enum mm_verdict_kind)k));
    }
    assert_string_equal(mm_verdict_word((enum mm_verdict_kind)99), "?");
    assert_string_equal(mm_verdict_word((enum mm_verdict_kind) - 1), "?");
}

/* Who says that something is wrong at this very layer also says that something is wrong, and what to do. */
static void origins_are_bad(void **state)
{
    (void)state;
    for (int i = 0; i < MM_VERDICT_COUNT; i++) {
        const struct mm_verdict_info *info = mm_verdict_info((enum mm_verdict_kind)i);
        assert_true(info->bad || !info->is_origin);
        assert_true(info->bad == (info->next != NULL));
        assert_true(info->is_origin || !info->precision_cannot_fix);
    }
}

/* The same, kind by kind. */
static void what_counts(void **state)
{
    (void)state;
    static const struct {
        enum mm_verdict_kind kind;
        const char *word;
        bool bad, is_origin, precision_cannot_fix;
    } rows[] = {
        {MM_VERDICT_NONE, "pending", false, false, false},
        {MM_VERDICT_OK, "ok", false, false, false},
        {MM_VERDICT_NOISE, "noise", true, false, false},
        {MM_VERDICT_HARMLESS, "harmless", true, false, false},
        {MM_VERDICT_INHERITED, "inherited", true, false, false},
        {MM_VERDICT_FORMAT, "format-limited", true, true, false},
        {MM_VERDICT_SETTINGS, "settings", true, true, false},
        {MM_VERDICT_IMPLEMENTATION, "implementation", true, true, false},
        {MM_VERDICT_INPUT, "input-fault", true, true, true},
        {MM_VERDICT_OUTPUT, "output-fault", true, true, true},
        {MM_VERDICT_OVERFLOW, "overflow", true, true, false},
        {MM_VERDICT_OVER, "over", true, true, false},
        {MM_VERDICT_NONFINITE, "nonfinite", true, true, false},
        {MM_VERDICT_SHAPE, "shape", true, true, false},
        {MM_VERDICT_UNPAIRED, "unpaired", false, false, false},
        {MM_VERDICT_UNREADABLE, "unreadable", true, false, false},
        {MM_VERDICT_CHANGED, "changed", true, false, false},
    };
    assert_int_equal(MM_COUNT(rows), MM_VERDICT_COUNT);
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        const struct mm_verdict_info *info = mm_verdict_info(rows[i].kind);
        assert_string_equal(info->word, rows[i].word);
        assert_true(info->bad == rows[i].bad && info->is_origin == rows[i].is_origin);
        assert_true(info->precision_cannot_fix == rows[i].precision_cannot_fix);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_speaks),
        cmocka_unit_test(origins_are_bad),
        cmocka_unit_test(what_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
