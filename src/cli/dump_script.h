/*
 * dump_script: the Python scripts that dump a framework's tensors into a folder that mmtui reads. They lie in
 * src/cli/adapters/ and are built in.
 */
#ifndef MMTUI_CLI_DUMP_SCRIPT_H
#define MMTUI_CLI_DUMP_SCRIPT_H

#include "mmtui/base.h"

/* Append the script for a framework: "pytorch", "tensorflow" or "onnxruntime". It needs no other file, and has the
 * program's version in it. -1 with err (MM_EARG, with the names that there are): there is none of that name; MM_ENOMEM. */
int dump_script_put(const char *name, struct mm_buf *out, struct mm_err *err);

#endif
