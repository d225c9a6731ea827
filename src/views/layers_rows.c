/* The rows of the list of layers: sorted, filtered, folded by groups; what has no partner behind a heading at the end. */
#include "views/layers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what rows are ---- */

size_t layers_here(const struct layers *layers)
{
    const struct layers_rows *rows = &layers->rows;
    int row = layers->list.cursor;
    if (layers->list.count == 0)
        return SIZE_MAX;
    bool inside = rows->inside < rows->count && rows->row_of[rows->inside] == row;
    return inside ? rows->inside : layers->ids[row];
}

size_t layers_selected(const struct layers *layers)
{
    int row = layers->list.cursor;
    return row < layers->list.count && !layers_is_heading(layers, row) ? layers->ids[row] : SIZE_MAX;
}

int layers_row(const struct layers *layers, size_t id)
{
    return id < layers->rows.count ? layers->rows.row_of[id] : -1;
}

const struct layers_fold *layers_fold_at(const struct layers *layers, int row)
{
    return row < layers->list.count && layers->rows.kind[row] >= 0
               ? &layers->rows.fold[layers->rows.kind[row]]
               : NULL;
}

bool layers_is_heading(const struct layers *layers, int row)
{
    return row < layers->list.count && layers->rows.kind[row] == LAYERS_ROW_HEADING;
}

size_t layers_member(const struct layers *layers, int row, size_t *k)
{
    const struct layers_rows *rows = &layers->rows;
    const struct layers_fold *fold = layers_fold_at(layers, row);
    bool layer = row < layers->list.count && rows->kind[row] == LAYERS_ROW_LAYER;
    if (row >= layers->list.count || (layer && *k > 0))
        return SIZE_MAX;
    const struct name_group *group = fold ? &rows->groups.group[fold->group] : NULL;
    size_t count = group ? group->count : layer ? 1 : rows->count;
    while (*k < count) {
        size_t i = (*k)++, id = group ? group->member[i] : layer ? layers->ids[row] : i;
        if (rows->row_of[id] == row)
            return id;
    }
    return SIZE_MAX;
}

bool layers_goto(struct layers *layers, size_t id)
{
    int row = layers_row(layers, id);
    if (row < 0)
        return false;
    list_jump(&layers->list, row);
    layers->rows.inside = id;
    return true;
}

/* ---- room ---- */

static int resize(void *array, size_t count, size_t size)
{
    void **at = array, *more = realloc(*at, count * size);
    if (!more)
        return -1;
    *at = more;
    return 0;
}

int layers_reserve(struct layers *layers, const struct mm_session *session)
{
    struct layers_rows *rows = &layers->rows;
    size_t need = mm_session_count(session) + 2; /* a row each and the heading */
    rows->count = 0;
    rows->have_named = false;
    if (need <= layers->capacity)
        return 0;
    if (need > INT32_MAX / 2 || resize(&layers->ids, need, sizeof *layers->ids) < 0 ||
        resize(&rows->sorted, need, sizeof *rows->sorted) < 0 || resize(&rows->section, need, 1) < 0 ||
        resize(&rows->whole, need, 1) < 0 || resize(&rows->named, need, sizeof *rows->named) < 0 ||
        resize(&rows->row_of, need, sizeof *rows->row_of) < 0 ||
        resize(&rows->kind, need, sizeof *rows->kind) < 0)
        return -1;
    layers->capacity = need;
    return 0;
}

void layers_rows_done(struct layers_rows *rows)
{
    free(rows->sorted);
    free(rows->section);
    free(rows->whole);
    free(rows->named);
    free(rows->row_of);
    free(rows->kind);
    free(rows->fold);
    free(rows->fold_of);
    name_groups_done(&rows->groups);
}

/* ---- sorting and filtering ---- */

static bool same_order(const struct mm_order *a, const struct mm_order *b)
{
    return a->column == b->column && a->reverse == b->reverse;
}

/* The other way round; layers of one name stay in execution order. */
static void turn_names(struct layers_rows *rows, const struct mm_session *session)
{
    size_t out = 0;
    for (size_t end = rows->count, from; end > 0; end = from) {
        const char *label = mm_session_layer(session, rows->named[end - 1])->label;
        for (from = end - 1; from > 0; from--) {
            if (strcmp(mm_session_layer(session, rows->named[from - 1])->label, label) != 0)
                break;
        }
        for (size_t i = from; i < end; i++)
            rows->sorted[out++] = rows->named[i];
    }
}

