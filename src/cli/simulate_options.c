/* What a simulated precision is told: words of the command line, and a plan. */
#include "cli/simulate.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/option_values.h"

/* ---- words ---- */

const char *precision_mode_name(size_t index)
{
    size_t count;
    const struct mm_precision_mode *modes = mm_precision_modes(&count);
    return index < count ? modes[index].name : NULL;
}

int set_precision_mode(struct cli_options *options, const struct option_info *info, const char *text,
                       struct mm_err *err)
{
    struct mm_buf words = {0};
    options->simulate.mode = mm_precision_mode_find(text);
    if (options->simulate.mode)
        return 0;
    for (size_t i = 0; precision_mode_name(i); i++)
        mm_buf_printf(&words, "%s%s", i ? ", " : "", precision_mode_name(i));
    mm_fail(err, MM_EARG, "--%s: \"%s\" is none of %s", info->name, text, mm_buf_text(&words));
    mm_buf_done(&words);
    return -1;
}

/* "Conv,Gemm": types of operators. */
int set_int_ops(struct cli_options *options, const struct option_info *info, const char *text,
                struct mm_err *err)
{
    struct cli_simulate *simulate = &options->simulate;
    simulate->int_ops = 0;
    for (const char *p = text; *p;) {
        size_t length = strcspn(p, ",");
        if (length == 0)
            return mm_fail(err, MM_EARG, "--%s: \"%s\" is no list of types, such as Conv,Gemm", info->name,
                           text);
        if (mm_grow((void **)&simulate->int_op, &simulate->int_op_room, simulate->int_ops + 1,
                    sizeof *simulate->int_op) < 0)
            return mm_fail_memory(err);
        const char *word = mm_arena_strndup(&options->given_text, p, length);
        if (!word)
            return mm_fail_memory(err);
        simulate->int_op[simulate->int_ops++] = word;
        p += length + (p[length] == ',');
    }
    return simulate->int_ops
               ? 0
               : mm_fail(err, MM_EARG, "--%s: give types of operators, such as Conv,Gemm", info->name);
}

int set_calibrate(struct cli_options *options, const struct option_info *info, const char *text,
                  struct mm_err *err)
{
    (void)info;
    return add_path(options, &options->simulate.calibrate, text, err);
}

/* The place of a word among some; -1 with a sentence. */
static int one_of(const struct option_info *info, const char *text, const char *const *words,
                  struct mm_err *err)
{
    struct mm_buf list = {0};
    for (int i = 0; words[i]; i++) {
        if (strcmp(words[i], text) == 0)
            return i;
    }
    for (int i = 0; words[i]; i++)
        mm_buf_printf(&list, "%s%s", i ? ", " : "", words[i]);
    mm_fail(err, MM_EARG, "--%s: \"%s\" is none of %s", info->name, text, mm_buf_text(&list));
    mm_buf_done(&list);
    return -1;
}

int set_quantize_algorithm(struct cli_options *options, const struct option_info *info, const char *text,
                           struct mm_err *err)
{
    static const char *const words[] = {"linear", "percentile", "mse", "kl", NULL};
    static const enum mm_range ranges[] = {MM_RANGE_MINMAX, MM_RANGE_P9999, MM_RANGE_MSE, MM_RANGE_KL};
    int place = one_of(info, text, words, err);
    if (place < 0)
        return -1;
    options->simulate.range = ranges[place];
    options->simulate.range_given = true;
    return 0;
}

static int set_switch(const struct option_info *info, const char *text, const char *const *words, bool *to,
                      struct mm_err *err)
{
    int place = one_of(info, text, words, err);
    *to = place > 0;
    return place < 0 ? -1 : 0;
}

int set_rounding(struct cli_options *options, const struct option_info *info, const char *text,
                 struct mm_err *err)
{
    static const char *const words[] = {"even", "away", NULL};
    return set_switch(info, text, words, &options->simulate.away, err);
}

int set_scale_by(struct cli_options *options, const struct option_info *info, const char *text,
                 struct mm_err *err)
{
    static const char *const words[] = {"divide", "reciprocal", NULL};
    return set_switch(info, text, words, &options->simulate.reciprocal, err);
}

int set_overflow(struct cli_options *options, const struct option_info *info, const char *text,
                 struct mm_err *err)
{
    static const char *const words[] = {"infinity", "saturate", NULL};
    return set_switch(info, text, words, &options->simulate.saturate, err);
}

/* ---- the plan ---- */

static enum mm_dtype dtype_of(enum mm_precision precision)
{
    static const enum mm_dtype dtypes[MM_PRECISION_COUNT] = {[MM_PRECISION_I8] = MM_I8,
                                                             [MM_PRECISION_I16] = MM_I16,
                                                             [MM_PRECISION_F16] = MM_F16,
                                                             [MM_PRECISION_BF16] = MM_BF16,
                                                             [MM_PRECISION_F32] = MM_F32};
    return (size_t)precision < MM_COUNT(dtypes) ? dtypes[precision] : MM_DTYPE_NONE;
}

static int take_overrides(struct simulation *simulation, const char *path, struct mm_err *err)
{
    size_t count = mm_plan_count(simulation->plan);
    simulation->op = calloc(count + 1, sizeof *simulation->op);
    if (!simulation->op)
        return mm_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        const struct mm_override *override = mm_plan_at(simulation->plan, i);
        enum mm_dtype dtype = dtype_of(override->precision);
        if (dtype == MM_DTYPE_NONE)
            return mm_fail(err, MM_EUNSUPPORTED, "%s: %s: %s can't be simulated", path, override->name,
                           mm_override_precision(override));
        simulation->op[i] = (struct mm_simulated_op){override->name, override->tensor, dtype};
    }
    simulation->settings.op = simulation->op;
    simulation->settings.ops = count;
    return 0;
}

