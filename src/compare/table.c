/*
 * Tensors whose columns mean different things: the rows of a detector. A fault in a column of small numbers is nothing
 * beside boxes in pixels, so each column, or group of columns of one kind, is measured by itself.
 *
 * What such a table looks like is told by its values, never by a name. Three kinds are known:
 *   labelled  some columns hold whole numbers, the others do not: rows of box, score, class, picture
 *   boxes     four columns of pixels with a positive size, then values in 0 .. 1: a detector's raw result
 *   indices   whole numbers throughout, of ranges that have nothing in common: a result of NMS
 */
#include "compare/table.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/translate.h"

#define COUNT_MAX     ((int64_t)4 << 20) /* elements; 25200 rows of 85 are 2.1 million */
#define LABELLED_MAX  64                 /* columns of rows with labels */
#define INDICES_MAX   8                  /* columns of indices */
#define NARROW        16                 /* columns: so few are a table without boxes in it, too */
#define WHOLE_NOISE   1e-3               /* a whole number that went through floats is off by so much */
#define PIXELS_LEAST  8.0                /* columns of pixels reach this */
#define COORDINATES   32.0 /* four neighbours of whole numbers that reach this are a box in pixels */
#define IDS_MAX       1e6
#define IDS_BEGIN     96.0 /* all larger: values of a narrow format, whose steps are 1 there */
#define UNIT_MAX      1.001
#define SCORE_LEAST   0.05 /* scores below it, on both sides, are nothing */
#define POSITIVE_MOST 0.95 /* share of the rows whose box has a size */
#define LEVEL_FACTOR  8.0  /* columns of values within such a factor are measured together */
#define SAMPLE_ROWS   12
#define SMALL         16384 /* elements: looked at as a whole, where columns are few */

/* ---- where columns are ---- */

int64_t mm_table_at(const struct mm_table *table, int64_t row, int64_t column)
{
    int64_t outer = row / table->inner, inner = row % table->inner;
    return (outer * table->columns + column) * table->inner + inner;
}

/* Columns along `axis` of the shape: all before and behind it are rows. */
static void lay(struct mm_table *table, const struct mm_shape *shape, int axis)
{
    memset(table, 0, sizeof *table);
    table->axis = axis;
    table->columns = shape->dim[axis];
    table->inner = table->rows = 1;
    for (int k = 0; k < shape->rank; k++) {
        table->rows *= k == axis ? 1 : shape->dim[k];
        table->inner *= k > axis ? shape->dim[k] : 1;
    }
}

/* The axes that may hold columns, likeliest first: the last one of length above 1, then the one before it. A tensor of
 * four axes is a feature map unless only two of them are longer than 1. */
static int axes_of(const struct mm_shape *shape, int axes[2])
{
    int found[MM_RANK_MAX], count = 0, most = shape->rank > 3 ? 2 : 3;
    for (int k = 0; k < shape->rank; k++) {
        if (shape->dim[k] > 1)
            found[count++] = k;
    }
    if (count == 1 && shape->rank >= 2) { /* one row */
        axes[0] = found[0];
        return 1;
    }
    if (count < 2 || count > most)
        return 0;
    axes[0] = found[count - 1];
    axes[1] = found[count - 2];
    return 2;
}

/* ---- what a column holds ---- */

struct column {
    bool whole[2], unit; /* of src and dst: whole numbers only; src in 0 .. 1 */
    double low[2], high[2];
    int64_t fractional; /* rows of src that hold no whole number */
    int64_t nonzero;    /* rows of src beyond 0 */
    int64_t positive;   /* rows of src above 0 */
    double square;      /* of src */
};

static bool is_whole(double x)
{
    return fabs(x - rint(x)) <= WHOLE_NOISE;
}

static bool is_filler(double x)
{
    return x == 0 || x == -1;
}

/* Rows behind the last detection hold zeros, or -1. */
static bool is_padding(const struct mm_table *table, int64_t row, const double *s, const double *d)
{
    for (int64_t c = 0; c < table->columns; c++) {
        int64_t at = mm_table_at(table, row, c);
        if (!is_filler(s[at]) || !is_filler(d[at]))
            return false;
    }
    return true;
}

