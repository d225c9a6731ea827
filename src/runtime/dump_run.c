/* A model, run with taps that write its tensors. */
#include "runtime/dump_run.h"

#include "runtime/check.h"
#include "runtime/deployed.h"
#include "runtime/model_keep.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    int result = run_inputs(run, feeds, count, value, err);
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
