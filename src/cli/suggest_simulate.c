/* Which operators to raise, by running the model. */
#include "cli/suggest_simulate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/run_model.h"
#include "cli/simulate.h"

/* An output of the plain run. */
struct output {
    char *name;
    float *values;
    int64_t count;
};

struct candidate {
    char *name, *op_type, *tensor;
    double error; /* of the outputs, with it alone in float32 */
    bool raised;
};

struct trials {
    const struct cli_options *options;
    const struct interrupt *interrupt;
    struct mm_ort *ort;
    struct simulation simulation;
    struct output *output;
    size_t outputs, room;
    struct candidate *candidate;
    size_t candidates, candidate_room;
    struct mm_simulated_op *op; /* those of the plan that it began with, and those that are raised */
    double *wrong, *size;       /* [outputs] squares of the errors, and of the values, in this run */
    size_t at;                  /* the next output */
    size_t runs;
};

/* ---- outputs ---- */

static int keep(void *context, const char *name, const struct mm_tensor *view, struct mm_err *err)
{
    struct trials *trials = context;
    if (mm_dtype_info(view->dtype)->kind != MM_KIND_FLOAT)
        return 0;
    if (mm_grow((void **)&trials->output, &trials->room, trials->outputs + 1, sizeof *trials->output) < 0)
        return mm_fail_memory(err);
    struct output *output = &trials->output[trials->outputs];
    *output = (struct output){
        .name = strdup(name), .values = mm_tensor_decode(view, true, NULL, err), .count = view->count};
    trials->outputs++;
    return output->values && output->name ? 0 : mm_fail_memory(err);
}

/* Positions where one side alone is not finite make the output as wrong as can be. */
static void add_errors(const struct output *output, const float *values, double *wrong, double *size)
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

static int compare(void *context, const char *name, const struct mm_tensor *view, struct mm_err *err)
{
    struct trials *trials = context;
    if (mm_dtype_info(view->dtype)->kind != MM_KIND_FLOAT)
        return 0;
    const struct output *output = trials->at < trials->outputs ? &trials->output[trials->at] : NULL;
    if (!output || strcmp(output->name, name) != 0 || output->count != view->count)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: %s has another shape once values are rounded",
                       trials->options->simulated_model, name);
    float *values = mm_tensor_decode(view, true, NULL, err);
    if (!values)
        return -1;
    add_errors(output, values, &trials->wrong[trials->at], &trials->size[trials->at]);
    trials->at++;
    free(values);
    return 0;
}

/* Of the output that is furthest off, over all runs: relative L2. */
static double worst_error(const struct trials *trials)
{
    double worst = 0;
    for (size_t i = 0; i < trials->outputs; i++) {
        double wrong = 0, size = 0;
        for (size_t k = 0; k < trials->outputs; k++) {
            bool same = strcmp(trials->output[k].name, trials->output[i].name) == 0;
            wrong += same ? trials->wrong[k] : 0;
            size += same ? trials->size[k] : 0;
        }
        worst = fmax(worst, wrong > 0 ? sqrt(wrong / size) : 0);
    }
    return worst;
}

/* ---- runs ---- */

static int run_with(struct trials *trials, const struct mm_simulation *simulation, mm_run_observer *observer,
                    struct mm_model_run **run, struct mm_err *err)
{
    const struct mm_dump_info info = {.dump_mode = MM_DUMP_OUTPUTS, .path = ""};
    const struct mm_run_options how = {.threads = trials->options->dump.threads,
                                       .cancel = &trials->interrupt->stopped,
                                       .simulation = simulation,
                                       .observer = observer,
                                       .observer_context = trials};
    struct mm_feeds *feeds = NULL;
    int result = mm_model_run_open(run, trials->ort, trials->options->simulated_model, &info, &how, err);
    if (result == 0)
        result = run_feeds(trials->options, *run, &feeds, err);
    for (size_t i = 0; result == 0 && i < mm_feeds_runs(feeds); i++) {
        size_t count;
        const struct mm_feed *feed = mm_feeds_run(feeds, i, &count);
        result = mm_model_run(*run, feed, count, err);
    }
    mm_feeds_close(feeds);
    return result;
}

