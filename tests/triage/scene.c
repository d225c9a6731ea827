#include "scene.h"

#include <stdlib.h>
#include <string.h>

#include "mmtui/dump.h"

void scene_init(struct scene *scene, const struct corpus_case *of)
{
    *scene = (struct scene){.of = of,
                            .random = random_named(of->seed, "network"),
                            .faulty = random_named(of->seed, of->row->fault)};
    mm_arena_init(&scene->arena);
}

void scene_done(struct scene *scene)
{
    mm_arena_done(&scene->arena);
}

/* ---- values ---- */

struct demo_value *scene_value(struct scene *scene, struct mm_shape shape)
{
    struct demo_value *value = demo_value_new(&scene->arena, &shape);
    if (!value)
        abort();
    return value;
}

struct demo_value *scene_normal(struct scene *scene, struct mm_shape shape, double mean, double deviation)
{
    struct demo_value *value = scene_value(scene, shape);
    for (size_t i = 0; i < value->count; i++)
        value->data[i] = (float)(mean + deviation * random_normal(&scene->random));
    return value;
}

struct demo_value *scene_weights(struct scene *scene, struct mm_shape shape, double gain)
{
    int64_t fan_in = shape.rank == 2 ? shape.dim[0] : mm_shape_count(&shape) / shape.dim[0];
    return scene_normal(scene, shape, 0, gain / sqrt((double)fan_in));
}

/* ---- noise ---- */

/* Channels lie along axis 1 of images, along the last one of all else. */
static int channel_axis(const struct demo_value *value)
{
    return value->shape.rank == 4 ? 1 : value->shape.rank - 1;
}

static void quantise(struct demo_value *d, size_t from, size_t step, size_t run, float greatest)
{
    float scale = demo_int8_scale(greatest);
    for (size_t i = from; i < d->count; i += step)
        for (size_t k = i; k < i + run; k++)
            if (isfinite(d->data[k]))
                d->data[k] = scale * fmaxf(-127, fminf(127, rintf(d->data[k] / scale)));
}

static float greatest_of(const struct demo_value *s, size_t from, size_t step, size_t run)
{
    float greatest = 0;
    for (size_t i = from; i < s->count; i += step)
        for (size_t k = i; k < i + run; k++)
            if (isfinite(s->data[k]))
                greatest = fmaxf(greatest, fabsf(s->data[k]));
    return greatest;
}

static void quantise_channels(const struct demo_value *s, struct demo_value *d)
{
    struct fault_axis at = fault_axis(s, channel_axis(s));
    size_t run = (size_t)at.inner, step = (size_t)(at.inner * at.size);
    for (size_t from = 0; from < step; from += run)
        quantise(d, from, step, run, greatest_of(s, from, step, run));
}

static void add_integer_noise(const struct scene *scene, const struct scene_step *step)
{
    if (scene->exact || step->dtype != MM_F32)
        return;
    if (scene->of->noise == NOISE_TENSOR)
        quantise(step->d, 0, step->d->count, step->d->count,
                 greatest_of(step->s, 0, step->s->count, step->s->count));
    if (scene->of->noise == NOISE_CHANNEL)
        quantise_channels(step->s, step->d);
}

static void round_to_half(struct demo_value *value)
{
    for (size_t i = 0; i < value->count; i++)
        value->data[i] = mm_half_to_float(mm_float_to_half(value->data[i]));
    value->dtype = MM_F16;
}

/* ---- steps ---- */

static const struct demo_value *find_value(const struct scene *scene, const char *name)
{
    for (int i = 0; name && i < scene->count; i++)
        if (strcmp(scene->step[i].name, name) == 0)
            return scene->step[i].d;
    return NULL;
}

static void inject(struct scene *scene, const struct scene_step *step, const struct demo_call *call)
{
    const struct corpus_row *row = scene->of->row;
    const char *place = row->site ? row->site : row->other;
    if (!row->apply || strcmp(place, step->name) != 0)
        return;
    struct injection in = {.call = call,
                           .other = find_value(scene, row->other),
                           .amount = row->amount,
                           .how = row->how,
                           .random = &scene->faulty};
    row->apply(&in);
}

/* The second side's value has been computed. */
static int finish(struct scene *scene, const struct scene_step *step, const struct demo_call *call)
{
    step->s->dtype = step->d->dtype = step->dtype; /* a fault may change the second */
    add_integer_noise(scene, step);
    if (!scene->of->row->in_src)
        inject(scene, step, call);
    if (scene->of->noise == NOISE_F16 && step->d->dtype == MM_F32)
        round_to_half(step->d);
    if (scene->count == SCENE_STEPS_MAX)
        abort();
    scene->step[scene->count] = *step;
    return ++scene->count;
}

int scene_input(struct scene *scene, const char *name, enum mm_dtype dtype, struct demo_value *value)
{
    struct scene_step step = {.name = name, .type = "", .dtype = dtype, .s = value};
    step.d = scene_value(scene, value->shape);
    memcpy(step.d->data, value->data, value->count * sizeof *value->data);
    struct demo_call call = {.out = step.d};
    return finish(scene, &step, &call);
}

int scene_add(struct scene *scene, const struct scene_step *given, void (*run)(const struct demo_call *call),
              struct mm_shape shape)
{
    struct scene_step step = *given;
    step.dtype = step.dtype ? step.dtype : MM_F32;
    step.s = scene_value(scene, shape);
    step.d = scene_value(scene, shape);
    struct demo_call first = {.param = step.param, .bias = step.bias, .out = step.s};
    struct demo_call second = {.param = step.param, .bias = step.bias, .out = step.d};
    for (int i = 0; i < DEMO_INPUTS_MAX; i++) {
        first.in[i] = step.in[i] ? scene->step[step.in[i] - 1].s : NULL;
        second.in[i] = step.in[i] ? scene->step[step.in[i] - 1].d : NULL;
    }
    run(&first);
    run(&second);
    if (scene->of->row->in_src)
        inject(scene, &step, &first);
    return finish(scene, &step, &second);
}

int scene_same(struct scene *scene, const char *name, const char *type, int a, int b,
               void (*run)(const struct demo_call *call))
{
    struct scene_step step = {.name = name, .type = type, .in = {a, b}};
    return scene_add(scene, &step, run, scene->step[a - 1].s->shape);
}

int scene_linear(struct scene *scene, const char *name, int in, int64_t width, double gain)
{
    struct mm_shape shape = scene->step[in - 1].s->shape;
    int64_t wide = shape.dim[shape.rank - 1];
    shape.dim[shape.rank - 1] = width;
    struct scene_step step = {.name = name, .type = "MatMul", .in = {in}};
    step.param = scene_weights(scene, SHAPE(wide, width), gain);
    step.bias = scene_normal(scene, SHAPE(width), 0, 0.1);
    return scene_add(scene, &step, demo_kind_info(DEMO_LINEAR)->run, shape);
}
