/* A simulated precision: its calibration, and what is told of it. */
#include "cli/simulate.h"

#include "cli/run_model.h"

#include <stdlib.h>
#include <string.h>

#include "base/translate.h"

const struct mm_simulation *simulation_settings(const struct simulation *simulation)
{
    return simulation->mode ? &simulation->settings : NULL;
}

/* ---- calibration ---- */

static int open_feeds(struct simulation *simulation, const struct cli_options *options,
                      struct mm_feeds **feeds, struct mm_err *err)
{
    const struct cli_simulate *given = &options->simulate;
    const struct mm_model_run *run = mm_calibration_run(simulation->calibration);
    simulation->own_inputs = given->calibrate.count == 0;
    if (simulation->own_inputs)
        return run_feeds(options, run, feeds, err);
    return mm_feeds_open(feeds, run, given->calibrate.path, given->calibrate.count, &options->session.given,
                         err);
}

int simulation_calibrate(struct simulation *simulation, const struct cli_options *options,
                         const struct mm_ort *ort, const struct mm_run_options *how, struct mm_err *err)
{
    struct mm_feeds *feeds = NULL;
    if (!simulation->mode || !mm_simulation_needs_calibration(&simulation->settings))
        return 0;
    if (mm_calibration_open(&simulation->calibration, ort, options->words[0], &simulation->settings, how,
                            err) < 0 ||
        open_feeds(simulation, options, &feeds, err) < 0)
        return -1;
    int result = mm_calibration_take(simulation->calibration, feeds, err);
    simulation->calibration_runs = mm_feeds_runs(feeds);
    simulation->settings.calibration = simulation->calibration;
    mm_feeds_close(feeds);
    return result;
}

void simulation_share(struct simulation *simulation, const struct simulation *with)
{
    simulation->calibration = with->calibration;
    simulation->settings.calibration = with->calibration;
    simulation->calibration_runs = with->calibration_runs;
    simulation->own_inputs = with->own_inputs;
    simulation->shared = true;
}

/* ---- what is told ---- */

int simulation_write(const struct simulation *simulation, const struct mm_model_run *run, const char *folder,
                     struct mm_err *err)
{
    struct mm_buf text = {0};
    struct mm_simulated_counts counts;
    mm_model_run_simulated(run, &counts);
    if (!simulation->calibration || counts.operators == 0)
        return 0;
    char *path = mm_path_join(folder, "scales.json");
    mm_model_run_scales(run, &text);
    int result =
        path && !text.failed ? mm_file_write(path, text.data, text.length, err) : mm_fail_memory(err);
    free(path);
    mm_buf_done(&text);
    return result;
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

/* What is quantised, and from what; that nothing is, where something should be. */
static void put_integers(const struct simulation *simulation, const struct mm_simulated_counts *counts,
                         struct mm_buf *out)
{
    if (!mm_simulation_needs_calibration(&simulation->settings))
        return;
    if (counts->operators == 0) {
        mm_buf_say(out,
                   " nothing is quantised, the model has no operator with inputs of the types of --int-ops;");
        return;
    }
    mm_buf_printf(out, " %zu operator%s read%s %zu input%s as integers, calibrated with %zu run%s%s;",
                  counts->operators, plural(counts->operators), counts->operators == 1 ? "s" : "",
                  counts->quantised, plural(counts->quantised), simulation->calibration_runs,
                  plural(simulation->calibration_runs), simulation->own_inputs ? " of the same inputs" : "");
}

#define NAMES_SHOWN 3

/* Inputs whose range nothing tells are not simulated as they would run: which, and what is done. */
static void put_unseen(const struct simulation *simulation, struct mm_buf *out)
{
    const char *name[NAMES_SHOWN];
    size_t unseen =
        simulation->calibration ? mm_calibration_unseen(simulation->calibration, name, NAMES_SHOWN) : 0;
    if (unseen == 0)
        return;
    mm_buf_printf(
        out,
        ". The calibration gave NaN or infinity alone, no finite value, for %zu of these inputs: ", unseen);
    for (size_t i = 0; i < unseen && i < NAMES_SHOWN; i++) {
        mm_buf_puts(out, i ? ", " : "");
        mm_text_escape(out, name[i], strlen(name[i]));
    }
    if (unseen > NAMES_SHOWN)
        mm_buf_printf(out, " and %zu more", unseen - NAMES_SHOWN);
    mm_buf_printf(
        out,
        ". %s quantised with a scale of 1, which tells nothing about a real run: calibrate with inputs "
        "whose results are finite",
        unseen == 1 ? "It is" : "They are");
}

void simulation_put(const struct simulation *simulation, const struct mm_model_run *run, struct mm_buf *out)
{
    struct mm_simulated_counts counts;
    if (!simulation->mode)
        return;
    mm_model_run_simulated(run, &counts);
    mm_buf_printf(out, "%s:", simulation->mode->name);
    put_integers(simulation, &counts, out);
    mm_buf_printf(out, " %zu result%s and %zu constant%s rounded", counts.stored, plural(counts.stored),
                  counts.weights, plural(counts.weights));
    if (counts.folded)
        mm_buf_printf(out, "; %zu BatchNormalization%s folded", counts.folded, plural(counts.folded));
    if (counts.unknown)
        mm_buf_printf(out, "; %zu tensor%s not rounded, whose type nothing tells", counts.unknown,
                      plural(counts.unknown));
    put_unseen(simulation, out);
}
