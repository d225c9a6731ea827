/*
 * Sentences in the user's language. The functions that take sentences (mm_fail, found_say, app_say, canvas_textf, ...)
 * call these, so that those who write a sentence write it in English and are done. What po/extract.py finds in the
 * sources is the catalogue, po/LANGUAGE.po its translations.
 *
 * The arguments of a sentence are often words of the program, too ("src", "not in the dump"). A text that lies in
 * the program itself, as literals do, is looked up in the catalogue; names and texts from files, which lie elsewhere, never
 * are, however they are called.
 *
 * A program that never calls mm_language_set gets English, by the C library's printf.
 */
#ifndef MMTUI_BASE_TRANSLATE_H
#define MMTUI_BASE_TRANSLATE_H

#include <stdarg.h>

#include "mmtui/base.h"

/* The translation of a text; itself where there is none. NULL and "" as they are. Never to be freed. */
const char *mm_tr(const char *text) __attribute__((format_arg(1)));
/* The same of a word that is a name elsewhere, too, where it is not to be translated: po/words has CONTEXT|WORD. "word" are
 * those of verdicts, causes and confidence, "hint" what keys do, in a word, "title" the heads of screens and tables. */
const char *mm_tr_in(const char *context, const char *text) __attribute__((format_arg(2)));
/* The same of a text that may come from a file: only what is a literal of the program is translated. */
const char *mm_tr_own(const char *text);
/* Whether sentences are translated. */
bool mm_language_is_set(void);

/* As snprintf and vsnprintf, in the user's language; what is cut ends with a whole character. A %10s is 10 columns. */
int mm_format(char *out, size_t size, const char *format, ...) MM_PRINTF(3, 4);
int mm_vformat(char *out, size_t size, const char *format, va_list list)
    __attribute__((format(printf, 3, 0)));
/* As vasprintf: malloc'ed, or NULL. */
char *mm_vformat_new(const char *format, va_list list) __attribute__((format(printf, 1, 0)));

/* Append a text's translation. */
void mm_buf_say(struct mm_buf *out, const char *text);
/* Append a sentence and its arguments, translated; for those that have asked mm_language_is_set. Without `words`, of the
 * arguments only those with a blank in them: a single word may be a key of what is written. */
void mm_buf_say_list(struct mm_buf *out, const char *format, va_list list, bool words)
    __attribute__((format(printf, 2, 0)));

#endif
