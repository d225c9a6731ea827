/*
 * Text with nothing but decimal numbers, between blanks, commas, semicolons or line ends; # begins a comment: what
 * numpy.savetxt writes, and dumps with a number a line. Lines of equally many numbers are the rows of a matrix.
 */
#include "format/formats.h"
#include "format/lex.h"

#include <inttypes.h>
#include <stdio.h>

#define PROBED    ((size_t)4096) /* of a file are looked at */
#define ASK_EVERY 65536

static bool is_between(char c)
{
    return c == ' ' || c == ',' || c == ';' || (c >= '\t' && c <= '\r');
}

struct scan {
    const char *at, *end;
    int64_t count, rows, columns; /* of numbers; lines that have any; in the first of them */
    int64_t in_line;
    bool ragged;
    const char *bad; /* the first that is no number, or NULL */
};

static void end_line(struct scan *scan)
{
    if (scan->in_line == 0)
        return;
    if (scan->rows++ == 0)
        scan->columns = scan->in_line;
    scan->ragged |= scan->in_line != scan->columns;
    scan->in_line = 0;
}

static void skip_between(struct scan *scan)
{
    for (; scan->at < scan->end && (is_between(*scan->at) || *scan->at == '#'); scan->at++) {
        if (*scan->at == '#') {
            const char *line = memchr(scan->at, '\n', (size_t)(scan->end - scan->at));
            scan->at = line ? line : scan->end - 1;
        }
        if (*scan->at == '\n')
            end_line(scan);
    }
}

/* At most `most` numbers more. False: there are no more, or one is bad. */
static bool scan_some(struct scan *scan, int64_t most)
{
    for (int64_t i = 0; i < most; i++) {
        skip_between(scan);
        const char *start = scan->at;
        while (scan->at < scan->end && !is_between(*scan->at) && *scan->at != '#')
            scan->at++;
        if (scan->at == start) {
            end_line(scan);
            return false;
        }
        if (!mm_lex_is_float((struct mm_word){start, (size_t)(scan->at - start)})) {
            scan->bad = start;
            return false;
        }
        scan->count++;
        scan->in_line++;
    }
    return true;
}

/* The last number of what is looked at may be cut off. */
bool mm_numbers_probe(const uint8_t *bytes, size_t size)
{
    const char *text = (const char *)bytes;
    struct scan scan = {.at = text + mm_text_mark(text, size), .end = text + (size < PROBED ? size : PROBED)};
    while (size > PROBED && scan.end > text && !is_between(scan.end[-1]))
        scan.end--;
    scan_some(&scan, INT64_MAX);
    return !scan.bad && scan.count > 0;
}

static int scan_all(struct scan *scan, const struct mm_load *load, const struct mm_lex *lex,
                    struct mm_err *err)
{
    while (scan_some(scan, ASK_EVERY)) {
        if (load->cancel && atomic_load_explicit(load->cancel, memory_order_relaxed))
            return mm_fail(err, MM_ECANCELLED, "stopped");
    }
    return scan->bad ? mm_lex_fail(lex, scan->bad, "not a number", err) : 0;
}

static int set_shape(struct mm_load *load, const struct scan *scan, const char *label, struct mm_err *err)
{
    const struct mm_given *given = load->entry->given;
    struct mm_shape *shape = &load->tensor.shape;
    char text[200];
    load->unshaped = !given || !given->shaped;
    if (!load->unshaped)
        *shape = given->shape;
    else if (scan->columns > 1 && scan->rows > 1 && !scan->ragged)
        *shape = (struct mm_shape){.rank = 2, .dim = {scan->rows, scan->columns}};
    else
        *shape = (struct mm_shape){.rank = 1, .dim = {scan->count}};
    if (mm_shape_count(shape) == scan->count)
        return 0;
    mm_shape_text(shape, false, text, sizeof text);
    return mm_fail(err, MM_ECORRUPT,
                   "%s: has %" PRId64 " numbers, which is not what shape %s takes: see --shape", label,
                   scan->count, text);
}

int mm_numbers_count(const struct mm_load *load, size_t from, const char *label, int64_t *count,
                     struct mm_err *err)
{
    const char *text = (const char *)load->bytes;
    struct scan scan = {.at = text + from, .end = text + load->size};
    struct mm_lex lex = {.file = label, .begin = text, .at = text, .end = scan.end};
    if (scan_all(&scan, load, &lex, err) < 0)
        return -1;
    *count = scan.count;
    return 0;
}

int mm_numbers_read(struct mm_load *load, const struct mm_schema *schema, const char *label,
                    struct mm_err *err)
{
    const struct mm_given *given = load->entry->given;
    const char *text = (const char *)load->bytes;
    size_t mark = mm_text_mark(text, load->size);
    struct scan scan = {.at = text + mark, .end = text + load->size};
    struct mm_lex lex = {.file = label, .begin = text, .at = text, .end = scan.end};
    struct mm_run *run = mm_arena_alloc(&load->arena, sizeof *run);
    (void)schema;
    if (!run)
        return mm_fail_memory(err);
    if (scan_all(&scan, load, &lex, err) < 0 || set_shape(load, &scan, label, err) < 0)
        return -1;
    *run = (struct mm_run){.data = load->bytes + mark, .size = load->size - mark, .count = scan.count};
    load->tensor.dtype = load->tensor.stored = given && given->dtype != MM_DTYPE_NONE ? given->dtype : MM_F32;
    load->tensor.encoding = MM_ENC_TEXT;
    load->tensor.count = scan.count;
    load->tensor.run = run;
    load->tensor.runs = scan.count > 0;
    return 0;
}
