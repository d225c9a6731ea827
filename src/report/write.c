/*
 * Both reports as files. Ten thousand layers are tens of megabytes of text, so they are laid out PIECE layers
 * at a time by as many workers as measured, and written in order by the caller, who also waits for the disk
 * while they go on. What is laid out and not written yet is bounded: AHEAD pieces.
 */
#include "report/form.h"

#include <stdlib.h>

#define PIECE 128
#define AHEAD 32

/* One file. */
struct document {
    const struct report_form *form;
    const struct mm_layer **layers;
    size_t count, pieces; /* one piece at least, though it may be empty */
    bool open;
    struct mm_atomic file;
};

struct piece {
    struct mm_job job; /* the first member */
    struct document *document;
    size_t number; /* in the document */
    bool laid_out;
    struct mm_buf text;
};

struct writing {
    struct document document[2];
    size_t documents, pieces;
    struct mm_pool *pool;
    struct piece ring[AHEAD]; /* piece i of all is ring[i % AHEAD] */
    size_t next, written;     /* handed out, and done with; under the pool's lock */
};

/* ---- in the workers ---- */

static void lay_out(struct mm_job *job, const atomic_bool *cancel)
{
    struct piece *piece = (struct piece *)job;
    const struct document *document = piece->document;
    size_t from = piece->number * PIECE, to = from + PIECE;
    (void)cancel; /* takes less than a millisecond */
    report_form_layers(document->form, document->layers, from, to < document->count ? to : document->count,
                       &piece->text);
}

/* The next piece, if there is room for it. */
static struct mm_job *source(void *context)
{
    struct writing *writing = context;
    if (writing->next == writing->pieces || writing->next == writing->written + AHEAD)
        return NULL;
    struct piece *piece = &writing->ring[writing->next % AHEAD];
    struct document *document = writing->document;
    size_t number = writing->next++;
    for (; number >= document->pieces; document++)
        number -= document->pieces;
    mm_buf_clear(&piece->text);
    *piece =
        (struct piece){.job = {.run = lay_out}, .document = document, .number = number, .text = piece->text};
    return &piece->job;
}

/* ---- in the caller's thread ---- */

static void put_text(struct mm_atomic *file, struct mm_buf *text)
{
    if (text->failed)
        file->pending.failed = true;
    mm_atomic_write(file, text->data, text->length);
}

static int put_piece(struct piece *piece, struct mm_err *err)
{
    struct document *document = piece->document;
    struct mm_buf foot = {0};
    put_text(&document->file, &piece->text);
    if (piece->number + 1 < document->pieces)
        return 0;
    report_form_foot(document->form, document->count, &foot);
    put_text(&document->file, &foot);
    mm_buf_done(&foot);
    document->open = false;
    return mm_atomic_commit(&document->file, err);
}

static void count_written(void *context)
{
    struct writing *writing = context;
    writing->written++;
}

/* Those that are laid out and whose turn it is. */
static int put_pieces(struct writing *writing, struct mm_err *err)
{
    struct piece *piece;
    while (writing->written < writing->pieces &&
           (piece = &writing->ring[writing->written % AHEAD])->laid_out) {
        if (put_piece(piece, err) < 0)
            return -1;
        piece->laid_out = false;
        mm_pool_locked(writing->pool, count_written, writing);
    }
    mm_pool_kick(writing->pool);
    return 0;
}

static int put_all(struct writing *writing, struct mm_err *err)
{
    mm_pool_set_source(writing->pool, source, writing);
    mm_pool_kick(writing->pool);
    while (writing->written < writing->pieces) {
        struct mm_job *job;
        mm_pool_wait(writing->pool);
        while ((job = mm_pool_finished(writing->pool)))
            ((struct piece *)job)->laid_out = true;
        if (put_pieces(writing, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- opening and closing ---- */

static int open_document(struct writing *writing, const struct report_form *form,
                         const struct mm_session *session, const char *folder, struct mm_err *err)
{
    struct document *document = &writing->document[writing->documents++];
    document->form = form;
    document->layers = report_form_order(form, session, &document->count, err);
    char *path = mm_path_join(folder, form->file);
    if (document->layers && !path)
        mm_fail_memory(err);
    document->open = document->layers && path && mm_atomic_open(&document->file, path, err) == 0;
    free(path);
    if (!document->open)
        return -1;
    struct mm_buf head = {0};
    report_form_head(form, session, &head);
    put_text(&document->file, &head);
    mm_buf_done(&head);
    document->pieces = document->count / PIECE + 1;
    writing->pieces += document->pieces;
    return 0;
}

static void close_all(struct writing *writing)
{
    mm_pool_close(writing->pool);
    for (size_t i = 0; i < AHEAD; i++)
        mm_buf_done(&writing->ring[i].text);
    for (size_t i = 0; i < writing->documents; i++) {
        if (writing->document[i].open)
            mm_atomic_abort(&writing->document[i].file);
        free(writing->document[i].layers);
    }
    free(writing);
}

int mm_report_write(const struct mm_session *session, const char *folder, struct mm_err *err)
{
    const struct mm_session_options *options = mm_session_options(session);
    struct writing *writing = calloc(1, sizeof *writing);
    if (!writing)
        return mm_fail_memory(err);
    int result = mm_folder_make(folder, err);
    if (result == 0) /* the longer one first: the disk is waited for while the other is laid out */
        result = open_document(writing, &report_form_json, session, folder, err);
    if (result == 0 && options->shards == 0) /* no one merges parts of diff.json */
        result = open_document(writing, report_form_diff_json(session), session, folder, err);
    if (result == 0) /* a small report is done before a thread has started */
        result = mm_pool_open(&writing->pool, writing->pieces > 4 ? options->jobs : 0, err);
    if (result == 0)
        result = put_all(writing, err);
    close_all(writing);
    return result;
}
