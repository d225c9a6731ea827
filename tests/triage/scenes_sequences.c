/* Networks that look at sequences: attention, perceptrons, layer norms; and matrices. */
#include "ops.h"
#include "scene.h"

#define RUN(kind) (demo_kind_info(DEMO_##kind)->run)

static int add_norm(struct scene *scene, const char *name, int in)
{
    int64_t width = (int64_t)scene->step[in - 1].s->width;
    struct scene_step step = {.name = name, .type = "LayerNormalization", .in = {in}};
    step.param = scene_normal(scene, SHAPE(width), 1, 0.2);
    step.bias = scene_normal(scene, SHAPE(width), 0, 0.2);
    return scene_add(scene, &step, op_layer_norm, scene->step[in - 1].s->shape);
}

/* Causal attention: scores hold -inf above the diagonal. */
void scene_attention(struct scene *scene)
{
    enum { HEAD = 8 };
    int64_t heads = random_whole(&scene->random, 2, 4), frames = random_whole(&scene->random, 16, 40);
    struct mm_shape stream = SHAPE(1, frames, heads * HEAD), square = SHAPE(1, heads, frames, frames);
    int x = scene_input(scene, "tokens", MM_F32, scene_normal(scene, stream, 0, 1));
    int q = scene_linear(scene, "q", x, heads * HEAD, 0.7),
        k = scene_linear(scene, "k", x, heads * HEAD, 0.7);
    int v = scene_linear(scene, "v", x, heads * HEAD, 1);
    int at = scene_add(scene, &(struct scene_step){.name = "scores", .type = "MatMul", .in = {q, k}},
                       RUN(SCORES), square);
    at = scene_same(scene, "mask", "Where", at, 0, op_mask);
    at = scene_same(scene, "softmax", "Softmax", at, 0, RUN(SOFTMAX));
    at = scene_add(scene, &(struct scene_step){.name = "context", .type = "MatMul", .in = {at, v}},
                   RUN(CONTEXT), stream);
    at = scene_linear(scene, "out", at, heads * HEAD, 1);
    scene_same(scene, "add", "Add", at, x, RUN(ADD));
}

void scene_mixer(struct scene *scene)
{
    int64_t frames = random_whole(&scene->random, 20, 60), width = random_whole(&scene->random, 16, 48);
    int x = scene_input(scene, "tokens", MM_F32, scene_normal(scene, SHAPE(1, frames, width), 0.1, 0.3));
    int at = add_norm(scene, "norm", x);
    at = scene_linear(scene, "fc1", at, width, 1);
    at = scene_same(scene, "gelu", "Gelu", at, 0, RUN(GELU));
    at = scene_linear(scene, "fc2", at, width, 1);
    int gate = scene_same(scene, "gate", "Sigmoid", at, 0, RUN(SIGMOID));
    at = scene_same(scene, "mul", "Mul", at, gate, RUN(MUL));
    scene_same(scene, "add", "Add", at, x, RUN(ADD));
}

/* A layer norm in one piece; a third of its rows is so large that squares leave half's range. */
void scene_norm(struct scene *scene)
{
    int64_t frames = random_whole(&scene->random, 24, 60), width = random_whole(&scene->random, 24, 64);
    struct demo_value *x = scene_normal(scene, SHAPE(1, frames, width), 0, 20);
    for (size_t i = 0; i < x->count; i++)
        if (i / x->width % 3 == 1)
            x->data[i] *= scene->of->row->scale;
    int at = scene_input(scene, "stream", MM_F32, x);
    at = add_norm(scene, "norm", at);
    scene_linear(scene, "fc", at, width / 2, 1);
}

/* Errors that no single layer makes: products double what was there, linears add their rounding. */
void scene_chain(struct scene *scene)
{
    static const char *const names[][2] = {
        {"fc1", "mul1"}, {"fc2", "mul2"}, {"fc3", "mul3"}, {"fc4", "mul4"}};
    int64_t width = random_whole(&scene->random, 24, 40);
    int at = scene_input(scene, "tokens", MM_F32, scene_normal(scene, SHAPE(1, 40, width), 0, 1));
    for (size_t i = 0; i < MM_COUNT(names); i++) {
        at = scene_linear(scene, names[i][0], at, width, 0.6);
        at = scene_same(scene, names[i][1], "Mul", at, at, RUN(MUL));
    }
    scene_linear(scene, "out", at, width, 1);
}

/* Two axes; `scale` 1: square. */
void scene_matrix(struct scene *scene)
{
    int64_t rows = random_whole(&scene->random, 20, 40);
    int64_t columns = scene->of->row->scale == 1 ? rows : rows + random_whole(&scene->random, 3, 20);
    struct demo_value *x = scene_normal(scene, SHAPE(rows, columns), 0.3, 1);
    int at = scene_input(scene, "x", MM_F32, x);
    at = scene_linear(scene, "hidden", at, columns, 1);
    at = scene_same(scene, "relu", "Relu", at, 0, RUN(RELU));
    scene_linear(scene, "y", at, columns, 1);
}

/* A batch of maps, channels last, each of a size of its own. */
void scene_batch(struct scene *scene)
{
    int64_t batch = random_whole(&scene->random, 3, 6), width = random_whole(&scene->random, 6, 12);
    int64_t rows = random_whole(&scene->random, 6, 10), columns = random_whole(&scene->random, 8, 12);
    int at =
        scene_input(scene, "maps", MM_F32, scene_normal(scene, SHAPE(batch, rows, columns, width), 0, 1));
    at = scene_linear(scene, "fc", at, width, 1);
    at = scene_same(scene, "relu", "Relu", at, 0, RUN(RELU));
    scene_linear(scene, "out", at, width, 1);
}

/* ---- small differences of large values ---- */

/* Two embeddings nearly the same; their difference goes back onto one of them. */
void scene_difference(struct scene *scene)
{
    struct mm_shape shape =
        SHAPE(1, random_whole(&scene->random, 20, 50), random_whole(&scene->random, 16, 40));
    struct demo_value *a = scene_normal(scene, shape, 0, 1), *b = scene_value(scene, shape);
    for (size_t i = 0; i < a->count; i++)
        b->data[i] = a->data[i] + scene->of->row->scale * (float)random_normal(&scene->random);
    int left = scene_input(scene, "left", MM_F32, a), right = scene_input(scene, "right", MM_F32, b);
    int at = scene_same(scene, "sub", "Sub", left, right, RUN(SUB));
    scene_same(scene, "add", "Add", left, at, RUN(ADD));
}

/* The mean of rows whose mean has been taken away. */
void scene_sinks(struct scene *scene)
{
    int64_t frames = random_whole(&scene->random, 20, 50), width = random_whole(&scene->random, 16, 40);
    int at = scene_input(scene, "stream", MM_F32, scene_normal(scene, SHAPE(1, frames, width), 2, 1));
    int mean = scene_add(scene, &(struct scene_step){.name = "mean", .type = "ReduceMean", .in = {at}},
                         RUN(MEAN), SHAPE(1, frames, 1));
    at = scene_same(scene, "sub", "Sub", at, mean, RUN(SUB));
    mean = scene_add(scene, &(struct scene_step){.name = "rest", .type = "ReduceMean", .in = {at}}, RUN(MEAN),
                     SHAPE(1, frames, 1));
    at = scene_same(scene, "again", "Sub", at, mean, RUN(SUB));
    scene_linear(scene, "fc", at, width, 1);
}
