/* A float16 model as float32 with rounding operators. */
#include "runtime/half_run.h"

#include "runtime/refused.h"
#include "runtime/widen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MODEL_FILE ".mmtui-float32.onnx"
#define DATA_FILE  ".mmtui-float32.data"

/* ---- which tensors are float16 ---- */

/* A node's result is known by both: bodies may use a name again. */
static const char *key_of(struct half_run *half, const struct model_tensor *tensor)
{
    mm_buf_clear(&half->key);
    mm_buf_printf(&half->key, "%zu %s", tensor->node_number, tensor->name);
    half->failed |= half->key.failed;
    return mm_buf_text(&half->key);
}

static bool has(const struct mm_names *names, const char *name)
{
    return mm_names_find(names, name, strlen(name)) >= 0;
}

/* While the model as it is is loaded. */
struct look {
    struct half_run *half;
    struct model model;
    struct refused refused;
};

static bool choose(void *context, const struct model_tensor *tensor)
{
    const struct look *look = context;
    return !tensor->is_input && !refused_has(&look->refused, tensor);
}

static void note_type(void *context, size_t number, enum mm_dtype dtype)
{
    struct look *look = context;
    struct half_run *half = look->half;
    struct mm_names *names = dtype == MM_F16 ? &half->half : &half->others;
    const char *key = key_of(half, &look->model.tensor[number]);
    half->failed |= mm_names_add(names, &half->arena, key, strlen(key)) < 0;
}

static int load(struct look *look, const struct mm_ort *ort, const char *path, struct mm_err *err)
{
    const struct session_settings settings = {.threads = 1};
    struct session session;
    struct tap tap;
    if (model_open_every(&look->model, path, choose, look, err) < 0)
        return -1;
    tap_init(&tap, ort, &look->model, NULL, look);
    tap.type = note_type;
    int result = session_open(&session, ort, &look->model, &tap, &settings, err);
    if (result == 0)
        session_close(&session);
    tap_done(&tap);
    return result;
}

static int find_half(struct half_run *half, const struct mm_ort *ort, const char *path, struct mm_err *err)
{
    struct look look = {.half = half};
    struct mm_err why = {0};
    int result;
    while ((result = load(&look, ort, path, &why)) < 0 && refused_add(&look.refused, &look.model, why.text))
        model_close(&look.model);
    model_close(&look.model);
    refused_done(&look.refused);
    if (result < 0 && err)
        *err = why;
    return half->failed ? mm_fail_memory(err) : result;
}

static int check_types(const struct half_run *half, const char *path, struct mm_err *err)
{
    for (size_t i = 0; i < half->half.count; i++) {
        const struct mm_name *name = &half->half.name[i];
        if (mm_names_find(&half->others, name->text, name->length) >= 0)
            return mm_fail(
                err, MM_EUNSUPPORTED,
                "%s: a local function is called with float16 and with another type (its tensor is %s): "
                "what to round in it, --float32 can't know",
                path, strchr(name->text, ' ') + 1);
    }
    return 0;
}

/* ---- what the writer of the model asks ---- */

/* Operators that hand values on, of one type alone: all of what they make was float16 before, or is constant. */
static bool moves(const char *op_type)
{
    static const char *const types[] = {
        "Constant",  "ConstantOfShape", "Identity", "Reshape", "Flatten",      "Squeeze",
        "Unsqueeze", "Transpose",       "Concat",   "Split",   "Slice",        "Gather",
        "GatherND",  "GatherElements",  "Expand",   "Tile",    "DepthToSpace", "SpaceToDepth",
        "Relu",      "MaxPool",         "Where"};
    for (size_t i = 0; i < MM_COUNT(types); i++) {
        if (strcmp(types[i], op_type) == 0)
            return true;
    }
    return false;
}

static int result_rule(void *context, const struct model_tensor *tensor)
{
    struct half_run *half = context;
    return !moves(tensor->op_type) && has(&half->half, key_of(half, tensor)) ? 0 : -1;
}

