/* layout: what all of a dump has, from the shapes of a few pairs. Private to session. */
#ifndef MMTUI_SESSION_LAYOUT_H
#define MMTUI_SESSION_LAYOUT_H

#include "mmtui/pair.h"

/* A pair of which the headers are known. */
struct layout_seen {
    struct mm_shape src, dst;
    bool rows;    /* floats of two axes or more: they would have a batch, and perhaps a sequence */
    size_t place; /* of the pair */
    bool told;    /* one side's file says no shape: it has the other's, wherever its channels are */
    /* Of as many channels as rows and columns, or of told shape: by its values dst has its axes so; NULL: not known. */
    const struct mm_axis *turned;
};

/* Where dst has its channels: last of src's that are second, or second of src's that are last. Constant. */
const struct mm_axis *layout_channels(bool last);

/* What these pairs say of a layout. */
struct layout_votes {
    size_t fits;      /* differ as it tells */
    size_t against;   /* differ in another way, or are equal although it would make them differ */
    size_t padded;    /* of those that fit: one side has something more */
    size_t rows;      /* pairs with `rows` */
    int64_t base[32]; /* lengths of axes that have padding on one side, without it */
    size_t bases;
};

void layout_vote(const struct mm_layout *layout, const struct layout_seen *seen, size_t count,
                 struct layout_votes *votes);
/*
 * The layout that tells most of these pairs, by shapes alone: false where there is none.
 * Three pairs at least differ as it tells, and at most one in five that could show it does not. Of two, the one with
 * fewer properties, unless another property tells three pairs more.
 */
bool layout_find(const struct layout_seen *seen, size_t count, struct mm_layout *out,
                 struct layout_votes *votes);

#endif
