/* A model, run with taps that write its tensors. */
#include "runtime/check.h"
#include "runtime/deployed.h"
#include "runtime/half_run.h"
#include "runtime/model_keep.h"
#include "runtime/refused.h"
#include "runtime/writer.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mm_model_run {
    const struct mm_ort *ort;
    const struct mm_dump_info *info;
    const char *given; /* the model's file, as sentences name it; borrowed */
    struct mm_run_options options;
    struct model model;
    struct tap tap;
    struct session session;
    struct writer writer;
    struct simulated *simulated; /* NULL: nothing is */
    struct half_run *half;       /* NULL: the model is run in the types that it has */
    struct round_op round;
    struct mm_model_input *input;
    struct mm_buf *feed_memory; /* by input: values that were rounded */
    struct mm_run *feed_run;
    struct refused refused; /* no tap can read them */
    bool *matched;          /* by place in info->tensor_name: a tensor is called so */
    size_t runs;
    bool broken; /* a run failed */
    bool has_half;
    struct session_settings settings;
    char *deployed; /* the optimised model's file, which is removed in the end; or NULL */
};

/* ---- which tensors ---- */

bool mm_dump_mode_find(const char *text, enum mm_dump_mode *mode)
{
    static const struct {
        const char *word, *number;
        enum mm_dump_mode mode;
    } modes[] = {{"off", "-1", MM_DUMP_OFF},
                 {"specific", "0", MM_DUMP_SPECIFIC},
                 {"all", "1", MM_DUMP_ALL},
                 {"outputs", "2", MM_DUMP_OUTPUTS}};
    for (size_t i = 0; i < MM_COUNT(modes); i++) {
        if (strcmp(text, modes[i].word) == 0 || strcmp(text, modes[i].number) == 0) {
            *mode = modes[i].mode;
            return true;
        }
    }
    return false;
}

static bool is_named(struct mm_model_run *run, const char *name)
{
    bool found = false;
    for (size_t i = 0; i < run->info->tensor_names; i++) {
        const char *wanted = run->info->tensor_name[i];
        if (strcmp(wanted, name) != 0 && !mm_text_glob(wanted, name))
            continue;
        run->matched[i] = found = true;
    }
    return found;
}

static bool is_wanted(struct mm_model_run *run, const struct model_tensor *tensor)
{
    switch (run->info->dump_mode) {
    case MM_DUMP_OFF: return false;
    case MM_DUMP_SPECIFIC: return is_named(run, tensor->name);
    case MM_DUMP_OUTPUTS: return tensor->is_output;
    default: return true;
    }
}

static bool choose(void *context, const struct model_tensor *tensor)
{
    struct mm_model_run *run = context;
    if (run->simulated && simulated_vanishes(run->simulated, tensor->name))
        return false;
    return is_wanted(run, tensor) && !refused_has(&run->refused, tensor);
}

/* A name that nothing is called is more likely a mistake than a wish. */
static int check_names(const struct mm_model_run *run, struct mm_err *err)
{
    for (size_t i = 0; run->info->dump_mode == MM_DUMP_SPECIFIC && i < run->info->tensor_names; i++) {
        if (!run->matched[i])
            return mm_fail(err, MM_EARG, "%s: no tensor is called, or fits, %s", run->given,
                           run->info->tensor_name[i]);
    }
    return 0;
}

/* ---- open ---- */

static int take(void *context, size_t number, const struct mm_tensor *view, struct mm_err *err)
{
    struct mm_model_run *run = context;
    if (run->options.cancel && atomic_load(run->options.cancel))
        return mm_fail(err, MM_ECANCELLED, "%s: stopped", run->given);
    run->has_half |= view->dtype == MM_F16;
    struct model_tensor tensor = run->model.tensor[number];
    tensor.name = run->tap.name ? run->tap.name : tensor.name;
    if (run->options.observer)
        return run->options.observer(run->options.observer_context, tensor.name, view, err);
    return writer_take(&run->writer, &tensor, view, err);
}

