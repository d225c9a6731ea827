/* --help: made from the rows of commands and options. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/translate.h"
#include "cli/commands.h"
#include "ui/text_fit.h"

enum { WIDTH = 79, OPTION_AT = 29, COMMAND_AT = 13 }; /* columns */

/* `text` from column `at` of the line on, and in lines below from there on. */
static void print_wrapped(const char *text, int at)
{
    for (size_t length; *text; text += length, text += strspn(text, " ")) {
        length = text_fit_break(text, WIDTH - at);
        cli_say(stdout, "%.*s\n", (int)length, text);
        if (text[length])
            cli_say(stdout, "%*s", at, "");
    }
}

static void print_option(const struct option_info *info)
{
    char left[64];
    struct mm_buf text = {0};
    snprintf(left, sizeof left, "%s%c%s --%s%s%s", info->letter ? "-" : " ",
             info->letter ? info->letter : ' ', info->letter ? "," : " ", info->name,
             info->argument ? " " : "", info->argument ? info->argument : "");
    mm_buf_say(&text, info->help);
    for (size_t i = 0; info->choice && info->choice(i); i++)
        mm_buf_printf(&text, i ? ", %s" : ": %s (default)", info->choice(i));
    if (strlen(left) > OPTION_AT - 4)
        cli_say(stdout, "  %s\n%*s", left, OPTION_AT, "");
    else
        cli_say(stdout, "  %-*s", OPTION_AT - 2, left);
    print_wrapped(mm_buf_text(&text), OPTION_AT);
    mm_buf_done(&text);
}

/* The command's own options, then those of its groups. */
static void print_options(const struct option_set *set)
{
    size_t count;
    const struct option_group_info *groups = option_groups(&count);
    for (const enum option *id = set->own; *id != OPT_NONE; id++)
        print_option(option_info(*id));
    for (size_t i = 0; i < count; i++) {
        if (!(groups[i].group & (set->groups | GROUP_COMMON)))
            continue;
        printf("\n%s:\n", mm_tr_in("title", groups[i].title));
        for (int id = OPT_NONE + 1; id < OPT_COUNT; id++) {
            if (option_info((enum option)id)->group == groups[i].group)
                print_option(option_info((enum option)id));
        }
    }
}

void cli_help(const struct command *command)
{
    const char *help = mm_tr(command->help);
    if (command->name)
        cli_say(stdout, "usage: mmtui %s [options]\n\n%c%s.\n\n", command->usage,
                toupper((unsigned char)*help), help + 1);
    else {
        size_t count;
        const struct command *all = commands(&count);
        cli_say(stdout, "mmtui - find the layer where an accelerator port loses its accuracy\n\n");
        for (size_t i = 0; i < count; i++) {
            cli_say(stdout, "%s mmtui %s\n%*s", i ? "      " : "usage:", all[i].usage, COMMAND_AT, "");
            print_wrapped(mm_tr(all[i].help), COMMAND_AT);
        }
        cli_say(stdout, "\nmmtui COMMAND --help lists a command's options. Those of mmtui SRC DST:\n\n");
    }
    print_options(&command->options);
    if (!command->name)
        cli_say(stdout, "\nExit status: 0 fine; 1 a layer is over the threshold and --fail was given;\n"
                        "2 error.\n");
}
