/* Looks at headers, and values where these decide, for what all of a dump has; says it, and has it undone. */
#include "session/layout.h"
#include "session/state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/translate.h"

#define LOOKED_AT    512 /* pairs, spread over the dump, whose headers are read before all else */
#define COMPARED     8   /* pairs whose values are looked at */
#define ELEMENTS_MAX ((int64_t)1 << 20) /* of one of them */
#define ALIKE        0.5                /* diff2 of the part that both have: below, it is the same tensor */
#define COPIES       0.05 /* diff2 between the samples of a dump: below, they are of the same picture */

/* ---- headers ------------------------------------------------------------------------------------------------- */

static bool is_float(enum mm_dtype dtype)
{
    return mm_dtype_info(dtype)->kind == MM_KIND_FLOAT;
}

/* False where a header can't be read, one side is missing, or ranks were joined along the wrong axis. */
static bool look(const struct mm_pair *pair, const struct mm_schema *schema, struct layout_seen *seen)
{
    struct mm_result result;
    if (!pair->src || !pair->dst || joined_along_other_axis(pair, schema))
        return false;
    mm_measure_header(pair, schema, &result);
    bool known = result.src.known && result.dst.known;
    if (known)
        *seen = (struct layout_seen){.src = result.src.shape,
                                     .dst = result.dst.shape,
                                     .told = result.match == MM_MATCH_TOLD_SRC ||
                                             result.match == MM_MATCH_TOLD_DST,
                                     .rows = result.src.shape.rank > 1 && is_float(result.src.dtype)};
    mm_result_done(&result);
    return known;
}

/* Spread over the dump. Returns how many; *differ: not all of them have equal shapes. */
static size_t look_at(const struct mm_pairs *pairs, const struct mm_schema *schema, struct layout_seen *seen,
                      bool *differ)
{
    size_t step = pairs->count / LOOKED_AT + 1, count = 0;
    *differ = false;
    for (size_t i = 0; i < pairs->count; i += step) {
        if (!look(&pairs->pair[i], schema, &seen[count]))
            continue;
        *differ |= seen[count].told || !mm_shape_equal(&seen[count].src, &seen[count].dst);
        seen[count++].place = i;
    }
    return count;
}

/* ---- values: are these samples of the same picture, and where is the padding? ------------------------------- */

struct values {
    double error[2][COMPARED]; /* diff2 with the padding behind, in front; +Inf where it can't be told */
    size_t count, alike[2], copies;
};

static double error_of(const struct mm_pair *pair, const struct mm_layout *layout,
                       const struct mm_schema *schema, bool *copies)
{
    struct mm_pair laid = *pair;
    struct mm_result result;
    laid.layout = layout;
    mm_measure_pair(&laid, schema, NULL, NULL, &result);
    bool measured = result.state == MM_STATE_MEASURED;
    double error = measured ? result.metrics.diff2 : INFINITY;
    *copies = measured && result.spread <= COPIES;
    mm_result_done(&result);
    return isnan(error) ? INFINITY : error;
}

static void compare(struct values *values, const struct mm_pair *pair, const struct mm_layout *layout,
                    const struct mm_schema *schema)
{
    bool copies = false;
    for (int front = 0; front < 2; front++) {
        struct mm_layout either = *layout;
        either.front = front;
        double error = error_of(pair, &either, schema, &copies);
        values->error[front][values->count] = error;
        values->alike[front] += error <= ALIKE;
    }
    values->copies += copies;
    values->count++;
}

static void compare_all(struct values *values, const struct mm_session *session, const struct mm_pairs *pairs,
                        const struct layout_seen *seen, size_t count, const struct mm_layout *layout)
{
    struct mm_layout_fit fit;
    *values = (struct values){.count = 0};
    for (size_t i = 0; i < count && values->count < COMPARED; i++) {
        mm_layout_try(layout, &seen[i].src, &seen[i].dst, &fit);
        bool cut = fit.lay[0].cut || fit.lay[1].cut;
        if (cut && seen[i].rows && mm_shape_count(&fit.lay[0].part) <= ELEMENTS_MAX &&
            mm_shape_count(&seen[i].dst) <= ELEMENTS_MAX && mm_shape_count(&seen[i].src) <= ELEMENTS_MAX)
            compare(values, &pairs->pair[seen[i].place], layout, session->src->schema);
    }
}