/* NULL: nothing is rounded. */
static const struct model_rounding *rounding_of(const struct mm_model_run *run)
{
    if (run->half)
        return &run->half->rounding;
    return run->simulated ? &run->simulated->rounding : NULL;
}

static int open_once(struct mm_model_run *run, const char *model, struct mm_err *err)
{
    const struct model_rounding *rounding = rounding_of(run);
    const struct simulated *rules = run->half ? &run->half->simulated : run->simulated;
    if (model_open_rounded(&run->model, model, rounding, choose, run, err) < 0)
        return -1;
    tap_init(&run->tap, run->ort, &run->model, take, run);
    if (rounding) {
        round_op_init(&run->round, run->ort, rules, &run->tap);
        run->model.round = &run->round.op;
        if (simulated_check(rules, err) < 0)
            return -1;
    }
    return session_open(&run->session, run->ort, &run->model, &run->tap, &run->settings, err);
}

/* Again without the taps that it refuses, which it tells one at a time. */
static int open_session(struct mm_model_run *run, const char *model, struct mm_err *err)
{
    struct mm_err why = {0};
    while (open_once(run, model, &why) < 0) {
        if (!refused_add(&run->refused, &run->model, why.text)) {
            if (err)
                *err = why;
            return -1;
        }
        tap_done(&run->tap);
        model_close(&run->model);
    }
    return 0;
}

static int note_inputs(struct mm_model_run *run, struct mm_err *err)
{
    run->input = calloc(run->session.inputs + 1, sizeof *run->input);
    run->feed_memory = calloc(run->session.inputs + 1, sizeof *run->feed_memory);
    run->feed_run = calloc(run->session.inputs + 1, sizeof *run->feed_run);
    if (!run->input || !run->feed_memory || !run->feed_run)
        return mm_fail_memory(err);
    for (size_t i = 0; i < run->session.inputs; i++) {
        const struct session_io *io = &run->session.input[i];
        run->input[i] = (struct mm_model_input){io->name, io->is_tensor ? io->dtype : MM_DTYPE_NONE,
                                                io->shape, io->is_sequence};
    }
    return 0;
}

static int simulate(struct mm_model_run *run, const char *model, struct mm_err *err)
{
    if (!run->options.simulation)
        return 0;
    run->simulated = calloc(1, sizeof *run->simulated);
    if (!run->simulated)
        return mm_fail_memory(err);
    return simulated_open(run->simulated, model, run->options.simulation, err);
}

static int join(char **path, const char *folder, const char *name, struct mm_err *err)
{
    *path = mm_path_join(folder, name);
    return *path ? 0 : mm_fail_memory(err);
}

/* Of a float16 model, one of float32 with operators that round. */
static int widen_model(struct mm_model_run *run, const char **model, struct mm_err *err)
{
    const struct mm_run_options *options = &run->options;
    const struct half_files files = {options->model_dir ? options->model_dir : run->info->path,
                                     mm_path_base(*model), options->model_dir != NULL};
    if (options->as_deployed || options->simulation)
        return mm_fail(err, MM_EARG,
                       "%s: float16 as float32 goes with neither a deployed model nor a simulated precision",
                       *model);
    run->half = calloc(1, sizeof *run->half);
    if (!run->half)
        return mm_fail_memory(err);
    if (half_run_open(run->half, run->ort, *model, &files, err) < 0)
        return -1;
    *model = run->half->model;
    return 0;
}

