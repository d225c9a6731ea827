#include "ui/role.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    char letter;
} roles[ROLE_COUNT] = {
    [ROLE_DEFAULT] = {"default", '.'},
    [ROLE_TITLE] = {"title", 'T'},
    [ROLE_TITLE_NAME] = {"title.name", 'N'},
    [ROLE_HEADER] = {"header", 'H'},
    [ROLE_HEADER_SORT] = {"header.sort", 'S'},
    [ROLE_FOOTER] = {"footer", 'f'},
    [ROLE_FOOTER_KEY] = {"footer.key", 'k'},
    [ROLE_STATUS] = {"status", 's'},
    [ROLE_STATUS_UNSAVED] = {"status.unsaved", 'u'},
    [ROLE_ERROR] = {"error", 'E'},
    [ROLE_LIST] = {"list", 'l'},
    [ROLE_LIST_SEL] = {"list.sel", 'L'},
    [ROLE_LIST_TAG] = {"list.tag", 't'},
    [ROLE_LIST_WAIT] = {"list.wait", 'w'},
    [ROLE_BADGE] = {"badge", 'g'},
    [ROLE_BADGE_SUGGEST] = {"badge.suggest", 'G'},
    [ROLE_OK] = {"ok", 'o'},
    [ROLE_WARN] = {"warn", 'W'},
    [ROLE_BAD] = {"bad", 'B'},
    [ROLE_NAN] = {"nan", 'n'},
    [ROLE_DIM] = {"dim", 'd'},
    [ROLE_LABEL] = {"label", 'a'},
    [ROLE_VALUE] = {"value", 'v'},
    [ROLE_MATCH] = {"match", 'm'},
    [ROLE_HEAT] = {"heat", 'h'},
    [ROLE_HEAT_0] = {"heat.0", '0'},
    [ROLE_HEAT_1] = {"heat.1", '1'},
    [ROLE_HEAT_2] = {"heat.2", '2'},
    [ROLE_HEAT_3] = {"heat.3", '3'},
    [ROLE_HEAT_4] = {"heat.4", '4'},
    [ROLE_HEAT_5] = {"heat.5", '5'},
    [ROLE_HEAT_6] = {"heat.6", '6'},
    [ROLE_HEAT_7] = {"heat.7", '7'},
    [ROLE_BAR] = {"bar", 'b'},
    [ROLE_BAR_SRC] = {"bar.src", '<'},
    [ROLE_BAR_DST] = {"bar.dst", '>'},
    [ROLE_BAR_BOTH] = {"bar.both", '='},
    [ROLE_BAR_ERROR] = {"bar.error", '!'},
    [ROLE_AXIS] = {"axis", 'x'},
    [ROLE_MARK] = {"mark", '^'},
    [ROLE_STRIP] = {"strip", '_'},
    [ROLE_STRIP_CURSOR] = {"strip.cursor", '+'},
    [ROLE_STRIP_OVER] = {"strip.over", '*'},
    [ROLE_PROGRESS] = {"progress", 'p'},
    [ROLE_TAB] = {"tab", 'c'},
    [ROLE_TAB_ACTIVE] = {"tab.active", 'C'},
    [ROLE_PROMPT] = {"prompt", 'q'},
    [ROLE_PROMPT_LABEL] = {"prompt.label", 'Q'},
    [ROLE_MENU] = {"menu", 'e'},
    [ROLE_MENU_SEL] = {"menu.sel", 'M'},
    [ROLE_MENU_KEY] = {"menu.key", 'K'},
    [ROLE_HELP] = {"help", 'i'},
    [ROLE_HELP_KEY] = {"help.key", 'y'},
    [ROLE_HELP_HEAD] = {"help.head", 'I'},
};

const char *role_name(enum role role)
{
    return (unsigned)role < ROLE_COUNT ? roles[role].name : "";
}

char role_letter(enum role role)
{
    return (unsigned)role < ROLE_COUNT ? roles[role].letter : '?';
}

static bool find(const char *name, size_t length, enum role *out)
{
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        if (strlen(roles[i].name) == length && memcmp(roles[i].name, name, length) == 0) {
            *out = (enum role)i;
            return true;
        }
    }
    return false;
}

bool role_find(const char *name, enum role *out)
{
    return find(name, strlen(name), out);
}

enum role role_parent(enum role role)
{
    const char *name = role_name(role);
    const char *dot = strrchr(name, '.');
    enum role parent;
    return dot && find(name, (size_t)(dot - name), &parent) ? parent : ROLE_DEFAULT;
}

enum role role_heat(double value)
{
    if (isnan(value) || value >= 1)
        return ROLE_HEAT_7;
    if (value <= 0)
        return ROLE_HEAT_0;
    return (enum role)(ROLE_HEAT_0 + (int)(value * ROLE_HEAT_STEPS));
}