/* The outputs' error with what is raised now, and `also` (NULL: nothing more). */
static int measure(struct trials *trials, const struct candidate *also, double *error, struct mm_err *err)
{
    struct mm_simulation settings = trials->simulation.settings;
    struct mm_model_run *run = NULL;
    size_t ops = settings.ops;
    for (size_t i = 0; i < trials->candidates; i++) {
        const struct candidate *here = &trials->candidate[i];
        if (here->raised || here == also)
            trials->op[ops++] = (struct mm_simulated_op){here->name, here->tensor, MM_F32};
    }
    settings.op = trials->op;
    settings.ops = ops;
    memset(trials->wrong, 0, trials->outputs * sizeof *trials->wrong);
    memset(trials->size, 0, trials->outputs * sizeof *trials->size);
    trials->at = 0;
    trials->runs++;
    int result = run_with(trials, &settings, compare, &run, err);
    *error = worst_error(trials);
    mm_model_run_close(run);
    return result;
}

/* ---- candidates ---- */

static int add_candidate(struct trials *trials, const struct mm_rounded_operator *from, struct mm_err *err)
{
    if (mm_grow((void **)&trials->candidate, &trials->candidate_room, trials->candidates + 1,
                sizeof *trials->candidate) < 0)
        return mm_fail_memory(err);
    struct candidate *here = &trials->candidate[trials->candidates++];
    *here = (struct candidate){strdup(from->name), strdup(from->op_type), strdup(from->tensor), NAN, false};
    return here->name && here->op_type && here->tensor ? 0 : mm_fail_memory(err);
}

static int find_candidates(struct trials *trials, double *error, struct mm_err *err)
{
    struct mm_model_run *run = NULL;
    struct mm_rounded_operator operator;
    trials->wrong = calloc(trials->outputs + 1, sizeof *trials->wrong);
    trials->size = calloc(trials->outputs + 1, sizeof *trials->size);
    if (!trials->wrong || !trials->size)
        return mm_fail_memory(err);
    int result = run_with(trials, &trials->simulation.settings, compare, &run, err);
    trials->runs++;
    *error = worst_error(trials);
    for (size_t i = 0; result == 0 && mm_model_run_operator(run, i, &operator); i++)
        result = add_candidate(trials, &operator, err);
    mm_model_run_close(run);
    size_t before = trials->simulation.settings.ops;
    trials->op = calloc(before + trials->candidates + 1, sizeof *trials->op);
    if (result == 0 && !trials->op)
        return mm_fail_memory(err);
    for (size_t i = 0; trials->op && i < before; i++)
        trials->op[i] = trials->simulation.settings.op[i];
    return result;
}

static int by_error(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    return (x->error > y->error) - (x->error < y->error);
}

static int measure_each(struct trials *trials, struct mm_err *err)
{
    for (size_t i = 0; i < trials->candidates; i++) {
        if (measure(trials, &trials->candidate[i], &trials->candidate[i].error, err) < 0)
            return -1;
    }
    if (trials->candidates)
        qsort(trials->candidate, trials->candidates, sizeof *trials->candidate, by_error);
    return 0;
}

/* ---- the set ---- */

#define LOOKED_AT                                                                                            \
    8 /* candidates a step, those that gained most alone: gains do not add up, others' change less */

/* Of the next candidates the one that leaves the least error beside those that are raised. */
static int raise_best(struct trials *trials, double *error, struct mm_err *err)
{
    struct candidate *best = NULL;
    double least = INFINITY;
    size_t looked = 0;
    for (size_t i = 0; i < trials->candidates && looked < LOOKED_AT; i++) {
        struct candidate *here = &trials->candidate[i];
        double now;
        if (here->raised)
            continue;
        if (measure(trials, here, &now, err) < 0)
            return -1;
        if (looked++ == 0 || now < least) {
            best = here;
            least = now;
        }
    }
    if (best)
        best->raised = true;
    *error = best ? least : *error;
    return 0;
}

