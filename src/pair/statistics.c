/* The statistics that another dump kept, of a tensor whose values are there. */
#include "pair/statistics.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

struct totals {
    double most, least;
    struct mm_acc sum, square;
    int64_t count;
};

static double greatest(const struct totals *totals)
{
    return totals->most;
}

static double smallest(const struct totals *totals)
{
    return totals->least;
}

static double mean(const struct totals *totals)
{
    return mm_acc_value(&totals->sum) / (double)totals->count;
}

static double norm(const struct totals *totals)
{
    return sqrt(mm_acc_value(&totals->square));
}

static double rms(const struct totals *totals)
{
    return sqrt(mm_acc_value(&totals->square) / (double)totals->count);
}

static const struct {
    const char *name;
    double (*figure)(const struct totals *totals);
} kinds[] = {{"Max", greatest}, {"Min", smallest}, {"Mean", mean}, {"Norm", norm}, {"RMS", rms}};

static void add_tile(struct totals *totals, const double *value, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double x = value[i];
        totals->most = isnan(totals->most) || totals->most > x ? totals->most : x; /* a NaN stays */
        totals->least = isnan(totals->least) || totals->least < x ? totals->least : x;
        mm_acc_add(&totals->sum, x);
        mm_acc_add(&totals->square, x * x);
    }
    totals->count += (int64_t)count;
}

static double figure_of(const char *name, const struct totals *totals)
{
    for (size_t i = 0; i < MM_COUNT(kinds); i++) {
        if (strcmp(kinds[i].name, name) == 0)
            return kinds[i].figure(totals);
    }
    return NAN;
}

int statistics_of(const struct mm_tensor *tensor, const struct mm_statistics *like, const atomic_bool *cancel,
                  double *figure, struct mm_err *err)
{
    struct totals totals = {.most = -INFINITY, .least = INFINITY};
    double tile[1024];
    struct mm_cursor cursor;
    size_t got;
    mm_cursor_init(&cursor, tensor);
    while ((got = mm_cursor_double(&cursor, tile, MM_COUNT(tile))) > 0) {
        if (cancel && atomic_load(cancel))
            return mm_fail(err, MM_ECANCELLED, "cancelled");
        add_tile(&totals, tile, got);
    }
    if (cursor.bad || totals.count != tensor->count)
        return mm_fail(err, MM_ECORRUPT, "element %" PRId64 " can't be read", totals.count);
    for (size_t i = 0; i < like->count; i++)
        figure[i] = figure_of(like->name[i], &totals);
    return 0;
}
