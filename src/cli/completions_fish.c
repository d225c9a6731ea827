#include <stdio.h>
#include <string.h>

#include "cli/completions.h"

/* In single quotes. */
static void print_quoted(const char *text)
{
    putchar('\'');
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            putchar('\\');
        putchar(*text);
    }
    putchar('\'');
}

static void print_option(const char *condition, enum option id)
{
    const struct option_info *info = option_info(id);
    struct mm_buf words = {0};
    printf("complete -c mmtui -n '%s'", condition);
    if (info->letter)
        printf(" -s %c", info->letter);
    printf(" -l %s", info->name);
    completion_words(id, &words);
    if (words.length)
        printf(" -x -a '%s'", mm_buf_text(&words) + 1);
    else if (info->argument)
        fputs(completion_takes_file(info) ? " -r -F" : " -x", stdout);
    fputs(" -d ", stdout);
    print_quoted(info->help);
    putchar('\n');
    mm_buf_done(&words);
}

static void print_command(const struct command *command, const char *condition)
{
    struct mm_buf words = {0};
    completion_arguments(command, &words);
    if (words.length)
        printf("complete -c mmtui -n '%s' -f -a '%s'\n", condition, mm_buf_text(&words) + 1);
    for (enum option id = OPT_NONE; (id = completion_next(&command->options, id)) != OPT_NONE;)
        print_option(condition, id);
    mm_buf_done(&words);
}

void completions_fish(void)
{
    size_t count;
    const struct command *all = commands(&count);
    struct mm_buf condition = {0};
    printf("# fish completion for mmtui, made by mmtui completions fish\n");
    mm_buf_puts(&condition, "not __fish_seen_subcommand_from");
    for (size_t i = 1; i < count; i++)
        mm_buf_printf(&condition, " %s", all[i].name);
    for (size_t i = 1; i < count; i++) {
        printf("complete -c mmtui -n __fish_is_first_arg -a %s -d ", all[i].name);
        print_quoted(all[i].help);
        putchar('\n');
    }
    print_command(&all[0], mm_buf_text(&condition));
    for (size_t i = 1; i < count; i++) {
        mm_buf_clear(&condition);
        mm_buf_printf(&condition, "__fish_seen_subcommand_from %s", all[i].name);
        print_command(&all[i], mm_buf_text(&condition));
    }
    mm_buf_done(&condition);
}
