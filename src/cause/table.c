/* Tables whose columns mean different things: which columns are off, and what is wrong with them. */
#include "base/translate.h"
#include "cause/cause.h"
#include "cause/integers.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WRONG         0.02 /* relative error from which columns are looked at */
#define SAME          0.02 /* two columns, or two rows, that are the same but for rounding */
#define LOGIT_SAME    0.05 /* a sigmoid undone amplifies rounding */
#define ROWS_MATCHED  2048 /* rows that are matched one by one */
#define ROWS_AGREE    0.8  /* share of rows that both sides have, from which the rest are more or fewer */
#define SCORE_UNNAMED 0.4  /* of what is off and not explained: shown, decides nothing */
#define SCORE_DIFFER  0.92 /* whole numbers that differ: rounding, which stays below, is no reason */
#define OTHERS_OFF    0.6  /* at most, where other columns are off, too: then it is not these columns */

/* A group of columns as a tensor of its own: [rows, columns], rows that are padding left out. */
struct part {
    double *s, *d;
    int64_t rows, columns;
};

static void part_done(struct part *part)
{
    free(part->s);
    free(part->d);
}

static bool is_padding(const struct mm_table *table, const double *x, int64_t row)
{
    for (int64_t c = 0; c < table->columns; c++) {
        double value = x[mm_table_at(table, row, c)];
        if (value != 0 && value != -1)
            return false;
    }
    return true;
}

static bool part_init(struct part *part, const struct mm_table *table, const struct mm_case *c, int64_t first)
{
    size_t most = (size_t)(table->rows * table->columns);
    *part = (struct part){.s = malloc(most * sizeof(double)), .d = malloc(most * sizeof(double))};
    for (int64_t k = 0; k < table->columns; k++)
        part->columns += mm_table_together(table, first, k);
    for (int64_t row = 0; part->s && part->d && row < table->rows; row++) {
        int64_t to = part->rows * part->columns;
        if (is_padding(table, c->s, row) && is_padding(table, c->d, row))
            continue;
        for (int64_t k = 0; k < table->columns; k++) {
            if (!mm_table_together(table, first, k))
                continue;
            part->s[to] = c->s[mm_table_at(table, row, k)];
            part->d[to++] = c->d[mm_table_at(table, row, k)];
        }
        part->rows++;
    }
    return part->s && part->d && part->rows > 0;
}

static double rms(const double *x, int64_t count)
{
    double sum = 0;
    int64_t n = 0;
    for (int64_t i = 0; i < count; i++) {
        sum += isfinite(x[i]) ? x[i] * x[i] : 0;
        n += isfinite(x[i]);
    }
    return n ? sqrt(sum / (double)n) : 0;
}

/* All causes, tried on these columns alone. */
static bool explain_part(const struct trial *t, const struct part *part, struct mm_finding *out)
{
    struct mm_case c = *t->c;
    struct mm_result result = *t->c->result;
    struct mm_tensor tensor[2];
    struct mm_run run[2];
    struct mm_finding found[MM_FINDINGS_MAX];
    int64_t count = part->rows * part->columns;
    double own = rms(part->s, count), whole = sqrt(t->ss / (double)(t->n ? t->n : 1));
    struct mm_shape shape = {.rank = part->columns > 1 ? 2 : 1, .dim = {part->rows, part->columns}};
    mm_tensor_raw(&tensor[0], MM_F64, &shape, part->s, &run[0]);
    mm_tensor_raw(&tensor[1], MM_F64, &shape, part->d, &run[1]);
    if (mm_measure_tensors(&tensor[0], &tensor[1], NULL, t->cancel, &result.metrics, NULL) < 0)
        return false;
    c.result = &result;
    c.s = part->s;
    c.d = part->d;
    c.s_count = c.d_count = count;
    c.s_shape = c.d_shape = shape;
    c.noise = t->noise * (own > 0 && whole > own ? whole / own : 1); /* one step for all columns */
    c.floors = 0;
    c.part = true;
    size_t n = mm_causes_find(&c, t->cancel, found);
    for (size_t i = 0; i < n; i++) {
        /* these columns alone in another order are no order of the rows */
        if (mm_cause_info(found[i].cause)->verdict == MM_VERDICT_HARMLESS ||
            found[i].cause == MM_CAUSE_ROUNDING)
            continue;
        *out = found[i];
        return out->score >= SCORE_COUNTED;
    }
    return false;
}

/* ---- scores ---- */

/* src is the sigmoid of dst? */
static bool is_logit(const struct part *part)
{
    double left = 0, whole = 0;
    int64_t beyond = 0;
    for (int64_t i = 0; i < part->rows * part->columns; i++) {
        double s = part->s[i], y = 1 / (1 + exp(-part->d[i]));
        if (!isfinite(s) || !isfinite(part->d[i]))
            continue;
        left += (s - y) * (s - y);
        whole += s * s;
        beyond += part->d[i] < 0 || part->d[i] > 1;
    }
    return beyond > 0 && whole > 0 && left <= LOGIT_SAME * LOGIT_SAME * whole;
}

