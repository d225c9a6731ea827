/* What a dump holds, tensor by tensor. */
#include "report/dumps.h"

#include <stdlib.h>
#include <inttypes.h>
#include <math.h>

#include "base/translate.h"

#define BINS 40

/* A tensor, measured by itself. */
struct shown {
    const struct mm_entry *entry;
    const struct mm_info *info;
    const struct mm_stats *stats;
    const struct mm_hist *hist; /* bins 0: there is none */
    const char *error;          /* it can't be read; NULL: it can */
};

/* ---- as text ---- */

static void put_name(struct mm_buf *out, const char *name)
{
    mm_text_escape(out, name, strlen(name));
}

static void put_place(struct mm_buf *out, const struct mm_shape *shape, int64_t at)
{
    int64_t coord[MM_RANK_MAX];
    if (at < 0 || shape->rank == 0)
        return;
    mm_shape_coords(shape, at, coord);
    for (int i = 0; i < shape->rank; i++)
        mm_buf_printf(out, "%s%" PRId64, i ? ", " : " at [", coord[i]);
    mm_buf_puts(out, "]");
}

static void put_figure(struct mm_buf *out, const char *title, double value)
{
    char number[MM_NUM];
    mm_buf_printf(out, "%s %s", title, mm_num_short(number, value, 6));
}

static void put_counts(struct mm_buf *out, const struct mm_stats *stats, int64_t count)
{
    const struct {
        const char *title;
        int64_t n;
    } rows[] = {
        {"zero", stats->zero}, {"NaN", stats->nan}, {"Inf", stats->pos_inf}, {"-Inf", stats->neg_inf}};
    const char *before = "  ";
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        if (rows[i].n == 0)
            continue;
        char share[MM_NUM];
        mm_num_short(share, 100.0 * (double)rows[i].n / (double)count, 3);
        mm_buf_printf(out, "%s%" PRId64 " %s (%s %%)", before, rows[i].n, mm_tr_in("count", rows[i].title),
                      share);
        before = ", ";
    }
    if (before[0] == ',')
        mm_buf_putc(out, '\n');
}

