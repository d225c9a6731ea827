/* What commands print: text for a person's terminal, in the characters that it has. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/translate.h"
#include "cli/commands.h"

void cli_say(FILE *to, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    char *text = mm_vformat_new(format, list);
    va_end(list);
    if (text)
        fputs(text, to);
    free(text);
}

int cli_error(const struct mm_err *err)
{
    fflush(stdout);
    if (err->code == MM_OK) /* it was said where it happened */
        return EXIT_ERROR;
    struct mm_buf visible;
    mm_buf_init(&visible);
    mm_text_escape(&visible, err->text, strlen(err->text));
    cli_say(stderr, "mmtui: %s\n", visible.failed ? mm_tr("out of memory") : mm_buf_text(&visible));
    mm_buf_done(&visible);
    return EXIT_ERROR;
}

void cli_note(struct mm_buf *text)
{
    struct mm_buf visible = {0};
    mm_text_escape(&visible, mm_buf_text(text), text->length);
    if (text->length)
        cli_say(stderr, "mmtui: note: %s\n", mm_buf_text(&visible));
    mm_buf_done(&visible);
    mm_buf_done(text);
}

int cli_usage_error(const struct command *command, const struct mm_err *err)
{
    cli_error(err);
    cli_say(stderr, "usage: mmtui %s   (mmtui %s%s--help shows more)\n", command->usage,
            command->name ? command->name : "", command->name ? " " : "");
    return EXIT_ERROR;
}

bool cli_ascii(const struct cli_options *options)
{
    return options->ascii || !term_locale_utf8();
}

void cli_print(const struct cli_options *options, const struct mm_buf *text)
{
    const char *p = mm_buf_text(text), *end = p + strlen(p);
    if (!cli_ascii(options)) {
        fputs(p, stdout);
        return;
    }
    while (p < end) {
        uint32_t cp;
        p += mm_text_decode(p, end, &cp);
        putchar(cp < 0x80 ? (int)cp : '?');
    }
}

void cli_print_line(const struct cli_options *options, const char *text)
{
    struct mm_buf visible;
    mm_buf_init(&visible);
    mm_text_escape(&visible, text, strlen(text));
    cli_print(options, &visible);
    putchar('\n');
    mm_buf_done(&visible);
}
