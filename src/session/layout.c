/* What all of a dump has: another place of the channels, several samples, padding. Told once, from a few headers (and
 * values, where shapes alone could mean something else), and undone in all pairs. */
#include "session/layout.h"

#include <math.h>
#include <stdio.h>

#define FITS_LEAST 3 /* of these: fewer are single layers, and no property of the dump */
#define FITS_SHARE 4 /* so many must fit for one that could and does not */
#define MORE_SHARE                                                                                           \
    3 /* one in so many must have the padding: a longer list of results has no other tensor with it */
#define VALUES 8 /* candidates for a number of samples, and for a length of padding */

static const struct mm_axis axes[] = {
    {.kind = MM_AXIS_NONE},
    {.kind = MM_AXIS_PERMUTE, .rank = 4, .perm = {0, 2, 3, 1}}, /* dumped axis i is the other's perm[i] */
    {.kind = MM_AXIS_PERMUTE, .rank = 4, .perm = {0, 3, 1, 2}},
};

const struct mm_axis *layout_channels(bool last)
{
    return &axes[last ? 1 : 2];
}

/* ---- what is possible ------------------------------------------------------------------------------------ */

/* Numbers that a property may have: positive ones of dst, negative ones of src; 0, none, is always among them. */
struct numbers {
    int64_t value[VALUES];
    size_t seen[VALUES];
    size_t count;
};

static void add_number(struct numbers *numbers, int64_t value)
{
    size_t i = 0;
    while (i < numbers->count && numbers->value[i] != value)
        i++;
    if (i == numbers->count && i == VALUES)
        return;
    numbers->seen[i] = i == numbers->count ? 1 : numbers->seen[i] + 1;
    numbers->count += i == numbers->count;
    numbers->value[i] = value;
}

/* What only a few pairs have is no property of the dump. */
static void drop_rare(struct numbers *numbers)
{
    size_t kept = 1;
    for (size_t i = 1; i < numbers->count; i++) {
        if (numbers->seen[i] >= FITS_LEAST)
            numbers->value[kept++] = numbers->value[i];
    }
    numbers->count = kept;
}

struct possible {
    struct numbers times, more;
};

static void add_ratio(struct numbers *times, int64_t src, int64_t dst)
{
    if (src > 0 && dst > src && dst % src == 0)
        add_number(times, dst / src);
    if (dst > 0 && src > dst && src % dst == 0)
        add_number(times, -(src / dst));
}

/* Axes of both, where dst's are as in this row. */
static void add_pair(struct possible *possible, const struct layout_seen *seen, const struct mm_axis *axis)
{
    const struct mm_shape *s = &seen->src, *d = &seen->dst;
    bool moved = axis->kind != MM_AXIS_NONE;
    if (s->rank != d->rank || s->rank == 0 || (moved && s->rank != axis->rank))
        return;
    add_ratio(&possible->times, s->dim[0], d->dim[0]);
    for (int i = 0; i < s->rank; i++) {
        int64_t more = d->dim[i] - s->dim[moved ? axis->perm[i] : i];
        if (more != 0)
            add_number(&possible->more, more);
    }
}

static void possible_find(struct possible *possible, const struct layout_seen *seen, size_t count)
{
    *possible = (struct possible){.times.count = 1, .more.count = 1};
    for (size_t k = 0; k < MM_COUNT(axes); k++) {
        for (size_t i = 0; i < count; i++)
            add_pair(possible, &seen[i], &axes[k]);
    }
    drop_rare(&possible->times);
    drop_rare(&possible->more);
}

/* ---- one hypothesis against what was seen ------------------------------------------------------------------- */

static bool has_axis(const struct mm_shape *shape, const struct mm_layout *layout,
                     const struct layout_votes *votes)
{
    for (int i = 0; (layout->more[0] || layout->more[1]) && i < shape->rank; i++) {
        for (size_t k = 0; k < votes->bases; k++) {
            if (shape->dim[i] == votes->base[k])
                return true;
        }
    }
    return false;
}

/* Shapes are equal: would they not be, if the dump had this? */
static bool is_against(const struct mm_layout *layout, const struct layout_seen *seen,
                       const struct mm_layout_fit *fit, const struct layout_votes *votes)
{
    bool times = layout->times[0] || layout->times[1];
    bool moved = layout->axis.kind != MM_AXIS_NONE && seen->dst.rank == layout->axis.rank;
    if (moved && !fit->lay[1].undo)
        return true;
    return seen->rows && (times || has_axis(&seen->src, layout, votes));
}

static void add_base(struct layout_votes *votes, int64_t length)
{
    size_t i = 0;
    while (i < votes->bases && votes->base[i] != length)
        i++;
    if (i == votes->bases && i < MM_COUNT(votes->base))
        votes->base[votes->bases++] = length;
}