/* In front, where more of them are much better so. */
static bool is_in_front(const struct values *values)
{
    size_t front = 0, behind = 0;
    for (size_t i = 0; i < values->count; i++) {
        front += 2 * values->error[1][i] < values->error[0][i];
        behind += 2 * values->error[0][i] < values->error[1][i];
    }
    return front > behind;
}

/* Shapes alone could mean other pictures, or a longer list of results: the values must be the same tensors'. */
static bool confirm(struct mm_layout *layout, const struct values *values)
{
    bool times = layout->times[0] || layout->times[1], more = layout->more[0] || layout->more[1];
    layout->front = more && is_in_front(values);
    bool alike = 2 * values->alike[layout->front] >= values->count;
    bool copies = times && !more && 2 * values->copies >= values->count;
    return (!times && !more) || (values->count > 0 && (alike || copies));
}

/* ---- values: where are the channels of a cube? --------------------------------------------------------------- */

/* One whose shape says nothing, wherever its channels are. */
static bool is_silent(const struct layout_seen *seen)
{
    const struct mm_shape *shape = &seen->dst;
    bool cube = shape->dim[1] > 1 && shape->dim[1] == shape->dim[2] && shape->dim[1] == shape->dim[3];
    return seen->rows && shape->rank == 4 && mm_shape_equal(&seen->src, shape) && (cube || seen->told) &&
           mm_shape_count(shape) <= ELEMENTS_MAX;
}

/* Its axes are so; a shape that was told is told by that. */
static void turn(struct layout_seen *seen, const struct mm_axis *axis)
{
    seen->turned = axis;
    for (int i = 0; seen->told && i < axis->rank; i++)
        seen->dst.dim[i] = seen->src.dim[axis->perm[i]];
}

/* It is no evidence for or against anything. */
static void set_aside(struct layout_seen *seen)
{
    seen->rows = false;
    seen->src = seen->dst = (struct mm_shape){.rank = 0};
}

/* Is dst src's only with its axes in another order? False where that can't be told. */
static bool look_closer(const struct mm_pair *pair, const struct mm_schema *schema, struct layout_seen *seen)
{
    bool copies;
    double as_it_is = error_of(pair, NULL, schema, &copies);
    for (int last = 0; last < 2 && as_it_is > ALIKE; last++) {
        struct mm_layout layout = {.axis = *layout_channels(last)};
        if (2 * error_of(pair, &layout, schema, &copies) > ALIKE)
            continue;
        turn(seen, layout_channels(last));
        return true;
    }
    return as_it_is <= ALIKE;
}

/* A few of those whose shapes say nothing. A told shape that was not looked at, or whose values fit neither way, does
 * not count. */
static void look_at_values(const struct mm_pairs *pairs, const struct mm_schema *schema,
                           struct layout_seen *seen, size_t count)
{
    size_t compared = 0;
    for (size_t i = 0; i < count; i++) {
        bool silent = is_silent(&seen[i]), look = silent && compared < COMPARED;
        compared += look;
        bool clear = look && look_closer(&pairs->pair[seen[i].place], schema, &seen[i]);
        if (seen[i].told && seen[i].dst.rank == 4 && !clear)
            set_aside(&seen[i]);
    }
}

/* ---- saying it ------------------------------------------------------------------------------------------------ */

static void say_channels(const struct mm_layout *layout, const struct layout_seen *seen, struct mm_buf *out)
{
    bool last = layout->axis.perm[1] == 2, moved = layout->axis.kind != MM_AXIS_NONE;
    if (layout->blocked[0] || layout->blocked[1]) {
        bool dst = layout->blocked[1];
        int64_t block = (dst ? &seen->dst : &seen->src)->dim[4];
        mm_buf_printf(out, "channels in blocks of %lld (%s) where %s has them %s", (long long)block,
                      block == 4 ? "NC4HW4" : "NC1HWC0", dst ? "src" : "dst", moved ? "last" : "second");
    } else {
        mm_buf_say(out, last ? "channels last (NHWC) where src has them second"
                             : "channels second (NCHW) where src has them last");
    }
}

static void say_samples(const struct mm_layout *layout, struct mm_buf *out)
{
    bool dst = layout->times[1] > 0;
    mm_buf_printf(out, "%lld samples where %s has 1", (long long)layout->times[dst], dst ? "src" : "dst");
}

