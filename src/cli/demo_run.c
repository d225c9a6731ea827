/* Executes the demo network in FP32 and in mixed precision, and dumps both runs. */
#include "cli/demo_run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/translate.h"
#include "cli/demo_net.h"
#include "mmtui/dump.h"

enum mode { MODE_F32, MODE_F16, MODE_BF16, MODE_I8 };

/* One execution of the network. */
struct run {
    const struct demo_net *net;
    const struct demo_options *options;
    bool mixed;          /* the second side: FP16, INT8, overrides */
    uint64_t input_seed; /* calibration runs on other inputs with the same parameters */
    const float *scale;  /* [net->count] of each operator's output in INT8, from calibration; when mixed */
    struct mm_err *err;
    struct mm_arena arena;       /* holds what follows */
    struct demo_value **value;   /* [net->count] outputs so far */
    struct demo_int8 *quantised; /* [net->count] what INT8 operators read; data is NULL for all others */
};

/* ---- precision ---- */

/* What the second side can compute an operator in: any float, and linears in INT8. */
static bool mode_for(const struct demo_op *op, enum mm_precision precision, enum mode *mode)
{
    static const struct {
        enum mm_precision precision;
        enum mode mode;
        bool linear; /* only linears */
    } modes[] = {{MM_PRECISION_F32, MODE_F32, false},
                 {MM_PRECISION_F16, MODE_F16, false},
                 {MM_PRECISION_BF16, MODE_BF16, false},
                 {MM_PRECISION_I8, MODE_I8, true}};
    for (size_t i = 0; i < MM_COUNT(modes); i++) {
        if (modes[i].precision != precision || (modes[i].linear && op->kind != DEMO_LINEAR))
            continue;
        *mode = modes[i].mode;
        return true;
    }
    return false;
}

static enum mode mode_of(const struct run *run, const struct demo_op *op)
{
    if (!run->mixed)
        return MODE_F32;
    const struct mm_plan *plan = run->options->plan;
    const struct mm_override *chosen = plan ? mm_plan_find(plan, op->runtime_name) : NULL;
    enum mode mode;
    if (chosen && mode_for(op, chosen->precision, &mode))
        return mode;
    switch (run->options->base) {
    case DEMO_ALL_F32: return MODE_F32;
    case DEMO_ALL_F16: return MODE_F16;
    case DEMO_INT8_LINEARS: return op->kind == DEMO_LINEAR ? MODE_I8 : MODE_F16;
    case DEMO_SHIPPED: break;
    }
    return op->quantised ? MODE_I8 : MODE_F16;
}

/* The floats that an operator of a mode reads and makes; INT8 ones are dumped as halves, too. */
static enum mm_dtype format_of(enum mode mode)
{
    return mode == MODE_F32 ? MM_F32 : mode == MODE_BF16 ? MM_BF16 : MM_F16;
}

static void round_to(struct demo_value *value, enum mm_dtype format)
{
    for (size_t i = 0; format == MM_F16 && i < value->count; i++)
        value->data[i] = mm_half_to_float(mm_float_to_half(value->data[i]));
    for (size_t i = 0; format == MM_BF16 && i < value->count; i++)
        value->data[i] = mm_bf16_to_float(mm_float_to_bf16(value->data[i]));
    value->dtype = format;
}

/* The operand as an operator of that mode reads it: itself, or a rounded copy. NULL stays NULL. */
static int read_operand(struct run *run, const struct demo_value *value, enum mode mode,
                        const struct demo_value **out)
{
    enum mm_dtype format = format_of(mode);
    *out = value;
    if (!value || format == MM_F32 || value->dtype == format)
        return 0;
    struct demo_value *copy = demo_value_new(&run->arena, &value->shape);
    if (!copy)
        return mm_fail_memory(run->err);
    memcpy(copy->data, value->data, value->count * sizeof *copy->data);
    round_to(copy, format);
    *out = copy;
    return 0;
}

/* ---- execution ---- */

/* Everything that an operator reads, and where its result goes. */
static int prepare(struct run *run, const struct demo_op *op, enum mode mode,
                   const struct demo_params *params, struct demo_call *call)
{
    for (int i = 0; i < DEMO_INPUTS_MAX; i++) {
        const struct demo_value *value = op->input[i] < 0 ? NULL : run->value[op->input[i]];
        if (read_operand(run, value, mode, &call->in[i]) != 0)
            return -1;
    }
    if (read_operand(run, params->main, mode, &call->param) != 0 ||
        read_operand(run, params->bias, mode, &call->bias) != 0)
        return -1;
    call->out = demo_value_new(&run->arena, &op->shape);
    return call->out ? 0 : mm_fail_memory(run->err);
}