static int no_operand(void *context, const struct model_tensor *result, size_t place, const char *name,
                      const char **instead)
{
    (void)context, (void)result, (void)place, (void)name;
    *instead = NULL;
    return -1;
}

static bool never(void *context, const struct model_tensor *result)
{
    (void)context, (void)result;
    return false;
}

static const char *nothing(void *context, const struct model_tensor *result)
{
    (void)context, (void)result;
    return NULL;
}

static const struct mm_tensor *own_values(void *context, const char *name)
{
    (void)context, (void)name;
    return NULL;
}

static bool no_more(void *context, size_t number, const char **name, const struct mm_tensor **values)
{
    (void)context, (void)number, (void)name, (void)values;
    return false;
}

/* ---- open, close ---- */

static int name_files(struct half_run *half, const struct half_files *files, char **data, struct mm_err *err)
{
    struct mm_buf name = {0};
    mm_buf_printf(&name, "%s.data", files->name);
    *data = files->keep ? strdup(mm_buf_text(&name)) : strdup(DATA_FILE);
    half->model = mm_path_join(files->folder, MODEL_FILE);
    if (!files->keep)
        half->data = mm_path_join(files->folder, DATA_FILE);
    bool failed = name.failed || !*data || !half->model || (!files->keep && !half->data);
    mm_buf_done(&name);
    return failed ? mm_fail_memory(err) : 0;
}

static int write_files(struct half_run *half, const char *path, const struct half_files *files,
                       struct mm_err *err)
{
    char *data = NULL;
    bool changed = false;
    int result = name_files(half, files, &data, err);
    if (result == 0) {
        const struct widen_files names = {files->folder, MODEL_FILE, data};
        result = widen(path, &names, &half->inputs, &half->arena, &changed, err);
    }
    free(data);
    if (result == 0 && !changed)
        return mm_fail(err, MM_EARG, "%s: nothing of it is float16: leave out --float32", path);
    return result;
}

int half_run_open(struct half_run *half, const struct mm_ort *ort, const char *path,
                  const struct half_files *files, struct mm_err *err)
{
    *half = (struct half_run){.storage = {.storage = MM_F16}};
    half->simulated = (struct simulated){.settings = &half->storage, .path = path};
    half->rounding =
        (struct model_rounding){half, result_rule, no_operand, never, nothing, own_values, no_more, true};
    if (find_half(half, ort, path, err) < 0 || check_types(half, path, err) < 0 ||
        write_files(half, path, files, err) < 0)
        return -1;
    return simulated_storage_rule(&half->simulated, MM_F16) == 0 ? 0 : mm_fail_memory(err);
}

static void remove_file(char *path)
{
    if (path)
        remove(path);
    free(path);
}

void half_run_close(struct half_run *half)
{
    if (!half)
        return;
    remove_file(half->model);
    remove_file(half->data);
    mm_names_done(&half->half);
    mm_names_done(&half->others);
    mm_names_done(&half->inputs);
    mm_buf_done(&half->key);
    simulated_close(&half->simulated);
    mm_arena_done(&half->arena);
    *half = (struct half_run){0};
}

/* ---- inputs of the model ---- */

bool half_run_is_input(const struct half_run *half, const char *name)
{
    return has(&half->inputs, name);
}

float *half_run_decode(struct half_run *half, const struct mm_tensor *tensor, struct mm_err *err)
{
    const struct round_rule *rule = half->simulated.rule[0];
    float *values = mm_tensor_decode(tensor, true, NULL, err);
    if (values && tensor->count > 0)
        mm_round_ways_float(&rule->rounder, rule->ways, values, values, (size_t)tensor->count);
    return values;
}

int half_run_feed(struct half_run *half, const char *name, struct mm_tensor *tensor, struct mm_run *run,
                  struct mm_buf *memory, struct mm_err *err)
{
    return half_run_is_input(half, name) ? simulated_feed(&half->simulated, name, tensor, run, memory, err)
                                         : 0;
}
