/* `mmtui dump`: every tensor of a real run of a model; or a script that dumps a framework's tensors. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/translate.h"
#include "cli/commands.h"
#include "cli/dump_script.h"
#include "cli/interrupt.h"
#include "cli/run_model.h"
#include "cli/simulate.h"

/* What is said before it begins. */
static int check(const struct cli_options *options, struct mm_err *err)
{
    const struct cli_dump *dump = &options->dump;
    struct stat info;
    if (!options->output && dump->input.count == 0 && stat("dump", &info) == 0 && S_ISDIR(info.st_mode))
        return mm_fail(err, MM_EARG,
                       "dump is a command: the folder of this name is ./dump (mmtui dump --help)");
    if (options->word_count != 1)
        return mm_fail(err, MM_EARG, "dump needs one model: mmtui dump model.onnx -i input.npy -o DIR");
    if (!options->output)
        return mm_fail(err, MM_EARG, "dump needs a folder to write to: -o DIR");
    if (dump->input.count > 0 && dump->seeded)
        return mm_fail(err, MM_EARG, "give inputs (-i) or have them made up (--seed), not both");
    if (dump->mode == MM_DUMP_SPECIFIC && dump->tensors == 0)
        return mm_fail(err, MM_EARG, "--mode specific needs names of tensors: --tensor NAME");
    if (dump->float32 && (options->simulate.mode || options->simulate.plan))
        return mm_fail(
            err, MM_EARG,
            "--float32 is a precision already, that of the float16 model itself: give it or %s, not both",
            options->simulate.mode ? "--precision-mode" : "--plan");
    if (dump->float32 && dump->level > 0)
        return mm_fail(
            err, MM_EARG,
            "--as-deployed runs what ONNX Runtime makes of float16, and --float32 what float16 stores: "
            "give one");
    if ((options->simulate.mode || options->simulate.plan) && (dump->level > 0 || dump->check))
        return mm_fail(err, MM_EARG,
                       "a simulated precision is neither the deployed model nor a plain run: leave out %s",
                       dump->check ? "--check" : "--as-deployed");
    return 0;
}

static void print_done(const struct cli_options *options, const struct mm_ort *ort,
                       const struct simulation *simulation, const struct mm_model_run *run, size_t runs)
{
    struct mm_buf line = {0};
    size_t left_out = mm_model_run_left_out(run);
    size_t written = mm_model_run_written(run);
    mm_buf_printf(&line, "%s: %zu tensor%s of %zu run%s", options->output, written, written == 1 ? "" : "s",
                  runs, runs == 1 ? "" : "s");
    if (options->dump.seeded)
        mm_buf_printf(&line, " with made-up inputs (seed %.0f)", options->dump.seed);
    mm_buf_printf(&line, ", ONNX Runtime %s", mm_ort_version(ort));
    if (left_out)
        mm_buf_printf(&line, "; %zu left out (sequences, text)", left_out);
    cli_print_line(options, mm_buf_text(&line));
    mm_buf_clear(&line);
    if (mm_model_run_has_half(run))
        mm_buf_say(
            &line,
            "the model computes in float16, which ONNX Runtime mostly does in float32 with casts around it, "
            "and "
            "what is dumped decides on the casts: figures can differ a little from a run without a dump; "
            "--float32 computes each operator in float32 and rounds its result to float16, whatever is "
            "dumped");
    cli_note(&line);
    mm_buf_init(&line);
    simulation_put(simulation, run, &line);
    if (line.length)
        cli_print_line(options, mm_buf_text(&line));
    mm_buf_done(&line);
}

static int dump(const struct cli_options *options, const struct interrupt *interrupt, struct mm_err *err)
{
    const struct mm_dump_info info = {.dump_mode = options->dump.mode,
                                      .path = options->output,
                                      .tensor_name = options->dump.tensor,
                                      .tensor_names = options->dump.tensors,
                                      .format = options->format ? options->format : mm_format_find("npy")};
    struct mm_run_options how = {.as_deployed = options->dump.level > 0,
                                 .level = options->dump.level,
                                 .float32 = options->dump.float32,
                                 .threads = options->dump.threads,
                                 .check = options->dump.check,
                                 .model_dir = options->dump.model_dir,
                                 .cancel = &interrupt->stopped};
    struct simulation simulation;
    struct mm_ort *ort = NULL;
    struct mm_model_run *run = NULL;
    size_t runs = 0;
    if (simulation_begin(&simulation, options, NULL, err) < 0)
        return -1;
    int result = run_library(options, &ort, err);
    if (result == 0)
        result = simulation_calibrate(&simulation, options, ort, &how, err);
    how.simulation = simulation_settings(&simulation);
    if (result == 0)
        result = mm_model_run_open(&run, ort, options->words[0], &info, &how, err);
    if (result == 0)
        result = run_model(options, run, &runs, err);
    if (result == 0)
        result = simulation_write(&simulation, run, options->output, err);
    if (result == 0)
        print_done(options, ort, &simulation, run, runs);
    mm_model_run_close(run);
    simulation_done(&simulation);
    mm_ort_close(ort);
    return result;
}

static int print_script(const struct cli_options *options)
{
    struct mm_err err = {0};
    struct mm_buf script = {0};
    int result = 0;
    if (options->word_count > 0)
        result =
            mm_fail(&err, MM_EARG,
                    "--script prints a Python script, which runs the model: mmtui dump --script %s > dump.py",
                    options->dump.script);
    if (result == 0)
        result = dump_script_put(options->dump.script, &script, &err);
    if (result == 0)
        cli_print(options, &script);
    mm_buf_done(&script);
    return result < 0 ? cli_error(&err) : EXIT_FINE;
}

int cmd_dump(struct cli_options *options)
{
    struct mm_err err = {0};
    struct interrupt interrupt;
    if (options->dump.script)
        return print_script(options);
    if (check(options, &err) < 0)
        return cli_error(&err);
    interrupt_begin(&interrupt);
    int result = dump(options, &interrupt, &err);
    int number = interrupt_end(&interrupt);
    if (result < 0)
        cli_error(&err);
    return result == 0 ? EXIT_FINE : number ? EXIT_SIGNAL + number : EXIT_ERROR;
}
