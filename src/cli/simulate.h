/* simulate: a simulated precision, as the command line and a plan ask for it. */
#ifndef MMTUI_CLI_SIMULATE_H
#define MMTUI_CLI_SIMULATE_H

#include "cli/options.h"

struct simulation {
    const struct mm_precision_mode *mode; /* NULL: nothing is simulated */
    struct mm_simulation settings;
    struct mm_plan *own;        /* that of --plan */
    const struct mm_plan *plan; /* it, or another one; NULL: none */
    struct mm_simulated_op *op;
    struct mm_calibration *calibration;
    bool shared; /* the calibration is another one's */
    size_t calibration_runs;
    bool own_inputs; /* the ranges are those of the inputs that are run */
};

/* Read the words, and the plan: this one (borrowed), or if it is NULL that of --plan. -1: it can't be read, or wants what
 * can't be simulated. */
int simulation_begin(struct simulation *simulation, const struct cli_options *options,
                     const struct mm_plan *plan, struct mm_err *err);
void simulation_done(struct simulation *simulation);
/* Run the calibration, if it needs one. */
int simulation_calibrate(struct simulation *simulation, const struct cli_options *options,
                         const struct mm_ort *ort, const struct mm_run_options *how, struct mm_err *err);
/* Use the calibration of another one, which outlives this, and of which mm_calibration_serves. */
void simulation_share(struct simulation *simulation, const struct simulation *with);
/* NULL: nothing is simulated. */
const struct mm_simulation *simulation_settings(const struct simulation *simulation);
/* Write scales.json beside what was dumped, where something was quantised. */
int simulation_write(const struct simulation *simulation, const struct mm_model_run *run, const char *folder,
                     struct mm_err *err);
/* "qint8_mixed_float16: 52 operators quantised, 471 tensors rounded", appended. */
void simulation_put(const struct simulation *simulation, const struct mm_model_run *run, struct mm_buf *out);

#endif
