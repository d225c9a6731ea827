/* What the name of a folder in a tree of tensors says. */
#ifndef MMTUI_DUMP_FOLDER_NAME_H
#define MMTUI_DUMP_FOLDER_NAME_H

#include <stdbool.h>
#include <stdint.h>

enum folder_role {
    FOLDER_PART,  /* a part of the names of the tensors in it */
    FOLDER_STEP,  /* one run, or one sample, of several: "step0", "test_data_set_1" */
    FOLDER_RANK,  /* one device of several: "rank0"; "rank" is the only one */
    FOLDER_SHELL, /* says nothing of the tensors: "dump_tensor_data", "npy" */
    FOLDER_HIDDEN /* begins with a dot */
};

/* *number (from 0, at most INT64_MAX) is set for a step or a rank. `listed`: in the folder that it stands in is AIMET's
 * layer_output_name_order.json, and "outputs" is a shell. */
enum folder_role folder_role(const char *name, bool listed, int64_t *number);
/* Of a rank's folder: is it called by the number of a process ("proc4711")? */
bool folder_is_process(const char *name);

#endif