static void column_add(struct column *column, double s, double d)
{
    const double x[2] = {s, d};
    for (int side = 0; side < 2; side++) {
        column->whole[side] = column->whole[side] && is_whole(x[side]);
        column->low[side] = fmin(column->low[side], x[side]);
        column->high[side] = fmax(column->high[side], x[side]);
    }
    column->unit = column->unit && s >= 0 && s <= UNIT_MAX;
    column->fractional += !is_whole(s);
    column->nonzero += fabs(s) >= 0.5;
    column->positive += s > 0;
    column->square += s * s;
}

#define ROWS_BETWEEN 8 /* rows after which it is asked whether it can still be a table */

/* Ids are whole in all rows, and the fifth column of a raw detector's is 0 to 1: once no column is so, it is none. */
static bool is_possible(const struct mm_table *table, const struct column *column)
{
    bool may = table->columns >= 5 && column[4].unit;
    for (int64_t c = 0; c < table->columns && !may; c++)
        may = column[c].whole[0] && column[c].whole[1];
    return may;
}

/* All columns; returns how many rows there are that are no padding. `give_up`: 0 as well where it can be no table. */
static int64_t look(const struct mm_table *table, const double *s, const double *d, bool give_up,
                    struct column *column)
{
    int64_t used = 0;
    for (int64_t c = 0; c < table->columns; c++)
        column[c] = (struct column){
            .whole = {true, true}, .unit = true, .low = {INFINITY, INFINITY}, .high = {-INFINITY, -INFINITY}};
    for (int64_t row = 0; row < table->rows; row++) {
        if (is_padding(table, row, s, d))
            continue;
        used++;
        for (int64_t c = 0; c < table->columns; c++) {
            int64_t at = mm_table_at(table, row, c);
            if (isfinite(s[at]) && isfinite(d[at]))
                column_add(&column[c], s[at], d[at]);
        }
        if (give_up && used % ROWS_BETWEEN == 0 && !is_possible(table, column))
            return 0;
    }
    return used;
}

/* Whole numbers that are not the same everywhere, on both sides. */
static bool holds_ids(const struct column *c)
{
    double low = fmin(c->low[0], c->low[1]), high = fmax(c->high[0], c->high[1]);
    return c->whole[0] && c->whole[1] && low >= -1 - WHOLE_NOISE && high <= IDS_MAX &&
           c->low[0] < IDS_BEGIN && rint(low) != rint(high);
}

static bool holds_scores(const struct column *c)
{
    return c->unit && c->high[0] > SCORE_LEAST && c->high[0] > c->low[0];
}

static bool is_constant(const struct column *c)
{
    return !(c->high[0] > c->low[0]) && !(c->high[1] > c->low[1]);
}

/* ---- is it a table ---- */

/* Four columns of pixels: x, y, and two that are positive: a size, or the far corner. */
static bool begins_with_box(const struct mm_table *table, const struct column *column, int64_t used)
{
    for (int c = 0; c < 4; c++) {
        if (table->columns < 5 || column[c].high[0] < PIXELS_LEAST ||
            !(column[c].high[0] > column[c].low[0]) || column[c].low[0] < -column[c].high[0])
            return false;
        if (c >= 2 && (double)column[c].positive < POSITIVE_MOST * (double)used)
            return false;
    }
    return true;
}

static bool is_raw_detector(const struct mm_table *table, const struct column *column, int64_t used)
{
    int64_t scores = 0, other = 0;
    if (used < 4 || !begins_with_box(table, column, used) || !holds_scores(&column[4]))
        return false;
    for (int64_t c = 4; c < table->columns; c++) {
        scores += column[c].unit;
        other += !column[c].unit;
    }
    return scores >= other;
}

/* Four neighbours of whole numbers that are large are a box in pixels, rounded. */
static void take_coordinates(struct mm_table *table, const struct column *column)
{
    for (int64_t c = 0, run = 0; c < table->columns; c++) {
        run = table->kind[c] == MM_TABLE_INTEGERS && column[c].high[0] >= COORDINATES ? run + 1 : 0;
        for (int64_t k = 0; run >= 4 && k < run; k++)
            table->kind[c - k] = MM_TABLE_VALUES;
    }
}

