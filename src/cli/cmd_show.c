/* `mmtui show`: what a file or folder holds. */
#include <stdio.h>

#include "cli/commands.h"

int cmd_show(struct cli_options *options)
{
    struct mm_err err = {0};
    struct mm_buf out = {0}, numbers = {0};
    size_t bad = 0;
    if (options->word_count == 0) {
        mm_fail(&err, MM_EARG, "show needs a file or folder: mmtui show FILE");
        return cli_error(&err);
    }
    struct mm_show_options show = {.names = (const char *const *)options->words + 1,
                                   .count = (size_t)options->word_count - 1,
                                   .given = options->session.given,
                                   .part = options->session.part,
                                   .schema = options->schema,
                                   .remotes = options->remotes,
                                   .numbers = &numbers,
                                   .json = options->json,
                                   .ascii = cli_ascii(options)};
    int result = mm_report_show(options->words[0], &show, &out, &bad, &err);
    cli_note(&numbers);
    if (result == 0)
        cli_print(options, &out);
    mm_buf_done(&out);
    if (result < 0)
        return cli_error(&err);
    return bad ? EXIT_ERROR : EXIT_FINE;
}
