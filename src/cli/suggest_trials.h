/* suggest_trials: a model run in a simulated precision, with some operators in float32, and how far its outputs are off. */
#ifndef MMTUI_CLI_SUGGEST_TRIALS_H
#define MMTUI_CLI_SUGGEST_TRIALS_H

#include "cli/interrupt.h"
#include "cli/simulate.h"
#include "cli/temporary_folder.h"

struct trial_output;
struct trial_errors;

/* An operator that could be raised. */
struct candidate {
    char *name, *op_type, *tensor;
    double error; /* of the outputs, with it alone in float32 */
    size_t place; /* in the model */
    bool raised;
};

struct trials {
    const struct cli_options *options;
    struct interrupt *interrupt;
    struct mm_ort *ort;
    struct simulation simulation;
    struct trial_output *output; /* of the plain run */
    size_t outputs, output_room;
    struct candidate *candidate;
    size_t candidates, candidate_room;
    struct mm_tails *tails;         /* NULL: settings are run one after another */
    struct temporary_folder folder; /* for models with tails */
    struct mm_simulated_op
        *op; /* those of the plan that it began with, those that are raised, and alike in tails */
    size_t ops, op_room;
    struct trial_errors *errors; /* of the run under way */
    size_t feed;                 /* which one is run */
    size_t runs, settings;       /* so far */
};

/* Run the model as it is, and in the precision; find the candidates. *error: of the outputs, relative L2 of the worst. */
int trials_begin(struct trials *trials, struct cli_options *options, struct interrupt *interrupt,
                 double *error, struct mm_err *err);
void trials_done(struct trials *trials);
/*
 * The outputs' error with what is raised now but for one of `changed`, [count], which is raised if it is not, and is not if it is:
 * error[i] for each. Several of them are computed by one run, as many as --batch-memory allows.
 */
int trials_measure(struct trials *trials, struct candidate *const *changed, size_t count, double *error,
                   struct mm_err *err);
/* With what is raised now. */
int trials_measure_raised(struct trials *trials, double *error, struct mm_err *err);

#endif