/* Heights against the fullest bin; a bin with anything in it is seen. */
static void put_hist(struct mm_buf *out, const struct mm_hist *hist, bool ascii)
{
    static const char *const glyphs[2][9] = {{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
                                             {" ", ".", ":", "-", "=", "+", "*", "#", "@"}};
    uint64_t most = 1;
    char low[MM_NUM], high[MM_NUM];
    for (size_t i = 0; i < hist->bins; i++)
        most = hist->count[i] > most ? hist->count[i] : most;
    mm_buf_printf(out, "  %s ", mm_num_short(low, hist->low, 4));
    for (size_t i = 0; i < hist->bins; i++) {
        double share = (double)hist->count[i] / (double)most;
        int eighths = hist->count[i] == 0 ? 0 : (int)fmax(1, round(share * 8));
        mm_buf_puts(out, glyphs[ascii][eighths]);
    }
    mm_buf_printf(out, " %s\n", mm_num_short(high, hist->high, 4));
}

static void put_head(struct mm_buf *out, const struct shown *shown)
{
    const struct mm_info *info = shown->info;
    char shape[16 * MM_NUM];
    const char *stored = mm_entry_stored_as(shown->entry);
    mm_buf_printf(out, "  %s %s, %" PRId64 " value%s", stored ? stored : mm_dtype_info(info->dtype)->name,
                  mm_shape_text(&info->shape, false, shape, sizeof shape), info->count,
                  info->count == 1 ? "" : "s");
    if (info->node_name[0]) {
        mm_buf_say(out, ", node ");
        put_name(out, info->node_name);
    }
    if (info->op_type[0]) {
        mm_buf_puts(out, ", ");
        put_name(out, info->op_type);
    }
    mm_buf_putc(out, '\n');
}

/* What the numbers are, where they are no values. */
static void put_meaning(struct mm_buf *out, const struct shown *shown)
{
    if (mm_entry_stored_as(shown->entry))
        return;
    if (mm_dtype_is_element(shown->info->dtype))
        mm_buf_say(
            out,
            "  elements of blocks: a value is one times its block's scale, which is not in this tensor\n");
    else if (shown->info->dtype == MM_F8E8M0)
        mm_buf_say(out, "  powers of two: the scales of blocks (OCP MX)\n");
}

/* "Max, Min of torch.bool [2]: 1, 0" */
static void put_kept(struct mm_buf *out, const struct shown *shown)
{
    struct mm_load load;
    char number[MM_NUM];
    mm_buf_puts(out, "  ");
    put_name(out, shown->entry->kept_of);
    if (mm_load_open(&load, shown->entry, NULL, NULL) < 0)
        return;
    for (int64_t i = 0; i < load.tensor.count; i++)
        mm_buf_printf(out, "%s%s", i ? ", " : ": ", mm_num_short(number, mm_tensor_at(&load.tensor, i), 6));
    mm_buf_putc(out, '\n');
    mm_load_close(&load);
}

static void put_stats(struct mm_buf *out, const struct shown *shown)
{
    const struct mm_stats *stats = shown->stats;
    if (stats->finite > 0) {
        put_figure(out, "  min", stats->min);
        put_place(out, &shown->info->shape, stats->min_at);
        put_figure(out, ", max", stats->max);
        put_place(out, &shown->info->shape, stats->max_at);
        put_figure(out, ", mean", stats->mean);
        put_figure(out, ", std", stats->std);
        mm_buf_putc(out, '\n');
    } else if (shown->info->count > 0) {
        mm_buf_say(out, "  no finite value\n");
    }
    put_counts(out, stats, shown->info->count);
}

static void put_text(const struct shown *shown, const struct mm_show_options *options, struct mm_buf *out)
{
    put_name(out, shown->entry->parsed.name);
    mm_buf_putc(out, '\n');
    if (shown->entry->kept_of && !shown->error) {
        put_kept(out, shown);
        return;
    }
    if (shown->info->known)
        put_head(out, shown);
    put_meaning(out, shown);
    if (shown->error) {
        mm_buf_puts(out, "  ");
        put_name(out, shown->error);
        mm_buf_putc(out, '\n');
        return;
    }
    put_stats(out, shown);
    if (shown->hist->bins > 0)
        put_hist(out, shown->hist, options->ascii);
}

/* ---- as JSON ---- */

static void put_json_stats(const struct mm_stats *stats, struct mm_json *json)
{
    size_t count;
    const struct mm_figure *figures = mm_stat_figures(&count);
    for (size_t i = 0; i < count; i++) {
        const char *at = (const char *)stats + figures[i].member;
        if (figures[i].kind == MM_FIGURE_REAL)
            mm_json_put_number(json, figures[i].name, *(const double *)at);
        else
            mm_json_put_whole(json, figures[i].name, *(const int64_t *)at);
    }
}

static void put_json_hist(const struct mm_hist *hist, struct mm_json *json)
{
    mm_json_open_object(json, "histogram");
    mm_json_put_number(json, "low", hist->low);
    mm_json_put_number(json, "high", hist->high);
    mm_json_open_array(json, "count");
    for (size_t i = 0; i < hist->bins; i++)
        mm_json_put_whole(json, NULL, (int64_t)hist->count[i]);
    mm_json_close_array(json);
    mm_json_close_object(json);
}

static void put_json(const struct shown *shown, struct mm_json *json)
{
    const struct mm_info *info = shown->info;
    mm_json_open_object(json, NULL);
    mm_json_put_text(json, "name", shown->entry->parsed.name);
    mm_json_put_text(json, "file", shown->entry->source->file);
    if (shown->entry->statistics && !shown->error) {
        report_put_statistics(json, shown->entry->statistics);
        mm_json_close_object(json);
        return;
    }
    if (info->known) {
        mm_json_put_text(json, "dtype", mm_dtype_info(info->dtype)->name);
        if (mm_entry_stored_as(shown->entry))
            mm_json_put_text(json, "stored_as", mm_entry_stored_as(shown->entry));
        mm_json_open_array(json, "shape");
        for (int i = 0; i < info->shape.rank; i++)
            mm_json_put_whole(json, NULL, info->shape.dim[i]);
        mm_json_close_array(json);
        mm_json_put_whole(json, "elements", info->count);
        mm_json_put_text(json, "node", info->node_name);
        mm_json_put_text(json, "op", info->op_type);
    }
    if (shown->error) {
        mm_json_put_text(json, "error", shown->error);
    } else {
        put_json_stats(shown->stats, json);
        if (shown->hist->bins > 0)
            put_json_hist(shown->hist, json);
    }
    mm_json_close_object(json);
}

/* ---- each tensor ---- */

/* What it is put into, and how. */
struct show {
    const struct mm_dump *dump;
    const struct mm_show_options *options;
    struct mm_buf *out;
    struct mm_json json;
    size_t shown, bad;
};

static bool is_wanted(const struct mm_show_options *options, const struct mm_entry *entry)
{
    bool wanted = options->count == 0;
    for (size_t i = 0; i < options->count && !wanted; i++)
        wanted = mm_text_glob(options->names[i], entry->parsed.name);
    return wanted;
}

static void put_entry(struct show *show, const struct shown *shown)
{
    show->shown++;
    show->bad += shown->error != NULL;
    if (show->options->json)
        put_json(shown, &show->json);
    else
        put_text(shown, show->options, show->out);
}

/* Its figures, and a histogram if it has one: false, and err. */
static bool show_here(const struct show *show, const struct mm_pair *pair, struct mm_result *result,
                      struct mm_pair_hist *hist, struct mm_err *err)
{
    static const struct mm_hist_options bins = {.bins = BINS};
    mm_measure_pair(pair, show->dump->schema, NULL, NULL, result);
    return result->state == MM_STATE_FAILED || result->metrics.src.finite <= 1 ||
           mm_pair_hist(pair, show->dump->schema, &bins, NULL, hist, err) == 0;
}

/* The same of one on another machine, counted there: as a pair with itself. */
static bool show_there(const struct show *show, const struct mm_pair *single, struct mm_result *result,
                       struct mm_pair_hist *hist)
{
    struct mm_measure_options measure;
    struct mm_pair pair = *single;
    pair.dst = pair.src;
    mm_measure_defaults(&measure);
    measure.elsewhere = mm_remotes_measurer(show->options->remotes);
    measure.hist_bins = BINS;
    mm_measure_pair(&pair, show->dump->schema, &measure, NULL, result);
    if (!result->hist || result->metrics.src.finite <= 1)
        return true;
    *hist = *result->hist;
    free(result->hist);
    result->hist = NULL;
    return true;
}

static void show_entry(struct show *show, const struct mm_entry *entry)
{
    struct mm_pair pair = {.name = entry->parsed.name, .src = entry, .occurrence = 1, .occurrences = 1};
    struct mm_pair_hist hist = {0};
    struct mm_result result = {0};
    struct mm_err err = {0};
    bool far = mm_remote_entry(entry) && entry->kept == MM_KEPT_ALL;
    bool good = far ? show_there(show, &pair, &result, &hist) : show_here(show, &pair, &result, &hist, &err);
    struct shown shown = {
        .entry = entry, .info = &result.src, .stats = &result.metrics.src, .hist = &hist.src};
    if (result.state == MM_STATE_FAILED)
        shown.error = result.error ? result.error : "no memory";
    else if (!good)
        shown.error = err.text;
    put_entry(show, &shown);
    mm_pair_hist_done(&hist);
    mm_result_done(&result);
}

int mm_report_show(const char *path, const struct mm_show_options *options, struct mm_buf *out, size_t *bad,
                   struct mm_err *err)
{
    struct show show = {.options = options, .out = out};
    struct mm_dump *dump;
    const struct mm_dump_options given = {
        .given = options->given, .part = options->part, .schema = options->schema};
    if (mm_remote_dump_open(&dump, path, &given, options->remotes, err) < 0)
        return -1;
    if (options->part.concat.count && mm_dump_joined(dump, err) < 0) {
        mm_dump_close(dump);
        return -1;
    }
    show.dump = dump;
    if (options->numbers && !options->schema)
        mm_dump_say_numbers(dump, "", options->numbers);
    mm_json_init(&show.json, out, (struct mm_json_style){.indent = 2});
    if (options->json)
        mm_json_open_array(&show.json, NULL);
    for (size_t i = 0; i < dump->count; i++) {
        if (is_wanted(options, &dump->entries[i]))
            show_entry(&show, &dump->entries[i]);
    }
    if (options->json)
        mm_json_close_array(&show.json);
    mm_dump_close(dump);
    if (bad)
        *bad = show.bad;
    if (show.shown == 0)
        return mm_fail(err, MM_ENOENT, "%s: no tensor in it has such a name", path);
    return out->failed ? mm_fail_memory(err) : 0;
}
