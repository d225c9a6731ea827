/*
 * Names in other languages' source text.
 *
 * Operator names come from files and may hold quotes, line ends, escapes and bytes that are not UTF-8. Each
 * function appends a literal, quotes included, of printable ASCII only, that its language reads back as the
 * same name. A byte that is not part of valid UTF-8 becomes the lone surrogate U+DC00 + byte in Python, which
 * is what Python calls "surrogateescape": the bytes can be had back, and the text stays valid. JSON is written by
 * base/json_write.h.
 */
#ifndef MMTUI_BASE_QUOTE_H
#define MMTUI_BASE_QUOTE_H

#include "mmtui/base.h"

void mm_quote_python(struct mm_buf *out, const char *text);
void mm_quote_cpp(struct mm_buf *out, const char *text);

/*
 * The same for bytes, zeros too, of which a message in protobuf's text form has many: without the quotes, so that they
 * can come in pieces; four times their size is reserved. As protobuf's own libraries write them: a letter where C has
 * one, three octal digits where not.
 */
void mm_escape_protobuf(struct mm_buf *out, const void *bytes, size_t size);

/* Is all of it valid UTF-8? */
bool mm_quote_is_utf8(const char *text);

#endif