/* Sorting by name is most of the work for a frame, so it is done once. False: by something else. */
static bool sort_names(struct layers *layers, const struct mm_session *session)
{
    struct layers_rows *rows = &layers->rows;
    const struct mm_order by_name = {.column = MM_COLUMN_LAYER};
    if (layers->order.column != MM_COLUMN_LAYER)
        return false;
    if (!rows->have_named) {
        memcpy(rows->named, rows->sorted, rows->count * sizeof *rows->named);
        mm_order_sort(session, &by_name, rows->named, rows->count);
    }
    rows->have_named = true;
    if (layers->order.reverse)
        turn_names(rows, session);
    else
        memcpy(rows->sorted, rows->named, rows->count * sizeof *rows->named);
    return true;
}

static void sort_all(struct layers *layers, const struct mm_session *session)
{
    struct layers_rows *rows = &layers->rows;
    size_t count = mm_session_count(session);
    uint64_t revision = mm_session_revision(session);
    if (rows->count == count && rows->sorted_at == revision && same_order(&rows->sorted_by, &layers->order))
        return;
    for (size_t id = 0; id < count; id++) /* ties are in this order, and sorting is fastest from it */
        rows->sorted[id] = id;
    for (size_t id = 0; rows->count != count && id < count; id++) {
        const struct mm_pair *pair = mm_session_layer(session, id)->pair;
        rows->whole[id] = !pair->dst ? LAYERS_SRC_ONLY : !pair->src ? LAYERS_DST_ONLY : LAYERS_PAIRED;
    }
    rows->count = count;
    rows->sorted_at = revision;
    rows->sorted_by = layers->order;
    if (!sort_names(layers, session))
        mm_order_sort(session, &layers->order, rows->sorted, count);
}

/* Layers lie far apart in memory: what words look at is fetched while earlier ones are looked at. */
#define AHEAD 6
static void fetch(const struct mm_layer *layer)
{
    __builtin_prefetch(&layer->label);
    __builtin_prefetch(&layer->op);
    __builtin_prefetch(&layer->result.src.known);
    __builtin_prefetch(&layer->result.dst.known);
}

static void filter_all(struct layers *layers, const struct mm_session *session)
{
    struct layers_rows *rows = &layers->rows;
    rows->shown = rows->src_only = rows->dst_only = 0;
    for (size_t id = 0; id < rows->count; id++) {
        if (layers->filter && id + AHEAD < rows->count)
            fetch(mm_session_layer(session, id + AHEAD));
        rows->row_of[id] = -1;
        rows->section[id] = LAYERS_HIDDEN;
        if (!mm_filter_match(layers->filter, session, id))
            continue;
        rows->section[id] = rows->whole[id] == LAYERS_PAIRED ? LAYERS_PAIRED : LAYERS_LONE;
        rows->shown++;
        rows->src_only += rows->whole[id] == LAYERS_SRC_ONLY;
        rows->dst_only += rows->whole[id] == LAYERS_DST_ONLY;
    }
}

/* ---- folded groups ---- */

/* Does a larger or smaller figure of this column mean a worse layer? */
static bool is_figure(enum mm_column_id column)
{
    return mm_column(column)->numeric && column != MM_COLUMN_NUMBER && column != MM_COLUMN_ROOT &&
           column != MM_COLUMN_FROM;
}

static void count_in(struct layers_fold *fold, const struct mm_session *session, size_t id)
{
    const struct mm_layer *layer = mm_session_layer(session, id);
    const struct mm_override *override = mm_session_override(session, id);
    if (override && fold->chosen++ == 0)
        snprintf(fold->badge, sizeof fold->badge, "%s", mm_override_badge(override));
    fold->alike &= override && strcmp(fold->badge, mm_override_badge(override)) == 0;
    fold->first = id < fold->first ? id : fold->first;
    fold->count++;
    fold->over += layer->verdict.bad;
    fold->tagged += layer->tagged;
}

/*
 * The worst layer is the one that the sorting has first; turned round, the last one with a figure. Where the list is
 * not sorted by figures it is the one with the largest error, and the group stands where its first layer would.
 */
static void place(struct layers_fold *fold, const struct layers *layers, const struct mm_session *session,
                  size_t id)
{
    enum mm_column_id column = layers->order.column;
    bool first = fold->at == SIZE_MAX;
    bool last =
        is_figure(column) && layers->order.reverse && !first && !isnan(mm_column(column)->value(session, id));
    fold->at = first || last ? id : fold->at;
    if (is_figure(column))
        fold->worst = fold->at;
    else if (first || mm_session_layer(session, id)->rank > mm_session_layer(session, fold->worst)->rank)
        fold->worst = id;
}

