/*
 * fields: file names made of fields, "step=0___rank=1___dump_index=7___name=attn_q___layer_id=3", as SGLang's dumper writes
 * them.
 */
#ifndef MMTUI_DUMP_FIELDS_H
#define MMTUI_DUMP_FIELDS_H

#include "mmtui/base.h"

struct fields {
    int64_t step, rank, index; /* -1: there is no such field (step, or forward_pass_id; rank; dump_index) */
};

/*
 * Read a file's name without its ending; append the tensor's name: that field, and after it, with dots between, those
 * that are none of the above ("attn_q.layer_id=3"). False, and nothing appended: it has no name, or none of the numbers.
 */
bool fields_read(const char *stem, struct fields *fields, struct mm_buf *name);

#endif
