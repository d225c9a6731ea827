/* Names that break what pastes them into a text: what the generated files of the dialects are read back with. */
#ifndef TESTS_EXPORT_HOSTILE_H
#define TESTS_EXPORT_HOSTILE_H

#include "unit/export/exporting.h"

/* check_hostile.py has them, too. */
static const char *const HOSTILE[] = {
    "/ln/Pow",
    "it's \"quoted\" \\ and\nbroken\t\x1b[31m \"\"\" ''' # {}",
    "\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\x80\xe2\x80\xae",
    "\"]}; import os; os._exit(3) #",
    "a, b + c|d.*(e)[f]{2}^$?",
    "<layer name=\"x\"/>&amp;&#10;]]>",
    " blank ",
};

/* All of them in FLOAT32. */
static inline struct mm_plan *hostile_plan(void)
{
    struct mm_plan *plan = plan_new();
    mm_plan_begin(plan, "all");
    for (size_t i = 0; i < MM_COUNT(HOSTILE); i++)
        set_on(plan, HOSTILE[i], HOSTILE[i]);
    mm_plan_commit(plan);
    return plan;
}

/* Export them, have check_hostile.py read what was written, and read `file` back. */
static inline void check_hostile(const char *dialect, const char *file)
{
    char folder[64], check[512], command[1024];
    struct mm_plan *plan = hostile_plan(), *back = plan_new();
    struct mm_export export = export_for(dialect, plan);
    struct mm_buf notes = {0};
    assert_int_equal(mm_export_write(&export, folder_new(folder), NULL), 0);
    beside(check, sizeof check, "check_hostile.py");
    snprintf(command, sizeof command, "/usr/bin/python3 -B '%s' %s %s", check, dialect, folder);
    assert_int_equal(system(command), 0);
    char *path = mm_path_join(folder, file);
    assert_int_equal(mm_plan_import(back, &export, path, &notes, NULL), 0);
    assert_string_equal(mm_buf_text(&notes), "");
    assert_int_equal(mm_plan_count(back), MM_COUNT(HOSTILE));
    for (size_t i = 0; i < MM_COUNT(HOSTILE); i++)
        assert_int_equal(mm_plan_find(back, HOSTILE[i])->precision, MM_PRECISION_F32);
    free(path);
    mm_buf_done(&notes);
    mm_folder_remove(folder);
    mm_plan_close(back);
    mm_plan_close(plan);
}

/* A text that is read: so many operators, and what is said (an error without its file, or notes). */
struct import_case {
    const char *text, *said;
    size_t count;
};

static inline void check_imports(const char *dialect, const struct import_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct mm_plan *plan = plan_new();
        struct mm_export export = export_for(dialect, plan);
        struct mm_buf notes = {0};
        struct mm_err err = {0};
        char *path = text_file(cases[i].text);
        bool failed = mm_plan_import(plan, &export, path, &notes, &err) < 0;
        assert_string_equal(failed ? err.text + strlen(path) : mm_buf_text(&notes), cases[i].said);
        assert_int_equal(mm_plan_count(plan), cases[i].count);
        remove_file(path);
        mm_buf_done(&notes);
        mm_plan_close(plan);
    }
}

#endif