/* Where in fold_of the row of a layer's group stands; -1: it is not folded. */
static ptrdiff_t folded(const struct layers_rows *rows, size_t id)
{
    uint32_t group = rows->groups.made ? rows->groups.of[id] : NAME_GROUP_NONE;
    if (group == NAME_GROUP_NONE || !rows->groups.group[group].folded)
        return -1;
    return (ptrdiff_t)group * 2 + (rows->section[id] == LAYERS_LONE);
}

static void fold_all(struct layers *layers, const struct mm_session *session)
{
    struct layers_rows *rows = &layers->rows;
    size_t count = 0;
    for (size_t i = 0; rows->groups.made && i < rows->groups.count * 2; i++)
        rows->fold_of[i] = -1;
    for (size_t i = 0; rows->groups.made && i < rows->count; i++) {
        size_t id = rows->sorted[i];
        ptrdiff_t which = rows->section[id] == LAYERS_HIDDEN ? -1 : folded(rows, id);
        if (which < 0)
            continue;
        if (rows->fold_of[which] < 0) {
            rows->fold_of[which] = (int32_t)count;
            rows->fold[count++] = (struct layers_fold){.group = (uint32_t)(which / 2),
                                                       .at = SIZE_MAX,
                                                       .worst = SIZE_MAX,
                                                       .first = SIZE_MAX,
                                                       .alike = true};
        }
        struct layers_fold *fold = &rows->fold[rows->fold_of[which]];
        place(fold, layers, session, id);
        count_in(fold, session, id);
    }
}

/* ---- the rows ---- */

static void add_row(struct layers *layers, size_t id, int32_t kind)
{
    layers->ids[layers->list.count] = id;
    layers->rows.kind[layers->list.count++] = kind;
}

/* The row of a layer, or of the group that stands in its place; what stands elsewhere gets its row then. */
static void add(struct layers *layers, size_t id)
{
    struct layers_rows *rows = &layers->rows;
    ptrdiff_t which = folded(rows, id);
    if (which < 0 ||
        rows->fold[rows->fold_of[which]].count == 1) { /* one layer alone is easier to read as such */
        rows->row_of[id] = layers->list.count;
        add_row(layers, id, LAYERS_ROW_LAYER);
        return;
    }
    int32_t kind = rows->fold_of[which];
    if (rows->fold[kind].at == id)
        add_row(layers, rows->fold[kind].worst, kind);
}

/* Layers that are folded have the row of their group. */
static void point_to_folds(struct layers *layers)
{
    struct layers_rows *rows = &layers->rows;
    for (int row = 0; rows->groups.made && row < layers->list.count; row++) {
        if (rows->kind[row] < 0)
            continue;
        const struct name_group *group = &rows->groups.group[rows->fold[rows->kind[row]].group];
        uint8_t section = rows->section[layers->ids[row]];
        for (uint32_t i = 0; i < group->count; i++) {
            if (rows->section[group->member[i]] == section)
                rows->row_of[group->member[i]] = row;
        }
    }
}

/* What has no partner has no figures to sort by: it stands as it was executed, unless the list is sorted by name. */
static void add_lone(struct layers *layers)
{
    struct layers_rows *rows = &layers->rows;
    bool sorted = layers->order.column == MM_COLUMN_LAYER || layers->order.column == MM_COLUMN_NUMBER;
    rows->heading = -1;
    for (size_t i = 0; i < rows->count && rows->src_only + rows->dst_only > 0; i++) {
        size_t id = sorted ? rows->sorted[i] : i;
        if (rows->section[id] != LAYERS_LONE)
            continue;
        if (rows->heading < 0) {
            rows->heading = layers->list.count;
            add_row(layers, id, LAYERS_ROW_HEADING);
        }
        if (rows->lone_folded)
            rows->row_of[id] = rows->heading;
        else
            add(layers, id);
    }
}

void layers_rows_make(struct layers *layers, const struct mm_session *session)
{
    struct layers_rows *rows = &layers->rows;
    if (rows->groups.made && rows->grouped != mm_session_pairings(session))
        layers_group(layers, session, rows->groups.parts, NULL); /* without memory nothing is folded */
    sort_all(layers, session);
    filter_all(layers, session);
    fold_all(layers, session);
    layers->list.count = 0;
    for (size_t i = 0; i < rows->count; i++) {
        if (rows->section[rows->sorted[i]] == LAYERS_PAIRED)
            add(layers, rows->sorted[i]);
    }
    add_lone(layers);
    point_to_folds(layers);
}
