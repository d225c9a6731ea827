/* run_model: a model, run with the inputs that the command line gives. */
#ifndef MMTUI_CLI_RUN_MODEL_H
#define MMTUI_CLI_RUN_MODEL_H

#include "cli/options.h"

/* ONNX Runtime's library: of --onnxruntime, else of MMTUI_ONNXRUNTIME, else where it usually is. */
int run_library(const struct cli_options *options, struct mm_ort **ort, struct mm_err *err);
/* The inputs that options give (-i, --seed), for this run. */
int run_feeds(const struct cli_options *options, const struct mm_model_run *run, struct mm_feeds **feeds,
              struct mm_err *err);
/* Run it with each of them; *runs (0 to begin with) is how many there are. Whatever becomes of it, what was dumped is listed. */
int run_model(const struct cli_options *options, struct mm_model_run *run, size_t *runs, struct mm_err *err);

#endif
