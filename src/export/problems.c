/* What is wrong with an export: a list that grows, and its sentences. */
#include "export/export.h"

#include "base/names.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/translate.h"

const char *mm_severity_text(enum mm_severity severity)
{
    static const char *const texts[MM_SEVERITY_COUNT] = {
        [MM_SEVERITY_NOTE] = "note", [MM_SEVERITY_WARNING] = "warning", [MM_SEVERITY_ERROR] = "error"};
    return texts[severity];
}

static bool reserve(struct mm_problems *problems)
{
    if (problems->count < problems->capacity)
        return true;
    size_t capacity = problems->capacity ? problems->capacity * 2 : 16;
    struct mm_problem *more = realloc(problems->problem, capacity * sizeof *more);
    if (!more)
        return false;
    problems->problem = more;
    problems->capacity = capacity;
    return true;
}

void mm_problems_add(struct mm_problems *problems, enum mm_severity severity, const char *rule,
                     const char *name, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *what = mm_vformat_new(format, arguments);
    va_end(arguments);
    struct mm_problem problem = {.severity = severity, .rule = rule};
    problem.what = what ? mm_arena_strdup(&problems->arena, what) : NULL;
    problem.name = name ? mm_arena_strdup(&problems->arena, name) : NULL;
    free(what);
    if (!problem.what || (name && !problem.name) || !reserve(problems)) {
        problems->failed = true;
        return;
    }
    problems->problem[problems->count++] = problem;
    problems->by_severity[severity]++;
}

void mm_problems_done(struct mm_problems *problems)
{
    free(problems->problem);
    mm_arena_done(&problems->arena);
    *problems = (struct mm_problems){0};
}

/* ---- sentences ---- */

/* Findings that say the same, by the number of what they say; a problem without a name stands alone. */
struct groups {
    struct mm_names said;
    struct mm_arena arena;
    size_t *of;    /* by problem */
    size_t *count; /* by group */
};

static bool group(const struct mm_problems *problems, struct groups *groups)
{
    struct mm_buf key = {0};
    mm_names_init(&groups->said);
    groups->of = calloc(problems->count + 1, sizeof *groups->of);
    groups->count = calloc(problems->count + 1, sizeof *groups->count);
    bool good = groups->of && groups->count;
    for (size_t i = 0; good && i < problems->count; i++) {
        const struct mm_problem *problem = &problems->problem[i];
        mm_buf_clear(&key);
        if (problem->name)
            mm_buf_printf(&key, "%d %s %s", (int)problem->severity, problem->rule, problem->what);
        else
            mm_buf_printf(&key, "%zu", i);
        int number =
            key.failed ? -1 : mm_names_add(&groups->said, &groups->arena, mm_buf_text(&key), key.length);
        good = number >= 0;
        if (good)
            groups->count[groups->of[i] = (size_t)number]++;
    }
    mm_buf_done(&key);
    return good;
}

static void groups_done(struct groups *groups)
{
    mm_names_done(&groups->said);
    mm_arena_done(&groups->arena);
    free(groups->of);
    free(groups->count);
}

static void put_problem(const struct mm_problem *problem, size_t count, bool severity, struct mm_buf *out)
{
    if (severity)
        mm_buf_printf(out, "%s: ", mm_tr_in("word", mm_severity_text(problem->severity)));
    if (problem->name) {
        mm_buf_printf(out, count == 1 ? "%zu operator (" : "%zu operators (", count);
        mm_buf_say(out, count == 1 ? "\"" : "such as \"");
        mm_text_escape(out, problem->name, strlen(problem->name));
        mm_buf_puts(out, "\"): ");
    }
    mm_text_escape(out, problem->what, strlen(problem->what)); /* names from files may stand in it */
    mm_buf_putc(out, '\n');
}

/* Those of one severity; MM_SEVERITY_COUNT: all, as they come. */
static void put_problems(const struct mm_problems *problems, const struct groups *groups,
                         enum mm_severity severity, struct mm_buf *out)
{
    for (size_t i = 0, said = 0; i < problems->count; i++) {
        if (groups->of[i] != said)
            continue; /* groups are numbered as they come */
        size_t count = groups->count[said++];
        if (severity == MM_SEVERITY_COUNT || problems->problem[i].severity == severity)
            put_problem(&problems->problem[i], count, severity != MM_SEVERITY_COUNT, out);
    }
}

void mm_problems_text(const struct mm_problems *problems, bool severity, struct mm_buf *out)
{
    struct groups groups = {0};
    if (problems->failed || !group(problems, &groups))
        out->failed = true;
    else if (!severity)
        put_problems(problems, &groups, MM_SEVERITY_COUNT, out);
    else
        for (int s = MM_SEVERITY_ERROR; s >= MM_SEVERITY_NOTE; s--)
            put_problems(problems, &groups, (enum mm_severity)s, out);
    groups_done(&groups);
}
