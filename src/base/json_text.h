/* JSON text made safe for the parser. */
#ifndef MMTUI_BASE_JSON_TEXT_H
#define MMTUI_BASE_JSON_TEXT_H

#include "mmtui/base.h"

struct cJSON;

/*
 * Parse `text`, the content of `path`; the caller deletes the result. NULL with err on bad syntax (with its
 * line), on a NUL character (it would cut a name short), and on more values than a plan can reasonably hold.
 * A lone escape \udc80 .. \udcff is the byte 0x80 .. 0xff, as mm_quote_json writes it. Changes `text`.
 */
struct cJSON *mm_json_parse(struct mm_buf *text, const char *path, struct mm_err *err);

#endif
