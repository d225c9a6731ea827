#include "mmtui/triage.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/translate.h"

void mm_thresholds_defaults(struct mm_thresholds *thresholds)
{
    *thresholds = (struct mm_thresholds){.diff1 = 0.05, .diff2 = 0.05};
}

bool mm_thresholds_over(const struct mm_thresholds *thresholds, const struct mm_metrics *metrics)
{
    bool over = metrics->diff2 > thresholds->diff2 || metrics->diff1 > thresholds->diff1;
    return over && !(thresholds->floor > 0 && metrics->max_abs <= thresholds->floor);
}

static bool is_integer(enum mm_dtype dtype)
{
    enum mm_kind kind = mm_dtype_info(dtype)->kind;
    return kind == MM_KIND_INT || kind == MM_KIND_UINT;
}

/* Ids and indices: 281 for 282 is another class, however near. Integers of 64 bits are nothing else; shorter ones may
 * be accumulators. */
static bool is_index(const struct mm_result *result)
{
    enum mm_dtype s = result->src.dtype, d = result->dst.dtype;
    return result->src.known && result->dst.known && is_integer(s) && is_integer(d) &&
           (mm_dtype_info(s)->bits == 64 || mm_dtype_info(d)->bits == 64);
}

static bool indices_over(const struct mm_thresholds *thresholds, const struct mm_result *result)
{
    const struct mm_metrics *m = &result->metrics;
    bool excused = thresholds->floor > 0 && m->max_abs <= thresholds->floor;
    return is_index(result) && !excused && (double)m->diff4_n > thresholds->diff2 * (double)m->finite;
}

bool mm_result_over(const struct mm_thresholds *thresholds, const struct mm_result *result)
{
    return mm_thresholds_over(thresholds, mm_result_judged(result)) || indices_over(thresholds, result);
}

bool mm_thresholds_over_table(const struct mm_thresholds *thresholds, const struct mm_table_error *table)
{
    return table->kind != MM_TABLE_NONE && table->error > thresholds->diff2;
}

/* max |x| over src's finite values; 0 when there are none. */
static double magnitude(const struct mm_stats *stats)
{
    return stats->finite ? fmax(fabs(stats->min), fabs(stats->max)) : 0;
}

static int64_t infinities(const struct mm_stats *stats)
{
    return stats->pos_inf + stats->neg_inf;
}

/* dst has more Inf than src, and src holds finite values that dst's format can't. */
static bool is_overflow(const struct mm_result *result)
{
    const struct mm_metrics *m = &result->metrics;
    const struct mm_dtype_info *dst = mm_dtype_info(result->dst.dtype);
    return dst->kind == MM_KIND_FLOAT && infinities(&m->dst) > infinities(&m->src) &&
           magnitude(&m->src) > dst->highest;
}

static void judge_nonfinite(const struct mm_result *result, struct mm_verdict *out)
{
    const struct mm_metrics *m = &result->metrics;
    char a[MM_NUM], b[MM_NUM];
    if (is_overflow(result)) {
        out->kind = MM_VERDICT_OVERFLOW;
        mm_format(out->text, sizeof out->text, "overflow: |x| up to %s > %s",
                  mm_num_short(a, magnitude(&m->src), 2),
                  mm_num_short(b, mm_dtype_info(result->dst.dtype)->highest, 5));
        return;
    }
    out->kind = MM_VERDICT_NONFINITE;
    bool in_dst = m->dst.nan + infinities(&m->dst) >= m->src.nan + infinities(&m->src);
    const struct mm_stats *side = in_dst ? &m->dst : &m->src;
    const char *where = in_dst ? "dst" : "src";
    if (side->nan && infinities(side))
        mm_format(out->text, sizeof out->text, "%s NaN and %s Inf in %s", mm_num_count(a, side->nan),
                  mm_num_count(b, infinities(side)), where);
    else
        mm_format(out->text, sizeof out->text, "%s %s in %s", mm_num_count(a, side->nan + infinities(side)),
                  side->nan ? "NaN" : "Inf", where);
}

/* Good as a whole, and some columns of it are not. */
static void judge_columns(const struct mm_result *result, struct mm_verdict *out)
{
    const struct mm_table_error *columns = &result->table;
    char which[64], figure[MM_NUM];
    mm_table_text(columns, which, sizeof which);
    out->kind = MM_VERDICT_OVER;
    if (columns->first < 0)
        mm_format(out->text, sizeof out->text, "%s %% of these integers differ",
                  mm_num_short(figure, 100 * columns->error, 2));
    else if (columns->kind == MM_TABLE_INTEGERS)
        mm_format(out->text, sizeof out->text, "%s %% of the integers in %s differ",
                  mm_num_short(figure, 100 * columns->error, 2), which);
    else
        mm_format(out->text, sizeof out->text, "%s off by %s", which,
                  mm_num_short(figure, columns->error, 2));
}

