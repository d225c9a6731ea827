/* replay: what its pieces share. */
#ifndef MMTUI_CAUSE_REPLAY_H
#define MMTUI_CAUSE_REPLAY_H

#include "cause/recompute.h"
#include "mmtui/runtime.h"

/* What an operator is replayed with: as it is; weights rounded to int8 by one scale, by a scale a channel; what it reads rounded to
 * 256 steps over the range that src has there, which is what an integer operator reads; both; what it reads off by one unit of a
 * float format, which tells what rounding in this format does to it. */
enum replay_part {
    PART_MODEL,
    PART_TENSOR,
    PART_CHANNEL,
    PART_INPUT,
    PART_INPUT_TENSOR,
    PART_INPUT_CHANNEL,
    PART_NUDGED,
    PARTS
};
/* Which values are handed over. */
enum replay_values { REPLAY_AS_IS, REPLAY_ROUNDED, REPLAY_NUDGED };

struct replay_settings;
struct replay_item {
    struct mm_replay_layer *layer;
    enum replay_part part;
    struct replay_settings *settings; /* NULL: one part alone is run */
};

struct replaying {
    const struct mm_replaying *what;
    const atomic_bool *cancel;
    int side;                    /* whose values are handed over */
    struct mm_reader readers[2]; /* files are opened again and again */
    struct replay_item *item;    /* [count] of the list */
    struct mm_replayed *list;
    size_t count;
};

/* Run what is in the list. */
int replay_run(struct replaying *replaying, struct mm_err *err);

/*
 * Both settings of the weights, of those operators whose residual the grid of their result does not explain: with weights
 * rounded by one scale, and by a scale a channel. What they cost, which of the two is in the residual, and what is left with each.
 */
int replay_settings(struct replaying *replaying, struct mm_err *err);
/* A result that is part of it. */
int replay_settings_take(struct replaying *replaying, size_t index, const struct mm_tensor *result,
                         struct mm_err *err);

/* Is a tensor made of integers of 8 bits? */
enum replay_grid { REPLAY_GRID_UNKNOWN, REPLAY_GRID, REPLAY_NO_GRID };
enum replay_grid replay_grid_of(const struct mm_value *y);
/* Where it is not, nothing was clipped. */
void replay_count_clipped(const struct mm_graph *graph, struct mm_replay_layer *layer, size_t layers);
/* Are all of these floats halves (NaN is one, too)? False of no values, and of integers. */
bool replay_are_halves(const struct mm_value *y);
/*
 * Hand over floats rounded to 256 steps from the least to the most of a range and 0, what is beyond clipped to it; or each of them
 * larger or smaller by half a unit in the last place of a half (2^-11 of it), by a coin that always falls alike.
 */
int replay_give_other(struct mm_replay_call *call, const struct mm_tensor *tensor,
                      const struct mm_shape *shape, enum replay_values values, const struct mm_stats *range,
                      const atomic_bool *cancel, struct mm_err *err);
#define REPLAY_NUDGE 0x1p-11

#endif
