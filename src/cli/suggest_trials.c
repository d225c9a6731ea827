#include "cli/suggest_trials.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/run_model.h"

#define TAILS_MOST                                                                                           \
    ((size_t)12) /* of a run: the time to load a model grows faster than the number of its nodes */

/* An output of the plain run. */
struct trial_output {
    char *name;
    size_t length;
    size_t feed; /* in which run */
    float *values;
    int64_t count;
};

/* Of one setting. */
struct figures {
    double *wrong, *size; /* [outputs] squares of the errors, and of the values */
    bool *seen;           /* [outputs] a tail need not reach all */
};

/* Of the model's own outputs, and then those of its tails. */
struct trial_errors {
    struct figures *of;
    size_t count;
    bool notes; /* how large tensors are */
};

/* ---- outputs ---- */

static int keep(void *context, const char *name, const struct mm_tensor *view, struct mm_err *err)
{
    struct trials *trials = context;
    if (mm_dtype_info(view->dtype)->kind != MM_KIND_FLOAT)
        return 0;
    if (mm_grow((void **)&trials->output, &trials->output_room, trials->outputs + 1, sizeof *trials->output) <
        0)
        return mm_fail_memory(err);
    struct trial_output *output = &trials->output[trials->outputs];
    *output = (struct trial_output){.name = strdup(name),
                                    .length = strlen(name),
                                    .feed = trials->feed,
                                    .values = mm_tensor_decode(view, true, NULL, err),
                                    .count = view->count};
    trials->outputs++;
    return output->values && output->name ? 0 : mm_fail_memory(err);
}

/* Positions where one side alone is not finite make the output as wrong as can be. */
static void add_errors(const struct trial_output *output, const float *values, double *wrong, double *size)
{
    for (int64_t i = 0; i < output->count; i++) {
        double s = (double)output->values[i], d = (double)values[i];
        if (isfinite(s) && isfinite(d)) {
            *wrong += (s - d) * (s - d);
            *size += s * s;
        } else if (!(s == d || (isnan(s) && isnan(d)))) {
            *wrong = INFINITY;
        }
    }
}

static size_t output_called(const struct trials *trials, const char *name, size_t length)
{
    for (size_t i = 0; i < trials->outputs; i++) {
        const struct trial_output *output = &trials->output[i];
        if (output->feed == trials->feed && output->length == length &&
            memcmp(output->name, name, length) == 0)
            return i;
    }
    return SIZE_MAX;
}

static int compare(void *context, const char *name, const struct mm_tensor *view, struct mm_err *err)
{
    struct trials *trials = context;
    size_t length, tail = mm_tail_of(name, &length), i = output_called(trials, name, length);
    if (trials->errors->notes && trials->tails)
        mm_tails_note(trials->tails, name, (uint64_t)view->count * mm_dtype_info(view->dtype)->bytes);
    if (i == SIZE_MAX || mm_dtype_info(view->dtype)->kind != MM_KIND_FLOAT)
        return 0;
    struct figures *figures = &trials->errors->of[tail == SIZE_MAX ? 0 : tail + 1];
    if (trials->output[i].count != view->count)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: %s has another shape once values are rounded",
                       trials->options->simulated_model, trials->output[i].name);
    float *values = mm_tensor_decode(view, true, NULL, err);
    if (!values)
        return -1;
    add_errors(&trials->output[i], values, &figures->wrong[i], &figures->size[i]);
    figures->seen[i] = true;
    free(values);
    return 0;
}

/* Of the output that is furthest off, over all runs: relative L2. What a tail does not reach is as without it. */
static double worst_error(const struct trials *trials, const struct trial_errors *errors, size_t which)
{
    double worst = 0;
    for (size_t i = 0; i < trials->outputs; i++) {
        double wrong = 0, size = 0;
        for (size_t k = 0; k < trials->outputs; k++) {
            const struct figures *of = &errors->of[errors->of[which].seen[k] ? which : 0];
            bool same = strcmp(trials->output[k].name, trials->output[i].name) == 0;
            wrong += same ? of->wrong[k] : 0;
            size += same ? of->size[k] : 0;
        }
        worst = fmax(worst, wrong > 0 ? sqrt(wrong / size) : 0);
    }
    return worst;
}