static void judge_measured(const struct mm_result *result, const struct mm_thresholds *thresholds,
                           struct mm_verdict *out)
{
    const struct mm_metrics *m = mm_result_judged(result);
    if (m->nonfinite_differ) {
        judge_nonfinite(result, out);
        return;
    }
    bool over2 = m->diff2 > thresholds->diff2;
    if (!mm_result_over(thresholds, result)) {
        out->kind = MM_VERDICT_OK;
        if (mm_thresholds_over_table(thresholds, &result->table))
            judge_columns(result, out);
        return;
    }
    char times[MM_NUM], limit[MM_NUM];
    double threshold = over2 ? thresholds->diff2 : thresholds->diff1;
    double figure = over2 ? m->diff2 : m->diff1;
    out->kind = MM_VERDICT_OVER;
    if (indices_over(thresholds, result))
        mm_format(out->text, sizeof out->text, "%s of %s integers differ", mm_num_count(times, m->diff4_n),
                  mm_num_count(limit, m->finite));
    else if (isinf(figure))
        mm_format(out->text, sizeof out->text, "src is all zero, dst is not");
    else if (threshold > 0)
        mm_format(out->text, sizeof out->text, "%s%sx over %s", over2 ? "" : "diff1 ",
                  mm_num_short(times, figure / threshold, 2), mm_num_short(limit, threshold, 3));
    else
        mm_format(out->text, sizeof out->text, "%s is not 0", over2 ? "diff2" : "diff1");
}

static void judge_shapes(const struct mm_result *result, struct mm_verdict *out)
{
    char a[128], b[128];
    out->kind = MM_VERDICT_SHAPE;
    mm_format(out->text, sizeof out->text, "shapes differ: %s and %s",
              mm_shape_text(&result->src.shape, true, a, sizeof a),
              mm_shape_text(&result->dst.shape, true, b, sizeof b));
}

static void judge_failed(const struct mm_result *result, struct mm_verdict *out)
{
    out->kind = MM_VERDICT_UNREADABLE;
    mm_format(out->text, sizeof out->text, "%s file is %s", result->failed_dst ? "dst" : "src",
              mm_code_word(result->code));
}

/* What it could be is said, where names were alike but not for certain; names that are too long are on the Stats tab. */
static void judge_lone(const struct mm_pair *pair, struct mm_verdict *out)
{
    const char *side = pair->dst ? "dst" : "src",
               *could = pair->how ? strstr(pair->how, mm_tr("could be ")) : NULL;
    out->kind = MM_VERDICT_UNPAIRED;
    int length =
        mm_format(out->text, sizeof out->text, "only in %s%s%s", side, could ? ": " : "", could ? could : "");
    if (length >= (int)sizeof out->text)
        mm_format(out->text, sizeof out->text, "only in %s: could be several", side);
}

/* What is good only with src's axes in another order says so on its row. */
static void say_transposed(const struct mm_pair *pair, const struct mm_result *result, struct mm_verdict *out)
{
    bool own = pair->layout && pair->layout->src_axis.kind != MM_AXIS_NONE;
    struct mm_buf text = {0};
    if (out->kind != MM_VERDICT_OK || !own || result->match != MM_MATCH_UNDO_SRC)
        return;
    mm_pair_laid_text(pair, result->match, &text);
    mm_format(out->text, sizeof out->text, "ok: %s", mm_buf_text(&text));
    mm_buf_done(&text);
}

void mm_triage_judge(const struct mm_pair *pair, const struct mm_result *result,
                     const struct mm_thresholds *thresholds, struct mm_verdict *out)
{
    *out = (struct mm_verdict){.from = -1};
    switch (result->state) {
    case MM_STATE_PENDING:
    case MM_STATE_HEADER: break;
    case MM_STATE_MEASURED:
        judge_measured(result, thresholds, out);
        say_transposed(pair, result, out);
        break;
    case MM_STATE_MISMATCH: judge_shapes(result, out); break;
    case MM_STATE_FAILED: judge_failed(result, out); break;
    case MM_STATE_SINGLE: judge_lone(pair, out); break;
    }
    out->bad = mm_verdict_info(out->kind)->bad;
}

double mm_triage_rank(const struct mm_result *result)
{
    if (result->state == MM_STATE_FAILED || result->state == MM_STATE_MISMATCH)
        return INFINITY;
    if (result->state != MM_STATE_MEASURED)
        return -1;
    const struct mm_metrics *m = &result->metrics;
    if (m->nonfinite_differ)
        return INFINITY;
    if (isnan(m->diff2))
        return 0;
    return fmax(m->diff2 > 0 ? m->diff2 : m->diff1, result->table.error);
}

void mm_triage_unanalysed(struct mm_verdict *out, const char *why)
{
    char before[sizeof out->text];
    snprintf(before, sizeof before, "%s", out->text);
    mm_format(out->text, sizeof out->text, "%s%snot analysed: %s", before, *before ? "; " : "", why);
}

void mm_triage_changed(struct mm_verdict *out)
{
    *out = (struct mm_verdict){.kind = MM_VERDICT_CHANGED,
                               .bad = mm_verdict_info(MM_VERDICT_CHANGED)->bad,
                               .from = -1,
                               .text = "changed since it was measured: r reloads"};
}
