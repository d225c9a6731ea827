/*
 * widen: a float16 model as a float32 one of the same operators, as files.
 *
 * Every float16 of its types, constants and attributes becomes float32, in the graph, in bodies of If, Loop, Scan and in local
 * functions; float32 has all values of float16, so nothing is rounded. What operators make then has to be rounded, which
 * is done when the model is run: see runtime/half_run.h.
 */
#ifndef MMTUI_RUNTIME_WIDEN_H
#define MMTUI_RUNTIME_WIDEN_H

#include "base/names.h"
#include "runtime/model.h"

/* Where it is written: the model, and beside it the values of its larger constants, a tile at a time. */
struct widen_files {
    const char *folder, *model, *data; /* names of files in the folder */
};

/*
 * Read the model at `path`. *inputs are the names of the graph's inputs that were float16, tensors or sequences of them; they lie
 * in `arena`. *changed: is there any float16 in the model? MM_EUNSUPPORTED: more than 2 GiB without the larger constants. On
 * failure files of those names may be there.
 */
int widen(const char *path, const struct widen_files *files, struct mm_names *inputs, struct mm_arena *arena,
          bool *changed, struct mm_err *err);

#endif
