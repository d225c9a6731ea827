#include <stdio.h>

#include "cli/completions.h"

/* The options of a command, and what may stand behind one of them. */
static void print_command(const struct command *command)
{
    struct mm_buf words = {0};
    const struct option_set *set = &command->options;
    printf("    %s)\n        options='", command->name ? command->name : "*");
    for (enum option id = OPT_NONE; (id = completion_next(set, id)) != OPT_NONE;) {
        const struct option_info *info = option_info(id);
        if (info->letter)
            printf("-%c ", info->letter);
        printf("--%s ", info->name);
    }
    completion_arguments(command, &words);
    printf("'\n        arguments='%s'\n        case $before in\n", mm_buf_text(&words));
    for (enum option id = OPT_NONE; (id = completion_next(set, id)) != OPT_NONE;) {
        const struct option_info *info = option_info(id);
        if (!info->argument)
            continue;
        mm_buf_clear(&words);
        completion_words(id, &words);
        if (info->letter)
            printf("        -%c | --%s) values='%s' ;;\n", info->letter, info->name, mm_buf_text(&words));
        else
            printf("        --%s) values='%s' ;;\n", info->name, mm_buf_text(&words));
    }
    printf("        *) unset values ;;\n        esac\n        ;;\n");
    mm_buf_done(&words);
}

void completions_bash(void)
{
    size_t count;
    const struct command *all = commands(&count);
    printf("# bash completion for mmtui, made by mmtui completions bash\n"
           "_mmtui()\n{\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} "
           "first=${COMP_WORDS[1]}\n"
           "    local options= arguments= values= list=\n"
           "    [ \"$COMP_CWORD\" -gt 1 ] || first=\n"
           "    if [ \"$word\" = = ]; then\n        word=\n"
           "    elif [ \"$before\" = = ]; then\n        before=${COMP_WORDS[COMP_CWORD - 2]}\n    fi\n"
           "    case $first in\n");
    for (size_t i = 1; i < count; i++)
        print_command(&all[i]);
    print_command(&all[0]);
    printf("    esac\n    COMPREPLY=()\n"
           "    if [ -n \"${values+given}\" ]; then\n"
           "        [[ $word == *,* ]] && list=${word%%,*},\n"
           "        mapfile -t COMPREPLY < <(compgen -P \"$list\" -W \"$values\" -- \"${word##*,}\")\n"
           "    elif [[ $word == -* ]]; then\n"
           "        mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n"
           "    elif [ -n \"$arguments\" ]; then\n"
           "        mapfile -t COMPREPLY < <(compgen -W \"$arguments\" -- \"$word\")\n"
           "    elif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
           "        compopt -o filenames 2>/dev/null\n"
           "        mapfile -t COMPREPLY < <(compgen -W '");
    for (size_t i = 1; i < count; i++)
        printf("%s ", all[i].name);
    printf("' -- \"$word\"; compgen -f -- \"$word\")\n    fi\n}\n"
           "complete -o bashdefault -o default -F _mmtui mmtui\n");
}
