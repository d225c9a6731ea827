/* The demo's graph: each module is a table of steps, the network a table of modules. */
#include "cli/demo_net.h"

#include <stdio.h>
#include <string.h>

enum {
    FRAMES = 96, /* after the front end has halved them */
    BANDS = 40,
    WIDTH = 64,
    HIDDEN = 256,
    HEADS = 4,
    TOKENS = 48
};

/* Shapes that occur often. */
#define STREAM    1, FRAMES, WIDTH
#define INNER     1, FRAMES, HIDDEN
#define PER_FRAME 1, FRAMES, 1
#define SCORES    1, HEADS, FRAMES, FRAMES

/*
 * One operator of a module. An input is named as another step of the module, or is
 *   "in"    what the module before this one has put out,
 *   "skip"  where the module's residual connection starts.
 */
struct step {
    const char *name;
    enum demo_kind kind;
    const char *input[DEMO_INPUTS_MAX];
    int64_t shape[4]; /* of the output; a 0 ends it */
    enum demo_param param;
    float constant;
};

static const struct step front_end[] = {
    {"features", DEMO_INPUT, {0}, {1, 1, 2 * FRAMES, BANDS}, DEMO_NONE, 0},
    {"Conv", DEMO_CONV2D, {"features"}, {1, 8, FRAMES, BANDS / 2}, DEMO_KERNEL, 0},
    {"Relu", DEMO_RELU, {"Conv"}, {1, 8, FRAMES, BANDS / 2}, DEMO_NONE, 0},
    {"Conv_1", DEMO_CONV2D, {"Relu"}, {1, 16, FRAMES, BANDS / 4}, DEMO_KERNEL, 0},
    {"Relu_1", DEMO_RELU, {"Conv_1"}, {1, 16, FRAMES, BANDS / 4}, DEMO_NONE, 0},
    {"Transpose", DEMO_TRANSPOSE, {"Relu_1"}, {1, FRAMES, 16 * BANDS / 4}, DEMO_NONE, 0},
    {"Linear", DEMO_LINEAR, {"Transpose"}, {STREAM}, DEMO_KERNEL, 0},
};

static const struct step convolution[] = {
    {"Linear", DEMO_LINEAR, {"in"}, {STREAM}, DEMO_KERNEL, 0},
    {"Gelu", DEMO_GELU, {"Linear"}, {STREAM}, DEMO_NONE, 0},
    {"Conv", DEMO_CONV1D, {"Gelu"}, {STREAM}, DEMO_KERNEL, 0},
    {"Add", DEMO_ADD, {"Conv", "skip"}, {STREAM}, DEMO_NONE, 0},
};

static const struct step layer_norm[] = {
    {"ReduceMean", DEMO_MEAN, {"in"}, {PER_FRAME}, DEMO_NONE, 0},
    {"Sub", DEMO_SUB, {"in", "ReduceMean"}, {STREAM}, DEMO_NONE, 0},
    {"Pow", DEMO_POW, {"Sub"}, {STREAM}, DEMO_NONE, 0},
    {"ReduceMean_1", DEMO_MEAN, {"Pow"}, {PER_FRAME}, DEMO_NONE, 0},
    {"Add", DEMO_ADD, {"ReduceMean_1"}, {PER_FRAME}, DEMO_CONSTANT, 1e-5f},
    {"Sqrt", DEMO_SQRT, {"Add"}, {PER_FRAME}, DEMO_NONE, 0},
    {"Div", DEMO_DIV, {"Sub", "Sqrt"}, {STREAM}, DEMO_NONE, 0},
    {"Mul", DEMO_MUL, {"Div"}, {STREAM}, DEMO_GAMMA, 0},
    {"Add_1", DEMO_ADD, {"Mul"}, {STREAM}, DEMO_BETA, 0},
};

static const struct step attention[] = {
    {"q", DEMO_LINEAR, {"in"}, {STREAM}, DEMO_KERNEL, 0},
    {"k", DEMO_LINEAR, {"in"}, {STREAM}, DEMO_KERNEL, 0},
    {"v", DEMO_LINEAR, {"in"}, {STREAM}, DEMO_KERNEL, 0},
    {"MatMul", DEMO_SCORES, {"q", "k"}, {SCORES}, DEMO_NONE, 0},
    {"Mul", DEMO_MUL, {"MatMul"}, {SCORES}, DEMO_CONSTANT, 0.25f}, /* 1 / sqrt(WIDTH / HEADS) */
    {"Softmax", DEMO_SOFTMAX, {"Mul"}, {SCORES}, DEMO_NONE, 0},
    {"MatMul_1", DEMO_CONTEXT, {"Softmax", "v"}, {STREAM}, DEMO_NONE, 0},
    {"out", DEMO_LINEAR, {"MatMul_1"}, {STREAM}, DEMO_KERNEL, 0},
    {"Add", DEMO_ADD, {"out", "skip"}, {STREAM}, DEMO_NONE, 0},
};

static const struct step feed_forward[] = {
    {"Linear", DEMO_LINEAR, {"in"}, {INNER}, DEMO_KERNEL, 0},
    {"Sigmoid", DEMO_SIGMOID, {"Linear"}, {INNER}, DEMO_NONE, 0},
    {"Mul", DEMO_MUL, {"Linear", "Sigmoid"}, {INNER}, DEMO_NONE, 0}, /* SiLU */
    {"Linear_1", DEMO_LINEAR, {"Mul"}, {STREAM}, DEMO_KERNEL, 0},
    {"Mul_1", DEMO_MUL, {"Linear_1"}, {STREAM}, DEMO_CONSTANT, 0.5f},
    {"Add", DEMO_ADD, {"Mul_1", "skip"}, {STREAM}, DEMO_NONE, 0},
};

