/*
 * base64: RFC 4648's alphabet (A-Z a-z 0-9 + /), padded with '=' to groups of four characters. Nothing else may stand in
 * the text: no blanks, no line ends.
 */
#ifndef MMTUI_BASE_BASE64_H
#define MMTUI_BASE_BASE64_H

#include "mmtui/base.h"

/* How many bytes this many characters stand for, by their number and the padding at their end alone. False when they are
 * no multiple of 4. */
bool mm_base64_size(const char *text, size_t length, size_t *size);
/*
 * Decode `length` characters, a multiple of 4, of which only the last two may be padding. out has room for what
 * mm_base64_size says; nothing is written behind it. Returns how many characters were right: `length`, or the place of
 * one that is not in the alphabet, or of padding that leaves bits over (what was written to out then means nothing).
 */
size_t mm_base64_decode(const char *text, size_t length, uint8_t *out);

#endif
