/* The table of tabs, and what follows from it. */
#include "views/tab.h"

#include <ctype.h>
#include <stdio.h>

#include "base/translate.h"
#include "views/actions.h"

extern const struct layer_tab triage_tab, stats_tab, hist_tab, channels_tab, values_tab, whatif_tab,
    neighbours_tab;

/* In the order of the tab row; the first one is shown at first. */
static const struct layer_tab *const table[] = {
    &triage_tab, &stats_tab, &hist_tab, &channels_tab, &values_tab, &whatif_tab, &neighbours_tab,
};

_Static_assert(MM_COUNT(table) <= SCOPE_BITS - SCOPE_TABS, "a scope a tab");

int tab_count(void)
{
    return (int)MM_COUNT(table);
}

const struct layer_tab *tab_at(int number)
{
    return table[number];
}

int tab_number(const struct layer_tab *tab)
{
    for (int number = 0; number < tab_count(); number++) {
        if (table[number] == tab)
            return number;
    }
    return -1;
}

uint64_t tab_scope(int number)
{
    return SCOPE_BIT(SCOPE_TABS + number);
}

/* ---- actions ---- */

int tab_show_id(int number)
{
    return ACT_TABS + number;
}

int tab_action_id(int number, size_t i)
{
    int id = ACT_TABS + tab_count() + (int)i;
    for (int before = 0; before < number; before++)
        id += (int)table[before]->actions;
    return id;
}

int tab_shown_by(int id)
{
    return id >= ACT_TABS && id < ACT_TABS + tab_count() ? id - ACT_TABS : -1;
}

const struct tab_action *tab_action_of(int number, int id)
{
    int first = tab_action_id(number, 0);
    return id >= first && id < first + (int)table[number]->actions ? &table[number]->action[id - first]
                                                                   : NULL;
}

/* "What if" becomes "tab-what-if". */
static const char *show_name(struct mm_arena *arena, const char *title)
{
    char name[64];
    int length = snprintf(name, sizeof name, "tab-%s", title);
    for (int i = 0; i < length && i < (int)sizeof name; i++)
        name[i] = name[i] == ' ' ? '-' : (char)tolower((unsigned char)name[i]);
    return mm_arena_strdup(arena, name);
}

/* Its number is its key as long as that is one digit. */
static int make_show(struct mm_arena *arena, int number, struct action_info *out)
{
    char key[2] = "", help[128];
    if (number < 10)
        key[0] = (char)('0' + number);
    mm_format(help, sizeof help, "Tab %d, %s: %s", number, mm_tr_in("title", table[number]->title),
              table[number]->help);
    *out = (struct action_info){.id = tab_show_id(number),
                                .name = show_name(arena, table[number]->title),
                                .keys = mm_arena_strdup(arena, key),
                                .scopes = SCOPE_LAYER,
                                .help = mm_arena_strdup(arena, help)};
    return out->name && out->keys && out->help ? 0 : -1;
}

static void make_own(int number, size_t i, struct action_info *out)
{
    const struct tab_action *action = &table[number]->action[i];
    *out = (struct action_info){.id = tab_action_id(number, i),
                                .name = action->name,
                                .keys = action->keys,
                                .scopes = tab_scope(number),
                                .prompt = action->prompt,
                                .hint = action->hint,
                                .help = action->help,
                                .empty = action->prompt != NULL};
}

int tabs_actions(struct mm_arena *arena, struct action_section *out)
{
    size_t count = 0;
    struct action_info *row =
        mm_arena_array(arena, (size_t)(tab_action_id(tab_count(), 0) - ACT_TABS), sizeof *row);
    if (!row)
        return -1;
    for (int number = 0; number < tab_count(); number++) {
        if (make_show(arena, number, &row[count++]) < 0)
            return -1;
    }
    for (int number = 0; number < tab_count(); number++) {
        for (size_t i = 0; i < table[number]->actions; i++)
            make_own(number, i, &row[count++]);
    }
    out->row = row;
    out->count = count;
    return 0;
}
