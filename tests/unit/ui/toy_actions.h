/* The actions of a made-up program, for tests of the mechanism: a list, a part of it that has a scope of its own, and a
 * second screen. */
#ifndef TESTS_TOY_ACTIONS_H
#define TESTS_TOY_ACTIONS_H

#include "ui/action.h"

#define SCOPE_TOY   SCOPE_BIT(SCOPE_FREE)
#define SCOPE_OTHER SCOPE_BIT(SCOPE_FREE + 1)
#define SCOPE_PART  SCOPE_BIT(SCOPE_BITS - 1) /* the last one that there is */

enum {
    ACT_SEARCH = ACT_FREE,
    ACT_NEXT_BAD,
    ACT_SORT_MENU,
    ACT_SORT,
    ACT_TAG,
    ACT_TAG_PATTERN,
    ACT_UNDO,
    ACT_SHOW,
    ACT_WRITE,
    ACT_PART_3,
    ACT_PART_LOG,
};

static const struct action_info toy_rows[] = {
    {ACT_SEARCH, "search", "/", SCOPE_TOY, "/", "search", "Find a row", .empty = true},
    {ACT_NEXT_BAD, "next-bad", "e", SCOPE_TOY | SCOPE_PART, NULL, "next bad", "Next bad row"},
    {ACT_SORT_MENU, "sort-menu", "s", SCOPE_TOY, NULL, "sort", "Choose what to sort by"},
    {ACT_SORT, "sort", "", SCOPE_TOY, "Sort by: ", NULL,
     "Sort by a column; this sentence is long enough for two lines on a narrow screen (:sort one)"},
    {ACT_TAG, "tag", "Space", SCOPE_TOY, NULL, "tag", "Tag or untag"},
    {ACT_TAG_PATTERN, "tag-pattern", "*", SCOPE_TOY, "Tag: ", NULL, "Tag what matches"},
    {ACT_UNDO, "undo", "u", SCOPE_TOY | SCOPE_OTHER, NULL, "undo", "Undo"},
};
static const struct action_info toy_other_rows[] = {
    {ACT_SHOW, "show", "w", SCOPE_TOY | SCOPE_PART, NULL, "show", "Show the other screen"},
    {ACT_WRITE, "write", "w Enter", SCOPE_OTHER, NULL, "write", "Write it"},
    {ACT_PART_3, "part-3", "3", SCOPE_PART, NULL, NULL, "Part 3"},
    {ACT_PART_LOG, "part-log", "L", SCOPE_PART, NULL, "log", "Logarithmic or not"},
};

#define TOY_SECTIONS 5

/* Two sections with one heading, as the tabs of a screen have them. */
static inline const struct action_section *toy_sections(struct action_section out[TOY_SECTIONS])
{
    out[0] = action_moving;
    out[1] = (struct action_section){"Toys", toy_rows, 3};
    out[2] = (struct action_section){"Toys", toy_rows + 3, MM_COUNT(toy_rows) - 3};
    out[3] = (struct action_section){"Others", toy_other_rows, MM_COUNT(toy_other_rows)};
    out[4] = action_program;
    return out;
}

#endif
