/* deployed: what ONNX Runtime makes of a model for a production run, as a model. */
#ifndef MMTUI_RUNTIME_DEPLOYED_H
#define MMTUI_RUNTIME_DEPLOYED_H

#include "runtime/session.h"

/* Let it optimise the model at `path`, and write the result to the file `to`: for this kind of processor alone. */
int deployed_write(const struct mm_ort *ort, const char *path, int level, const char *to, struct mm_err *err);

#endif
