/* check: do taps change what a model computes? */
#ifndef MMTUI_RUNTIME_CHECK_H
#define MMTUI_RUNTIME_CHECK_H

#include "runtime/session.h"

/* What beside taps is put into the model. NULL: nothing. */
struct check_model {
    const struct model_rounding *rounding;
    const struct ort_custom_op *round;
};

/* Run the model at session->what once more, without taps, and hold its outputs against `output`, [session->outputs], of a run
 * with them, bit for bit. MM_EIO: the first that differs, by how many values. */
int check_outputs(const struct session *session, const struct check_model *how,
                  const struct session_settings *settings, const OrtValue *const *input,
                  OrtValue *const *output, struct mm_err *err);

#endif
