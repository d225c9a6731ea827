/* --dump-config: the settings as a config file. */
#include "cli/config.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "ui/keymap.h"
#include "ui/text_fit.h"
#include "views/actions.h"

#define WIDTH 79

static void print_comment(const char *text)
{
    for (size_t length; *text; text += length, text += strspn(text, " ")) {
        length = text_fit_break(text, WIDTH - 2);
        printf("# %.*s\n", (int)length, text);
    }
}

/* What an option is where nothing is given, as text; NULL: no text says it. `number` is the memory that it may lie in. */
static const char *initial_value(const struct cli_options *fresh, const struct option_info *info,
                                 char number[MM_NUM])
{
    const char *member = (const char *)fresh + info->member;
    if (info->kind == OPTION_FLAG)
        return *(const bool *)member ? "yes" : "no";
    if (info->kind == OPTION_NUMBER)
        return mm_num_repr(number, *(const double *)member);
    if (info->kind == OPTION_TEXT && *(const char *const *)member)
        return *(const char *const *)member;
    return info->initial;
}

/* A line break, or a blank at its ends, would be lost in a file. */
static bool can_stand_in_file(const char *value)
{
    size_t length = strlen(value);
    if (strpbrk(value, "\n\r") ||
        (length && (isblank((unsigned char)value[0]) || isblank((unsigned char)value[length - 1]))))
        return false;
    return true;
}

static void print_setting(const struct cli_options *options, const struct cli_options *fresh, enum option id)
{
    const struct option_info *info = option_info(id);
    const char *value = options->given_value[id];
    char number[MM_NUM];
    struct mm_buf help = {0};
    mm_buf_puts(&help, info->help);
    for (size_t i = 0; info->choice && info->choice(i); i++)
        mm_buf_printf(&help, i ? ", %s" : ": %s", info->choice(i));
    putchar('\n');
    print_comment(mm_buf_text(&help));
    mm_buf_done(&help);
    const char *initial = initial_value(fresh, info, number);
    if (value && can_stand_in_file(value))
        printf("%s = %s\n", info->name, value);
    else if (value)
        printf("# (its value has a line break or blanks at its ends, which can't stand in a config file)\n");
    else
        printf("#%s = %s\n", info->name, initial ? initial : info->argument);
}

static void print_group(const struct cli_options *options, const struct cli_options *fresh,
                        enum option_group group, const char *title)
{
    bool told = false;
    for (int id = OPT_NONE + 1; id < OPT_COUNT; id++) {
        const struct option_info *info = option_info((enum option)id);
        if (!info->in_config || info->group != group)
            continue;
        if (!told)
            printf("\n# ---- %s ----\n", title);
        told = true;
        print_setting(options, fresh, (enum option)id);
    }
}

/* ---- keys ---- */

static void print_given_bindings(const struct cli_options *options)
{
    const char *text = mm_buf_text(&options->bindings);
    while (*text) {
        size_t length = strcspn(text, "\n");
        if (length)
            printf("%.*s\n", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

static void print_default_bindings(const struct screen_actions *actions)
{
    for (size_t s = 0; s < SCREEN_SECTIONS; s++) {
        for (size_t i = 0; i < actions->section[s].count; i++) {
            const struct action_info *row = &actions->section[s].row[i];
            for (const char *key = row->keys; *key; key += strcspn(key, " "), key += strspn(key, " "))
                printf("#bind %.*s %s\n", (int)strcspn(key, " "), key, row->name);
        }
    }
}

static int print_keys(const struct cli_options *options, struct mm_err *err)
{
    struct screen_actions screens;
    struct actions actions;
    struct keymap map;
    if (screen_actions_init(&screens, err) < 0)
        return -1;
    int result = actions_init(&actions, screens.section, SCREEN_SECTIONS, err);
    if (result == 0 && (result = keymap_init(&map, &actions, err)) == 0) {
        result = keymap_parse(&map, mm_buf_text(&options->bindings_source), mm_buf_text(&options->bindings),
                              options->bindings.length, err);
        keymap_done(&map);
    }
    if (result == 0) {
        printf("\n# ---- Keys ----\n\n# bind KEY ACTION gives a key to an action of the screens (? lists "
               "them), bind KEY none "
               "frees it.\n");
        print_given_bindings(options);
        printf("\n# Without a line of yours:\n");
        print_default_bindings(&screens);
    }
    actions_done(&actions);
    screen_actions_done(&screens);
    return result;
}

int config_print(const struct cli_options *options, struct mm_err *err)
{
    struct cli_options fresh;
    size_t count;
    const struct option_group_info *groups = option_groups(&count);
    cli_options_init(&fresh);
    printf("# Settings of mmtui %s, for $XDG_CONFIG_HOME/mmtui/config (or ~/.config/mmtui/config).\n"
           "# Lines that begin with # are comments: here they have the defaults.\n",
           MM_VERSION);
    for (size_t i = 0; i < count; i++)
        print_group(options, &fresh, groups[i].group, groups[i].title);
    print_group(options, &fresh, GROUP_OWN, "Of single commands");
    cli_options_done(&fresh);
    return print_keys(options, err);
}
