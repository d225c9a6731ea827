/*
 * json_read: the one reader of JSON.
 *
 * A text is checked as a whole first: that it is JSON (RFC 8259, strictly), how many values it has and how
 * deep they nest. No tree is built: a value is the place of its text, so that a piece can be passed on byte for
 * byte and a text of any size costs no memory. Looking into what was checked can't fail; what is not there, or
 * is of another kind, is told by the answer.
 *
 * Strings: an escaped lone surrogate \udc80 .. \udcff is the byte 0x80 .. 0xff, as json_write's keep_bytes has
 * it; any other lone surrogate and NUL (it would cut a name short) are refused.
 */
#ifndef MMTUI_BASE_JSON_READ_H
#define MMTUI_BASE_JSON_READ_H

#include "mmtui/base.h"

#define MM_JSON_DEPTH_MAX 64

enum mm_json_kind {
    MM_JSON_ABSENT = 0,
    MM_JSON_IS_NULL,
    MM_JSON_IS_BOOL,
    MM_JSON_IS_NUMBER,
    MM_JSON_IS_TEXT,
    MM_JSON_IS_ARRAY,
    MM_JSON_IS_OBJECT
};

/* Where a value stands: [at, end), without blanks around it. Borrowed from the text; at NULL: absent. */
struct mm_json_value {
    const char *at, *end;
};

/*
 * Check `length` bytes, the content of the file `path`, and give the value that they are. At most `most` values
 * (a key is none). -1 with MM_ECORRUPT or, for more values, MM_EUNSUPPORTED; the sentence has the file and the
 * line. A byte-order mark at the beginning is passed over.
 */
int mm_json_read(const char *path, const char *text, size_t length, size_t most, struct mm_json_value *out,
                 struct mm_err *err);

/* Append a text with NaN, Infinity and -Infinity that stand bare (as Python's json writes them) put into quotes, so that
 * mm_json_read takes it. */
void mm_json_quote_nonfinite(const char *text, size_t length, struct mm_buf *out);

enum mm_json_kind mm_json_kind(struct mm_json_value value);
/* The first member of that name; absent where there is none, or `object` is no object. */
struct mm_json_value mm_json_member(struct mm_json_value object, const char *key);

/* The members or elements of a value, in their order; nothing for what is neither object nor array. */
struct mm_json_items {
    const char *at, *end;
    bool keyed;
};
struct mm_json_items mm_json_items(struct mm_json_value value);
/* The next one; false when there is none. *key is the text of a member's name, absent for elements. */
bool mm_json_next(struct mm_json_items *items, struct mm_json_value *key, struct mm_json_value *value);
/* How many there are. */
size_t mm_json_count(struct mm_json_value value);

/* Append what a string says, unescaped. False, and nothing appended, when it is none (or memory is out: see
 * out->failed). */
bool mm_json_get_text(struct mm_json_value value, struct mm_buf *out);
/* Is it a string that says this? */
bool mm_json_text_is(struct mm_json_value value, const char *text);
/* False when it is no number. Beyond the range of a double: an infinity. */
bool mm_json_get_number(struct mm_json_value value, double *out);
/* A number that is whole, from 0 to `most` (at most 2^53). */
bool mm_json_get_whole(struct mm_json_value value, uint64_t most, uint64_t *out);
/* False when it is neither true nor false. */
bool mm_json_get_bool(struct mm_json_value value, bool *out);

#endif