/* Some columns of whole numbers beside others that are none. */
static bool is_labelled(struct mm_table *table, const struct column *column, bool box)
{
    int64_t ids = 0, nonzero = 0, fractional = 0, other = 0;
    bool many = false; /* more than two classes */
    if (table->columns < 3 || table->columns > LABELLED_MAX)
        return false;
    for (int64_t c = 0; c < table->columns; c++)
        table->kind[c] = holds_ids(&column[c]) ? MM_TABLE_INTEGERS : MM_TABLE_NONE;
    take_coordinates(table, column);
    for (int64_t c = 0; c < table->columns; c++) {
        bool id = table->kind[c] == MM_TABLE_INTEGERS;
        ids += id;
        nonzero += id ? column[c].nonzero : 0;
        many = many || (id && fmax(column[c].high[0], column[c].high[1]) > 1.5);
        other += table->kind[c] == MM_TABLE_NONE && !is_constant(&column[c]);
        fractional += table->kind[c] == MM_TABLE_NONE && 2 * column[c].fractional >= table->used;
    }
    table->sure = nonzero >= 3 && (box || table->columns <= NARROW);
    return ids >= 1 && ids <= 8 && fractional >= 1 && 2 * fractional >= other && nonzero >= (box ? 0 : 2) &&
           (many || box);
}

/* Whole numbers of ranges that have nothing in common. */
static bool is_indices(struct mm_table *table, const struct column *column)
{
    double least = INFINITY, most = 0;
    if (table->columns > INDICES_MAX || table->columns < 2 || table->used < 4)
        return false;
    for (int64_t c = 0; c < table->columns; c++) {
        const struct column *here = &column[c];
        if (!here->whole[0] || !here->whole[1] || fmin(here->low[0], here->low[1]) < -1)
            return false;
        double range = fmax(here->high[0], here->high[1]);
        least = fmin(least, range);
        most = fmax(most, range);
        table->kind[c] = MM_TABLE_INTEGERS;
    }
    return most >= LEVEL_FACTOR * (least + 1);
}

/* ---- what is measured together ---- */

/* Columns of values fall into levels by their size: one beside which another is nothing hides it. */
static void group(struct mm_table *table, const struct column *column)
{
    double most = 0;
    for (int64_t c = 0; c < table->columns; c++) {
        if (table->kind[c] == MM_TABLE_INTEGERS)
            continue;
        table->kind[c] = !table->sure           ? MM_TABLE_NONE
                         : column[c].unit       ? MM_TABLE_SCORES
                         : column[c].square > 0 ? MM_TABLE_VALUES
                                                : MM_TABLE_NONE;
        most = table->kind[c] == MM_TABLE_VALUES ? fmax(most, column[c].square) : most;
    }
    for (int64_t c = 0; c < table->columns; c++) {
        double times = sqrt(most / column[c].square);
        table->level[c] =
            table->kind[c] == MM_TABLE_VALUES ? (uint8_t)fmin(log(times) / log(LEVEL_FACTOR), 200) : 0;
    }
}

/* One value on both sides can be a class of one kind, too, where the sides differ. */
static bool recognise(struct mm_table *table, const double *s, const double *d, bool integers)
{
    struct column column[MM_TABLE_COLUMNS_MAX];
    table->used = look(table, s, d, true, column);
    if (table->used < 1)
        return false;
    if (integers)
        return is_indices(table, column);
    table->boxes = begins_with_box(table, column, table->used);
    bool raw = is_raw_detector(table, column, table->used);
    if (is_labelled(table, column, table->boxes && table->columns <= LABELLED_MAX)) {
        table->sure = table->sure || raw;
    } else {
        memset(table->kind, 0, sizeof table->kind);
        table->sure = raw;
    }
    if (!raw && !memchr(table->kind, MM_TABLE_INTEGERS, sizeof table->kind))
        return false;
    group(table, column);
    return true;
}

bool mm_table_find(const double *s, const double *d, const struct mm_shape *shape, bool integers,
                   struct mm_table *out)
{
    int axes[2], count = axes_of(shape, axes);
    for (int i = 0; i < count; i++) {
        if (shape->dim[axes[i]] > MM_TABLE_COLUMNS_MAX)
            continue;
        lay(out, shape, axes[i]);
        if (recognise(out, s, d, integers))
            return true;
    }
    memset(out, 0, sizeof *out);
    return false;
}

/* ---- how far off ---- */