static void errors_done(struct trial_errors *errors)
{
    for (size_t i = 0; errors->of && i < errors->count; i++) {
        free(errors->of[i].wrong);
        free(errors->of[i].seen);
    }
    free(errors->of);
}

static int errors_init(struct trial_errors *errors, const struct trials *trials, size_t tails,
                       struct mm_err *err)
{
    *errors = (struct trial_errors){.of = calloc(tails + 1, sizeof *errors->of), .count = tails + 1};
    if (!errors->of)
        return mm_fail_memory(err);
    for (size_t i = 0; i < errors->count; i++) {
        struct figures *of = &errors->of[i];
        of->wrong = calloc(2 * trials->outputs + 1, sizeof *of->wrong);
        of->seen = calloc(trials->outputs + 1, sizeof *of->seen);
        if (!of->wrong || !of->seen) {
            errors_done(errors);
            return mm_fail_memory(err);
        }
        of->size = of->wrong + trials->outputs;
    }
    return 0;
}

/* ---- a run ---- */

/* A model: the user's, or one with tails. */
struct ran {
    const char *model;
    const struct mm_simulation *simulation; /* NULL: as it is */
    enum mm_dump_mode mode;
    mm_run_observer *observer;
};

static int run_with(struct trials *trials, const struct ran *what, struct mm_model_run **run,
                    struct mm_err *err)
{
    const struct mm_dump_info info = {.dump_mode = what->mode, .path = ""};
    const struct mm_run_options how = {.threads = trials->options->dump.threads,
                                       .cancel = &trials->interrupt->stopped,
                                       .simulation = what->simulation,
                                       .observer = what->observer,
                                       .observer_context = trials};
    struct mm_feeds *feeds = NULL;
    int result = mm_model_run_open(run, trials->ort, what->model, &info, &how, err);
    if (result == 0)
        result = run_feeds(trials->options, *run, &feeds, err);
    for (size_t i = 0; result == 0 && i < mm_feeds_runs(feeds); i++) {
        size_t count;
        const struct mm_feed *feed = mm_feeds_run(feeds, i, &count);
        trials->feed = i;
        result = mm_model_run(*run, feed, count, err);
    }
    mm_feeds_close(feeds);
    return result;
}

/* ---- which operators are in which precision ---- */

static int add_op(struct trials *trials, const struct mm_simulated_op *op, struct mm_err *err)
{
    if (mm_grow((void **)&trials->op, &trials->op_room, trials->ops + 1, sizeof *trials->op) < 0)
        return mm_fail_memory(err);
    trials->op[trials->ops++] = *op;
    return 0;
}

static struct mm_simulated_op raised_op(const struct candidate *here)
{
    return (struct mm_simulated_op){here->name, here->tensor, MM_F32};
}

/* `changed` NULL: nothing is. */
static int set_ops(struct trials *trials, const struct candidate *changed, struct mm_err *err)
{
    const struct mm_simulation *settings = &trials->simulation.settings;
    trials->ops = 0;
    for (size_t i = 0; i < settings->ops; i++) {
        if (add_op(trials, &settings->op[i], err) < 0)
            return -1;
    }
    for (size_t i = 0; i < trials->candidates; i++) {
        const struct candidate *here = &trials->candidate[i];
        const struct mm_simulated_op op = raised_op(here);
        if (here->raised != (here == changed) && add_op(trials, &op, err) < 0)
            return -1;
    }
    return 0;
}

static int add_tail_op(struct trials *trials, const char *from, size_t tail, const struct mm_simulated_op *op,
                       struct mm_err *err)
{
    struct mm_simulated_op there;
    return mm_tails_operator(trials->tails, from, tail, op, &there) ? add_op(trials, &there, err) : 0;
}