/* The same the other way: dst applied it twice. */
static bool is_twice(const struct part *part)
{
    double left = 0, whole = 0;
    for (int64_t i = 0; i < part->rows * part->columns; i++) {
        double s = part->s[i], d = part->d[i], y = 1 / (1 + exp(-s));
        if (!isfinite(s) || !isfinite(d))
            continue;
        left += (d - y) * (d - y);
        whole += d * d;
    }
    return whole > 0 && left <= SAME * SAME * whole;
}

static double greatest(const double *x, int64_t count)
{
    double most = 0;
    for (int64_t i = 0; i < count; i++)
        most = isfinite(x[i]) ? fmax(most, fabs(x[i])) : most;
    return most;
}

/* Scores that are all 0 beside boxes: one scale for both has no step below them. */
static void say_zero(const struct trial *t, const struct part *part, const char *which, struct found *found)
{
    double step = grid_find(t->c->d, t->c->d_count, 512),
           most = greatest(part->s, part->rows * part->columns);
    char a[MM_NUM], b[MM_NUM];
    bool coarse = step > 0 && most <= 0.75 * step;
    if (coarse)
        found->finding.cause = MM_CAUSE_UNDERFLOW;
    found_say(found, "%s %s all 0%s", which, part->columns > 1 ? "are" : "is",
              coarse ? ", one scale for boxes and scores loses them" : "");
    found_evidence(found, "In src these columns reach %s; in dst they are 0 throughout.%s%s%s",
                   mm_num_short(a, most, 3), coarse ? " dst's values lie " : "",
                   coarse ? mm_num_short(b, step, 3) : "",
                   coarse ? " apart: boxes and scores need a scale each." : "");
}

static bool scores_explained(const struct trial *t, const struct part *part, const char *which,
                             struct found *found)
{
    found->finding.cause = MM_CAUSE_COLUMNS;
    found->finding.score = 1;
    if (greatest(part->d, part->rows * part->columns) == 0) {
        say_zero(t, part, which, found);
        return true;
    }
    bool logit = is_logit(part);
    if (!logit && !is_twice(part))
        return false;
    found_say(found, "dst %s in %s", logit ? "lacks the sigmoid" : "has the sigmoid twice", which);
    found_evidence(found, "In %s %s.", which,
                   logit ? "src is the sigmoid of dst"
                         : "dst is the sigmoid of src, which holds scores already");
    return true;
}

/* ---- columns in other places ---- */

/* Relative difference of src's column a and dst's column b. */
static double apart(const struct mm_table *table, const struct mm_case *c, int64_t a, int64_t b)
{
    double left = 0, whole = 0;
    for (int64_t row = 0; row < table->rows; row++) {
        double s = c->s[mm_table_at(table, row, a)], d = c->d[mm_table_at(table, row, b)];
        if (!isfinite(s) || !isfinite(d))
            continue;
        left += (s - d) * (s - d);
        whole += s * s;
    }
    return whole > 0 ? sqrt(left / whole) : left > 0 ? INFINITY : 0;
}

#define FEW_COLUMNS 64

/* from[b]: the column of src that dst's column b holds. Returns how many moved; 0 where they did not. */
static int64_t find_exchange(const struct mm_table *table, const struct mm_case *c, int from[FEW_COLUMNS])
{
    bool taken[FEW_COLUMNS] = {false};
    int64_t moved = 0;
    for (int64_t b = 0; b < table->columns; b++) {
        from[b] = apart(table, c, b, b) <= SAME ? (int)b : -1;
        if (from[b] >= 0)
            taken[b] = true;
    }
    for (int64_t b = 0; b < table->columns; b++) {
        for (int64_t a = 0; from[b] < 0 && a < table->columns; a++) {
            if (!taken[a] && apart(table, c, a, b) <= SAME) {
                from[b] = (int)a;
                taken[a] = true;
                moved++;
            }
        }
        if (from[b] < 0)
            return 0;
    }
    return moved;
}

