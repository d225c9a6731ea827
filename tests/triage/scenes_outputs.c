/* What stands at the end of a detector, a segmenter: boxes, scores, ids, in order. */
#include "ops.h"
#include "scene.h"

static const struct demo_value *column(struct scene *scene, int from)
{
    struct demo_value *value = scene_value(scene, SHAPE(1));
    value->data[0] = (float)from;
    return value;
}

static int add_columns(struct scene *scene, const char *name, int in, int from, int64_t count)
{
    struct mm_shape shape = scene->step[in - 1].s->shape;
    shape.dim[shape.rank - 1] = count;
    struct scene_step step = {.name = name, .type = "Slice", .in = {in}, .param = column(scene, from)};
    return scene_add(scene, &step, op_columns, shape);
}

/* x, y, x, y in an image of `size` */
static void box(struct scene *scene, float *to, double size)
{
    for (int k = 0; k < 2; k++) {
        double from = random_in(&scene->random, 0, size * 0.8),
               wide = random_in(&scene->random, 8, size * 0.5);
        to[k] = (float)from;
        to[2 + k] = (float)fmin(size, from + wide);
    }
}

/* The logit of one class stands out. */
static void logits(struct scene *scene, float *to, int classes, int best)
{
    for (int c = 0; c < classes; c++)
        to[c] = (float)random_normal(&scene->random) - (c == best ? 0 : 4);
    to[best] = (float)random_in(&scene->random, 2, 5);
}

/* [1, N, 4 + classes] into boxes, scores, ids */
void scene_detector(struct scene *scene)
{
    enum { BOX = 4, CLASSES_MOST = 80 };
    int64_t rows = random_whole(&scene->random, 60, 160);
    int classes = random_whole(&scene->random, 20, CLASSES_MOST);
    struct demo_value *raw = scene_value(scene, SHAPE(1, rows, BOX + classes));
    for (int64_t row = 0; row < rows; row++) {
        float *to = raw->data + row * (BOX + classes);
        box(scene, to, 640);
        logits(scene, to + BOX, classes, random_whole(&scene->random, 0, classes - 1));
    }
    scene->exact = true;
    int at = scene_input(scene, "predictions", MM_F32, raw);
    add_columns(scene, "boxes", at, 0, BOX);
    at = add_columns(scene, "logits", at, BOX, classes);
    scene_add(scene, &(struct scene_step){.name = "scores", .type = "ReduceMax", .in = {at}}, op_reduce_max,
              SHAPE(1, rows));
    scene_add(scene, &(struct scene_step){.name = "ids", .type = "ArgMax", .in = {at}, .dtype = MM_I64},
              op_arg_max, SHAPE(1, rows));
}

/* [N, 6]: box, score, id; sorted by scores that are apart */
void scene_detections(struct scene *scene)
{
    enum { WIDTH = 6 };
    int64_t rows = random_whole(&scene->random, 30, 80);
    struct demo_value *raw = scene_value(scene, SHAPE(rows, WIDTH));
    for (int64_t row = 0; row < rows; row++) {
        float *to = raw->data + row * WIDTH;
        box(scene, to, 640);
        to[4] = 0.99f - 0.9f * (float)((row * 7919) % rows) / (float)rows;
        to[5] = (float)random_whole(&scene->random, 0, 79);
    }
    scene->exact = true;
    int at = scene_input(scene, "candidates", MM_F32, raw);
    at = scene_add(scene, &(struct scene_step){.name = "detections", .type = "TopK", .in = {at}},
                   op_sort_rows, SHAPE(rows, WIDTH));
    int ids = add_columns(scene, "column", at, 5, 1);
    scene_add(scene, &(struct scene_step){.name = "labels", .type = "Cast", .in = {ids}, .dtype = MM_I64},
              op_reduce_max, SHAPE(rows));
}

/* A class a pixel: regions. */
void scene_segments(struct scene *scene)
{
    int64_t height = random_whole(&scene->random, 20, 40), width = random_whole(&scene->random, 20, 40);
    int classes = random_whole(&scene->random, 8, 21);
    struct demo_value *x = scene_value(scene, SHAPE(1, height, width, classes));
    int tile[8][8];
    for (int i = 0; i < 64; i++)
        tile[i / 8][i % 8] = random_whole(&scene->random, 0, classes - 1);
    for (int64_t i = 0; i < height * width; i++)
        logits(scene, x->data + i * classes, classes, tile[i / width / 5 % 8][i % width / 5 % 8]);
    int at = scene_input(scene, "logits", MM_F32, x);
    scene->exact = true;
    scene_add(scene, &(struct scene_step){.name = "classes", .type = "ArgMax", .in = {at}, .dtype = MM_I64},
              op_arg_max, SHAPE(1, height, width));
}
