#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/action.h"
#include "ui/key.h"
#include "mmtui/base.h"

#include <string.h>

static void every_row_is_complete(void **state)
{
    (void)state;
    for (int id = 0; id < ACT_COUNT; id++) {
        const struct action_info *info = action_info((enum action)id);
        assert_int_equal(info->id, id);
        assert_true(info->name && info->name[0]);
        assert_true(info->help && info->help[0]);
        assert_true(info->keys != NULL);
        assert_true(id == ACT_NONE || info->scopes != 0);
        assert_true(strlen(info->name) <= 17); /* the column of the help screen */
        assert_null(strpbrk(info->name, " \t:"));
        for (const char *p = info->help; *p; p++)
            assert_true(*p >= ' ' && *p < 0x7f); /* help is broken into lines by bytes */
    }
}

static void names_are_unique_and_found(void **state)
{
    (void)state;
    for (int id = 1; id < ACT_COUNT; id++)
        assert_int_equal(action_find(action_info((enum action)id)->name), id);
    assert_int_equal(action_find("exp"), ACT_EXPORT);
    assert_int_equal(action_find("q"), ACT_QUIT);
    assert_int_equal(action_find("sort"), ACT_SORT); /* whole names go before longer ones */
    assert_int_equal(action_find("next"), ACT_NEXT_BAD);
    assert_int_equal(action_find("tag-"), ACT_NONE); /* several */
    assert_int_equal(action_find(""), ACT_NONE);
    assert_int_equal(action_find("nothing"), ACT_NONE);
    assert_int_equal(action_info((enum action) - 1)->id, ACT_NONE);
    assert_int_equal(action_info((enum action)9999)->id, ACT_NONE);
}

/* The scopes that views really have at one time. */
static const unsigned views[] = {SCOPE_LAYERS | SCOPE_LIST,
                                 SCOPE_LAYER | SCOPE_LIST,
                                 SCOPE_LAYER | SCOPE_LIST | SCOPE_HIST,
                                 SCOPE_LAYER | SCOPE_LIST | SCOPE_NEIGHBOURS,
                                 SCOPE_PLAN | SCOPE_LIST,
                                 SCOPE_HELP | SCOPE_LIST};

static bool has_key(enum action id, const char *key)
{
    const char *p = action_info(id)->keys;
    size_t length = strlen(key);
    while (*p) {
        size_t n = strcspn(p, " ");
        if (n == length && memcmp(p, key, n) == 0)
            return true;
        p += n + (p[n] == ' ');
    }
    return false;
}

static void no_key_means_two_things_in_one_view(void **state)
{
    (void)state;
    for (int id = 1; id < ACT_COUNT; id++) {
        char keys[64];
        strncpy(keys, action_info((enum action)id)->keys, sizeof(keys) - 1);
        keys[sizeof(keys) - 1] = '\0';
        char *rest = NULL;
        for (char *key = strtok_r(keys, " ", &rest); key; key = strtok_r(NULL, " ", &rest)) {
            assert_int_not_equal(key_parse(key), K_NONE);
            for (int other = id + 1; other < ACT_COUNT; other++) {
                for (size_t v = 0; v < MM_COUNT(views); v++) {
                    bool both = (action_info((enum action)id)->scopes & views[v]) &&
                                (action_info((enum action)other)->scopes & views[v]);
                    if (both && has_key((enum action)other, key))
                        fail_msg("%s: %s and %s", key, action_info((enum action)id)->name,
                                 action_info((enum action)other)->name);
                }
            }
        }
    }
}

static void no_action_needs_a_function_key_or_alt(void **state)
{
    (void)state;
    for (int id = 1; id < ACT_COUNT; id++) {
        const char *keys = action_info((enum action)id)->keys;
        bool only_special = keys[0] == 'M' || (keys[0] == 'F' && keys[1] >= '0' && keys[1] <= '9');
        assert_false(only_special && !strchr(keys, ' '));
    }
}

static void times(void **state)
{
    (void)state;
    assert_int_equal(action_times(&(struct action_event){.count = 0}), 1);
    assert_int_equal(action_times(&(struct action_event){.count = 7}), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_complete),
        cmocka_unit_test(names_are_unique_and_found),
        cmocka_unit_test(no_key_means_two_things_in_one_view),
        cmocka_unit_test(no_action_needs_a_function_key_or_alt),
        cmocka_unit_test(times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
