/* What export, lint and plan share: the plan, the model whose names are checked, and the runtime's own file. */
#ifndef MMTUI_CLI_EXPORTING_H
#define MMTUI_CLI_EXPORTING_H

#include "cli/commands.h"

/* The names of --model: the graph of an .onnx, or those of a GGUF, a safetensors file, a list. */
struct cli_names {
    struct mm_known known;
    bool is_known; /* it is no graph */
};
/* Read --model, if it was given: a graph goes to options->graph. */
int cli_names_open(struct cli_names *names, struct cli_options *options, struct mm_err *err);
void cli_names_done(struct cli_names *names);

/* The runtime's own file, of --base. */
struct cli_base {
    struct mm_buf text;
    struct mm_config config;
};
/* Read it, if it was given. Returns what struct mm_export takes: NULL where none was given, or with err. */
const struct mm_config *cli_base_open(struct cli_base *base, const struct cli_options *options,
                                      struct mm_err *err);
/* A zeroed one is fine. */
void cli_base_done(struct cli_base *base);

#endif
