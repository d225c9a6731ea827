/* mmtui completions: what a shell needs to complete mmtui's command line, made from the rows of commands and options. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/completions.h"

static const struct {
    const char *name;
    void (*print)(void);
} shells[] = {{"bash", completions_bash}, {"zsh", completions_zsh}, {"fish", completions_fish}};

int cmd_completions(struct cli_options *options)
{
    struct mm_err err = {0};
    for (size_t i = 0; options->word_count == 1 && i < MM_COUNT(shells); i++) {
        if (strcmp(options->words[0], shells[i].name) == 0) {
            shells[i].print();
            return EXIT_FINE;
        }
    }
    mm_fail(&err, MM_EARG, "completions needs a shell: bash, zsh or fish");
    return cli_error(&err);
}