/* Those of a tail, which begins with what is changed. */
static int add_tail_ops(struct trials *trials, const struct candidate *changed, size_t tail,
                        struct mm_err *err)
{
    const struct mm_simulation *settings = &trials->simulation.settings;
    for (size_t i = 0; i < settings->ops; i++) {
        if (add_tail_op(trials, changed->tensor, tail, &settings->op[i], err) < 0)
            return -1;
    }
    for (size_t i = 0; i < trials->candidates; i++) {
        const struct candidate *here = &trials->candidate[i];
        const struct mm_simulated_op op = raised_op(here);
        if (here->raised != (here == changed) && add_tail_op(trials, changed->tensor, tail, &op, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- one after another ---- */

static int measure_one(struct trials *trials, const struct candidate *changed, double *error,
                       struct mm_err *err)
{
    struct mm_simulation settings = trials->simulation.settings;
    struct trial_errors errors;
    struct mm_model_run *run = NULL;
    if (set_ops(trials, changed, err) < 0 || errors_init(&errors, trials, 0, err) < 0)
        return -1;
    settings.op = trials->op;
    settings.ops = trials->ops;
    trials->errors = &errors;
    trials->runs++;
    trials->settings++;
    const struct ran what = {trials->options->simulated_model, &settings, MM_DUMP_OUTPUTS, compare};
    int result = run_with(trials, &what, &run, err);
    *error = worst_error(trials, &errors, 0);
    mm_model_run_close(run);
    errors_done(&errors);
    return result;
}

int trials_measure_raised(struct trials *trials, double *error, struct mm_err *err)
{
    return measure_one(trials, NULL, error, err);
}

/* ---- side by side ---- */

/* How many of them one run computes. */
static size_t batch_of(struct trials *trials, struct candidate *const *changed, size_t count)
{
    double room = trials->options->batch_memory * 1024 * 1024;
    size_t n = 0;
    for (; trials->tails && n < count && n < TAILS_MOST; n++) {
        room -= (double)mm_tails_bytes(trials->tails, changed[n]->tensor);
        if (room < 0)
            break;
    }
    return n;
}

static int make_folder(struct trials *trials, struct mm_err *err)
{
    if (trials->folder.path)
        return 0;
    if (temporary_folder_open(&trials->folder, "suggest", err) < 0)
        return -1;
    interrupt_removes(trials->interrupt, trials->folder.path);
    return 0;
}

static int write_tails(struct trials *trials, struct candidate *const *changed, size_t count,
                       const char *path, struct mm_err *err)
{
    const char *from[TAILS_MOST];
    for (size_t i = 0; i < count; i++)
        from[i] = changed[i]->tensor;
    if (mm_tails_write(trials->tails, from, count, path, err) < 0 || set_ops(trials, NULL, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (add_tail_ops(trials, changed[i], i, err) < 0)
            return -1;
    }
    return 0;
}

static int run_tails(struct trials *trials, const char *path, size_t count, double *error, struct mm_err *err)
{
    struct mm_simulation settings = trials->simulation.settings;
    struct trial_errors errors;
    struct mm_model_run *run = NULL;
    const struct ran what = {path, &settings, MM_DUMP_OUTPUTS, compare};
    if (errors_init(&errors, trials, count, err) < 0)
        return -1;
    settings.op = trials->op;
    settings.ops = trials->ops;
    trials->errors = &errors;
    int result = run_with(trials, &what, &run, err);
    for (size_t i = 0; result == 0 && i < count; i++)
        error[i] = worst_error(trials, &errors, i + 1);
    mm_model_run_close(run);
    errors_done(&errors);
    return result;
}

static int measure_batch(struct trials *trials, struct candidate *const *changed, size_t count, double *error,
                         struct mm_err *err)
{
    if (make_folder(trials, err) < 0)
        return -1;
    char *path = mm_path_join(trials->folder.path, "tails.onnx");
    if (!path)
        return mm_fail_memory(err);
    int result = write_tails(trials, changed, count, path, err);
    if (result == 0)
        result = run_tails(trials, path, count, error, err);
    free(path);
    if (result == 0) {
        trials->runs++;
        trials->settings += count;
    }
    return result;
}

int trials_measure(struct trials *trials, struct candidate *const *changed, size_t count, double *error,
                   struct mm_err *err)
{
    struct mm_err unused;
    for (size_t i = 0; i < count;) {
        size_t batch = batch_of(trials, changed + i, count - i);
        if (batch > 1 && measure_batch(trials, changed + i, batch, error + i, &unused) == 0) {
            i += batch;
            continue;
        }
        if (batch > 1 && !atomic_load(&trials->interrupt->stopped)) { /* what one run can't, several can */
            mm_tails_close(trials->tails);
            trials->tails = NULL;
        }
        if (measure_one(trials, changed[i], &error[i], err) < 0)
            return -1;
        i++;
    }
    return 0;
}

/* ---- begin, end ---- */

static int add_candidate(struct trials *trials, const struct mm_rounded_operator *from, struct mm_err *err)
{
    if (mm_grow((void **)&trials->candidate, &trials->candidate_room, trials->candidates + 1,
                sizeof *trials->candidate) < 0)
        return mm_fail_memory(err);
    struct candidate *here = &trials->candidate[trials->candidates];
    *here = (struct candidate){.name = strdup(from->name),
                               .op_type = strdup(from->op_type),
                               .tensor = strdup(from->tensor),
                               .error = NAN,
                               .place = trials->candidates++};
    return here->name && here->op_type && here->tensor ? 0 : mm_fail_memory(err);
}

/* The run in the precision, with nothing raised. */
static int find_candidates(struct trials *trials, double *error, struct mm_err *err)
{
    struct trial_errors errors;
    struct mm_model_run *run = NULL;
    struct mm_rounded_operator operator;
    const struct ran what = {trials->options->simulated_model, &trials->simulation.settings,
                             trials->tails ? MM_DUMP_ALL : MM_DUMP_OUTPUTS, compare};
    if (errors_init(&errors, trials, 0, err) < 0)
        return -1;
    errors.notes = true;
    trials->errors = &errors;
    int result = run_with(trials, &what, &run, err);
    trials->runs++;
    trials->settings++;
    *error = worst_error(trials, &errors, 0);
    for (size_t i = 0; result == 0 && mm_model_run_operator(run, i, &operator); i++)
        result = add_candidate(trials, &operator, err);
    mm_model_run_close(run);
    errors_done(&errors);
    return result;
}

static int run_plain(struct trials *trials, struct mm_err *err)
{
    struct mm_model_run *run = NULL;
    const struct ran what = {trials->options->simulated_model, NULL, MM_DUMP_OUTPUTS, keep};
    int result = run_with(trials, &what, &run, err);
    mm_model_run_close(run);
    return result;
}

int trials_begin(struct trials *trials, struct cli_options *options, struct interrupt *interrupt,
                 double *error, struct mm_err *err)
{
    const struct mm_run_options how = {.threads = options->dump.threads, .cancel = &interrupt->stopped};
    *trials = (struct trials){.options = options, .interrupt = interrupt};
    options->words[0] = (char *)options->simulated_model;
    options->simulate.plan = options->plan;
    if (simulation_begin(&trials->simulation, options, NULL, err) < 0 ||
        run_library(options, &trials->ort, err) < 0 ||
        simulation_calibrate(&trials->simulation, options, trials->ort, &how, err) < 0)
        return -1;
    if (options->batch_memory > 0 && !trials->simulation.settings.fold_conv_bn &&
        mm_tails_open(&trials->tails, options->simulated_model, NULL) < 0)
        trials->tails = NULL;
    return run_plain(trials, err) < 0 ? -1 : find_candidates(trials, error, err);
}

void trials_done(struct trials *trials)
{
    for (size_t i = 0; i < trials->outputs; i++) {
        free(trials->output[i].name);
        free(trials->output[i].values);
    }
    for (size_t i = 0; i < trials->candidates; i++) {
        free(trials->candidate[i].name);
        free(trials->candidate[i].op_type);
        free(trials->candidate[i].tensor);
    }
    interrupt_removes(trials->interrupt, NULL);
    temporary_folder_close(&trials->folder);
    free(trials->output);
    free(trials->candidate);
    free(trials->op);
    mm_tails_close(trials->tails);
    simulation_done(&trials->simulation);
    mm_ort_close(trials->ort);
}