/* The model that is run: the user's, or what the runtime, or this program, makes of it. */
static int choose_model(struct mm_model_run *run, const char **model, struct mm_err *err)
{
    const char *own = *model;
    if (run->options.model_dir && model_keep_begin(own, run->options.model_dir, err) < 0)
        return -1;
    if (run->options.float32 && widen_model(run, model, err) < 0)
        return -1;
    if (run->options.as_deployed) {
        if (join(&run->deployed, run->info->path, ".mmtui-deployed.onnx", err) < 0 ||
            deployed_write(run->ort, own, run->options.level, run->deployed, err) < 0)
            return -1;
        *model = run->deployed;
    }
    return run->options.model_dir ? model_keep(*model, rounding_of(run), own, run->options.model_dir, err)
                                  : 0;
}

int mm_model_run_open(struct mm_model_run **out, const struct mm_ort *ort, const char *model,
                      const struct mm_dump_info *info, const struct mm_run_options *options,
                      struct mm_err *err)
{
    struct mm_model_run *run = calloc(1, sizeof *run);
    *out = NULL;
    if (!run)
        return mm_fail_memory(err);
    *run = (struct mm_model_run){.ort = ort,
                                 .info = info,
                                 .options = *options,
                                 .settings = {.threads = options->threads ? options->threads : 1}};
    run->given = model;
    run->matched = calloc(info->tensor_names + 1, sizeof *run->matched);
    if (!run->matched)
        mm_fail_memory(err);
    if (!run->matched || (!options->observer && writer_open(&run->writer, info, err) < 0) ||
        choose_model(run, &model, err) < 0 || simulate(run, model, err) < 0 ||
        open_session(run, model, err) < 0 || check_names(run, err) < 0 || note_inputs(run, err) < 0) {
        mm_model_run_close(run);
        return -1;
    }
    run->writer.simulated = run->simulated;
    *out = run;
    return 0;
}

/* ---- inputs ---- */

static void put_inputs(const struct mm_model_run *run, struct mm_buf *out)
{
    char shape[200];
    for (size_t i = 0; i < run->session.inputs; i++) {
        const struct mm_model_input *input = &run->input[i];
        mm_buf_printf(out, "%s%s (", i ? ", " : "", input->name);
        if (input->is_sequence)
            mm_buf_puts(out, "a sequence)");
        else
            mm_buf_printf(out, "%s %s)", mm_dtype_info(input->dtype)->name,
                          mm_shape_text(&input->shape, false, shape, sizeof shape));
    }
}

static int wrong_feed(const struct mm_model_run *run, const char *file, const char *what, struct mm_err *err)
{
    struct mm_buf inputs = {0};
    put_inputs(run, &inputs);
    mm_fail(err, MM_EARG, "%s: %s; the inputs are %s", file ? file : run->given, what, mm_buf_text(&inputs));
    mm_buf_done(&inputs);
    return -1;
}

/* The input that a feed is for; -1: there is none. */
static int64_t place_of(const struct mm_model_run *run, const struct mm_feed *feed)
{
    for (size_t i = 0; i < run->session.inputs; i++) {
        if (strcmp(feed->name, run->input[i].name) == 0)
            return (int64_t)i;
    }
    return -1;
}

static bool fits(const struct mm_shape *wanted, const struct mm_shape *given)
{
    if (wanted->rank != given->rank)
        return false;
    for (int i = 0; i < wanted->rank; i++) {
        if (wanted->dim[i] >= 0 && wanted->dim[i] != given->dim[i])
            return false;
    }
    return true;
}

/* The value, rounded where inputs are. */
static int give(struct mm_model_run *run, const struct mm_feed *feed, OrtValue **value, struct mm_err *err)
{
    struct mm_tensor tensor = feed->tensor;
    size_t place = (size_t)place_of(run, feed);
    if (run->simulated && simulated_feed(run->simulated, feed->name, &tensor, &run->feed_run[place],
                                         &run->feed_memory[place], err) < 0)
        return -1;
    if (run->half && half_run_feed(run->half, feed->name, &tensor, &run->feed_run[place],
                                   &run->feed_memory[place], err) < 0)
        return -1;
    return ort_value(run->ort, &tensor, value, feed->name, err);
}

