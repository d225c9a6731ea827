/*
 * Completion of a line that is being typed (Tab). Who knows what may stand there is a function that is shown the text
 * before the cursor and adds candidates; those that don't begin as the word does are left out by completions_add.
 *
 *     static void complete_columns(const struct app *app, struct completions *out)     in the action's row (action.h)
 *     {
 *         (void)app;
 *         completions_last_word(out);              the word behind the last blank is completed, not the whole text
 *         for (...)
 *             completions_add(out, key, help);
 *     }
 *
 * The list is bounded: what does not fit is counted as `more`, but the part that all candidates have in common is that of
 * all of them.
 */
#ifndef MMTUI_UI_COMPLETE_H
#define MMTUI_UI_COMPLETE_H

#include "mmtui/base.h"

#define COMPLETIONS_MAX   256
#define COMPLETIONS_BYTES 16384

struct completions {
    const char *text; /* what stands before the cursor, from `base` on; borrowed */
    size_t base;      /* bytes of the line before `text` */
    size_t start;     /* where in `text` the word begins that a candidate takes the place of */
    bool any_case;    /* A and a are the same */
    size_t count;     /* candidates, in the order of adding */
    bool more;        /* there were more than there is room for */
    size_t common;    /* bytes that all of them begin with, which are those of the first */
    uint16_t at[COMPLETIONS_MAX];
    const char *note[COMPLETIONS_MAX]; /* what a candidate is, or NULL; borrowed */
    size_t used;
    char pool[COMPLETIONS_BYTES]; /* the candidates, each NUL-terminated */
};

/* Fills `out` for the text in it. */
struct completer {
    void (*find)(const void *data, struct completions *out); /* NULL: there is nothing to complete */
    const void *data;                                        /* borrowed as long as the line is open */
};

/* ---- for those who know ---- */

/* The word begins at this byte of out->text. At first it is the whole text. */
void completions_from(struct completions *out, size_t start);
/* The word begins behind the last blank. */
void completions_last_word(struct completions *out);
/* The word so far. */
const char *completions_word(const struct completions *out);
/*
 * One more candidate, copied; once is enough, and what can't be typed into a line is left out. A blank or / at its end says
 * that something may follow. `note` (may be NULL) is shown behind it, and must live as long as the line is open.
 */
void completions_add(struct completions *out, const char *candidate, const char *note);
/* Sort by name, numbers as numbers. */
void completions_sort(struct completions *out);

/* ---- for the line ---- */

/*
 * Ask for the candidates of `text`, which must live as long as `out` does. Where nothing begins so, upper and lower case
 * count as the same.
 */
void completions_find(struct completions *out, const struct completer *completer, const char *text);
/* The index-th candidate. */
const char *completions_at(const struct completions *out, size_t index);

#endif
