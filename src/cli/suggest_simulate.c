/* Which operators to raise, by running the model: the search, and what comes of it. */
#include "cli/suggest_simulate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/translate.h"
#include "cli/commands.h"
#include "cli/suggest_trials.h"

/* ---- each alone ---- */

static int by_error(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    int order = (x->error > y->error) - (x->error < y->error);
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

static int measure_each(struct trials *trials, struct mm_err *err)
{
    size_t count = trials->candidates;
    struct candidate **each = calloc(count + 1, sizeof *each);
    double *error = calloc(count + 1, sizeof *error);
    int result = each && error ? 0 : mm_fail_memory(err);
    for (size_t i = 0; each && i < count; i++)
        each[i] = &trials->candidate[i];
    if (result == 0)
        result = trials_measure(trials, each, count, error, err);
    for (size_t i = 0; result == 0 && i < count; i++)
        each[i]->error = error[i];
    free(each);
    free(error);
    if (result == 0 && count)
        qsort(trials->candidate, count, sizeof *trials->candidate, by_error);
    return result;
}

/* ---- the set ---- */

#define LOOKED_AT                                                                                            \
    24 /* candidates a step, those that gained most alone: gains do not add up, others' change less */

/* Of the next candidates the one that leaves the least error beside those that are raised. */
static int raise_best(struct trials *trials, double *error, struct mm_err *err)
{
    struct candidate *next[LOOKED_AT];
    double now[LOOKED_AT];
    size_t count = 0, best = 0;
    for (size_t i = 0; i < trials->candidates && count < LOOKED_AT; i++) {
        if (!trials->candidate[i].raised)
            next[count++] = &trials->candidate[i];
    }
    if (count == 0)
        return 0;
    if (trials_measure(trials, next, count, now, err) < 0)
        return -1;
    for (size_t i = 1; i < count; i++)
        best = now[i] < now[best] ? i : best;
    next[best]->raised = true;
    *error = now[best];
    return 0;
}

/* One after another, until it is good enough. */
static int raise_until(struct trials *trials, double goal, double *error, struct mm_err *err)
{
    for (size_t i = 0; i < trials->candidates && !(*error <= goal); i++) {
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
    return trials_measure_raised(trials, error, err);
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
        if (trials_measure_raised(trials, &without, err) < 0)
            return -1;
        here->raised = without > goal;
        *error = here->raised ? *error : without;
    }
    return 0;
}

/* The plan by itself: what is told is what a run with it has. */
static int prove(struct trials *trials, double *error, struct mm_err *err)
{
    for (size_t i = 0; i < trials->candidates; i++) {
        if (trials->candidate[i].raised)
            return trials_measure_raised(trials, error, err);
    }
    return 0;
}

/* ---- what is told ---- */

static int tell(const struct trials *trials, double before, double after, double goal, struct mm_err *err)
{
    struct mm_simulated_operator *item = calloc(trials->candidates + 1, sizeof *item);
    struct mm_buf text = {0};
    if (!item)
        return mm_fail_memory(err);
    for (size_t i = 0; i < trials->candidates; i++) {
        const struct candidate *here = &trials->candidate[i];
        item[i] = (struct mm_simulated_operator){here->name, here->op_type, here->tensor, here->error,
                                                 here->raised};
    }
    const struct mm_simulated_suggestions list = {.mode = trials->simulation.mode->name,
                                                  .before = before,
                                                  .after = after,
                                                  .goal = goal,
                                                  .settings = trials->settings,
                                                  .runs = trials->runs,
                                                  .item = item,
                                                  .count = trials->candidates};
    mm_report_simulated(&list, trials->options->kind, &text);
    cli_print(trials->options, &text);
    mm_buf_done(&text);
    free(item);
    return 0;
}

static int add_override(struct mm_plan *plan, const struct candidate *here, double before, struct mm_err *err)
{
    char a[MM_NUM], b[MM_NUM], why[200];
    mm_format(why, sizeof why, "simulated: with it alone in FLOAT32 the outputs are off by %s instead of %s",
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
    if (result == 0 && options->kind == MM_REPORT_TEXT)
        cli_print_line(options, options->output);
    return result;
}

/* ---- all of it ---- */

static int find(struct trials *trials, double before, struct mm_err *err)
{
    const struct cli_options *options = trials->options;
    bool top = options->suggest.rule == MM_SUGGEST_TOP, to = options->suggest.rule == MM_SUGGEST_TO_ERROR;
    double goal = to ? options->suggest.error : options->session.thresholds.diff2;
    double after = before;
    if (measure_each(trials, err) < 0)
        return -1;
    int result =
        top ? raise_top(trials, options->suggest.top, &after, err) : raise_until(trials, goal, &after, err);
    if (result == 0 && !top && after <= goal)
        result = prune(trials, goal, &after, err);
    if (result == 0 && !top)
        result = prove(trials, &after, err);
    if (result == 0)
        result = tell(trials, before, after, top ? INFINITY : goal, err);
    return result == 0 && options->output ? write_plan(trials, before, err) : result;
}

static int check(const struct cli_options *options, struct mm_err *err)
{
    if (options->word_count != 0)
        return mm_fail(err, MM_EARG, "--simulate runs its model: it takes no dumps");
    if (!options->simulate.mode && !options->plan)
        return mm_fail(err, MM_EARG, "--simulate needs a precision: --precision-mode MODE");
    if (options->suggest.rule == MM_SUGGEST_COVER)
        return mm_fail(err, MM_EARG, "--simulate measures errors: give --to-error X or --top N");
    if (options->dump.input.count > 0 && options->dump.seeded)
        return mm_fail(err, MM_EARG, "give inputs (-i) or have them made up (--seed), not both");
    return 0;
}

int suggest_simulated(struct cli_options *options)
{
    struct mm_err err = {0};
    struct interrupt interrupt;
    struct trials trials;
    double before;
    if (check(options, &err) < 0)
        return cli_error(&err);
    interrupt_begin(&interrupt);
    int result = trials_begin(&trials, options, &interrupt, &before, &err);
    if (result == 0)
        result = find(&trials, before, &err);
    trials_done(&trials);
    int number = interrupt_end(&interrupt);
    if (result == 0)
        return EXIT_FINE;
    cli_error(&err);
    return number ? EXIT_SIGNAL + number : EXIT_ERROR;
}