static bool is_wrong(const struct mm_model_input *input, const struct mm_feed *feed)
{
    if (input->is_sequence != (feed->item != NULL))
        return true;
    return !input->is_sequence &&
           (input->dtype != feed->tensor.dtype || !fits(&input->shape, &feed->tensor.shape));
}

/* An item as it is; or as float32, rounded, at the end of `memory`, which has room for it. */
static int make_item(struct mm_model_run *run, const struct mm_feed *feed, size_t i, struct mm_buf *memory,
                     OrtValue **value, struct mm_err *err)
{
    struct mm_tensor item = feed->item[i];
    struct mm_run item_run;
    if (run->half && half_run_is_input(run->half, feed->name)) {
        const struct mm_shape shape = item.shape;
        float *values = half_run_decode(run->half, &item, err);
        if (!values)
            return -1;
        size_t before = memory->length;
        mm_buf_add(memory, values, (size_t)item.count * sizeof(float));
        free(values);
        mm_tensor_raw(&item, MM_F32, &shape, memory->data + before, &item_run);
    }
    return ort_value(run->ort, &item, value, feed->name, err);
}

/* Room for all items as float32, so that none of them moves once there is a value over it. */
static int reserve_items(const struct mm_feed *feed, struct mm_buf *memory, struct mm_err *err)
{
    size_t count = 1;
    for (size_t i = 0; i < feed->items; i++)
        count += (size_t)feed->item[i].count;
    mm_buf_clear(memory);
    return mm_buf_reserve(memory, count * sizeof(float)) ? 0 : mm_fail_memory(err);
}

static int make_sequence(struct mm_model_run *run, const struct mm_feed *feed, OrtValue **value,
                         struct mm_err *err)
{
    const struct mm_ort *ort = run->ort;
    struct mm_buf *memory = &run->feed_memory[place_of(run, feed)];
    OrtValue **item = calloc(feed->items + 1, sizeof *item);
    int result = item ? reserve_items(feed, memory, err) : mm_fail_memory(err);
    for (size_t i = 0; i < feed->items && result == 0; i++)
        result = make_item(run, feed, i, memory, &item[i], err);
    if (result == 0)
        result = ort_sequence(ort, (const OrtValue *const *)item, feed->items, value, feed->name, err);
    for (size_t i = 0; i < feed->items && item; i++)
        ort_value_release(ort, item[i]);
    free(item);
    return result;
}

static int feed_one(struct mm_model_run *run, const struct mm_feed *feed, OrtValue **value,
                    struct mm_err *err)
{
    struct mm_buf what = {0};
    char shape[200];
    int64_t place = place_of(run, feed);
    const struct mm_model_input *input = place >= 0 ? &run->input[place] : NULL;
    mm_shape_text(&feed->tensor.shape, false, shape, sizeof shape);
    if (!input)
        mm_buf_printf(&what, "it has no input called %s", feed->name);
    else if (value[place])
        mm_buf_printf(&what, "input %s is given twice", input->name);
    else if (is_wrong(input, feed))
        mm_buf_printf(&what, "%s %s does not fit input %s", mm_dtype_info(feed->tensor.dtype)->name, shape,
                      input->name);
    int result = what.length ? wrong_feed(run, feed->file, mm_buf_text(&what), err) : 0;
    mm_buf_done(&what);
    if (result < 0)
        return -1;
    return feed->item ? make_sequence(run, feed, &value[place], err) : give(run, feed, &value[place], err);
}

static int feed_all(struct mm_model_run *run, const struct mm_feed *feeds, size_t count, OrtValue **value,
                    struct mm_err *err)
{
    struct mm_buf missing = {0};
    for (size_t i = 0; i < count; i++) {
        if (feed_one(run, &feeds[i], value, err) < 0)
            return -1;
    }
    for (size_t i = 0; i < run->session.inputs; i++) {
        if (!value[i])
            mm_buf_printf(&missing, "%s%s", missing.length ? ", " : "nothing is given for input ",
                          run->input[i].name);
    }
    int result = missing.length ? wrong_feed(run, NULL, mm_buf_text(&missing), err) : 0;
    mm_buf_done(&missing);
    return result;
}

