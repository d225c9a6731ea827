/*
 * Field numbers of MagicMind's tensor message inferred from messages alone. What a number stands for is told where one
 * reading alone fits every message; where several do, it stays unknown, or all is refused.
 */
#ifndef MMTUI_DUMP_SCHEMA_INFER_H
#define MMTUI_DUMP_SCHEMA_INFER_H

#include "dump/wire_seen.h"
#include "mmtui/format.h"

/*
 * `schema` gets tensor_shape, float_val or double_val or both, and of version_number, dtype, node_name and op_type what is
 * certain; its data types are those that are. Its origin is not set. -1 with MM_EUNSUPPORTED: the text says which
 * numbers remain, or what was not found; it begins with no file.
 */
int schema_infer(const struct wire_seen *seen, size_t count, const struct wire_numbers *numbers,
                 struct mm_schema *schema, struct mm_err *err);

#endif