static void say_padding(const struct mm_layout *layout, struct mm_buf *out)
{
    bool dst = layout->more[1] > 0;
    long long more = (long long)layout->more[dst];
    mm_buf_printf(out, "%lld %s more along an axis than %s", more, more == 1 ? "place" : "places",
                  dst ? "src" : "dst");
}

/* A pair whose shape tells how large the blocks are. */
static const struct layout_seen *blocked_one(const struct layout_seen *seen, size_t count,
                                             const struct mm_layout *layout)
{
    for (size_t i = 0; i < count; i++) {
        const struct mm_shape *shape = layout->blocked[1] ? &seen[i].dst : &seen[i].src;
        if (shape->rank == 5)
            return &seen[i];
    }
    return seen;
}

/* "All of dst has WHAT (24 of 24 tensors looked at): HOW." */
static void note(struct mm_session *session, bool src, struct mm_buf *what, const struct layout_votes *votes,
                 const char *how)
{
    struct mm_buf text = {0};
    if (what->length) {
        mm_buf_printf(&text, "All of %s has %s (%zu of %zu tensors looked at): %s.", src ? "src" : "dst",
                      mm_buf_text(what), votes->fits, votes->fits + votes->against, how);
        session_note(session, &text);
    }
    mm_buf_done(what);
}

static void say(struct mm_session *session, const struct mm_layout *layout, const struct layout_votes *votes,
                const struct layout_seen *blocked)
{
    struct mm_buf channels = {0}, samples = {0}, padding = {0};
    if (layout->axis.kind != MM_AXIS_NONE || layout->blocked[0] || layout->blocked[1])
        say_channels(layout, blocked, &channels);
    if (layout->times[0] || layout->times[1])
        say_samples(layout, &samples);
    if (layout->more[0] || layout->more[1])
        say_padding(layout, &padding);
    note(session, layout->blocked[0], &channels, votes, "compared under that");
    note(session, layout->times[0] > 0, &samples, votes, "the first is compared");
    note(session, layout->more[0] > 0, &padding, votes,
         layout->front ? "what is in front is taken for padding, and the rest compared"
                       : "what is behind is taken for padding, and the rest compared");
}

/* ---- all of it ----------------------------------------------------------------------------------------------- */

/* Found by these pairs, confirmed, and said if that is wanted. */
static bool decide(struct mm_session *session, const struct mm_pairs *pairs, const struct layout_seen *seen,
                   size_t count, bool noted, struct mm_layout *layout)
{
    struct layout_votes votes;
    struct values values;
    if (!layout_find(seen, count, layout, &votes))
        return false;
    compare_all(&values, session, pairs, seen, count, layout);
    if (!confirm(layout, &values))
        return false;
    if (noted)
        say(session, layout, &votes, blocked_one(seen, count, layout));
    return true;
}

const struct mm_layout *layout_apply(struct mm_session *session, struct mm_pairs *pairs, bool noted)
{
    const struct mm_schema *schema = session->src->schema;
    struct layout_seen *seen = calloc(LOOKED_AT + 1, sizeof *seen);
    struct mm_layout *layout = mm_arena_array(&session->arena, 1, sizeof *layout);
    bool found = false, differ = false;
    size_t count = seen && layout ? look_at(pairs, schema, seen, &differ) : 0;
    if (differ)
        look_at_values(pairs, schema, seen, count);
    if (differ)
        found = decide(session, pairs, seen, count, noted, layout);
    free(seen);
    if (!found)
        return NULL;
    mm_pairs_layout(pairs, layout);
    return layout;
}

void mm_session_samples_text(const struct mm_session *session, struct mm_buf *out)
{
    const struct mm_layer *most = NULL;
    size_t count = 0;
    char figure[MM_NUM];
    for (size_t id = 0; id < session->pairs->count; id++) {
        const struct mm_layer *layer = &session->layers[id];
        if (layer->result.state != MM_STATE_MEASURED ||
            !(layer->result.spread > session->options.thresholds.diff2))
            continue;
        most = !most || layer->result.spread > most->result.spread ? layer : most;
        count++;
    }
    if (count)
        mm_buf_printf(out,
                      "The samples of %s differ from each other in %zu %s, most in %s (%s): only the first "
                      "is compared.",
                      session->layout && session->layout->times[0] ? "src" : "dst", count,
                      count == 1 ? "tensor" : "tensors", most->label,
                      mm_num_short(figure, most->result.spread, 2));
}
