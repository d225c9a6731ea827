/*
 * operator_type: names of tensors that end with the type of the operator that made them ("conv1_Conv"), as Sophgo's
 * tpu-mlir has them in its archives of ONNX models.
 */
#ifndef MMTUI_DUMP_OPERATOR_TYPE_H
#define MMTUI_DUMP_OPERATOR_TYPE_H

#include "mmtui/base.h"

/* The operator of ONNX that the name ends with, behind a '_', and with `cast_too` maybe before "_f32", "_f16" or "_bf16",
 * to which its result was cast; *stem: how much of the name stands before that. NULL: it does not. Static. */
const char *operator_type_of(const char *name, bool cast_too, size_t *stem);
/* Is a file called so as tpu-mlir calls them: NAME_outputs.npz, NAME_tensors.npz? */
bool operator_type_file(const char *file);

#endif
