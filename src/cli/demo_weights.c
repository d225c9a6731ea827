/* The demo's values: its parameters and its input, pseudo-random and the same on every machine. */
#include "cli/demo_net.h"

#include <math.h>

struct demo_value *demo_value_new(struct mm_arena *arena, const struct mm_shape *shape)
{
    struct demo_value *value = mm_arena_alloc(arena, sizeof *value);
    if (!value)
        return NULL;
    value->shape = *shape;
    value->dtype = MM_F32;
    value->count = (size_t)mm_shape_count(shape);
    value->width = (size_t)shape->dim[shape->rank - 1];
    value->data = mm_arena_array(arena, value->count, sizeof *value->data);
    return value->data ? value : NULL;
}

/* ---- random numbers ---- */

/* SplitMix64 (Steele, Lea, Flood 2014): any seed is a good seed. */
static uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Uniform in [-1, 1); 24 bits, so that the float is exact. */
static float random_unit(uint64_t *state)
{
    return (float)(random_next(state) >> 40) * 0x1p-23f - 1;
}

/* A stream of its own for every operator: FNV-1a of its name, so that a changed layer changes no other. */
static uint64_t random_named(uint64_t seed, const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u ^ seed;
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
    return hash;
}

static void fill(struct demo_value *value, uint64_t *state, float centre, float spread)
{
    for (size_t i = 0; i < value->count; i++)
        value->data[i] = centre + spread * random_unit(state);
}

/* ---- parameters ---- */

/* How a kernel lies in memory, the products that one output sums up, and how many biases it has. */
struct kernel {
    struct mm_shape shape;
    int64_t fan_in, outputs;
};

static struct kernel kernel_of(const struct demo_op *op, const struct mm_shape *in)
{
    int64_t width = op->shape.dim[op->shape.rank - 1], wide = in->dim[in->rank - 1];
    if (op->kind == DEMO_CONV2D)
        return (struct kernel){{4, {op->shape.dim[1], in->dim[1], 3, 3}}, in->dim[1] * 9, op->shape.dim[1]};
    if (op->kind == DEMO_CONV1D)
        return (struct kernel){{2, {7, width}}, 7, width};
    return (struct kernel){{2, {wide, width}}, wide, width};
}

/*
 * A few weights of the first output channel are far larger than all others: in a CTC head that is the blank
 * token, which outweighs the rest. With a scale per channel INT8 would not mind; with one scale for the whole
 * tensor the other channels are left with a handful of steps.
 */
static void add_outliers(struct demo_value *kernel, float bound)
{
    enum { EVERY = 32 }; /* inputs */
    const float times = 30;
    for (size_t place = 0; place < kernel->count; place += EVERY * kernel->width)
        kernel->data[place] = times * bound;
}

/* Uniform weights of variance gain² / fan_in: the output is `gain` times as large as the input. */
static int kernel_init(struct demo_params *params, const struct demo_net *net, const struct demo_op *op,
                       uint64_t *state, struct mm_arena *arena)
{
    struct kernel kernel = kernel_of(op, &net->op[op->input[0]].shape);
    float bound = op->gain * sqrtf(3.0f / (float)kernel.fan_in);
    params->main = demo_value_new(arena, &kernel.shape);
    params->bias = demo_value_new(arena, &(struct mm_shape){1, {kernel.outputs}});
    if (!params->main || !params->bias)
        return -1;
    fill(params->main, state, 0, bound);
    fill(params->bias, state, 0, 0.1f);
    if (op->param == DEMO_KERNEL_OUTLIER)
        add_outliers(params->main, bound);
    return 0;
}

int demo_params_init(struct demo_params *params, const struct demo_net *net, const struct demo_op *op,
                     uint64_t seed, struct mm_arena *arena, struct mm_err *err)
{
    uint64_t state = random_named(seed, op->name);
    *params = (struct demo_params){NULL, NULL};
    if (op->param == DEMO_NONE)
        return 0;
    if (op->param == DEMO_KERNEL || op->param == DEMO_KERNEL_OUTLIER)
        return kernel_init(params, net, op, &state, arena) == 0 ? 0 : mm_fail_memory(err);
    int64_t width = op->param == DEMO_CONSTANT ? 1 : op->shape.dim[op->shape.rank - 1];
    params->main = demo_value_new(arena, &(struct mm_shape){1, {width}});
    if (!params->main)
        return mm_fail_memory(err);
    if (op->param == DEMO_CONSTANT)
        params->main->data[0] = op->constant;
    else
        fill(params->main, &state, op->param == DEMO_GAMMA ? 1 : 0, 0.25f);
    return 0;
}

/* ---- the input ---- */

void demo_input_fill(struct demo_value *features, uint64_t seed, float scale)
{
    enum { WAVES = 4 };
    uint64_t state = random_named(seed, "features");
    float along_time[WAVES], along_band[WAVES], phase[WAVES];
    for (int w = 0; w < WAVES; w++) {
        along_time[w] = 0.2f * random_unit(&state); /* radians a frame */
        along_band[w] = 0.4f * random_unit(&state);
        phase[w] = 3.14159265f * random_unit(&state);
    }
    for (size_t i = 0; i < features->count; i++) {
        float t = (float)(i / features->width), b = (float)(i % features->width);
        float sum = 0;
        for (int w = 0; w < WAVES; w++)
            sum += sinf(along_time[w] * t + along_band[w] * b + phase[w]);
        features->data[i] = scale * (0.75f * sum / WAVES + 0.25f * random_unit(&state));
    }
}
