/*
 * json_write: the one writer of JSON.
 *
 * It puts separators, quotes and line ends, so that what calls it says only what is there: a key (NULL for an
 * element of an array) and a value. Text goes to a buffer, whose `failed` says at the end whether all of it
 * fitted into memory. What is written is valid JSON of ASCII characters as long as every open has its close
 * and figures are not written bare.
 */
#ifndef MMTUI_BASE_JSON_WRITE_H
#define MMTUI_BASE_JSON_WRITE_H

#include "mmtui/base.h"

/* NaN and the infinities, which JSON has no numbers for. */
enum mm_json_nonfinite {
    MM_JSON_QUOTED, /* "NaN", "Infinity", "-Infinity" */
    MM_JSON_BARE,   /* NaN, Infinity, -Infinity: Python's json reads it, strict readers don't */
    MM_JSON_NULL
};

struct mm_json_style {
    int indent; /* blanks a level, every member on a line of its own; 0: one line, but for mm_json_line */
    enum mm_json_nonfinite nonfinite;
    bool keep_bytes; /* a byte that is not UTF-8 becomes the lone surrogate U+DC00 + byte, as Python's
                        "surrogateescape" has it, and can be had back; else U+FFFD */
};

struct mm_json {
    struct mm_buf *out; /* borrowed */
    struct mm_json_style style;
    int depth;
    bool first;    /* nothing was put yet at this depth */
    int line;      /* see mm_json_line; -1: no */
    int flat_from; /* with an indent: what is as deep as this stands in one line; 0: nothing */
};

/* Write a value to the end of `out`. */
void mm_json_init(struct mm_json *json, struct mm_buf *out, struct mm_json_style style);
/* Write more elements of an array that lies `depth` deep and whose beginning somebody else has written;
 * `first`: it had no elements. */
void mm_json_resume(struct mm_json *json, struct mm_buf *out, struct mm_json_style style, int depth,
                    bool first);

void mm_json_open_object(struct mm_json *json, const char *key);
void mm_json_close_object(struct mm_json *json);
void mm_json_open_array(struct mm_json *json, const char *key);
void mm_json_close_array(struct mm_json *json);

/* NUL-terminated text, any bytes. */
void mm_json_put_text(struct mm_json *json, const char *key, const char *text);
/* The shortest decimal that reads back as the same double; whole ones have ".0". */
void mm_json_put_number(struct mm_json *json, const char *key, double value);
void mm_json_put_whole(struct mm_json *json, const char *key, int64_t value);
void mm_json_put_bool(struct mm_json *json, const char *key, bool value);
void mm_json_put_null(struct mm_json *json, const char *key);
/* Text that is a JSON value already, and mmtui's own. */
void mm_json_put_raw(struct mm_json *json, const char *key, const char *value);

/* Without an indent: what comes next, a member, an element or a close, starts a line, `blanks` in. */
void mm_json_line(struct mm_json *json, int blanks);
/* With an indent: all members of the next object or array stand in one line, up to its close. */
void mm_json_flat(struct mm_json *json);

/* "format", "schema_version" and "mmtui_version": with these each of mmtui's own files begins. */
void mm_json_put_head(struct mm_json *json, const char *format, int schema);

#endif
