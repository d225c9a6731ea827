/* One tensor against one other, as the vendor tool's command `single` writes it. */
#include "mmtui/report.h"

#include <math.h>

struct single {
    const struct mm_single_options *options;
    struct mm_buf *out;
    size_t start; /* where the lines of the elements begin in out */
    int64_t beyond;
};

/* ---- the elements ---- */

static bool is_equal(double s, double d)
{
    return s == d || (isnan(s) && isnan(d));
}

static double relative_of(double s, double distance)
{
    if (distance == 0)
        return 0;
    return s == 0 ? INFINITY : distance / fabs(s);
}

static bool is_beyond(const struct mm_single_options *options, double distance, double relative)
{
    /* a NaN is beyond whatever the limits are */
    bool by_absolute = !(distance <= options->absolute), by_relative = !(relative <= options->relative);
    const bool by_mode[] = {[MM_BEYOND_ABSOLUTE] = by_absolute,
                            [MM_BEYOND_RELATIVE] = by_relative,
                            [MM_BEYOND_EITHER] = by_absolute || by_relative,
                            [MM_BEYOND_BOTH] = by_absolute && by_relative};
    return by_mode[options->mode];
}

static void put_element(struct mm_buf *out, int64_t index, double distance, double relative)
{
    char number[MM_NUM];
    mm_buf_whole(out, index);
    mm_buf_printf(out, ", %s", mm_num_repr(number, distance));
    mm_buf_printf(out, ", %s\n", mm_num_repr(number, relative));
}

static int take_elements(void *context, int64_t from, const double *s, const double *d, size_t n,
                         struct mm_err *err)
{
    struct single *single = context;
    if (from == 0) { /* anew */
        single->out->length = single->start;
        single->beyond = 0;
    }
    for (size_t i = 0; i < n; i++) {
        if (is_equal(s[i], d[i]))
            continue;
        bool finite = isfinite(s[i]) && isfinite(d[i]);
        double distance = finite ? fabs(s[i] - d[i]) : NAN;
        double relative = finite ? relative_of(s[i], distance) : NAN;
        if (!is_beyond(single->options, distance, relative))
            continue;
        put_element(single->out, from + (int64_t)i, distance, relative);
        single->beyond++;
    }
    return single->out->failed ? mm_fail_memory(err) : 0;
}

/* ---- the head ---- */

static void put_figures(struct mm_buf *out, const char *title, const double *figures, size_t count)
{
    char number[MM_NUM];
    mm_buf_printf(out, "%s: %s", title, count > 1 ? "[" : "");
    for (size_t i = 0; i < count; i++)
        mm_buf_printf(out, "%s%s", i ? ", " : "", mm_num_repr(number, figures[i]));
    mm_buf_puts(out, count > 1 ? "]\n" : "\n");
}

static void put_head(struct mm_buf *out, const struct mm_result *result, bool vendor)
{
    char shape[16 * MM_NUM];
    struct mm_diffs diffs;
    (vendor ? mm_vendor_diffs : mm_plain_diffs)(&result->metrics, &diffs);
    mm_buf_printf(out, "Shape: %s\n", mm_shape_text(&result->src.shape, false, shape, sizeof shape));
    put_figures(out, "Diff1", &diffs.diff1, 1);
    put_figures(out, "Diff2", &diffs.diff2, 1);
    put_figures(out, "Diff3", diffs.diff3, MM_COUNT(diffs.diff3));
    put_figures(out, "Diff4", diffs.diff4, MM_COUNT(diffs.diff4));
}

/* ---- the pair ---- */

static int single_pair(const struct mm_pair *pair, struct single *single, struct mm_err *err)
{
    struct mm_measure_options measure;
    struct mm_result result = {0};
    mm_measure_defaults(&measure);
    mm_measure_pair(pair, NULL, &measure, NULL, &result);
    int failed = 0;
    if (result.state == MM_STATE_FAILED)
        failed = result.error ? mm_fail(err, result.code, "%s", result.error) : mm_fail_memory(err);
    else if (result.state == MM_STATE_MEASURED)
        put_head(single->out, &result, single->options->vendor);
    single->start = single->out->length;
    mm_result_done(&result);
    return failed ? failed : mm_pair_elements(pair, NULL, take_elements, single, err);
}

static int open_one(struct mm_dump **dump, const char *path, const struct mm_single_options *options,
                    struct mm_err *err)
{
    const struct mm_dump_options given = {.schema = options->schema};
    if (mm_remote_dump_open(dump, path, &given, options->remotes, err) < 0)
        return -1;
    if ((*dump)->is_file && (*dump)->count == 1)
        return 0;
    return mm_fail(err, MM_EARG, "%s: has %zu tensors: a file with one is needed; mmtui compare takes all",
                   path, (*dump)->count);
}

int mm_report_single(const char *src, const char *dst, const struct mm_single_options *options,
                     struct mm_buf *out, int64_t *beyond, struct mm_err *err)
{
    struct mm_dump *s = NULL, *d = NULL;
    struct single single = {.options = options, .out = out};
    const struct mm_schema *schema = options->schema;
    int failed = open_one(&s, src, options, err) < 0 || open_one(&d, dst, options, err) < 0 ? -1 : 0;
    if (!failed && options->numbers && !schema) {
        mm_dump_say_numbers(s, " of src", options->numbers);
        mm_dump_say_numbers(d, " of dst", options->numbers);
    }
    if (!failed) {
        const struct mm_layout layout = {.axis = options->layout ? *options->layout : (struct mm_axis){0}};
        struct mm_pair pair = {.name = s->entries->parsed.name,
                               .src = s->entries,
                               .dst = d->entries,
                               .how = "the only tensor of each file",
                               .occurrence = 1,
                               .occurrences = 1,
                               .layout = &layout,
                               .round_half = options->vendor};
        failed = single_pair(&pair, &single, err);
    }
    mm_dump_close(s);
    mm_dump_close(d);
    if (!failed && beyond)
        *beyond = single.beyond;
    return failed;
}
