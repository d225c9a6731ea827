#include "mmtui/export.h"
#include "unit/plan/helpers.h"

static void finds_by_id(void **state)
{
    (void)state;
    size_t count;
    const struct mm_dialect *dialects = mm_dialects(&count);
    assert_true(count >= 1);
    for (size_t i = 0; i < count; i++)
        assert_ptr_equal(mm_dialect_find(dialects[i].id), &dialects[i]);
    assert_string_equal(mm_dialect_find("magicmind")->title, "Cambricon MagicMind");
    assert_null(mm_dialect_find("MagicMind "));
    assert_null(mm_dialect_find(""));
    assert_null(mm_dialect_find(NULL));
}

static void every_row_is_complete(void **state)
{
    (void)state;
    size_t count;
    const struct mm_dialect *dialects = mm_dialects(&count);
    for (size_t i = 0; i < count; i++) {
        assert_non_null(dialects[i].limits);
        assert_non_null(dialects[i].write);
        bool cpp = false;
        for (const struct mm_export_file *file = dialects[i].files; file->name; file++) {
            assert_true(*file->what && !strchr(file->what, '\n') && !strchr(file->name, '/'));
            assert_true(file->cpp || !cpp); /* those for cpp last */
            cpp = file->cpp;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_by_id),
        cmocka_unit_test(every_row_is_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
