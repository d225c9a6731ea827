/* The layers that are asked for (--filter, --sort, --limit, --columns), as the kind of text that is (--format). */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/progress.h"

int cli_terminal_width(void)
{
    struct winsize size;
    return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* Those that the filter lets through, in order; *ids is malloc'ed. */
static int choose(const struct cli_options *options, const struct mm_session *session, size_t **ids,
                  size_t *count, struct mm_err *err)
{
    struct mm_filter *filter = NULL;
    *count = 0;
    *ids = calloc(mm_session_count(session) + 1, sizeof **ids);
    if (!*ids)
        return mm_fail_memory(err);
    if (options->filter && mm_filter_open(&filter, options->filter, err) < 0) {
        free(*ids);
        return -1;
    }
    for (size_t id = 0; id < mm_session_count(session); id++) {
        if (mm_filter_match(filter, session, id))
            (*ids)[(*count)++] = id;
    }
    struct mm_order order = {.column = mm_column_find(options->sort)};
    mm_order_sort(session, &order, *ids, *count);
    mm_filter_close(filter);
    return 0;
}

static void put_table(const struct cli_options *options, const struct mm_session *session, const size_t *ids,
                      size_t count, struct mm_buf *out)
{
    struct mm_table_options table = {.columns = options->column_count ? options->columns : NULL,
                                     .column_count = options->column_count,
                                     .limit = (size_t)options->limit,
                                     .ascii = cli_ascii(options),
                                     .width = cli_terminal_width()};
    mm_report_table(session, ids, count, &table, out);
    mm_report_summary(session, out);
    print_raw(session, out);
}

int cli_layers(const struct cli_options *options, const struct mm_session *session, const char *title,
               struct mm_buf *out, struct mm_err *err)
{
    size_t *ids, count;
    int result = 0;
    if (options->kind == MM_REPORT_JSON)
        return mm_report_json(session, out, err);
    if (choose(options, session, &ids, &count, err) < 0)
        return -1;
    if (options->kind == MM_REPORT_TEXT) {
        put_table(options, session, ids, count, out);
    } else {
        size_t limit = (size_t)options->limit;
        struct mm_listing listing = {.ids = ids,
                                     .count = limit && limit < count ? limit : count,
                                     .columns = options->column_count ? options->columns : NULL,
                                     .column_count = options->column_count,
                                     .title = title};
        result = mm_report_listing(session, &listing, options->kind, out, err);
    }
    free(ids);
    return result;
}

int cli_print_layers(const struct cli_options *options, const struct mm_session *session, struct mm_err *err)
{
    struct mm_buf text = {0};
    int result = cli_layers(options, session, "mmtui", &text, err);
    if (result == 0)
        cli_print(options, &text);
    mm_buf_done(&text);
    return result;
}