static bool columns_exchanged(const struct mm_table *table, const struct trial *t, struct found *found)
{
    int from[FEW_COLUMNS];
    char text[120] = "";
    size_t length = 0;
    int64_t moved = table->columns <= FEW_COLUMNS ? find_exchange(table, t->c, from) : 0;
    int64_t first = -1;
    if (moved < 2)
        return false;
    for (int64_t b = 0; b < table->columns; b++) {
        if (from[b] == b)
            continue;
        first = first < 0 ? b : first;
        if (length + 24 < sizeof text)
            length += (size_t)snprintf(text + length, sizeof text - length, "%s%d->%" PRId64,
                                       length ? " " : "", from[b], b);
    }
    bool corners = moved == 4 && first + 4 <= table->columns && from[first] == first + 1 &&
                   from[first + 1] == first && from[first + 2] == first + 3 && from[first + 3] == first + 2;
    found->finding.cause = MM_CAUSE_CHANNELS_PERMUTED;
    found->finding.score = 0.98;
    if (corners)
        found_say(found, "x and y exchanged in columns %" PRId64 " to %" PRId64 " (boxes y, x, y, x)", first,
                  first + 3);
    else
        found_say(found, "columns in another order: %s", text);
    found_evidence(found, "dst has src's columns in other places (src->dst): %s; all else agrees.", text);
    return true;
}

/* ---- more or fewer rows ---- */

struct rows {
    const struct mm_table *table;
    const double *x;
    int64_t count; /* that are no padding, and begin the table */
};

static struct rows rows_of(const struct mm_table *table, const double *x)
{
    struct rows rows = {table, x, 0};
    for (int64_t row = 0; row < table->rows; row++)
        rows.count = is_padding(table, x, row) ? rows.count : row + 1;
    return rows;
}

static bool rows_agree(const struct rows *s, int64_t i, const struct rows *d, int64_t k, const double *size)
{
    for (int64_t c = 0; c < s->table->columns; c++) {
        double a = s->x[mm_table_at(s->table, i, c)], b = d->x[mm_table_at(d->table, k, c)];
        bool whole = s->table->kind[c] == MM_TABLE_INTEGERS;
        if (!(fabs(a - b) <= (whole ? 0.5 : SAME * size[c])))
            return false;
    }
    return true;
}

/* How many rows of dst are one of src's; *moved: not all in the same order. -1 without memory. */
static int64_t rows_match(const struct rows *s, const struct rows *d, bool *moved)
{
    double size[MM_TABLE_COLUMNS_MAX] = {0};
    bool *used = calloc((size_t)s->count + 1, 1);
    int64_t matched = 0, last = -1;
    *moved = false;
    if (!used)
        return -1;
    for (int64_t c = 0; c < s->table->columns; c++)
        for (int64_t i = 0; i < s->count; i++)
            size[c] = fmax(size[c], fabs(s->x[mm_table_at(s->table, i, c)]));
    for (int64_t k = 0; k < d->count; k++) {
        int64_t i = 0;
        while (i < s->count && (used[i] || !rows_agree(s, i, d, k, size)))
            i++;
        if (i == s->count)
            continue;
        used[i] = true;
        *moved = *moved || i < last;
        last = i;
        matched++;
    }
    free(used);
    return matched;
}

static bool rows_differ(const struct mm_table *s_table, const struct mm_table *d_table, const struct trial *t,
                        struct found *found)
{
    struct rows s = rows_of(s_table, t->c->s), d = rows_of(d_table, t->c->d);
    int64_t most = s.count > d.count ? s.count : d.count, more = d.count - s.count;
    bool moved;
    if (more == 0 || most > ROWS_MATCHED || s.count == 0 || d.count == 0)
        return false;
    int64_t matched = rows_match(&s, &d, &moved);
    if ((double)matched < ROWS_AGREE * (double)most)
        return false;
    found->finding.cause = MM_CAUSE_DETECTIONS;
    found->finding.score = 1 - 0.5 * (double)(most - matched) / (double)most;
    found_say(found, "%" PRId64 " row%s %s in dst: %" PRId64 " of src's %" PRId64 " agree%s",
              more > 0 ? more : -more, more == 1 || more == -1 ? "" : "s", more > 0 ? "more" : "fewer",
              matched, s.count, moved ? ", in another order" : "");
    found_evidence(found,
                   "src has %" PRId64 " rows, dst %" PRId64 "; %" PRId64
                   " are the same. A score near the threshold falls on one side or the other.",
                   s.count, d.count, matched);
    return true;
}

/* ---- the cause ---- */

/* Is anything off beside this group? */
static bool others_off(const struct mm_table *table, const struct mm_case *c, int64_t first)
{
    struct mm_table others = *table;
    struct mm_table_error error;
    for (int64_t k = 0; k < table->columns; k++) {
        if (mm_table_together(table, first, k))
            others.kind[k] = MM_TABLE_NONE;
    }
    mm_table_measure(&others, c->s, c->d, &error);
    return error.error > WRONG;
}

