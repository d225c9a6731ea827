/* model_keep: a copy of the model that is run. */
#ifndef MMTUI_RUNTIME_MODEL_KEEP_H
#define MMTUI_RUNTIME_MODEL_KEEP_H

#include "runtime/model.h"

/*
 * Make the folder that the model in the user's file `own` is to be kept in. MM_EARG where that file itself would be
 * overwritten; MM_EIO.
 */
int model_keep_begin(const char *own, const char *folder, struct mm_err *err);
/*
 * Then write the model that is run, the file `run` with `rounding` (NULL: none), there under the name of `own`, and the
 * files beside `run` that its weights lie in. MM_EUNSUPPORTED: 2 GiB or more inside, or weights outside of the model's folder;
 * MM_EIO.
 */
int model_keep(const char *run, const struct model_rounding *rounding, const char *own, const char *folder,
               struct mm_err *err);

#endif
