/*
 * operator_type: names of tensors that end with the type of the operator that made them ("conv1_Conv"), as Sophgo's
 * tpu-mlir has them in its archives of ONNX models.
 */
#ifndef MMTUI_DUMP_OPERATOR_TYPE_H
#define MMTUI_DUMP_OPERATOR_TYPE_H

#include "mmtui/base.h"

enum operator_ending {
    OPERATOR_ITSELF, /* "conv1_Conv" */
    OPERATOR_CAST,   /* "conv1_Conv_f32", "_f16", "_bf16": also what its result was cast to */
    OPERATOR_STEPS,  /* "prob_Softmax__softmax_reshape_f32": also the steps that it was taken apart into */
    OPERATOR_ENDINGS
};

/* The operator of ONNX that the name ends with, behind a '_', and before what `ending` allows. *stem: how much of the name
 * stands before that; *end: how much with it. NULL: it does not. Static. */
const char *operator_type_of(const char *name, enum operator_ending ending, size_t *stem, size_t *end);
/* Is a file called so as tpu-mlir calls them: NAME_outputs.npz, NAME_tensors.npz? */
bool operator_type_file(const char *file);

#endif
