/* A scene as two dumps and a graph. */
#include "mmtui/dump.h"
#include "scene.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- a tensor as its dtype is stored ---- */

static void store(void *to, size_t i, enum mm_dtype dtype, float value)
{
    switch (dtype) {
    case MM_F16: ((uint16_t *)to)[i] = mm_float_to_half(value); break;
    case MM_I64: ((int64_t *)to)[i] = (int64_t)value; break;
    case MM_I32: ((int32_t *)to)[i] = (int32_t)value; break;
    case MM_U8: ((uint8_t *)to)[i] = (uint8_t)value; break;
    case MM_I8: ((int8_t *)to)[i] = (int8_t)value; break;
    default: ((float *)to)[i] = value; break;
    }
}

/* malloc'ed */
static void *stored_form(const struct demo_value *value)
{
    void *data = malloc(value->count * mm_dtype_info(value->dtype)->bytes + 1);
    for (size_t i = 0; data && i < value->count; i++)
        store(data, i, value->dtype, value->data[i]);
    return data;
}

static bool is_read(const struct scene *scene, int number)
{
    for (int i = 0; i < scene->count; i++)
        if (scene->step[i].in[0] == number || scene->step[i].in[1] == number)
            return true;
    return false;
}

/* How the two sides call an operator: "Conv" and "mm.conv". */
static void op_type(const struct scene_step *step, bool second, char out[64])
{
    snprintf(out, 64, "%s%s", second ? "mm." : "", *step->type ? step->type : "Input");
    for (char *c = out; second && *c; c++)
        *c = (char)tolower((unsigned char)*c);
}

/* ---- how the whole dump is made ---- */

void scene_name(enum form form, const char *step, bool second, char out[SCENE_NAME_SIZE])
{
    if (form == FORM_MODEL_NAMES)
        snprintf(out, SCENE_NAME_SIZE, "net_%s_output_0", step);
    else
        snprintf(out, SCENE_NAME_SIZE, "%s%s", step,
                 form == FORM_SUFFIX && second ? "_DequantizeLinear_Output" : "");
}

static struct demo_value *channels_last(struct scene *scene, const struct demo_value *value)
{
    const int64_t *dim = value->shape.dim;
    struct demo_value *last = scene_value(scene, SHAPE(dim[0], dim[2], dim[3], dim[1]));
    int64_t pixels = dim[2] * dim[3];
    last->dtype = value->dtype;
    for (size_t i = 0; i < value->count; i++) {
        int64_t channel = (int64_t)i / pixels % dim[1], pixel = (int64_t)i % pixels,
                batch = (int64_t)i / pixels / dim[1];
        last->data[(batch * pixels + pixel) * dim[1] + channel] = value->data[i];
    }
    return last;
}

/* uint8 by the range that the reference has. */
static struct demo_value *codes(struct scene *scene, const struct scene_step *step)
{
    struct demo_value *raw = scene_value(scene, step->d->shape);
    float low = 0, high = 0;
    for (size_t i = 0; i < step->s->count; i++) {
        low = fminf(low, step->s->data[i]);
        high = fmaxf(high, step->s->data[i]);
    }
    float scale = high > low ? (high - low) / 255 : 1, zero = rintf(-low / scale);
    for (size_t i = 0; i < raw->count; i++)
        raw->data[i] = fmaxf(0, fminf(255, rintf(step->d->data[i] / scale) + zero));
    raw->dtype = MM_U8;
    return raw;
}

static const struct demo_value *value_of(const struct scene *scene, const char *name)
{
    for (int i = 0; i < scene->count; i++)
        if (strcmp(scene->step[i].name, name) == 0)
            return scene->step[i].d;
    abort(); /* a row of the table that makes no sense */
}

/* What the second side's dump of a step holds. */
static const struct demo_value *dumped_value(struct scene *scene, const struct scene_step *step, int run)
{
    const struct corpus_row *row = scene->of->row;
    if (row->form == FORM_RUNS && run == 0)
        return step->s;
    if (row->form == FORM_CHANNELS_LAST && step->d->shape.rank == 4)
        return channels_last(scene, step->d);
    if (row->form == FORM_RAW && *step->type && step->dtype == MM_F32)
        return codes(scene, step);
    return row->dumped && strcmp(row->site, step->name) == 0 ? value_of(scene, row->other) : step->d;
}