bool mm_table_together(const struct mm_table *table, int64_t a, int64_t b)
{
    return a == b || (table->kind[a] == table->kind[b] && table->kind[a] != MM_TABLE_INTEGERS &&
                      table->level[a] == table->level[b]);
}

/* The share of rows that hold another whole number. */
static double integers_error(const struct mm_table *table, int64_t column, const double *s, const double *d)
{
    int64_t differ = 0;
    for (int64_t row = 0; row < table->rows; row++) {
        int64_t at = mm_table_at(table, row, column);
        bool same = rint(s[at]) == rint(d[at]) || (isnan(s[at]) && isnan(d[at]));
        differ += !same;
    }
    return (double)differ / (double)table->used;
}

/* diff2 of a group of columns; of scores, where one side has any, against the larger side. */
static double values_error(const struct mm_table *table, int64_t column, const double *s, const double *d)
{
    double ee = 0, ss = 0, dd = 0;
    bool scores = table->kind[column] == MM_TABLE_SCORES;
    for (int64_t c = column; c < table->columns; c++) {
        for (int64_t row = 0; row < table->rows && mm_table_together(table, column, c); row++) {
            int64_t at = mm_table_at(table, row, c);
            double x = s[at], y = d[at];
            if (!isfinite(x) || !isfinite(y) || (scores && fmax(fabs(x), fabs(y)) < SCORE_LEAST))
                continue;
            ee += (x - y) * (x - y);
            ss += x * x;
            dd += y * y;
        }
    }
    double whole = scores ? fmax(ss, dd) : ss;
    return ee > 0 && whole > 0 ? sqrt(ee / whole) : 0;
}

void mm_table_measure(const struct mm_table *table, const double *s, const double *d,
                      struct mm_table_error *out)
{
    *out = (struct mm_table_error){.axis = table->axis};
    for (int64_t c = 0; c < table->columns; c++) {
        bool first = table->kind[c] != MM_TABLE_NONE;
        for (int64_t before = 0; before < c && first; before++)
            first = !mm_table_together(table, before, c);
        if (!first)
            continue;
        double error = table->kind[c] == MM_TABLE_INTEGERS ? integers_error(table, c, s, d)
                                                           : values_error(table, c, s, d);
        if (!(error > out->error))
            continue;
        out->error = error;
        out->kind = (enum mm_table_kind)table->kind[c];
        out->first = out->last = c;
        for (int64_t k = c + 1; k < table->columns; k++)
            out->last = mm_table_together(table, c, k) ? k : out->last;
    }
}

/* ---- measuring ---- */

const char *mm_table_word(enum mm_table_kind kind)
{
    static const char *const words[] = {
        [MM_TABLE_INTEGERS] = "integers", [MM_TABLE_SCORES] = "scores", [MM_TABLE_VALUES] = "values"};
    return kind > MM_TABLE_NONE && (size_t)kind < MM_COUNT(words) ? words[kind] : "";
}

const char *mm_table_text(const struct mm_table_error *columns, char *out, size_t size)
{
    if (columns->first < 0)
        mm_format(out, size, "all of it");
    else if (columns->first == columns->last)
        mm_format(out, size, "column %" PRId64, columns->first);
    else
        mm_format(out, size, "columns %" PRId64 " to %" PRId64, columns->first, columns->last);
    return out;
}

static bool is_integer(enum mm_dtype dtype)
{
    return dtype == MM_I32 || dtype == MM_I64 || dtype == MM_U32 || dtype == MM_U64;
}

static bool is_float(enum mm_dtype dtype)
{
    return mm_dtype_info(dtype)->kind == MM_KIND_FLOAT;
}

bool mm_table_integers(const struct mm_result *result)
{
    return is_integer(result->src.dtype) && is_integer(result->dst.dtype);
}

bool table_possible(const struct mm_result *result, const struct mm_shape *shape)
{
    const struct mm_metrics *m = &result->metrics;
    bool numbers = mm_table_integers(result) || (is_float(result->src.dtype) && is_float(result->dst.dtype));
    int axes[2];
    return numbers && result->masked == 0 && m->count >= 6 && m->count <= COUNT_MAX &&
           (m->max_abs > 0 || m->nonfinite_differ) && fmax(m->src.max, m->dst.max) > 1.5 &&
           axes_of(shape, axes);
}