/* One after another, until it is good enough. */
static int raise_until(struct trials *trials, double goal, double *error, struct mm_err *err)
{
    for (size_t i = 0; i<trials->candidates && * error> goal; i++) {
        if (i > 0 && raise_best(trials, error, err) < 0)
            return -1;
        if (i == 0) { /* known already */
            trials->candidate[0].raised = true;
            *error = trials->candidate[0].error;
        }
    }
    return 0;
}

/* The first ones. */
static int raise_top(struct trials *trials, size_t count, double *error, struct mm_err *err)
{
    for (size_t i = 0; i < trials->candidates && i < count; i++)
        trials->candidate[i].raised = true;
    return measure(trials, NULL, error, err);
}

/* Take back what is not needed, what gained least first. */
static int prune(struct trials *trials, double goal, double *error, struct mm_err *err)
{
    for (size_t i = trials->candidates; i-- > 0;) {
        struct candidate *here = &trials->candidate[i];
        double without;
        if (!here->raised)
            continue;
        here->raised = false;
        if (measure(trials, NULL, &without, err) < 0)
            return -1;
        here->raised = without > goal;
        *error = here->raised ? *error : without;
    }
    return 0;
}

/* ---- what is told ---- */

static void put_candidate(const struct candidate *here, double before, struct mm_buf *out)
{
    char error[MM_NUM], gain[MM_NUM];
    mm_buf_printf(out, "  %-8s %-10s %-16s %s\n", mm_num_short(error, here->error, 3),
                  mm_num_short(gain, before - here->error, 3), here->op_type,
                  *here->name ? here->name : here->tensor);
}

#define SHOWN 10

static void put_all(const struct trials *trials, double before, double after, double goal, size_t raised,
                    struct mm_buf *out)
{
    char a[MM_NUM], b[MM_NUM], c[MM_NUM];
    mm_buf_printf(out, "%s: the outputs are off by %s. %zu operators, each alone in FLOAT32:\n",
                  trials->simulation.mode->name, mm_num_short(a, before, 3), trials->candidates);
    mm_buf_puts(out, "  then     gains      operator\n");
    for (size_t i = 0; i < trials->candidates; i++) {
        if (i < SHOWN || trials->candidate[i].raised)
            put_candidate(&trials->candidate[i], before, out);
    }
    mm_buf_printf(out, "%zu operator%s in FLOAT32: the outputs are off by %s, as a run with this plan has it",
                  raised, raised == 1 ? "" : "s", mm_num_short(b, after, 3));
    if (isfinite(goal) && after > goal)
        mm_buf_printf(out, "; %s can't be had by raising operators", mm_num_short(c, goal, 3));
    mm_buf_printf(out, " (%zu runs):\n", trials->runs);
    for (size_t i = 0; i < trials->candidates; i++) {
        if (trials->candidate[i].raised)
            mm_buf_printf(out, "  %s\n",
                          *trials->candidate[i].name ? trials->candidate[i].name
                                                     : trials->candidate[i].tensor);
    }
}

static int add_override(struct mm_plan *plan, const struct candidate *here, double before, struct mm_err *err)
{
    char a[MM_NUM], b[MM_NUM], why[200];
    snprintf(why, sizeof why, "simulated: with it alone in FLOAT32 the outputs are off by %s instead of %s",
             mm_num_short(a, here->error, 3), mm_num_short(b, before, 3));
    const struct mm_override override = {.name = *here->name ? here->name : here->tensor,
                                         .op_type = here->op_type,
                                         .tensor = here->tensor,
                                         .precision = MM_PRECISION_F32,
                                         .why = why,
                                         .figures = {NAN, NAN, NAN},
                                         .own = ""};
    return mm_plan_set(plan, &override, err);
}