static const struct step head[] = {
    {"Linear", DEMO_LINEAR, {"in"}, {1, FRAMES, TOKENS}, DEMO_KERNEL_OUTLIER, 0},
    {"Softmax", DEMO_SOFTMAX, {"Linear"}, {1, FRAMES, TOKENS}, DEMO_NONE, 0},
};

struct module {
    const char *name;
    const struct step *steps;
    size_t count;
    float gain;       /* of its kernels */
    const char *skip; /* the module whose output is "skip"; NULL: "skip" is "in" */
};

#define STEPS(table) table, MM_COUNT(table)

/*
 * Where FP16 breaks: block 0 works on the unnormalised stream, and its feed forward amplifies it. With the
 * default input, values of a few hundred reach enc.0.ln2, whose Pow squares them: above 256 the square
 * is beyond FP16's 65504. After that layer norm the stream is of ordinary size again, and so it stays.
 */
static const struct module network[] = {
    {"front", STEPS(front_end), 1, NULL},
    {"enc.0.conv", STEPS(convolution), 1, NULL},
    {"enc.0.ln1", STEPS(layer_norm), 1, NULL},
    {"enc.0.attn", STEPS(attention), 1, "enc.0.conv"},
    {"enc.0.ffn", STEPS(feed_forward), 8, NULL},
    {"enc.0.ln2", STEPS(layer_norm), 1, NULL},
    {"enc.1.conv", STEPS(convolution), 1, NULL},
    {"enc.1.ln1", STEPS(layer_norm), 1, NULL},
    {"enc.1.attn", STEPS(attention), 1, "enc.1.conv"},
    {"enc.1.ffn", STEPS(feed_forward), 1, NULL},
    {"enc.1.ln2", STEPS(layer_norm), 1, NULL},
    {"head", STEPS(head), 1, NULL},
};

/* Post-training quantisation has chosen these: the first is harmless, the second has an outlier channel. */
static const char *const quantised[] = {"enc.1.ffn.Linear", "head.Linear"};

static struct mm_shape shape_of(const struct step *step)
{
    struct mm_shape shape = {0};
    while (shape.rank < (int)MM_COUNT(step->shape) && step->shape[shape.rank] > 0) {
        shape.dim[shape.rank] = step->shape[shape.rank];
        shape.rank++;
    }
    return shape;
}

/* "MODULE.STEP", with the runtime's prefix before it. */
static int name_op(struct demo_op *op, const char *module, const char *step, struct mm_arena *arena)
{
    static const char prefix[] = "main/";
    char text[64];
    snprintf(text, sizeof text, "%s%s.%s", prefix, module, step);
    op->runtime_name = mm_arena_strdup(arena, text);
    if (!op->runtime_name)
        return -1;
    op->name = op->runtime_name + strlen(prefix);
    return 0;
}

static bool is_quantised(const char *name)
{
    for (size_t i = 0; i < MM_COUNT(quantised); i++)
        if (strcmp(quantised[i], name) == 0)
            return true;
    return false;
}

static size_t op_total(void)
{
    size_t total = 0;
    for (size_t i = 0; i < MM_COUNT(network); i++)
        total += network[i].count;
    return total;
}

/* The place of a module's last operator, whose output is the module's; -1 if there is no such module. */
static int module_end(const char *name)
{
    int end = -1;
    for (size_t i = 0; i < MM_COUNT(network); i++) {
        end += (int)network[i].count;
        if (strcmp(network[i].name, name) == 0)
            return end;
    }
    return -1;
}

/* The place of the operator that a step's input means, -1 for none; `start` is that of the module's first. */
static int resolve(const struct module *module, const char *input, int start)
{
    if (!input)
        return -1;
    if (strcmp(input, "skip") == 0 && module->skip)
        return module_end(module->skip);
    if (strcmp(input, "in") == 0 || strcmp(input, "skip") == 0)
        return start - 1;
    for (size_t i = 0; i < module->count; i++)
        if (strcmp(module->steps[i].name, input) == 0)
            return start + (int)i;
    return -1;
}

static int add_module(struct demo_net *net, const struct module *module, struct mm_arena *arena)
{
    int start = net->count;
    for (size_t i = 0; i < module->count; i++) {
        const struct step *step = &module->steps[i];
        struct demo_op *op = &net->op[net->count++];
        op->kind = step->kind;
        op->shape = shape_of(step);
        op->param = step->param;
        op->constant = step->constant;
        op->gain = module->gain;
        for (int k = 0; k < DEMO_INPUTS_MAX; k++)
            op->input[k] = resolve(module, step->input[k], start);
        if (name_op(op, module->name, step->name, arena) != 0)
            return -1;
        op->quantised = is_quantised(op->name);
    }
    return 0;
}

int demo_net_init(struct demo_net *net, struct mm_arena *arena, struct mm_err *err)
{
    net->count = 0;
    net->op = mm_arena_array(arena, op_total(), sizeof *net->op);
    if (!net->op)
        return mm_fail_memory(err);
    for (size_t i = 0; i < MM_COUNT(network); i++)
        if (add_module(net, &network[i], arena) != 0)
            return mm_fail_memory(err);
    return 0;
}
