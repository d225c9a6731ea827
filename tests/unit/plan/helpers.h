/* What the tests of this folder share: cmocka in the right order, short ways to make plans and files. */
#ifndef TESTS_PLAN_HELPERS_H
#define TESTS_PLAN_HELPERS_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmtui/plan.h"

static inline struct mm_plan *plan_new(void)
{
    struct mm_plan *plan = NULL;
    assert_int_equal(mm_plan_open(&plan, NULL), 0);
    return plan;
}

/* An override without figures. */
static inline struct mm_override make_override(const char *name, enum mm_precision precision)
{
    return (struct mm_override){.name = name,
                                .op_type = "Pow",
                                .tensor = "t",
                                .precision = precision,
                                .why = "overflow",
                                .figures = {NAN, NAN, NAN, NAN}};
}

/* Inside a step. */
static inline void set(struct mm_plan *plan, const char *name, enum mm_precision precision)
{
    struct mm_override override = make_override(name, precision);
    assert_int_equal(mm_plan_set(plan, &override, NULL), 0);
}

/* Inside a step: a type that one runtime has. */
static inline void set_own(struct mm_plan *plan, const char *name, const char *type)
{
    struct mm_override override = make_override(name, MM_PRECISION_OWN);
    override.own = type;
    assert_int_equal(mm_plan_set(plan, &override, NULL), 0);
}

/* A step of one override; precision NONE clears. */
static inline size_t choose(struct mm_plan *plan, const char *name, enum mm_precision precision)
{
    mm_plan_begin(plan, name);
    set(plan, name, precision);
    return mm_plan_commit(plan);
}

/* All names and badges, in order: "a:F16 b:F32". */
static inline const char *listing(const struct mm_plan *plan, struct mm_buf *out)
{
    mm_buf_clear(out);
    for (size_t i = 0; i < mm_plan_count(plan); i++)
        mm_buf_printf(out, "%s%s:%s", i ? " " : "", mm_plan_at(plan, i)->name,
                      mm_override_badge(mm_plan_at(plan, i)));
    return out->length ? mm_buf_text(out) : "";
}

#define assert_listing(plan, expected)                                                                       \
    do {                                                                                                     \
        struct mm_buf listing_text = {0};                                                                    \
        assert_string_equal(listing(plan, &listing_text), expected);                                         \
        mm_buf_done(&listing_text);                                                                          \
    } while (0)

/* A folder of its own; the caller passes it to mm_folder_remove. */
static inline char *folder_new(char folder[64])
{
    strcpy(folder, "/tmp/mmtui-plan-XXXXXX");
    assert_non_null(mkdtemp(folder));
    return folder;
}

/* A file that lies beside the test's source. */
static inline void beside_of(char *out, size_t size, const char *source, const char *name)
{
    const char *slash = strrchr(source, '/');
    snprintf(out, size, "%.*s%s", slash ? (int)(slash - source) + 1 : 0, source, name);
}
#define beside(out, size, name) beside_of(out, size, __FILE__, name)

/* The file's text, NUL-terminated, malloc'ed. */
static inline char *read_text(const char *folder, const char *name)
{
    char *path = mm_path_join(folder, name);
    struct mm_buf text = {0};
    assert_int_equal(mm_file_read(path, 1 << 24, &text, NULL), 0);
    free(path);
    char *copy = strdup(mm_buf_text(&text));
    mm_buf_done(&text);
    return copy;
}

#endif
