/* Scripts that complete mmtui's command line in a shell, to stdout. */
#ifndef MMTUI_CLI_COMPLETIONS_H
#define MMTUI_CLI_COMPLETIONS_H

#include "cli/commands.h"

void completions_bash(void);
void completions_zsh(void);
void completions_fish(void);

/* Append the words that an option takes, each behind a blank; nothing: there are none to choose from. */
void completion_words(enum option id, struct mm_buf *out);
/* The same of what is no option of a command; nothing: files. */
void completion_arguments(const struct command *command, struct mm_buf *out);
/* Does it take a file or a folder? */
bool completion_takes_file(const struct option_info *info);
/* The next option of a set; OPT_NONE behind the last. Begin with OPT_NONE. */
enum option completion_next(const struct option_set *set, enum option after);

#endif
