/* What the tests of dialects share that read a runtime's file back. */
#ifndef TESTS_EXPORT_READING_H
#define TESTS_EXPORT_READING_H

#include "unit/export/exporting.h"

/* The plan that a text becomes, as assert_listing has it, and what is said; of one that is refused, the error behind its
 * path. */
static inline void check_read(const struct mm_export *export, const char *text, const char *expected,
                              const char *said)
{
    char folder[64];
    struct mm_plan *plan = plan_new();
    struct mm_buf notes = {0};
    struct mm_err err = {0};
    char *path = mm_path_join(folder_new(folder), "m.cfg");
    assert_int_equal(mm_file_write(path, text, strlen(text), NULL), 0);
    if (mm_plan_import(plan, export, path, &notes, &err) < 0)
        assert_string_equal(err.text + strlen(path) + 2, said);
    else {
        assert_listing(plan, expected);
        assert_string_equal(notes.length ? mm_buf_text(&notes) : "", said);
    }
    mm_buf_done(&notes);
    free(path);
    mm_folder_remove(folder);
    mm_plan_close(plan);
}

/* Names that are hard to write down; what a plan's names can hold at all. */
static const char *const HOSTILE[] = {
    "it's \"quoted\" \\",
    "a: b # c",
    "{x, y}",
    "- z",
    "line\nend\ttab",
    "a=b",
    "\xc3\xa9\xf0\x9f\x92\x80",
    "#a",
    "a,b+c[0]|(d)*",
    "Caps.$^?",
    "\x1b[31m",
    "bytes\xff",
    "OpType::Relu",
    "a::b",
    " blank ",
    "why?",
};

/* A plan with all of them, as operators that have no tensor of another name. */
static inline struct mm_plan *hostile_plan(enum mm_precision precision)
{
    struct mm_plan *plan = plan_new();
    mm_plan_begin(plan, "all");
    for (size_t i = 0; i < MM_COUNT(HOSTILE); i++) {
        struct mm_override override = make_override(HOSTILE[i], precision);
        override.tensor = "";
        assert_int_equal(mm_plan_set(plan, &override, NULL), 0);
    }
    mm_plan_commit(plan);
    return plan;
}

static inline bool is_told(const struct mm_export *export, const char *rule, const char *name)
{
    struct mm_problems problems = {0};
    bool told = false;
    mm_lint(export, &problems);
    for (size_t i = 0; i < problems.count; i++)
        told |= problems.problem[i].severity == MM_SEVERITY_ERROR &&
                strcmp(problems.problem[i].rule, rule) == 0 && problems.problem[i].name &&
                strcmp(problems.problem[i].name, name) == 0;
    mm_problems_done(&problems);
    return told;
}

/* Written and read again each of the names is in the plan, or it was told that it can't be. */
static inline void check_hostile(const char *dialect, enum mm_precision precision, size_t told)
{
    char folder[64];
    struct mm_plan *plan = hostile_plan(precision), *again = plan_new();
    struct mm_export export = export_for(dialect, plan);
    struct mm_buf notes = {0};
    assert_int_equal(mm_export_write(&export, folder_new(folder), NULL), 0);
    char *path = mm_path_join(folder, export.dialect->files[0].name);
    assert_int_equal(mm_plan_import(again, &export, path, &notes, NULL), 0);
    assert_string_equal(notes.length ? mm_buf_text(&notes) : "", "");
    size_t lost = 0;
    for (size_t i = 0; i < MM_COUNT(HOSTILE); i++) {
        const struct mm_override *back = mm_plan_find(again, HOSTILE[i]);
        assert_int_equal(back == NULL, is_told(&export, "form", HOSTILE[i]));
        assert_true(!back || back->precision == precision);
        lost += !back;
    }
    assert_int_equal(lost, told);
    assert_int_equal(mm_plan_count(again), MM_COUNT(HOSTILE) - told);
    mm_buf_done(&notes);
    free(path);
    mm_folder_remove(folder);
    mm_plan_close(plan);
    mm_plan_close(again);
}

#endif
