/* Networks around tables, rows, blocks of pixels, masks and large means. */
#include "ops.h"
#include "scene.h"

#define RUN(kind) (demo_kind_info(DEMO_##kind)->run)

/* A convolution's channels become pixels. */
void scene_shuffle(struct scene *scene)
{
    int64_t channels = random_whole(&scene->random, 3, 5), height = random_whole(&scene->random, 8, 14),
            width = random_whole(&scene->random, 8, 14);
    int at = scene_input(scene, "features", MM_F32,
                         scene_normal(scene, SHAPE(1, 4 * channels, height, width), 0, 1));
    at = scene_same(scene, "relu", "Relu", at, 0, RUN(RELU));
    at = scene_add(scene, &(struct scene_step){.name = "pixels", .type = "DepthToSpace", .in = {at}},
                   op_depth_to_space, SHAPE(1, channels, 2 * height, 2 * width));
    scene_same(scene, "out", "Sigmoid", at, 0, RUN(SIGMOID));
}

/* Two branches of as many channels, one behind the other. */
void scene_concat(struct scene *scene)
{
    int64_t channels = random_whole(&scene->random, 4, 9), side = random_whole(&scene->random, 8, 14);
    int x = scene_input(scene, "features", MM_F32, scene_normal(scene, SHAPE(1, channels, side, side), 0, 1));
    int left = scene_same(scene, "gate", "Sigmoid", x, 0, RUN(SIGMOID));
    int right = scene_same(scene, "relu", "Relu", x, 0, RUN(RELU));
    int at = scene_add(scene, &(struct scene_step){.name = "joined", .type = "Concat", .in = {left, right}},
                       op_concat, SHAPE(1, 2 * channels, side, side));
    scene_same(scene, "gelu", "Gelu", at, 0, RUN(GELU));
}

/* [1, N, 4 + classes]: boxes in pixels, scores in 0 .. 1. */
void scene_raw_detector(struct scene *scene)
{
    int64_t rows = random_whole(&scene->random, 100, 200);
    int classes = random_whole(&scene->random, 6, 20), width = 4 + classes;
    struct demo_value *raw = scene_value(scene, SHAPE(1, rows, width));
    for (int64_t row = 0; row < rows; row++) {
        float *to = raw->data + row * width;
        for (int k = 0; k < 4; k++)
            to[k] = (float)(k < 2 ? random_in(&scene->random, 0, 640) : random_in(&scene->random, 8, 200));
        for (int c = 4; c < width; c++)
            to[c] = (float)random_in(&scene->random, 0.0005, 0.02);
        if (row % 5 == 0)
            to[4 + random_whole(&scene->random, 0, classes - 1)] =
                (float)random_in(&scene->random, 0.3, 0.95);
    }
    scene->exact = true;
    int at = scene_input(scene, "features", MM_F32, raw);
    scene_add(scene, &(struct scene_step){.name = "predictions", .type = "Identity", .in = {at}}, op_copy,
              SHAPE(1, rows, width));
}

/* [N, 6]: box in pixels, score, and a class of a few: 0.01 of the energy. */
void scene_labels(struct scene *scene)
{
    enum { WIDTH = 6 };
    int64_t rows = random_whole(&scene->random, 40, 90);
    struct demo_value *raw = scene_value(scene, SHAPE(rows, WIDTH));
    for (int64_t row = 0; row < rows; row++) {
        float *to = raw->data + row * WIDTH;
        for (int k = 0; k < 2; k++) {
            to[k] = (float)random_in(&scene->random, 100, 500);
            to[k + 2] = to[k] + (float)random_in(&scene->random, 10, 200);
        }
        to[4] = 0.99f - 0.9f * (float)((row * 7919) % rows) / (float)rows;
        to[5] = (float)random_whole(&scene->random, 0, 7);
    }
    scene->exact = true;
    int at = scene_input(scene, "candidates", MM_F32, raw);
    scene_add(scene, &(struct scene_step){.name = "detections", .type = "TopK", .in = {at}}, op_sort_rows,
              SHAPE(rows, WIDTH));
}

/* Token ids and their embeddings. */
void scene_tokens(struct scene *scene)
{
    enum { VOCABULARY = 200 };
    int64_t frames = random_whole(&scene->random, 40, 80), width = random_whole(&scene->random, 16, 40);
    struct demo_value *ids = scene_value(scene, SHAPE(1, frames));
    for (size_t i = 0; i < ids->count; i++)
        ids->data[i] = (float)random_whole(&scene->random, 0, VOCABULARY - 1);
    int at = scene_input(scene, "input_ids", MM_I64, ids);
    struct scene_step gather = {.name = "embeddings", .type = "Gather", .in = {at}};
    gather.param = scene_normal(scene, SHAPE(VOCABULARY, width), 0, 1);
    at = scene_add(scene, &gather, op_embed, SHAPE(1, frames, width));
    scene_linear(scene, "fc", at, width, 1);
}

/* Attention whose mask is a large number that is added. */
void scene_low_mask(struct scene *scene)
{
    int64_t heads = random_whole(&scene->random, 2, 4), frames = random_whole(&scene->random, 16, 40);
    struct mm_shape square = SHAPE(1, heads, frames, frames);
    int at = scene_input(scene, "scores", MM_F32, scene_normal(scene, square, 0, 1.5));
    at = scene_same(scene, "masked", "Add", at, 0, op_low_mask);
    at = scene_same(scene, "softmax", "Softmax", at, 0, RUN(SOFTMAX));
    scene_linear(scene, "out", at, 16, 1);
}

/* Rows about a mean of `scale`, which is taken away: what half leaves of them are its steps there. */
void scene_large_mean(struct scene *scene)
{
    int64_t frames = random_whole(&scene->random, 30, 60), width = random_whole(&scene->random, 24, 64);
    int in = scene_input(scene, "stream", MM_F32,
                         scene_normal(scene, SHAPE(1, frames, width), scene->of->row->scale, 1));
    int mean = scene_add(scene, &(struct scene_step){.name = "mean", .type = "ReduceMean", .in = {in}},
                         RUN(MEAN), SHAPE(1, frames, 1));
    int at = scene_same(scene, "centred", "Sub", in, mean, RUN(SUB));
    scene_linear(scene, "fc", at, width, 1);
}
