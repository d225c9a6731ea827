/* Networks that look at images. */
#include "ops.h"
#include "scene.h"

#define RUN(kind) (demo_kind_info(DEMO_##kind)->run)

/* ---- an image: light that changes slowly, a tint a channel, two objects with edges, grain; 0 .. 255 ---- */

struct picture {
    double wave[3][4]; /* a wave in common, one a channel: along y, along x, phase, size */
    double tint[3];
    double object[2][7]; /* y, x, radius, strength a channel */
};

static struct picture picture_new(struct random *random, double height, double width)
{
    struct picture p;
    for (int c = 0; c < 3; c++) {
        p.wave[c][0] = random_in(random, -0.15, 0.15);
        p.wave[c][1] = random_in(random, -0.15, 0.15);
        p.wave[c][2] = random_in(random, 0, 6.28);
        p.wave[c][3] = random_in(random, 10, 30);
        p.tint[c] = random_in(random, 70, 110) + 25 * (1 - c);
    }
    for (int k = 0; k < 2; k++) {
        p.object[k][0] = random_in(random, 0, height);
        p.object[k][1] = random_in(random, 0, width);
        p.object[k][2] = random_in(random, 4, height / 2);
        for (int c = 0; c < 3; c++)
            p.object[k][3 + c] = random_in(random, -70, 70);
    }
    return p;
}

static double picture_at(const struct picture *p, int c, double y, double x)
{
    double light = p->tint[c] + 40 * sin(p->wave[0][0] * y + p->wave[0][1] * x + p->wave[0][2]) +
                   p->wave[c][3] * sin(p->wave[c][1] * y - p->wave[c][0] * x + p->wave[c][2]);
    for (int k = 0; k < 2; k++)
        if (hypot(y - p->object[k][0], x - p->object[k][1]) < p->object[k][2])
            light += p->object[k][3 + c];
    return light;
}

enum picture_form { PLANES, LAST };

/* Whole numbers 0 .. 255 in the form that is asked for. */
static struct demo_value *picture(struct scene *scene, int64_t height, int64_t width, enum picture_form form)
{
    struct picture p = picture_new(&scene->random, (double)height, (double)width);
    struct mm_shape shape = form == PLANES ? SHAPE(1, 3, height, width) : SHAPE(1, height, width, 3);
    struct demo_value *value = scene_value(scene, shape);
    for (int64_t y = 0; y < height; y++)
        for (int64_t x = 0; x < width; x++)
            for (int c = 0; c < 3; c++) {
                int64_t at = form == PLANES ? (c * height + y) * width + x : (y * width + x) * 3 + c;
                double light = picture_at(&p, c, (double)y, (double)x) + 4 * random_normal(&scene->random);
                value->data[at] = (float)fmax(0, fmin(255, rint(light)));
            }
    return value;
}

/* (pixel / 255 - mean) / deviation, ImageNet's */
static void normalise(struct demo_value *image, enum picture_form form)
{
    static const float mean[3] = {0.485f, 0.456f, 0.406f}, deviation[3] = {0.229f, 0.224f, 0.225f};
    size_t plane = image->count / 3;
    for (size_t i = 0; i < image->count; i++) {
        size_t c = form == PLANES ? i / plane : i % 3;
        image->data[i] = (image->data[i] / 255 - mean[c]) / deviation[c];
    }
}

static int64_t even(struct scene *scene, int low, int high)
{
    return 2 * random_whole(&scene->random, low / 2, high / 2);
}

/* ---- what follows the image ---- */

static int add_conv(struct scene *scene, const char *name, int in, struct mm_shape shape)
{
    const struct mm_shape *from = &scene->step[in - 1].s->shape;
    struct scene_step step = {.name = name, .type = "Conv", .in = {in}};
    step.param = scene_weights(scene, SHAPE(shape.dim[1], from->dim[1], 3, 3), 1.4);
    step.bias = scene_normal(scene, SHAPE(shape.dim[1]), 0, 0.1);
    return scene_add(scene, &step, RUN(CONV2D), shape);
}