/* Beside the overrides that it began with. */
static int write_plan(const struct trials *trials, double before, struct mm_err *err)
{
    const struct cli_options *options = trials->options;
    struct mm_plan *plan = NULL;
    int result = mm_plan_open(&plan, err);
    if (result == 0 && options->plan)
        result = mm_plan_load(plan, options->plan, err);
    if (result == 0)
        mm_plan_begin(plan, "suggested");
    for (size_t i = 0; result == 0 && i < trials->candidates; i++) {
        if (trials->candidate[i].raised)
            result = add_override(plan, &trials->candidate[i], before, err);
    }
    if (result == 0) {
        mm_plan_commit(plan);
        result = mm_plan_save(plan, options->output, err);
    }
    mm_plan_close(plan);
    return result;
}

/* ---- all of it ---- */

static int find(struct trials *trials, struct mm_err *err)
{
    const struct cli_options *options = trials->options;
    bool top = options->suggest.rule == MM_SUGGEST_TOP, to = options->suggest.rule == MM_SUGGEST_TO_ERROR;
    double goal = top ? -1 : to ? options->suggest.error : options->session.thresholds.diff2;
    double before = 0, after;
    struct mm_buf text = {0};
    if (find_candidates(trials, &before, err) < 0 || measure_each(trials, err) < 0)
        return -1;
    after = before;
    size_t raised = 0;
    int found =
        top ? raise_top(trials, options->suggest.top, &after, err) : raise_until(trials, goal, &after, err);
    if (found == 0 && !top && after <= goal)
        found = prune(trials, goal, &after, err);
    if (found < 0)
        return -1;
    for (size_t i = 0; i < trials->candidates; i++)
        raised += trials->candidate[i].raised;
    put_all(trials, before, after, top ? INFINITY : goal, raised, &text);
    cli_print(options, &text);
    mm_buf_done(&text);
    int result = options->output ? write_plan(trials, before, err) : 0;
    if (result == 0 && options->output)
        cli_print_line(options, options->output);
    return result;
}

static int prepare(struct trials *trials, struct cli_options *options, struct mm_err *err)
{
    const struct mm_run_options how = {.threads = options->dump.threads,
                                       .cancel = &trials->interrupt->stopped};
    struct mm_model_run *run = NULL;
    options->words[0] = (char *)options->simulated_model;
    options->simulate.plan = options->plan;
    if (simulation_begin(&trials->simulation, options, NULL, err) < 0 ||
        run_library(options, &trials->ort, err) < 0 ||
        simulation_calibrate(&trials->simulation, options, trials->ort, &how, err) < 0)
        return -1;
    int result = run_with(trials, NULL, keep, &run, err);
    mm_model_run_close(run);
    return result;
}

static void trials_done(struct trials *trials)
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
    free(trials->output);
    free(trials->candidate);
    free(trials->op);
    free(trials->wrong);
    free(trials->size);
    simulation_done(&trials->simulation);
    mm_ort_close(trials->ort);
}

static int check(const struct cli_options *options, struct mm_err *err)
{
    if (options->word_count != 0)
        return mm_fail(err, MM_EARG, "--simulate runs its model: it takes no dumps");
    if (!options->simulate.mode && !options->plan)
        return mm_fail(err, MM_EARG, "--simulate needs a precision: --precision-mode MODE");
    if (options->suggest.rule == MM_SUGGEST_COVER)
        return mm_fail(err, MM_EARG, "--simulate measures errors: give --to-error X or --top N");
    if (options->kind != MM_REPORT_TEXT)
        return mm_fail(err, MM_EARG, "--simulate prints text, and writes a plan (-o)");
    if (options->dump.input.count > 0 && options->dump.seeded)
        return mm_fail(err, MM_EARG, "give inputs (-i) or have them made up (--seed), not both");
    return 0;
}

int suggest_simulated(struct cli_options *options)
{
    struct mm_err err = {0};
    struct interrupt interrupt;
    if (check(options, &err) < 0)
        return cli_error(&err);
    interrupt_begin(&interrupt);
    struct trials trials = {.options = options, .interrupt = &interrupt};
    int result = prepare(&trials, options, &err);
    if (result == 0)
        result = find(&trials, &err);
    trials_done(&trials);
    int number = interrupt_end(&interrupt);
    if (result == 0)
        return EXIT_FINE;
    cli_error(&err);
    return number ? EXIT_SIGNAL + number : EXIT_ERROR;
}
