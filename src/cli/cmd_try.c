/* `mmtui try`: a model is run as it is and in a simulated precision, and the two runs are inspected. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/translate.h"
#include "cli/commands.h"
#include "cli/inspect.h"
#include "cli/interrupt.h"
#include "cli/run_model.h"
#include "cli/simulate.h"
#include "cli/temporary_folder.h"

/* The runs' folders. */
struct trying {
    struct mm_ort *ort;
    const char *top; /* of --output, or the temporary one's */
    struct temporary_folder temporary;
    char *reference;
    char *simulated, *before;      /* the last one, and the one before it; NULL: there is none */
    int number;                    /* of the simulated runs so far */
    char said[1000];               /* of the last one */
    struct simulation *calibrated; /* the run that made the calibration which is used; NULL: none yet */
    char note[64];
};

static int make_top(struct trying *trying, const char *wanted, struct mm_err *err)
{
    if (!wanted && temporary_folder_open(&trying->temporary, "try", err) < 0)
        return -1;
    trying->top = wanted ? wanted : trying->temporary.path;
    trying->reference = mm_path_join(trying->top, "reference");
    return trying->reference ? 0 : mm_fail_memory(err);
}

/* The ranges go with the run that asked for them. */
static void drop_calibrated(struct trying *trying)
{
    if (trying->calibrated)
        simulation_done(trying->calibrated);
    free(trying->calibrated);
    trying->calibrated = NULL;
}

static void trying_done(struct trying *trying)
{
    drop_calibrated(trying);
    temporary_folder_close(&trying->temporary);
    free(trying->reference);
    free(trying->simulated);
    free(trying->before);
    mm_ort_close(trying->ort);
}

/* ---- a run ---- */

static struct mm_run_options run_options(const struct cli_options *options, const struct interrupt *interrupt)
{
    return (struct mm_run_options){.threads = options->dump.threads, .cancel = &interrupt->stopped};
}

/* Into a folder. `simulation` NULL: as the model is. */
static int run_into(const struct trying *trying, const struct cli_options *options, const char *folder,
                    struct mm_run_options *how, const struct simulation *simulation, struct mm_buf *said,
                    struct mm_err *err)
{
    const struct mm_dump_info info = {
        .dump_mode = MM_DUMP_ALL, .path = folder, .format = mm_format_find("npy")};
    struct mm_model_run *run = NULL;
    size_t runs = 0;
    how->simulation = simulation ? simulation_settings(simulation) : NULL;
    int result = mm_model_run_open(&run, trying->ort, options->words[0], &info, how, err);
    if (result == 0)
        result = run_model(options, run, &runs, err);
    if (result == 0 && simulation)
        result = simulation_write(simulation, run, folder, err);
    if (result == 0 && simulation)
        simulation_put(simulation, run, said);
    mm_model_run_close(run);
    return result;
}

/* By the ranges of an earlier run, if they are those that this one needs: inputs are the same. */
static int calibrate(struct trying *trying, const struct cli_options *options, struct simulation *simulation,
                     const struct mm_run_options *how, struct mm_err *err)
{
    const struct simulation *before = trying->calibrated;
    bool needs = simulation->mode && mm_simulation_needs_calibration(&simulation->settings);
    trying->note[0] = '\0';
    if (!needs || !before || !mm_calibration_serves(before->calibration, &simulation->settings))
        return simulation_calibrate(simulation, options, trying->ort, how, err);
    simulation_share(simulation, before);
    mm_format(trying->note, sizeof trying->note, ", with the ranges of the run before");
    return 0;
}

static int simulate(struct trying *trying, const struct cli_options *options, const struct mm_plan *plan,
                    const char *folder, const struct interrupt *interrupt, struct mm_err *err)
{
    struct mm_run_options how = run_options(options, interrupt);
    struct simulation *simulation = calloc(1, sizeof *simulation);
    struct mm_buf said = {0};
    if (!simulation)
        return mm_fail_memory(err);
    int result = simulation_begin(simulation, options, plan, err);
    if (result == 0)
        result = calibrate(trying, options, simulation, &how, err);
    if (result == 0)
        result = run_into(trying, options, folder, &how, simulation, &said, err);
    if (result == 0)
        snprintf(trying->said, sizeof trying->said, "%s", mm_buf_text(&said));
    mm_buf_done(&said);
    if (result == 0 && simulation->calibration && !simulation->shared) {
        drop_calibrated(trying);
        trying->calibrated = simulation;
        return 0;
    }
    simulation_done(simulation);
    free(simulation);
    return result;
}

