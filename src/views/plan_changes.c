/* The plan screen's lines of what is not in the file: added, removed, changed. */
#include "views/plan_lines.h"

#include <stdlib.h>
#include <string.h>

enum change_kind { ADDED, CHANGED, REMOVED, SET, KINDS };
static const char *const headings[KINDS] = {"Added", "Changed", "Removed", "Settings"};

static enum change_kind kind_of(const struct mm_plan_change *change)
{
    return change->key ? SET : !change->before ? ADDED : change->after ? CHANGED : REMOVED;
}

/* Its place in the plan. */
static size_t place_of(const struct mm_plan *plan, const struct mm_override *override, size_t from)
{
    while (mm_plan_at(plan, from) && mm_plan_at(plan, from) != override)
        from++;
    return from;
}

static void add_was(struct plan_view *view, const struct mm_override *before, const char *word)
{
    struct mm_buf text = {0};
    mm_buf_printf(&text, "%s%s%s%s", word, mm_override_precision(before), *before->why ? ": " : "",
                  before->why);
    plan_lines_add_text(view, LINE_TEXT, 11, mm_buf_text(&text));
    mm_buf_done(&text);
}

static void add_removed(struct plan_view *view, const struct mm_override *before)
{
    struct mm_buf text = {0};
    mm_buf_printf(&text, "  %-8s %s", mm_override_precision(before), before->name);
    plan_lines_add_text(view, LINE_TEXT, 11, mm_buf_text(&text));
    mm_buf_done(&text);
}

static void add_setting(struct plan_view *view, const struct mm_plan_change *change)
{
    struct mm_buf text = {0};
    mm_buf_printf(&text, "  %s = %s (was %s)", change->key, change->is ? change->is : "not set",
                  change->was ? change->was : "not set");
    plan_lines_add_text(view, LINE_TEXT, 4, mm_buf_text(&text));
    mm_buf_done(&text);
}

/* All changes of a kind, under its heading. */
static void add_kind(struct plan_view *view, const struct mm_plan *plan, const struct mm_plan_change *changes,
                     size_t count, enum change_kind kind)
{
    struct mm_buf heading = {0};
    size_t of_kind = 0, place = 0;
    for (size_t i = 0; i < count; i++)
        of_kind += kind_of(&changes[i]) == kind;
    if (of_kind == 0)
        return;
    mm_buf_printf(&heading, "%s (%zu)", headings[kind], of_kind);
    plan_lines_add_text(view, LINE_HEAD, 0, mm_buf_text(&heading));
    mm_buf_done(&heading);
    for (size_t i = 0; i < count; i++) {
        const struct mm_plan_change *change = &changes[i];
        if (kind_of(change) != kind)
            continue;
        if (change->after) {
            place = place_of(plan, change->after, place);
            plan_lines_add(view, (struct plan_line){.kind = LINE_OVERRIDE, .override = place});
        }
        if (kind == CHANGED)
            add_was(view, change->before, "           was ");
        else if (kind == REMOVED)
            add_removed(view, change->before);
        else if (kind == SET)
            add_setting(view, change);
    }
}

void plan_lines_add_changes(struct plan_view *view, const struct mm_plan *plan)
{
    struct mm_plan_change *changes;
    struct mm_err err;
    size_t count;
    bool file = mm_plan_has_file(plan);
    if (mm_plan_changes(plan, &changes, &count, &err) < 0) {
        plan_lines_add_text(view, LINE_WARN, 0, err.text);
        return;
    }
    if (count == 0)
        plan_lines_add_text(view, LINE_TEXT, 0,
                            file ? "Nothing has changed since the plan was written or read last."
                                 : "There is nothing in the plan yet.");
    else
        plan_lines_add_text(view, LINE_TEXT, 0,
                            file ? "Since the plan was written or read last:"
                                 : "The plan was not written yet: all of it is new.");
    for (int kind = 0; kind < KINDS; kind++)
        add_kind(view, plan, changes, count, (enum change_kind)kind);
    free(changes);
}
