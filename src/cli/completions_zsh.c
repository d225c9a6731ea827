#include <stdio.h>
#include <string.h>

#include "cli/completions.h"

/* Inside '...' of a specification: what stands for itself there. */
static void print_text(const char *text, const char *escaped)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", stdout);
        else if (strchr(escaped, *text))
            printf("\\%c", *text);
        else
            putchar(*text);
    }
}

/* '[help]:ARGUMENT:what' */
static void print_rest(enum option id)
{
    const struct option_info *info = option_info(id);
    struct mm_buf words = {0};
    completion_words(id, &words);
    fputs("'[", stdout);
    print_text(info->help, "[]:\\");
    fputs("]", stdout);
    if (info->argument) {
        fputs(":", stdout);
        print_text(info->argument, "[]:\\");
        if (words.length)
            printf(":(%s)", mm_buf_text(&words) + 1);
        else
            fputs(completion_takes_file(info) ? ":_files" : ": ", stdout);
    }
    fputs("'", stdout);
    mm_buf_done(&words);
}

static void print_command(const struct command *command)
{
    const struct option_set *set = &command->options;
    struct mm_buf words = {0};
    printf("    %s)\n        _arguments \\\n", command->name ? command->name : "*");
    for (enum option id = OPT_NONE; (id = completion_next(set, id)) != OPT_NONE;) {
        const struct option_info *info = option_info(id);
        const char *behind = info->argument ? "=" : "";
        if (info->letter)
            printf("            '*'{-%c%s,--%s%s}", info->letter, info->argument ? "+" : "", info->name,
                   behind);
        else
            printf("            '*--%s%s'", info->name, behind);
        print_rest(id);
        fputs(" \\\n", stdout);
    }
    completion_arguments(command, &words);
    if (words.length)
        printf("            '*:argument:(%s)'\n        ;;\n", mm_buf_text(&words) + 1);
    else
        printf("            '*:file:_files'\n        ;;\n");
    mm_buf_done(&words);
}

void completions_zsh(void)
{
    size_t count;
    const struct command *all = commands(&count);
    printf("#compdef mmtui\n# made by mmtui completions zsh\n_mmtui() {\n    local first=$words[2]\n    "
           "local -a names\n"
           "    names=(\n");
    for (size_t i = 1; i < count; i++) {
        printf("        '%s:", all[i].name);
        print_text(all[i].help, ":\\");
        printf("'\n");
    }
    printf("    )\n    if (( CURRENT == 2 )) && [[ $first != -* ]]; then\n"
           "        _describe -t commands command names\n        _files\n        return\n    fi\n"
           "    if [[ ${names[(r)$first:*]} != '' ]]; then\n"
           "        shift words\n        (( CURRENT-- ))\n    else\n        first=\n    fi\n"
           "    case $first in\n");
    for (size_t i = 1; i < count; i++)
        print_command(&all[i]);
    print_command(&all[0]);
    printf("    esac\n}\n_mmtui \"$@\"\n");
}
