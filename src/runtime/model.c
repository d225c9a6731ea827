/* A model, written anew. */
#include "runtime/model_edit.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROTOBUF_MOST ((size_t)INT32_MAX) /* bytes of a message that protobuf reads */

/* ---- the parts of the model ---- */

static void note_outputs(struct model_edit *edit, const struct mm_wire_field *function,
                         struct mm_names *names)
{
    struct mm_wire wire = edit_inside(edit, function);
    struct mm_wire_field field;
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (field.number == FIELD_FUNCTION_OUTPUT && field.type == MM_WIRE_BYTES)
            edit->failed |=
                mm_names_add(names, &edit->model->arena, (const char *)field.data, field.size) < 0;
    }
}

/* ONNX's own operators, for the Casts that are put into a function which has none of them. */
static void put_onnx_opset(const struct model_edit *edit, struct mm_buf *out)
{
    struct mm_buf opset = {0};
    edit_put_text(&opset, FIELD_OPSET_DOMAIN, "");
    edit_put_varint(&opset, FIELD_OPSET_VERSION, (uint64_t)edit->model->opset);
    edit_put_message(out, FIELD_FUNCTION_OPSET, &opset);
    mm_buf_done(&opset);
}

static int copy_function(struct model_edit *edit, const struct mm_wire_field *function, struct mm_buf *out,
                         struct mm_err *err)
{
    struct mm_wire wire = edit_inside(edit, function);
    struct mm_wire_field field;
    struct mm_buf body = {0};
    struct mm_names given_back = {0};
    struct edit_scope scope = {
        .depth = 1, .function = edit_text(edit, function, FIELD_FUNCTION_NAME), .given_back = &given_back};
    bool has_onnx = false;
    int more;
    note_outputs(edit, function, &given_back);
    while ((more = mm_wire_next(&wire, &field, err)) > 0) {
        bool node = field.number == FIELD_FUNCTION_NODE && field.type == MM_WIRE_BYTES;
        has_onnx |=
            field.number == FIELD_FUNCTION_OPSET && *edit_text(edit, &field, FIELD_OPSET_DOMAIN) == '\0';
        if (!node)
            edit_copy(&body, &field);
        else if (edit_node(edit, &scope, &field, FIELD_FUNCTION_NODE, &body, err) < 0)
            break;
    }
    edit_put_taps(edit, &scope, FIELD_FUNCTION_NODE, &body);
    if (edit->choice || edit->rounding)
        edit_put_opset(&body, FIELD_FUNCTION_OPSET);
    if (edit->rounding && edit->rounding->typed && !has_onnx && edit->model->opset > 0)
        put_onnx_opset(edit, &body);
    edit_put_message(out, FIELD_MODEL_FUNCTION, &body);
    edit_scope_done(&scope);
    mm_names_done(&given_back);
    mm_buf_done(&body);
    return more != 0 ? -1 : 0;
}

static void read_opset(struct model_edit *edit, const struct mm_wire_field *field)
{
    const char *domain = edit_text(edit, field, FIELD_OPSET_DOMAIN);
    if (*domain == '\0' || strcmp(domain, "ai.onnx") == 0)
        edit->model->opset = edit_number(edit, field, FIELD_OPSET_VERSION);
}

static int copy_part(struct model_edit *edit, const struct mm_wire_field *field, struct mm_err *err)
{
    struct mm_buf *out = &edit->model->bytes;
    if (field->number == FIELD_MODEL_GRAPH && field->type == MM_WIRE_BYTES)
        return edit_main_graph(edit, field, out, err);
    if (field->number == FIELD_MODEL_FUNCTION && field->type == MM_WIRE_BYTES)
        return copy_function(edit, field, out, err);
    if (field->number == FIELD_MODEL_OPSET && field->type == MM_WIRE_BYTES)
        read_opset(edit, field);
    edit_copy(out, field);
    return 0;
}

static int copy_model(struct model_edit *edit, struct mm_err *err)
{
    const struct mm_map *map = &edit->model->map;
    struct mm_wire wire = {edit->model->path, map->data, map->data, map->data + map->size};
    struct mm_wire_field field;
    int more;
    while ((more = mm_wire_next(&wire, &field, err)) > 0) {
        if (copy_part(edit, &field, err) < 0)
            return -1;
    }
    if (more < 0)
        return -1;
    if (!edit->has_graph)
        return mm_fail(err, MM_ECORRUPT, "%s: not an ONNX model: there is no graph in it", edit->model->path);
    if (edit->choice || edit->rounding)
        edit_put_opset(&edit->model->bytes, FIELD_MODEL_OPSET);
    if (edit->failed || edit->model->bytes.failed)
        return mm_fail_memory(err);
    if (edit->model->bytes.length > PROTOBUF_MOST)
        return mm_fail(err, MM_EUNSUPPORTED,
                       "%s: is larger than 2 GiB without its weights, which no reader of ONNX takes",
                       edit->model->path);
    return 0;
}

/* ---- open, close ---- */

/* External data is looked for in the folder that the file really lies in. */
static int find_place(struct model *model, struct mm_err *err)
{
    char *real = realpath(model->path, NULL);
    if (!real)
        return mm_fail_errno(err, model->path, "looking for it");
    char *slash = strrchr(real, '/');
    model->file = strdup(slash + 1);
    slash[slash == real] = '\0';
    model->folder = real;
    return model->file ? 0 : mm_fail_memory(err);
}

int model_map(struct model *model, const char *path, struct mm_err *err)
{
    *model = (struct model){.path = path};
    return mm_map_open(&model->map, path, err) < 0 ? -1 : find_place(model, err);
}

static int open_as(struct model *model, const char *path, struct model_edit *edit, struct mm_err *err)
{
    edit->model = model;
    int result = model_map(model, path, err);
    if (result == 0)
        result = copy_model(edit, err);
    edit_done(edit);
    if (result < 0)
        model_close(model);
    return result;
}

int model_open(struct model *model, const char *path, model_choice *choice, void *context, struct mm_err *err)
{
    struct model_edit edit = {.choice = choice, .context = context};
    return open_as(model, path, &edit, err);
}

int model_open_rounded(struct model *model, const char *path, const struct model_rounding *rounding,
                       model_choice *choice, void *context, struct mm_err *err)
{
    struct model_edit edit = {.choice = choice, .context = context, .rounding = rounding};
    return open_as(model, path, &edit, err);
}

int model_open_every(struct model *model, const char *path, model_choice *choice, void *context,
                     struct mm_err *err)
{
    struct model_edit edit = {.choice = choice, .context = context, .every = true};
    return open_as(model, path, &edit, err);
}

int model_write(const char *path, const struct model_rounding *rounding, const char *to, struct mm_err *err)
{
    struct model_edit edit = {.whole = true, .rounding = rounding};
    struct model model;
    if (open_as(&model, path, &edit, err) < 0)
        return -1;
    int result = mm_file_write(to, model.bytes.data, model.bytes.length, err);
    model_close(&model);
    return result;
}

void model_close(struct model *model)
{
    for (size_t i = 0; i < model->weights; i++)
        mm_stored_close(&model->weight[i].stored);
    free(model->weight);
    free(model->tensor);
    free(model->folder);
    free(model->file);
    mm_buf_done(&model->bytes);
    mm_map_close(&model->map);
    mm_arena_done(&model->arena);
    *model = (struct model){0};
}