static bool is_set(const struct mm_plan *plan, const char *key, const char *value)
{
    const char *set = mm_plan_setting(plan, key);
    return set && strcmp(set, value) == 0;
}

/* True if the plan has this value; where it wins, false if it has another one. */
static void take_switch(const struct mm_plan *plan, const char *key, const char *value, bool wins, bool *to)
{
    if (is_set(plan, key, value))
        *to = true;
    else if (wins && mm_plan_setting(plan, key))
        *to = false;
}

/* What the plan says of the network, where the command line says nothing. */
static void take_settings(struct simulation *simulation, const struct cli_simulate *given)
{
    static const struct {
        const char *value, *mode;
    } modes[] = {{"float32", "force_float32"},
                 {"float16", "force_float16"},
                 {"bfloat16", "force_bfloat16"},
                 {"int8_float16", "qint8_mixed_float16"},
                 {"int8_float32", "qint8_mixed_float32"},
                 {"int16_float16", "qint16_mixed_float16"},
                 {"int16_float32", "qint16_mixed_float32"}};
    static const struct {
        const char *value;
        enum mm_range range;
    } ranges[] = {{"min_max", MM_RANGE_MINMAX},
                  {"percentile_99.99", MM_RANGE_P9999},
                  {"mse", MM_RANGE_MSE},
                  {"entropy", MM_RANGE_KL}};
    const struct mm_plan *plan = simulation->plan;
    bool wins =
        plan != simulation->own; /* one that a person is working on: said later than the command line */
    for (size_t i = 0; i < MM_COUNT(modes) && (wins || !given->mode); i++) {
        if (is_set(plan, "network_precision", modes[i].value))
            simulation->mode = mm_precision_mode_find(modes[i].mode);
    }
    for (size_t i = 0; i < MM_COUNT(ranges) && (wins || !given->range_given); i++) {
        if (is_set(plan, "calibration_statistics", ranges[i].value))
            simulation->settings.range = ranges[i].range;
    }
    take_switch(plan, "weight_granularity", "per_channel", wins, &simulation->settings.filter_per_channel);
    take_switch(plan, "activation_symmetry", "asymmetric", wins, &simulation->settings.asymmetric);
}

static int take_plan(struct simulation *simulation, const struct cli_simulate *given, struct mm_err *err)
{
    if (!simulation->plan) {
        if (mm_plan_open(&simulation->own, err) < 0 || mm_plan_load(simulation->own, given->plan, err) < 0)
            return -1;
        simulation->plan = simulation->own;
    }
    take_settings(simulation, given);
    return take_overrides(simulation, given->plan ? given->plan : "the plan", err);
}

/* Of integers; and all that a precision is simulated by. */
static bool tells_integers(const struct cli_simulate *given)
{
    return given->int_ops || given->calibrate.count || given->range_given || given->input_per_channel ||
           given->filter_per_channel || given->asymmetric || given->away || given->reciprocal;
}

/* Options that nothing would come of. */
static int check_given(const struct cli_simulate *given, bool planned, struct mm_err *err)
{
    bool integers = tells_integers(given);
    if (!given->mode && !planned && (integers || given->fold_conv_bn || given->saturate))
        return mm_fail(
            err, MM_EARG,
            "options of a simulated precision are given, but none is simulated: add --precision-mode MODE");
    if (given->mode && !planned && integers && given->mode->integers == MM_DTYPE_NONE)
        return mm_fail(err, MM_EARG,
                       "%s has no integers: leave out the options of quantisation, or take a mode such as "
                       "qint8_mixed_float16",
                       given->mode->name);
    return 0;
}

int simulation_begin(struct simulation *simulation, const struct cli_options *options,
                     const struct mm_plan *plan, struct mm_err *err)
{
    const struct cli_simulate *given = &options->simulate;
    bool planned = plan || given->plan;
    *simulation = (struct simulation){.mode = given->mode, .plan = plan};
    if (check_given(given, planned, err) < 0)
        return -1;
    simulation->settings = (struct mm_simulation){.int_ops = given->int_ops ? given->int_op : NULL,
                                                  .int_op_count = given->int_ops,
                                                  .range = given->range,
                                                  .input_per_channel = given->input_per_channel,
                                                  .filter_per_channel = given->filter_per_channel,
                                                  .asymmetric = given->asymmetric,
                                                  .fold_conv_bn = given->fold_conv_bn,
                                                  .away = given->away,
                                                  .reciprocal = given->reciprocal,
                                                  .saturate = given->saturate};
    if (planned && take_plan(simulation, given, err) < 0) {
        simulation_done(simulation);
        return -1;
    }
    if (!simulation->mode && planned)
        simulation->mode = mm_precision_mode_find("force_float32");
    if (simulation->mode) {
        simulation->settings.storage = simulation->mode->storage;
        simulation->settings.integers = simulation->mode->integers;
    }
    return 0;
}

void simulation_done(struct simulation *simulation)
{
    if (!simulation->shared)
        mm_calibration_close(simulation->calibration);
    mm_plan_close(simulation->own);
    free(simulation->op);
    *simulation = (struct simulation){0};
}