/* ---- run, finish, close ---- */

static int run_checked(struct mm_model_run *run, const OrtValue *const *value, struct mm_err *err)
{
    OrtValue **output = calloc(run->session.outputs + 1, sizeof *output);
    if (!output)
        return mm_fail_memory(err);
    const struct check_model how = {rounding_of(run), run->model.round};
    int result = session_run(&run->session, value, output, err);
    if (result == 0)
        result = check_outputs(&run->session, &how, &run->settings, value, output, err);
    for (size_t i = 0; i < run->session.outputs; i++)
        ort_value_release(run->ort, output[i]);
    free(output);
    return result;
}

int mm_model_run(struct mm_model_run *run, const struct mm_feed *feeds, size_t count, struct mm_err *err)
{
    OrtValue **value = calloc(run->session.inputs + 1, sizeof *value);
    if (!value)
        return mm_fail_memory(err);
    int result = feed_all(run, feeds, count, value, err);
    if (result == 0) {
        const OrtValue *const *given = (const OrtValue *const *)value;
        result =
            run->options.check ? run_checked(run, given, err) : session_run(&run->session, given, NULL, err);
        run->runs++;
        run->broken |= result < 0;
    }
    for (size_t i = 0; i < run->session.inputs; i++)
        ort_value_release(run->ort, value[i]);
    free(value);
    return result;
}

int mm_model_run_finish(struct mm_model_run *run, struct mm_err *err)
{
    const struct writer_record record = {.model = mm_path_base(run->given),
                                         .library = run->ort->version,
                                         .level = run->options.as_deployed ? run->options.level : 0,
                                         .threads = run->settings.threads,
                                         .prepacked = session_prepacks(&run->model),
                                         .float32 = run->half != NULL,
                                         .runs = run->runs,
                                         .complete = !run->broken};
    return writer_finish(&run->writer, &record, err);
}

void mm_model_run_close(struct mm_model_run *run)
{
    if (!run)
        return;
    for (size_t i = 0; run->feed_memory && i < run->session.inputs; i++)
        mm_buf_done(&run->feed_memory[i]);
    free(run->feed_memory);
    free(run->feed_run);
    session_close(&run->session);
    tap_done(&run->tap);
    model_close(&run->model);
    simulated_close(run->simulated);
    free(run->simulated);
    half_run_close(run->half);
    free(run->half);
    writer_close(&run->writer);
    if (run->deployed)
        remove(run->deployed);
    free(run->deployed);
    free(run->input);
    refused_done(&run->refused);
    free(run->matched);
    free(run);
}

size_t mm_model_run_inputs(const struct mm_model_run *run, const struct mm_model_input **inputs)
{
    *inputs = run->input;
    return run->session.inputs;
}

size_t mm_model_run_written(const struct mm_model_run *run)
{
    return run->writer.written;
}

size_t mm_model_run_left_out(const struct mm_model_run *run)
{
    return run->writer.left_out + run->refused.count;
}

void mm_model_run_scales(const struct mm_model_run *run, struct mm_buf *out)
{
    simulated_scales(run->simulated, out);
}

void mm_model_run_simulated(const struct mm_model_run *run, struct mm_simulated_counts *counts)
{
    *counts = (struct mm_simulated_counts){0};
    if (run->simulated)
        simulated_count(run->simulated, counts);
}

bool mm_model_run_operator(const struct mm_model_run *run, size_t number, struct mm_rounded_operator *out)
{
    return run->simulated && simulated_operator(run->simulated, number, out);
}

bool mm_model_run_has_half(const struct mm_model_run *run)
{
    return run->has_half;
}
