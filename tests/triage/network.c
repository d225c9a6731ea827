/* Cases on the demo network: its own dumps, its graph. */
#include "case.h"
#include "cli/demo_run.h"

struct spoil {
    const struct corpus_row *row;
    struct random random;
};

static void spoil(void *context, const struct demo_call *call)
{
    struct spoil *of = context;
    struct injection in = {
        .call = call, .amount = of->row->amount, .how = of->row->how, .random = &of->random};
    of->row->apply(&in);
}

int network_write(const struct corpus_case *of, const char *src, const char *dst, struct mm_graph **graph,
                  struct mm_err *err)
{
    static const enum demo_base bases[NOISE_COUNT] = {[NOISE_NONE] = DEMO_ALL_F32,
                                                      [NOISE_F16] = DEMO_ALL_F16,
                                                      [NOISE_TENSOR] = DEMO_INT8_LINEARS,
                                                      [NOISE_CHANNEL] = DEMO_SHIPPED};
    struct spoil context = {of->row, random_named(of->seed, of->row->fault)};
    struct demo_fault fault = {of->row->site, spoil, &context};
    struct demo_options options = {.seed = of->seed,
                                   .input_scale = of->row->scale,
                                   .base = bases[of->noise],
                                   .fault = of->row->apply ? &fault : NULL};
    if (graph && demo_graph_open(graph, err) != 0)
        return -1;
    return demo_run(src, dst, &options, err);
}
