/* What reader and writer of safetensors share. */
#ifndef FORMAT_SAFETENSORS_H
#define FORMAT_SAFETENSORS_H

#include "mmtui/format.h"

#define SAFETENSORS_HEADER_MAX ((uint64_t)100000000) /* as its own library has it */
#define SAFETENSORS_METADATA   "__metadata__"        /* a member of the header that is no tensor */

/* A dtype as the header spells it, "BF16"; NULL, and MM_DTYPE_NONE: there is none. */
const char *safetensors_name(enum mm_dtype dtype);
enum mm_dtype safetensors_dtype(const char *name);

/* Bytes of `count` elements, those of fewer than 8 bits packed. False: too many, or they end within a byte. */
bool safetensors_bytes(enum mm_dtype dtype, int64_t count, uint64_t *bytes);

#endif
