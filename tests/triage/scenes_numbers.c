/* Networks whose numbers are special: wide ranges, outliers, one side, large and small. */
#include "ops.h"
#include "scene.h"

#define RUN(kind) (demo_kind_info(DEMO_##kind)->run)

/* One or two channels of very many are `scale` times as large as the rest, which differ among themselves,
 * too. */
void scene_hot_channels(struct scene *scene)
{
    int64_t frames = random_whole(&scene->random, 30, 60), width = random_whole(&scene->random, 48, 160);
    int at = scene_input(scene, "tokens", MM_F32, scene_normal(scene, SHAPE(1, frames, width), 0, 1));
    struct demo_value *gain = scene_value(scene, SHAPE(width));
    for (int64_t c = 0; c < width; c++)
        gain->data[c] = (float)exp(random_in(&scene->random, -1, 1));
    for (int hot = random_whole(&scene->random, 1, 2); hot > 0; hot--)
        gain->data[random_whole(&scene->random, 0, (int)width - 1)] *= scene->of->row->scale;
    at = scene_add(scene, &(struct scene_step){.name = "gain", .type = "Mul", .in = {at}, .param = gain},
                   RUN(MUL), scene->step[0].s->shape);
    scene_linear(scene, "fc", at, width / 2, 1);
}

/* A few values, anywhere, `scale` times as large as the rest; negative: in a map of one channel. */
void scene_outliers(struct scene *scene)
{
    int64_t rows = random_whole(&scene->random, 40, 90), width = random_whole(&scene->random, 32, 64);
    struct mm_shape shape = scene->of->row->scale < 0 ? SHAPE(1, 1, rows, width) : SHAPE(1, rows, width);
    int at = scene_input(scene, "tokens", MM_F32, scene_normal(scene, shape, 0, 1));
    struct demo_value *spikes = scene_value(scene, shape);
    for (int k = random_whole(&scene->random, 2, 4); k > 0; k--)
        spikes->data[random_whole(&scene->random, 0, (int)spikes->count - 1)] =
            scene->of->row->scale * (random_whole(&scene->random, 0, 1) ? 1 : -1);
    int other = scene_input(scene, "spikes", MM_F32, spikes);
    at = scene_same(scene, "sum", "Add", at, other, RUN(ADD));
    scene_linear(scene, "fc", at, 24, 1);
}

/* `scale` 0: relu, 1: sigmoid, else: relu of products, which has a long tail. */
void scene_one_sided(struct scene *scene)
{
    int64_t frames = random_whole(&scene->random, 40, 80), width = random_whole(&scene->random, 24, 64);
    int x = scene_input(scene, "tokens", MM_F32, scene_normal(scene, SHAPE(1, frames, width), 0, 1));
    int at = scene_linear(scene, "fc1", x, width, 1);
    if (scene->of->row->scale > 1)
        at = scene_same(scene, "mul", "Mul", at, x, RUN(MUL));
    bool sigmoid = scene->of->row->scale == 1;
    at = sigmoid ? scene_same(scene, "act", "Sigmoid", at, 0, RUN(SIGMOID))
                 : scene_same(scene, "act", "Relu", at, 0, RUN(RELU));
    scene_linear(scene, "fc2", at, width / 2, 1);
}

/* One-sided and mostly small: a few values of each row are far above the rest. A map of one channel. */
void scene_sparse(struct scene *scene)
{
    struct mm_shape shape =
        SHAPE(1, 1, random_whole(&scene->random, 40, 80), random_whole(&scene->random, 32, 64));
    struct demo_value *x = scene_value(scene, shape);
    for (size_t i = 0; i < x->count; i++)
        x->data[i] = (float)pow(fabs(random_normal(&scene->random)), 4.5);
    int at = scene_input(scene, "energies", MM_F32, x);
    at = scene_same(scene, "act", "Relu", at, 0, RUN(RELU));
    scene_linear(scene, "fc", at, 20, 1);
}

/* ---- large and small ---- */

static void square_mean_root(struct scene *scene, struct demo_value *x)
{
    int at = scene_input(scene, "stream", MM_F32, x);
    at = scene_same(scene, "square", "Pow", at, 0, RUN(POW));
    struct mm_shape column = SHAPE(1, x->shape.dim[1], 1);
    at = scene_add(scene, &(struct scene_step){.name = "mean", .type = "ReduceMean", .in = {at}}, RUN(MEAN),
                   column);
    scene_same(scene, "root", "Sqrt", at, 0, RUN(SQRT));
}

/* Values up to some `scale`: above 256, their squares leave half's range. */
void scene_loud(struct scene *scene)
{
    struct mm_shape shape =
        SHAPE(1, random_whole(&scene->random, 20, 50), random_whole(&scene->random, 16, 64));
    square_mean_root(scene, scene_normal(scene, shape, 0, scene->of->row->scale / 2.5));
}

/* Values around `scale`: below 2e-4, their squares are lost in half. */
void scene_faint(struct scene *scene)
{
    struct mm_shape shape =
        SHAPE(1, random_whole(&scene->random, 20, 50), random_whole(&scene->random, 16, 64));
    square_mean_root(scene, scene_normal(scene, shape, 0, scene->of->row->scale));
}

/* So many values that their sum is beyond half, channel by channel, while the mean is not. */
void scene_pooling(struct scene *scene)
{
    int64_t side = random_whole(&scene->random, 48, 60), channels = random_whole(&scene->random, 6, 12);
    struct demo_value *x = scene_value(scene, SHAPE(1, channels, side, side));
    for (int64_t c = 0; c < channels; c++) {
        double level = random_in(&scene->random, 4, 60);
        for (int64_t i = 0; i < side * side; i++)
            x->data[c * side * side + i] = (float)(level * (1 + 0.4 * random_normal(&scene->random)));
    }
    int at = scene_input(scene, "features", MM_F32, x);
    at = scene_same(scene, "relu", "Relu", at, 0, RUN(RELU));
    at = scene_add(scene, &(struct scene_step){.name = "pool", .type = "GlobalAveragePool", .in = {at}},
                   op_global_mean, SHAPE(1, channels));
    scene_linear(scene, "fc", at, 10, 1);
}

/* Lengths of rows of very different size. */
void scene_lengths(struct scene *scene)
{
    int64_t rows = random_whole(&scene->random, 30, 60), width = random_whole(&scene->random, 24, 64);
    struct demo_value *x = scene_normal(scene, SHAPE(1, rows, width), 0, 1);
    for (size_t i = 0; i < x->count; i++)
        x->data[i] *= i / x->width % 4 == 0 ? scene->of->row->scale : 8;
    int in = scene_input(scene, "embeddings", MM_F32, x);
    int at = scene_add(scene, &(struct scene_step){.name = "length", .type = "ReduceL2", .in = {in}},
                       op_length, SHAPE(1, rows, 1));
    scene_same(scene, "unit", "Div", in, at, RUN(DIV));
}