/* The lengths without padding of what fits by leaving it out. */
static void take_bases(const struct layout_seen *seen, const struct mm_layout_fit *fit,
                       struct layout_votes *votes)
{
    const struct mm_shape *part = &fit->lay[fit->lay[1].cut].part;
    bool dst = fit->lay[1].cut;
    const struct mm_shape *whole = dst ? &seen->dst : &seen->src;
    votes->padded += fit->lay[0].cut || fit->lay[1].cut;
    if (fit->lay[dst].undo || fit->lay[dst].unblock || !fit->lay[dst].cut)
        return;
    for (int i = 0; i < part->rank; i++) {
        if (part->dim[i] != whole->dim[i])
            add_base(votes, part->dim[i]);
    }
}

static bool is_told(const struct mm_layout *layout, const struct layout_seen *seen,
                    const struct mm_layout_fit *fit)
{
    bool turned = seen->turned && seen->turned->perm[1] == layout->axis.perm[1];
    bool moved = fit->with == MM_MATCH_UNDO_DST && (turned || !mm_shape_equal(&seen->src, &seen->dst));
    return fit->with != MM_MATCH_MISMATCH && (fit->without == MM_MATCH_MISMATCH || moved);
}

void layout_vote(const struct mm_layout *layout, const struct layout_seen *seen, size_t count,
                 struct layout_votes *votes)
{
    struct mm_layout_fit fit;
    *votes = (struct layout_votes){0};
    for (size_t i = 0; i < count; i++) {
        mm_layout_try(layout, &seen[i].src, &seen[i].dst, &fit);
        votes->rows += seen[i].rows;
        votes->fits += is_told(layout, &seen[i], &fit);
        if (is_told(layout, &seen[i], &fit))
            take_bases(&seen[i], &fit, votes);
    }
    for (size_t i = 0; i < count; i++) { /* again, now that the lengths are known */
        mm_layout_try(layout, &seen[i].src, &seen[i].dst, &fit);
        if (!is_told(layout, &seen[i], &fit))
            votes->against += fit.with == MM_MATCH_MISMATCH || is_against(layout, &seen[i], &fit, votes);
    }
}

/* ---- the best one -------------------------------------------------------------------------------------------- */

static bool is_enough(const struct mm_layout *layout, const struct layout_votes *votes)
{
    bool padding = layout->more[0] || layout->more[1];
    return votes->fits >= FITS_LEAST && FITS_SHARE * votes->against <= votes->fits &&
           (!padding || MORE_SHARE * votes->padded >= votes->rows);
}

/* A property more must tell more than two pairs more; where channels are is one. */
static int64_t worth(const struct mm_layout *layout, const struct layout_votes *votes)
{
    bool channels = layout->axis.kind != MM_AXIS_NONE || layout->blocked[0] || layout->blocked[1];
    bool times = layout->times[0] || layout->times[1], more = layout->more[0] || layout->more[1];
    int properties = channels + times + more;
    return 2 * ((int64_t)votes->fits - (int64_t)votes->against) - 5 * properties;
}

struct best {
    struct mm_layout layout;
    struct layout_votes votes;
    int64_t worth;
};

static void consider(const struct mm_layout *layout, const struct layout_seen *seen, size_t count,
                     struct best *best)
{
    struct layout_votes votes;
    layout_vote(layout, seen, count, &votes);
    if (!is_enough(layout, &votes) || worth(layout, &votes) <= best->worth)
        return;
    *best = (struct best){*layout, votes, worth(layout, &votes)};
}

static void set_number(int64_t field[2], int64_t number)
{
    field[0] = number < 0 ? -number : 0;
    field[1] = number > 0 ? number : 0;
}

bool layout_find(const struct layout_seen *seen, size_t count, struct mm_layout *out,
                 struct layout_votes *votes)
{
    struct possible possible;
    struct best best = {.worth = 0};
    size_t numbers;
    possible_find(&possible, seen, count);
    numbers = possible.times.count * possible.more.count;
    for (size_t i = 0; i < MM_COUNT(axes) * 3 * numbers; i++) {
        size_t blocked = i / MM_COUNT(axes) % 3, number = i / MM_COUNT(axes) / 3;
        struct mm_layout layout = {.axis = axes[i % MM_COUNT(axes)], .blocked = {blocked == 1, blocked == 2}};
        set_number(layout.times, possible.times.value[number % possible.times.count]);
        set_number(layout.more, possible.more.value[number / possible.times.count]);
        consider(&layout, seen, count, &best);
    }
    *out = best.layout;
    *votes = best.votes;
    return best.worth > 0;
}