/* The next folder. What is older than the run before is removed where nobody wants to keep it. */
static int simulate_next(struct trying *trying, const struct cli_options *options, const struct mm_plan *plan,
                         const struct interrupt *interrupt, struct mm_err *err)
{
    char name[32];
    snprintf(name, sizeof name, "simulated%d", trying->number + 1);
    char *folder = mm_path_join(trying->top, name);
    if (!folder)
        return mm_fail_memory(err);
    if (simulate(trying, options, plan, folder, interrupt, err) < 0) {
        free(folder);
        return -1;
    }
    trying->number++;
    if (trying->before && trying->temporary.path)
        mm_folder_remove(trying->before);
    free(trying->before);
    trying->before = trying->simulated;
    trying->simulated = folder;
    return 0;
}

/* ---- the inspector ---- */

static int run_again(void *context, struct cli_options *options, const struct mm_plan *plan,
                     struct mm_err *err)
{
    struct trying *trying = context;
    struct interrupt interrupt;
    interrupt_begin(&interrupt);
    interrupt_removes(&interrupt, trying->temporary.path);
    int result = simulate_next(trying, options, plan, &interrupt, err);
    interrupt_end(&interrupt);
    if (result < 0)
        return -1;
    options->session.dst = trying->simulated;
    options->session.before = trying->before;
    return 0;
}

static int check(const struct cli_options *options, struct mm_err *err)
{
    if (options->word_count != 1)
        return mm_fail(err, MM_EARG,
                       "try needs one model: mmtui try model.onnx -i input.npy --precision-mode MODE");
    if (options->dump.input.count > 0 && options->dump.seeded)
        return mm_fail(err, MM_EARG, "give inputs (-i) or have them made up (--seed), not both");
    if (!options->simulate.mode && !options->simulate.plan)
        return mm_fail(err, MM_EARG,
                       "try needs a precision: --precision-mode MODE, or a --plan that has one");
    return 0;
}

/* Returns the number of the signal that ended it, 0 or -1. */
static int run_both(struct trying *trying, const struct cli_options *options, struct mm_err *err)
{
    struct interrupt interrupt;
    interrupt_begin(&interrupt);
    interrupt_removes(&interrupt, trying->temporary.path);
    struct mm_run_options how = run_options(options, &interrupt);
    int result = run_library(options, &trying->ort, err);
    if (result == 0)
        result = run_into(trying, options, trying->reference, &how, NULL, NULL, err);
    if (result == 0)
        result = simulate_next(trying, options, NULL, &interrupt, err);
    int number = interrupt_end(&interrupt);
    return result < 0 && number ? number : result;
}

/* On a terminal the inspector has its own way with signals. */
static int inspect_safely(struct trying *trying, struct cli_options *options,
                          const struct inspect_runner *runner)
{
    struct interrupt interrupt;
    if (inspect_has_terminal(options))
        return inspect(options, runner);
    interrupt_begin(&interrupt);
    interrupt_at_once(&interrupt);
    interrupt_removes(&interrupt, trying->temporary.path);
    int status = inspect(options, runner);
    interrupt_end(&interrupt);
    return status;
}

int cmd_try(struct cli_options *options)
{
    struct mm_err err = {0};
    struct trying trying = {.temporary.lock = -1};
    int result = check(options, &err);
    if (result == 0)
        result = make_top(&trying, options->output, &err);
    if (result == 0)
        result = run_both(&trying, options, &err);
    int status = result > 0 ? EXIT_SIGNAL + result : EXIT_ERROR;
    if (result == 0) {
        const struct inspect_runner runner = {&trying, run_again, trying.said, trying.note};
        options->session.src = trying.reference;
        options->session.dst = trying.simulated;
        options->model = options->words[0];
        options->plan = options->simulate.plan;
        status = inspect_safely(&trying, options, &runner);
    } else {
        cli_error(&err);
    }
    trying_done(&trying);
    return status;
}