/* A few rows of src, spread; of many columns those of a box and the one behind. */
static void take_sample(const struct mm_tensor *tensor, const struct mm_table *table, struct mm_table *part,
                        double x[SAMPLE_ROWS * LABELLED_MAX])
{
    struct mm_cursor cursor;
    *part = *table;
    part->columns = table->columns <= LABELLED_MAX ? table->columns : 5;
    part->rows = table->rows < SAMPLE_ROWS ? table->rows : SAMPLE_ROWS;
    part->inner = 1;
    mm_cursor_init(&cursor, tensor);
    for (int64_t row = 0; row < part->rows; row++) {
        for (int64_t c = 0; c < part->columns; c++) {
            int64_t at = mm_table_at(table, row * (table->rows / part->rows), c);
            if (cursor.index != at)
                mm_cursor_seek(&cursor, at);
            mm_cursor_double(&cursor, &x[row * part->columns + c], 1);
        }
    }
}

/* Whole numbers that are not 0 alone, which what is behind a ReLU is often, too. */
static bool may_hold_ids(const struct column *column)
{
    return column->whole[0] && column->low[0] >= -1 - WHOLE_NOISE && column->nonzero > 0;
}

/* False where a few rows are like no table. */
static bool sample_fits(const struct mm_tensor *tensor, const struct mm_shape *shape, int axis)
{
    struct mm_table table, part;
    struct column column[LABELLED_MAX];
    double x[SAMPLE_ROWS * LABELLED_MAX];
    lay(&table, shape, axis);
    take_sample(tensor, &table, &part, x);
    part.used = look(&part, x, x, false, column);
    bool fits = part.used == 0 || begins_with_box(&part, column, part.used);
    for (int64_t c = 0; c < part.columns && table.columns <= LABELLED_MAX; c++)
        fits = fits || may_hold_ids(&column[c]);
    return fits;
}

/* Does a look at a few rows leave it possible? Where elements have no place of their own, all are looked at. */
static bool may_be_table(const struct mm_tensor *s)
{
    int axes[2], count = axes_of(&s->shape, axes);
    if (s->encoding != MM_ENC_RAW || !mm_tensor_settled(s))
        return s->count <= COUNT_MAX / 16;
    for (int i = 0; i < count; i++) {
        int64_t columns = s->shape.dim[axes[i]];
        if (columns <= NARROW && s->count <= SMALL)
            return true;
        if (columns <= MM_TABLE_COLUMNS_MAX && sample_fits(s, &s->shape, axes[i]))
            return true;
    }
    return false;
}

/* 64-bit integers are ids, indices, shapes: compared as such, all of them, where they are no table. */
static void measure_ids(const double *s, const double *d, int64_t count, struct mm_table_error *out)
{
    int64_t differ = 0;
    for (int64_t i = 0; i < count; i++)
        differ += s[i] != d[i];
    *out = (struct mm_table_error){.axis = -1, .first = -1, .last = -1, .kind = MM_TABLE_INTEGERS};
    out->error = (double)differ / (double)count;
}

static bool holds_ids_only(const struct mm_result *result)
{
    return result->src.dtype == MM_I64 && result->dst.dtype == MM_I64 && result->masked == 0 &&
           result->metrics.count <= COUNT_MAX && result->metrics.max_abs > 0;
}

int table_measure(const struct mm_pair_tensors *tensors, const atomic_bool *cancel, struct mm_result *result,
                  bool *failed_dst, struct mm_err *err)
{
    bool ids = holds_ids_only(result);
    if (!ids && (!table_possible(result, &tensors->s.shape) || !may_be_table(&tensors->s)))
        return 0;
    double *s = mm_tensor_decode(&tensors->s, false, cancel, err);
    double *d = s ? mm_tensor_decode(&tensors->d, false, cancel, err) : NULL;
    struct mm_table table;
    *failed_dst = s && !d;
    if (s && d && mm_table_find(s, d, &tensors->s.shape, mm_table_integers(result), &table))
        mm_table_measure(&table, s, d, &result->table);
    else if (s && d && ids)
        measure_ids(s, d, result->metrics.count, &result->table);
    free(s);
    int failed = s && d ? 0 : -1;
    free(d);
    return failed;
}
