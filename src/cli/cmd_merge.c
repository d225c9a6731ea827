#include <stdio.h>
#include <stdlib.h>

#include "cli/commands.h"

#define DEFAULT_OUTPUT "mmtui.json"
#define LIMIT          ((size_t)1 << 30) /* of one part */

static int read_part(struct mm_part *part, struct mm_buf *text, const char *file, struct mm_err *err)
{
    if (mm_file_read(file, LIMIT, text, err) < 0)
        return -1;
    *part = (struct mm_part){file, mm_buf_text(text), text->length};
    return 0;
}

static int merge(struct mm_part *parts, struct mm_buf *texts, char **files, size_t count, struct mm_buf *out,
                 struct mm_err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (read_part(&parts[i], &texts[i], files[i], err) < 0)
            return -1;
    }
    return mm_report_merge(parts, count, out, err);
}

int cmd_merge(struct cli_options *options)
{
    struct mm_err err = {0};
    struct mm_buf out = {0};
    const char *path = options->output ? options->output : DEFAULT_OUTPUT;
    size_t count = (size_t)options->word_count;
    if (count == 0) {
        mm_fail(&err, MM_EARG,
                "merge needs the files to be joined: mmtui merge part*/mmtui.json -o mmtui.json");
        return cli_error(&err);
    }
    struct mm_part *parts = calloc(count, sizeof *parts);
    struct mm_buf *texts = calloc(count, sizeof *texts);
    int result =
        parts && texts ? merge(parts, texts, options->words, count, &out, &err) : mm_fail_memory(&err);
    if (result == 0)
        result = mm_file_write(path, out.data, out.length, &err);
    if (result == 0)
        cli_print_line(options, path);
    for (size_t i = 0; texts && i < count; i++)
        mm_buf_done(&texts[i]);
    free(texts);
    free(parts);
    mm_buf_done(&out);
    return result < 0 ? cli_error(&err) : EXIT_FINE;
}
