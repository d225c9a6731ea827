#include "cli/commands.h"

int cli_model_open(struct cli_options *options, struct mm_err *err)
{
    if (!options->model || options->graph)
        return 0;
    if (mm_graph_open_onnx(&options->graph, options->model, err) < 0)
        return -1;
    options->session.graph = options->graph;
    return 0;
}