/* One time for all files, so that it tells no order. */
static void take_time(const struct scene *scene, const char *path)
{
    const struct timespec times[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
    if (scene->of->row->form == FORM_NO_ORDER && utimensat(AT_FDCWD, path, times, 0) != 0)
        abort();
}

static int write_step(struct scene *scene, int place, int run, bool second, const char *folder,
                      struct mm_err *err)
{
    enum { STAMP_SRC = 1000, STAMP_DST = 2000, STAMP_STEP = 10, STAMP_RUN = 500 };
    const struct scene_step *step = &scene->step[place];
    const struct demo_value *value = second ? dumped_value(scene, step, run) : step->s;
    const char *format = scene->of->npy ? "npy" : "pb";
    enum form form = scene->of->row->form;
    char name[SCENE_NAME_SIZE + 32], node[128], type[64], tensor_name[SCENE_NAME_SIZE], stamp[16] = "";
    scene_name(form, step->name, second, tensor_name);
    if (form != FORM_NO_ORDER)
        snprintf(stamp, sizeof stamp, "%d_",
                 (second ? STAMP_DST : STAMP_SRC) + place * STAMP_STEP + run * STAMP_RUN);
    snprintf(name, sizeof name, "%s%s.%s", stamp, tensor_name, format);
    snprintf(node, sizeof node, "%s%s", second ? "main/" : "", step->name);
    op_type(step, second, type);
    char *path = mm_path_join(folder, name);
    void *data = stored_form(value);
    if (!path || !data)
        abort();
    struct mm_run payload;
    struct mm_tensor tensor;
    mm_tensor_raw(&tensor, value->dtype, &value->shape, data, &payload);
    struct mm_store out = {.tensor = &tensor,
                           .node_name = node,
                           .op_type = type,
                           .is_output = !is_read(scene, place + 1),
                           .unsynced = true};
    int status = mm_format_find(format)->write(&out, path, err);
    take_time(scene, path);
    free(data);
    free(path);
    return status;
}

/* ---- the graph ---- */

static void add_weights(struct mm_graph_builder *builder, const char *name, const struct demo_value *value)
{
    if (value)
        mm_graph_add_tensor(builder, name, MM_GRAPH_CONSTANT, MM_F32, &value->shape);
}

/* What the model calls a step's tensor. */
static const char *graph_name(const struct scene *scene, const char *step, char out[SCENE_NAME_SIZE])
{
    bool long_names = scene->of->row->form == FORM_MODEL_NAMES;
    snprintf(out, SCENE_NAME_SIZE, long_names ? "/net/%s_output_0" : "%s", step);
    return out;
}

static void add_node(struct mm_graph_builder *builder, const struct scene *scene,
                     const struct scene_step *step)
{
    char weight[128], bias[128], names[DEMO_INPUTS_MAX + 1][SCENE_NAME_SIZE];
    snprintf(weight, sizeof weight, "%s.weight", step->name);
    snprintf(bias, sizeof bias, "%s.bias", step->name);
    const char *inputs[DEMO_INPUTS_MAX + 2];
    size_t count = 0;
    for (int i = 0; i < DEMO_INPUTS_MAX; i++)
        if (step->in[i])
            inputs[count++] = graph_name(scene, scene->step[step->in[i] - 1].name, names[i]);
    if (step->param)
        inputs[count++] = weight;
    if (step->bias)
        inputs[count++] = bias;
    const char *output = graph_name(scene, step->name, names[DEMO_INPUTS_MAX]);
    mm_graph_add_node(builder, step->name, step->type, inputs, count, &output, 1);
    add_weights(builder, weight, step->param);
    add_weights(builder, bias, step->bias);
}

static int make_graph(const struct scene *scene, struct mm_graph **graph, struct mm_err *err)
{
    struct mm_graph_builder *builder = mm_graph_new();
    for (int i = 0; i < scene->count; i++) {
        const struct scene_step *step = &scene->step[i];
        unsigned flags = (*step->type ? 0 : MM_GRAPH_INPUT) | (is_read(scene, i + 1) ? 0 : MM_GRAPH_OUTPUT);
        if (*step->type)
            add_node(builder, scene, step);
        char name[SCENE_NAME_SIZE];
        mm_graph_add_tensor(builder, graph_name(scene, step->name, name), flags, step->dtype,
                            &step->s->shape);
    }
    return mm_graph_finish(builder, graph, "scene", err);
}

int scene_write(const struct corpus_case *of, const char *src, const char *dst, struct mm_graph **graph,
                struct mm_err *err)
{
    struct scene scene;
    scene_init(&scene, of);
    of->row->build(&scene);
    int status = graph ? make_graph(&scene, graph, err) : 0;
    int runs = of->row->form == FORM_RUNS ? 2 : 1;
    for (int i = 0; status == 0 && i < runs * scene.count; i++) {
        status = write_step(&scene, i % scene.count, i / scene.count, false, src, err);
        if (status == 0)
            status = write_step(&scene, i % scene.count, i / scene.count, true, dst, err);
    }
    scene_done(&scene);
    return status;
}