static void classify(struct scene *scene, int image)
{
    const int64_t *dim = scene->step[image - 1].s->shape.dim;
    int64_t height = dim[2], width = dim[3], classes = random_whole(&scene->random, 10, 40);
    int at = add_conv(scene, "conv1", image, SHAPE(1, 8, height / 2, width / 2));
    at = scene_same(scene, "relu1", "Relu", at, 0, RUN(RELU));
    at = add_conv(scene, "conv2", at, SHAPE(1, 12, height / 2, width / 2));
    at = scene_same(scene, "relu2", "Relu", at, 0, RUN(RELU));
    at = scene_add(scene, &(struct scene_step){.name = "pool", .type = "GlobalAveragePool", .in = {at}},
                   op_global_mean, SHAPE(1, 12));
    at = scene_linear(scene, "fc", at, classes, 1.4);
    scene_add(scene, &(struct scene_step){.name = "softmax", .type = "Softmax", .in = {at}}, RUN(SOFTMAX),
              SHAPE(1, classes));
}

/* ---- the scenes ---- */

void scene_photo(struct scene *scene)
{
    int64_t height = even(scene, 24, 40), width = even(scene, 24, 48);
    struct demo_value *image = picture(scene, height, width, PLANES);
    normalise(image, PLANES);
    classify(scene, scene_input(scene, "images", MM_F32, image));
}

/* Channels last all the way: 1 x 1 convolutions. */
void scene_photo_last(struct scene *scene)
{
    struct demo_value *image = picture(scene, even(scene, 24, 40), even(scene, 24, 48), LAST);
    normalise(image, LAST);
    int at = scene_input(scene, "images", MM_F32, image);
    at = scene_linear(scene, "mix1", at, 8, 1.4);
    at = scene_same(scene, "relu1", "Relu", at, 0, RUN(RELU));
    at = scene_linear(scene, "mix2", at, 6, 1.4);
    scene_same(scene, "relu2", "Relu", at, 0, RUN(RELU));
}

/* Bytes as they come from a camera. */
void scene_pixels(struct scene *scene)
{
    int64_t height = even(scene, 24, 40), width = even(scene, 24, 48);
    int at = scene_input(scene, "pixels", MM_U8, picture(scene, height, width, LAST));
    at = scene_add(scene, &(struct scene_step){.name = "planes", .type = "Transpose", .in = {at}},
                   op_to_planes, SHAPE(1, 3, height, width));
    classify(scene, at);
}

/* A level of features, enlarged and added to the one above. */
void scene_pyramid(struct scene *scene)
{
    int64_t channels = random_whole(&scene->random, 4, 12), height = even(scene, 10, 16),
            width = even(scene, 10, 20);
    struct mm_shape fine = SHAPE(1, channels, 2 * height, 2 * width),
                    coarse = SHAPE(1, channels, height, width);
    int lateral = scene_input(scene, "lateral", MM_F32, scene_normal(scene, fine, 0, 1));
    int at = add_conv(scene, "conv", lateral, coarse); /* stride 2 */
    at = scene_same(scene, "relu", "Relu", at, 0, RUN(RELU));
    at =
        scene_add(scene, &(struct scene_step){.name = "up", .type = "Resize", .in = {at}}, op_upsample, fine);
    at = scene_add(scene, &(struct scene_step){.name = "add", .type = "Add", .in = {at, lateral}}, RUN(ADD),
                   fine);
    add_conv(scene, "smooth", at, fine);
}

/* Few channels: two, so that some faults can't be told apart. */
void scene_planes(struct scene *scene)
{
    int64_t height = even(scene, 12, 24), width = even(scene, 12, 30);
    struct demo_value *flow = scene_normal(scene, SHAPE(1, 2, height, width), 0, 1);
    for (size_t i = 0; i < flow->count; i++)
        flow->data[i] += i < flow->count / 2 ? 1 : -0.5f;
    int at = scene_input(scene, "flow", MM_F32, flow);
    scene_same(scene, "relu", "Relu", at, 0, RUN(RELU));
}
