/*
 * tensor_proto: one ONNX TensorProto, read in place from its bytes: an initialiser of a model, the value of a
 * Constant node, a .pb file of ONNX's test data or of somebody's dump.
 *
 * The bytes are walked, never unpacked. What can be used where it lies (raw_data, packed float_data and
 * double_data, external data) is a borrowed view; varints and 4-bit values are decoded into memory that the
 * result owns, at most eight bytes for each byte of the message (two, of external data).
 */
#ifndef FORMAT_TENSOR_PROTO_H
#define FORMAT_TENSOR_PROTO_H

#include "base/wire.h"
#include "mmtui/format.h"

/*
 * Read the message at [message.at, message.end); message.file begins error texts, places in them count from
 * message.begin. The view borrows the message's bytes: they must outlive it. External data is looked for in
 * the folder of message.file, and only there: an absolute path, a `..`, a link that leads out of it (both out
 * of the folder that `file` names and of the one that it really lies in) are MM_EUNSUPPORTED.
 *
 * MM_EUNSUPPORTED, naming it: a data type that mmtui has no dtype for (strings, complex numbers ...), more
 * than 16 dimensions, a segment. MM_ECORRUPT: a damaged message, a shape that the number of values or bytes
 * does not fit, values in another list than their type's, values that their type does not have. MM_ENOENT:
 * external data that is not there. An empty tensor (a dimension of 0) has no run. NaN and the like are kept
 * as they are. On failure nothing is left open.
 */
int mm_tensor_proto_open(struct mm_stored *stored, struct mm_wire message, struct mm_err *err);

/*
 * The same with the arena of `stored`, which may have more in it and is the caller's also on failure; `path` is the file
 * that the message stands in, message.file only begins error texts.
 */
int mm_tensor_proto_read(struct mm_stored *stored, struct mm_wire message, const char *path,
                         struct mm_err *err);

/*
 * Is this a TensorProto? Only if all of it says so: no field that the message does not have, none of another wire type,
 * a data type that ONNX has, and values that are exactly as many as type and shape say, in the one place where they
 * belong (or external data with a place). A message of another kind does not pass by accident.
 */
bool mm_tensor_proto_is(const uint8_t *bytes, size_t size);
/* May it be one that is damaged, or cut short: the same without the values, up to where it can be walked? */
bool mm_tensor_proto_may_be(const uint8_t *bytes, size_t size);

/* Between ONNX's numbers of data types and dtypes; MM_DTYPE_NONE and 0 for what the other side lacks. */
enum mm_dtype mm_tensor_proto_dtype(int32_t number);
int32_t mm_tensor_proto_number(enum mm_dtype dtype);

#endif
