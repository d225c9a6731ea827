#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "triage/in_dump.h"
#include "unit/triage/network.h"

static const char *name_of(const void *context, uint32_t id)
{
    return ((const struct network *)context)->pair[id].name;
}

static struct mm_stats stats(double size, int64_t at)
{
    return (struct mm_stats){.finite = 100,
                             .min = -size,
                             .max = 2 * size,
                             .mean = size / 3,
                             .std = size,
                             .min_at = at,
                             .max_at = at + 1};
}

/* x -> conv -> norm -> relu. conv is off by 0.9: its dst holds what src has for `held`. */
static void fused(struct network *net, uint32_t held, double relu_error)
{
    network_init(net);
    network_op(net, "x", 0, NULL, NULL);
    network_op(net, "conv", 0.9, "x", NULL);
    network_op(net, "norm", 0.001, "conv", NULL);
    network_op(net, "relu", relu_error, "norm", NULL);
    mm_graph_add_tensor(net->builder, "relu", MM_GRAPH_OUTPUT, MM_DTYPE_NONE, NULL);
    for (uint32_t id = 0; id < 4; id++)
        net->result[id].metrics.src = net->result[id].metrics.dst = stats(id + 1, 10 * id);
    net->result[1].metrics.dst = net->result[held].metrics.src;
    net->result[1].metrics.dst.max *= 1.001; /* another kernel */
    network_finish(net, true);
}

static bool found(const struct network *net, uint32_t id, struct mm_finding *finding)
{
    struct mm_triage_view view = {.subjects = net->subject,
                                  .count = net->count,
                                  .flow = net->flow,
                                  .blame = net->blame,
                                  .thresholds = &network_thresholds,
                                  .name = name_of,
                                  .context = net};
    return in_dump_find(&view, id, finding);
}

static void what_reads_it(void **state)
{
    (void)state;
    struct network net;
    struct mm_finding finding;
    for (uint32_t held = 2; held <= 3; held++) {
        fused(&net, held, 0.001);
        assert_true(found(&net, 1, &finding));
        assert_int_equal(finding.cause, MM_CAUSE_IN_DUMP);
        assert_int_equal(finding.layer, held);
        assert_int_equal(mm_cause_info(finding.cause)->verdict, MM_VERDICT_HARMLESS);
        network_done(&net);
    }
}

/* x lies before it: that it holds is a stale buffer. And what reads it is wrong: no harmless artefact. */
static void not_found(void **state)
{
    (void)state;
    struct network net;
    struct mm_finding finding;
    fused(&net, 0, 0.001);
    assert_false(found(&net, 1, &finding));
    network_done(&net);
    fused(&net, 3, 0.9);
    assert_false(found(&net, 1, &finding));
    network_done(&net);
}

/* x -> act -> relu -> conv -> y: relu is off by 0.13, conv by 0.05 only, where relu's dst would make it 0.13. */
static void unread(struct network *net, struct mm_recomputed *relu, struct mm_recomputed *conv, double act)
{
    network_init(net);
    network_op(net, "x", 0, NULL, NULL);
    network_op(net, "act", act, "x", NULL);
    network_op(net, "relu", 0.13, "act", NULL);
    network_op(net, "conv", 0.045, "relu", NULL);
    network_op(net, "y", 0.01, "conv", NULL);
    network_finish(net, true);
    net->subject[2].recomputed = relu;
    net->subject[3].recomputed = conv;
    mm_blame_find(net->flow, net->subject, &network_thresholds, net->blame);
}

/* Rounding explains what the reader adds: that it is near to src is luck, and no sign of other inputs. */
static void explained(void **state)
{
    (void)state;
    struct network net;
    struct mm_finding finding;
    struct mm_recomputed conv = {.state = MM_RECOMPUTE_DONE,
                                 .kind = MM_OPERATOR_LINEAR,
                                 .residual = 0.13,
                                 .rounding = 0.001,
                                 .per_tensor = NAN,
                                 .per_channel = NAN,
                                 .input_int8 = NAN,
                                 .exact = NAN,
                                 .variant = NAN};
    unread(&net, NULL, &conv, 0.01);
    assert_true(found(&net, 2, &finding));
    assert_string_equal(finding.sentence, "in the dump alone: what reads it was made of other values");
    network_done(&net);
    conv.rounding = 0.06;
    unread(&net, NULL, &conv, 0.01);
    assert_false(found(&net, 2, &finding));
    network_done(&net);
}

/* What only moves values, and did, has them from its input: it inherits, whatever reads it. */
static void moved(void **state)
{
    (void)state;
    struct network net;
    struct mm_finding finding;
    struct mm_recomputed conv = {.state = MM_RECOMPUTE_DONE,
                                 .kind = MM_OPERATOR_LINEAR,
                                 .residual = 0.13,
                                 .rounding = 0.001,
                                 .per_tensor = NAN,
                                 .per_channel = NAN,
                                 .input_int8 = NAN,
                                 .exact = NAN,
                                 .variant = NAN},
                         relu = {.state = MM_RECOMPUTE_DONE, .selects = true, .exact = NAN, .variant = NAN};
    unread(&net, &relu, &conv, 0.13);
    assert_false(found(&net, 2, &finding));
    network_done(&net);
    unread(&net, &relu, &conv, 0.01); /* its input is good, and such values did not come of it */
    assert_true(found(&net, 2, &finding));
    network_done(&net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_reads_it), cmocka_unit_test(not_found),
                                       cmocka_unit_test(explained), cmocka_unit_test(moved)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
