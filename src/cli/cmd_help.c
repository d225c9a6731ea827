/* mmtui help: what --help shows, and the keys of the screens. */
#include <stdio.h>
#include <string.h>

#include "base/translate.h"
#include "cli/commands.h"
#include "views/actions.h"

/* The default keys of all actions, as the ? screens have them. */
static int print_keys(struct mm_err *err)
{
    struct screen_actions actions;
    const char *last = "";
    if (screen_actions_init(&actions, err) < 0)
        return -1;
    for (size_t s = 0; s < SCREEN_SECTIONS; s++) {
        const struct action_section *section = &actions.section[s];
        if (section->count && strcmp(section->heading, last) != 0)
            printf("%s%s\n", s ? "\n" : "", mm_tr(section->heading));
        last = section->count ? section->heading : last;
        for (size_t i = 0; i < section->count; i++)
            printf("  %-13s :%-17s %s\n", section->row[i].keys, section->row[i].name,
                   mm_tr(section->row[i].help));
    }
    screen_actions_done(&actions);
    return 0;
}

int cmd_help(struct cli_options *options)
{
    struct mm_err err = {0};
    char hint[MM_NEAREST];
    const char *word = options->word_count ? options->words[0] : NULL;
    if (options->word_count > 1) {
        mm_fail(&err, MM_EARG, "help takes one command");
        return cli_error(&err);
    }
    if (word && strcmp(word, "keys") == 0)
        return print_keys(&err) < 0 ? cli_error(&err) : EXIT_FINE;
    const struct command *command = command_find(word);
    if (word && !command->name) {
        mm_fail(&err, MM_EARG, "there is no command \"%s\"%s", word, command_hint(word, hint));
        return cli_error(&err);
    }
    cli_help(command);
    return EXIT_FINE;
}
