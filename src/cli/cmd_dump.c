/* `mmtui dump`: every tensor of a real run of a model; or a script that dumps a framework's tensors. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cli/commands.h"
#include "cli/dump_script.h"
#include "cli/interrupt.h"

/* What is said before it begins. */
static int check(const struct cli_options *options, struct mm_err *err)
{
    const struct cli_dump *dump = &options->dump;
    struct stat info;
    if (!options->output && dump->inputs == 0 && stat("dump", &info) == 0 && S_ISDIR(info.st_mode))
        return mm_fail(err, MM_EARG,
                       "dump is a command: the folder of this name is ./dump (mmtui dump --help)");
    if (options->word_count != 1)
        return mm_fail(err, MM_EARG, "dump needs one model: mmtui dump model.onnx -i input.npy -o DIR");
    if (!options->output)
        return mm_fail(err, MM_EARG, "dump needs a folder to write to: -o DIR");
    if (dump->inputs > 0 && dump->seeded)
        return mm_fail(err, MM_EARG, "give inputs (-i) or have them made up (--seed), not both");
    if (dump->mode == MM_DUMP_SPECIFIC && dump->tensors == 0)
        return mm_fail(err, MM_EARG, "--mode specific needs names of tensors: --tensor NAME");
    return 0;
}

/* Without -i and --seed only a model without inputs can be run: mm_model_run says what is missing. */
static int read_feeds(const struct cli_options *options, const struct mm_model_run *run,
                      struct mm_feeds **feeds, struct mm_err *err)
{
    const struct cli_dump *dump = &options->dump;
    const struct mm_given_list *given = &options->session.given;
    if (dump->seeded)
        return mm_feeds_random(feeds, run, (uint64_t)dump->seed, given, err);
    return mm_feeds_open(feeds, run, dump->input, dump->inputs, given, err);
}

static int run_all(struct mm_model_run *run, const struct mm_feeds *feeds, struct mm_err *err)
{
    for (size_t i = 0; i < mm_feeds_runs(feeds); i++) {
        size_t count;
        const struct mm_feed *feed = mm_feeds_run(feeds, i, &count);
        if (mm_model_run(run, feed, count, err) < 0)
            return -1;
    }
    return 0;
}

/* Whatever becomes of the run, what was dumped is listed. */
static int dump_runs(const struct cli_options *options, struct mm_model_run *run, size_t *runs,
                     struct mm_err *err)
{
    struct mm_feeds *feeds = NULL;
    struct mm_err why = {0};
    if (read_feeds(options, run, &feeds, err) < 0)
        return -1;
    int result = run_all(run, feeds, err);
    *runs = mm_feeds_runs(feeds);
    if (result == 0 || mm_model_run_written(run) > 0) {
        if (mm_model_run_finish(run, &why) < 0 && result == 0) {
            *err = why;
            result = -1;
        }
    }
    mm_feeds_close(feeds);
    return result;
}

static void print_done(const struct cli_options *options, const struct mm_ort *ort,
                       const struct mm_model_run *run, size_t runs)
{
    struct mm_buf line = {0};
    size_t left_out = mm_model_run_left_out(run);
    mm_buf_printf(&line, "%s: %zu tensors of %zu run%s", options->output, mm_model_run_written(run), runs,
                  runs == 1 ? "" : "s");
    if (options->dump.seeded)
        mm_buf_printf(&line, " with made-up inputs (seed %.0f)", options->dump.seed);
    mm_buf_printf(&line, ", ONNX Runtime %s", mm_ort_version(ort));
    if (left_out)
        mm_buf_printf(&line, "; %zu left out (sequences, text)", left_out);
    cli_print_line(options, mm_buf_text(&line));
    mm_buf_clear(&line);
    if (mm_model_run_has_half(run))
        mm_buf_puts(
            &line,
            "the model computes in float16, which ONNX Runtime mostly does in float32 with casts around it, "
            "and "
            "what is dumped decides on the casts: figures can differ a little from a run without a dump");
    cli_note(&line);
}

static int dump(const struct cli_options *options, const struct interrupt *interrupt, struct mm_err *err)
{
    const struct mm_dump_info info = {.dump_mode = options->dump.mode,
                                      .path = options->output,
                                      .tensor_name = options->dump.tensor,
                                      .tensor_names = options->dump.tensors,
                                      .format = options->format ? options->format : mm_format_find("npy")};
    const struct mm_run_options how = {.as_deployed = options->dump.level > 0,
                                       .level = options->dump.level,
                                       .threads = options->dump.threads,
                                       .check = options->dump.check,
                                       .model_dir = options->dump.model_dir,
                                       .cancel = &interrupt->stopped};
    struct mm_ort *ort = NULL;
    struct mm_model_run *run = NULL;
    size_t runs = 0;
    int result = cli_ort_open(options, &ort, err);
    if (result == 0)
        result = mm_model_run_open(&run, ort, options->words[0], &info, &how, err);
    if (result == 0)
        result = dump_runs(options, run, &runs, err);
    if (result == 0)
        print_done(options, ort, run, runs);
    mm_model_run_close(run);
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
