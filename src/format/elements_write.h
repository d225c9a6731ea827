/*
 * elements_write: the values of any tensor as elements of its dtype, little-endian and in row-major order, front to
 * back: what is behind the header in .npy, safetensors, TensorProto's raw_data and raw binary files.
 */
#ifndef FORMAT_ELEMENTS_WRITE_H
#define FORMAT_ELEMENTS_WRITE_H

#include "mmtui/format.h"

/* Takes the next `size` bytes. */
typedef void (*mm_elements_put)(void *context, const void *data, size_t size);

/*
 * Hand them over, a tile at a time. `packed`: values of fewer than 8 bits stand without gaps, the first one in the lowest
 * bits; else each in a byte of its own, with zeros above. What a NaN has besides being one may be lost. -1: a value could not
 * be read (`label` begins the text), or memory is out; what was handed over is void then.
 */
int mm_elements_write(const struct mm_tensor *tensor, bool packed, const char *label, mm_elements_put put,
                      void *context, struct mm_err *err);

/* How many bytes that is; false: too many. */
bool mm_elements_size(const struct mm_tensor *tensor, bool packed, uint64_t *size);

#endif