/* Activations by their calibrated scale, weights by their own greatest value. */
static int execute_int8(struct run *run, int place, const struct demo_call *call,
                        const struct demo_value *weights)
{
    float scale = run->scale[run->net->op[place].input[0]];
    struct demo_int8 x = demo_int8_quantise(call->in[0], scale, &run->arena);
    struct demo_int8 w = demo_int8_quantise(weights, demo_int8_scale(demo_greatest(weights)), &run->arena);
    if (!x.data || !w.data)
        return mm_fail_memory(run->err);
    demo_linear_int8(call, &x, &w);
    run->quantised[place] = x;
    return 0;
}

static void apply_fault(const struct run *run, const struct demo_op *op, const struct demo_call *call)
{
    const struct demo_fault *fault = run->options->fault;
    if (run->mixed && fault && strcmp(fault->op, op->name) == 0)
        fault->apply(fault->context, call);
}

static int execute(struct run *run, int place)
{
    const struct demo_op *op = &run->net->op[place];
    enum mode mode = mode_of(run, op);
    struct demo_params params;
    struct demo_call call;
    if (demo_params_init(&params, run->net, op, run->options->seed, &run->arena, run->err) != 0 ||
        prepare(run, op, mode, &params, &call) != 0)
        return -1;
    if (op->kind == DEMO_INPUT)
        demo_input_fill(call.out, run->input_seed, run->options->input_scale);
    else if (mode != MODE_I8)
        demo_kind_info(op->kind)->run(&call);
    else if (execute_int8(run, place, &call, params.main) != 0)
        return -1;
    apply_fault(run, op, &call);
    round_to(call.out, format_of(mode));
    run->value[place] = call.out;
    return 0;
}

/* Run the whole network. All outputs stay until run_done, which is called whatever this returns. */
static int run_all(struct run *run)
{
    size_t count = (size_t)run->net->count;
    mm_arena_init(&run->arena);
    run->value = mm_arena_array(&run->arena, count, sizeof(struct demo_value *));
    run->quantised = mm_arena_array(&run->arena, count, sizeof *run->quantised);
    if (!run->value || !run->quantised)
        return mm_fail_memory(run->err);
    for (int place = 0; place < run->net->count; place++)
        if (execute(run, place) != 0)
            return -1;
    return 0;
}

static void run_done(struct run *run)
{
    mm_arena_done(&run->arena);
}

/* ---- calibration ---- */

static bool has_int8(const struct run *run)
{
    for (int place = 0; place < run->net->count; place++)
        if (mode_of(run, &run->net->op[place]) == MODE_I8)
            return true;
    return false;
}

/* The INT8 scale of every output, from FP32 runs on inputs that are not the one to be compared. */
static int calibrate(const struct demo_net *net, const struct demo_options *options, float *scale,
                     struct mm_err *err)
{
    enum { INPUTS = 3 };
    for (uint64_t i = 1; i <= INPUTS; i++) {
        struct run run = {.net = net, .options = options, .input_seed = options->seed + i, .err = err};
        int status = run_all(&run);
        for (int place = 0; status == 0 && place < net->count; place++) {
            float seen = demo_greatest(run.value[place]);
            scale[place] = seen > scale[place] ? seen : scale[place];
        }
        run_done(&run);
        if (status != 0)
            return -1;
    }
    for (int place = 0; place < net->count; place++)
        scale[place] = demo_int8_scale(scale[place]);
    return 0;
}

/* ---- dumping ---- */

/* An operator takes ten units of time; the input of an INT8 one is quantised shortly before it runs. */
enum { STAMP_SRC = 1000, STAMP_DST = 2000, STAMP_STEP = 10, STAMP_QUANTISE = -5 };

/* malloc'ed, or NULL with err filled */
static char *file_path(const struct run *run, int place, const char *folder, bool quantised)
{
    char file[128];
    int stamp = (run->mixed ? STAMP_DST : STAMP_SRC) + place * STAMP_STEP + (quantised ? STAMP_QUANTISE : 0);
    snprintf(file, sizeof file, "%d_%s%s.pb", stamp, run->net->op[place].name, quantised ? "_quantized" : "");
    char *path = mm_path_join(folder, file);
    if (!path)
        mm_fail_memory(run->err);
    return path;
}

static int write_tensor(const struct run *run, const struct mm_store *store, char *path_take)
{
    if (!path_take)
        return -1;
    int status = mm_format_find("pb")->write(store, path_take, run->err);
    free(path_take);
    return status;
}

/* The value as its dtype is stored: half bits, or the floats as they are (MagicMind's message knows no BF16:
 * its values are floats). NULL when memory is out. */
static const void *stored_form(struct run *run, const struct demo_value *value)
{
    if (value->dtype != MM_F16)
        return value->data;
    uint16_t *half = mm_arena_array(&run->arena, value->count, sizeof *half);
    for (size_t i = 0; half && i < value->count; i++)
        half[i] = mm_float_to_half(value->data[i]);
    return half;
}