static bool integers_counted(const struct part *part, const char *which, struct found *found)
{
    int64_t differ = 0, first = -1;
    char share[MM_NUM], a[MM_NUM], b[MM_NUM];
    for (int64_t i = 0; i < part->rows; i++) {
        if (rint(part->s[i]) == rint(part->d[i]))
            continue;
        first = first < 0 ? i : first;
        differ++;
    }
    if (first < 0)
        return false;
    found->finding.cause = MM_CAUSE_INTEGERS;
    found->finding.score = SCORE_DIFFER;
    mm_num_short(share, 100 * (double)differ / (double)part->rows, 2);
    mm_num_short(a, part->d[first], 5);
    mm_num_short(b, part->s[first], 5);
    found_say(found, "%" PRId64 " of %" PRId64 " integers differ in %s, first %s for %s", differ, part->rows,
              which, a, b);
    found_evidence(found,
                   "In %s %s %% of the rows hold another whole number; the first is row %" PRId64
                   ": dst %s, src %s.",
                   which, share, first, a, b);
    return true;
}

/* What was found of these columns alone; where room is short, without what the repair leaves. */
static void take_inner(const struct mm_finding *inner, const char *which, struct found *found)
{
    const char *sentence = inner->sentence, *boxes = mm_tr("boxes: ");
    if (strncmp(sentence, boxes, strlen(boxes)) == 0)
        sentence += strlen(boxes);
    const char *end = strstr(sentence, mm_tr(": corrected"));
    bool fits = strlen(which) + 2 + strlen(sentence) < sizeof found->finding.sentence;
    int length = (int)(fits || !end ? strlen(sentence) : (size_t)(end - sentence));
    found->finding = *inner;
    found_say(found, "%s, %.*s", which, length, sentence);
    found_evidence(found, "Of %s alone: %s", which, inner->evidence);
}

/* What is wrong with one group. */
static bool group_explained(const struct trial *t, const struct part *part,
                            const struct mm_table_error *worst, struct found *found)
{
    char which[48], figure[MM_NUM];
    struct mm_finding inner;
    mm_table_text(worst, which, sizeof which);
    if (worst->kind == MM_TABLE_SCORES && scores_explained(t, part, which, found))
        return true;
    if (explain_part(t, part, &inner) &&
        inner.cause != MM_CAUSE_INTEGERS) { /* these are counted by rows below */
        take_inner(&inner, which, found);
        return true;
    }
    if (worst->kind == MM_TABLE_INTEGERS)
        return integers_counted(part, which, found);
    found->finding.cause = MM_CAUSE_COLUMNS;
    found->finding.score = SCORE_UNNAMED;
    mm_num_short(figure, worst->error, 2);
    found_say(found, "%s off by %s", which, figure);
    found_evidence(found, "Of %s alone: off by %s.", which, figure);
    return true;
}

/* Where but one column of a group is off, that is the group. */
static void narrow(struct mm_table *table, const struct mm_case *c, struct mm_table_error *worst)
{
    int64_t off = 0, last = -1;
    for (int64_t k = 0; k < table->columns; k++) {
        if (mm_table_together(table, worst->first, k) && apart(table, c, k, k) > WRONG) {
            off++;
            last = k;
        }
    }
    for (int64_t k = 0; k < table->columns && off == 1; k++) {
        if (k != last && mm_table_together(table, last, k))
            table->kind[k] = MM_TABLE_NONE;
    }
    if (off == 1)
        mm_table_measure(table, c->s, c->d, worst);
}

static bool aligned_table(const struct trial *t, struct found *found)
{
    struct mm_table table;
    struct mm_table_error worst;
    struct part part = {0};
    bool integers = mm_table_integers(t->c->result);
    if (!mm_table_find(t->c->s, t->c->d, &t->c->d_shape, integers, &table))
        return false;
    if (rows_differ(&table, &table, t, found))
        return true;
    mm_table_measure(&table, t->c->s, t->c->d, &worst);
    if (worst.kind == MM_TABLE_NONE || worst.error <= WRONG)
        return false;
    if (columns_exchanged(&table, t, found))
        return true;
    narrow(&table, t->c, &worst);
    bool good = part_init(&part, &table, t->c, worst.first) && group_explained(t, &part, &worst, found);
    if (good && others_off(&table, t->c, worst.first))
        found->finding.score = fmin(found->finding.score, OTHERS_OFF);
    part_done(&part);
    return good;
}

/* Two tables that differ in the number of rows alone. */
static bool longer_table(const struct trial *t, struct found *found)
{
    struct mm_table s, d;
    bool integers = mm_table_integers(t->c->result);
    return mm_table_find(t->c->s, t->c->s, &t->c->s_shape, integers, &s) &&
           mm_table_find(t->c->d, t->c->d, &t->c->d_shape, integers, &d) && s.axis == d.axis &&
           s.columns == d.columns && rows_differ(&s, &d, t, found);
}

bool cause_table(const struct trial *t, struct found *found)
{
    if (t->c->part || t->c->result->masked)
        return false;
    bool good = t->aligned ? aligned_table(t, found) : longer_table(t, found);
    found->finding.residual = NAN;
    found->parameters = -1; /* it names the columns: of two that explain the same, it says more */
    return good;
}
