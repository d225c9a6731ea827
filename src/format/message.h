/*
 * The tensor message: what the binary and the text reader have in common.
 *
 * A reader walks its file, notes the header fields in a struct mm_message and adds every stretch of values
 * with mm_message_values; mm_message_finish then checks that it all fits together and fills the mm_load.
 * Also here: which field holds the values of which data type, and the lookup of enum values in a schema.
 */
#ifndef MMTUI_FORMAT_MESSAGE_H
#define MMTUI_FORMAT_MESSAGE_H

#include "mmtui/format.h"

struct mm_message {
    const char *file; /* for error texts */
    int64_t version;
    enum mm_dtype dtype;
    const char *dtype_text; /* how the file spells it, for the error when dtype is NONE; NULL if absent */
    int64_t dim[MM_RANK_MAX];
    size_t rank; /* dimensions seen: may be more than MM_RANK_MAX, the rest of them is not kept */

    enum mm_encoding encoding; /* of the values */
    enum mm_field list;        /* the field that holds them; MM_FIELD_COUNT while none was seen */
    struct mm_run *run;
    size_t runs, capacity;
    int64_t count; /* values in all runs */
};

void mm_message_init(struct mm_message *message, const char *file);
void mm_message_done(struct mm_message *message);

/* To be asked every MM_MESSAGE_STRIDE values or bytes or so: -1 with MM_ECANCELLED when the load is to
 * stop. */
#define MM_MESSAGE_STRIDE ((int64_t)1 << 16)
int mm_message_go_on(const struct mm_load *load, struct mm_err *err);

void mm_message_dim(struct mm_message *message, int64_t dim);
/* The dtype as an enum number of this schema. */
void mm_message_dtype(struct mm_message *message, const struct mm_schema *schema, int64_t number,
                      struct mm_arena *arena);
/*
 * Say that values of `list` follow, encoded so. Fails when another list has values already (`where` is
 * for the error text: "byte 17", "line 3").
 */
int mm_message_list(struct mm_message *message, enum mm_field list, enum mm_encoding encoding,
                    const char *where, struct mm_err *err);
/* Add a run; one with a gap that continues the last run is merged with it. `count` may be 0. */
int mm_message_values(struct mm_message *message, const uint8_t *data, size_t size, int64_t count,
                      uint32_t gap, struct mm_err *err);
/* Check everything; fill load->tensor. */
int mm_message_finish(const struct mm_message *message, struct mm_load *load, struct mm_err *err);

/* The list that holds a dtype's values; MM_FIELD_COUNT for a dtype that MagicMind's message lacks. */
enum mm_field mm_message_list_of(enum mm_dtype dtype);

/* The dtype with this enum value, or MM_DTYPE_NONE; and the way back. */
enum mm_dtype mm_schema_dtype(const struct mm_schema *schema, int32_t value);
bool mm_schema_dtype_value(const struct mm_schema *schema, enum mm_dtype dtype, int32_t *value);

#endif