static int dump_output(struct run *run, int place, const char *folder)
{
    const struct demo_op *op = &run->net->op[place];
    const struct demo_kind_info *kind = demo_kind_info(op->kind);
    const struct demo_value *value = run->value[place];
    const void *data = stored_form(run, value);
    if (!data)
        return mm_fail_memory(run->err);
    struct mm_run payload;
    struct mm_tensor tensor;
    mm_tensor_raw(&tensor, value->dtype == MM_BF16 ? MM_F32 : value->dtype, &value->shape, data, &payload);
    struct mm_store store = {
        .unsynced = true, /* can be made again in no time */
        .tensor = &tensor,
        .node_name = run->mixed ? op->runtime_name : op->name,
        .op_type = run->mixed ? kind->dst_type : kind->src_type,
        .is_output = place == run->net->count - 1,
    };
    return write_tensor(run, &store, file_path(run, place, folder, false));
}

/* What an INT8 operator has read: a tensor that the first side does not have. */
static int dump_quantised(const struct run *run, int place, const char *folder)
{
    const struct demo_op *op = &run->net->op[place];
    char node[128];
    snprintf(node, sizeof node, "%s_quantized", op->runtime_name);
    struct mm_run payload;
    struct mm_tensor tensor;
    mm_tensor_raw(&tensor, MM_I8, &run->net->op[op->input[0]].shape, run->quantised[place].data, &payload);
    struct mm_store store = {.tensor = &tensor, .node_name = node, .op_type = "mm.quantize"};
    return write_tensor(run, &store, file_path(run, place, folder, true));
}

/* With other overrides, an earlier run into the same folder may have left one. */
static int remove_quantised(const struct run *run, int place, const char *folder)
{
    char *path = file_path(run, place, folder, true);
    if (!path)
        return -1;
    int status = unlink(path) == 0 || errno == ENOENT ? 0 : mm_fail_errno(run->err, path, "removing it");
    free(path);
    return status;
}

static int dump_op(struct run *run, int place, const char *folder)
{
    if (dump_output(run, place, folder) != 0)
        return -1;
    if (run->quantised[place].data)
        return dump_quantised(run, place, folder);
    return run->net->op[place].kind == DEMO_LINEAR ? remove_quantised(run, place, folder) : 0;
}

static int run_and_dump(struct run *run, const char *folder)
{
    int status = mm_folder_make(folder, run->err);
    if (status != 0)
        return -1;
    status = run_all(run);
    for (int place = 0; status == 0 && place < run->net->count; place++)
        status = dump_op(run, place, folder);
    run_done(run);
    return status;
}

/* ---- the whole of it ---- */

void demo_defaults(struct demo_options *options)
{
    *options = (struct demo_options){.plan = NULL, .seed = 1, .input_scale = 256};
}

static int run_both(const struct demo_net *net, const char *src_folder, const char *dst_folder,
                    const struct demo_options *options, float *scale, struct mm_err *err)
{
    struct run src = {.net = net, .options = options, .input_seed = options->seed, .err = err};
    struct run dst = src;
    dst.mixed = true;
    dst.scale = scale;
    if (src_folder && run_and_dump(&src, src_folder) != 0)
        return -1;
    if (!dst_folder)
        return 0;
    if (has_int8(&dst) && calibrate(net, options, scale, err) != 0)
        return -1;
    return run_and_dump(&dst, dst_folder);
}

int demo_run(const char *src_folder, const char *dst_folder, const struct demo_options *options,
             struct mm_err *err)
{
    struct mm_arena arena;
    struct demo_net net;
    mm_arena_init(&arena);
    int status = demo_net_init(&net, &arena, err);
    float *scale = status == 0 ? mm_arena_array(&arena, (size_t)net.count, sizeof *scale) : NULL;
    if (scale)
        status = run_both(&net, src_folder, dst_folder, options, scale, err);
    else if (status == 0)
        status = mm_fail_memory(err);
    mm_arena_done(&arena);
    return status;
}

static const struct demo_op *find_op(const struct demo_net *net, const char *runtime_name)
{
    for (int place = 0; place < net->count; place++)
        if (strcmp(net->op[place].runtime_name, runtime_name) == 0)
            return &net->op[place];
    return NULL;
}

int demo_check_plan(const struct mm_plan *plan, struct mm_buf *without, size_t *count, struct mm_err *err)
{
    struct mm_arena arena;
    struct demo_net net;
    *count = 0;
    mm_arena_init(&arena);
    int status = demo_net_init(&net, &arena, err);
    for (size_t i = 0; status == 0 && i < mm_plan_count(plan); i++) {
        const struct mm_override *override = mm_plan_at(plan, i);
        const struct demo_op *op = find_op(&net, override->name);
        enum mode mode;
        if (op && mode_for(op, override->precision, &mode))
            continue;
        ++*count;
        mm_text_escape(without, override->name, strlen(override->name));
        if (op)
            mm_buf_printf(without, ": can't be computed in %s\n", mm_override_precision(override));
        else
            mm_buf_say(without, ": no operator has this name\n");
    }
    mm_arena_done(&arena);
    return status;
}
