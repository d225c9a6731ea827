/* A scene as two dumps and a graph. */
#include "mmtui/dump.h"
#include "scene.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static int write_step(const struct scene *scene, int place, bool second, const char *folder,
                      struct mm_err *err)
{
    enum { STAMP_SRC = 1000, STAMP_DST = 2000, STAMP_STEP = 10 };
    const struct scene_step *step = &scene->step[place];
    const struct demo_value *value = second ? step->d : step->s;
    const char *format = scene->of->npy ? "npy" : "pb";
    char name[128], node[128], type[64];
    snprintf(name, sizeof name, "%d_%s.%s", (second ? STAMP_DST : STAMP_SRC) + place * STAMP_STEP, step->name,
             format);
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

static void add_node(struct mm_graph_builder *builder, const struct scene *scene,
                     const struct scene_step *step)
{
    char weight[128], bias[128];
    snprintf(weight, sizeof weight, "%s.weight", step->name);
    snprintf(bias, sizeof bias, "%s.bias", step->name);
    const char *inputs[DEMO_INPUTS_MAX + 2];
    size_t count = 0;
    for (int i = 0; i < DEMO_INPUTS_MAX; i++)
        if (step->in[i])
            inputs[count++] = scene->step[step->in[i] - 1].name;
    if (step->param)
        inputs[count++] = weight;
    if (step->bias)
        inputs[count++] = bias;
    mm_graph_add_node(builder, step->name, step->type, inputs, count, &step->name, 1);
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
        mm_graph_add_tensor(builder, step->name, flags, step->dtype, &step->s->shape);
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
    for (int place = 0; status == 0 && place < scene.count; place++) {
        status = write_step(&scene, place, false, src, err);
        if (status == 0)
            status = write_step(&scene, place, true, dst, err);
    }
    scene_done(&scene);
    return status;
}
