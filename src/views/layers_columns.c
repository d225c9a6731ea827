/* Which columns the list of layers has at a width, and how wide they are. */
#include "views/layers.h"

/* Of columns that say something in less than they take, or more: others have what mm_column wants. */
static const struct {
    enum mm_column_id id;
    int least; /* below it nothing is left to read */
    int usual; /* what it gets before a column that nobody asked for */
} sizes[] = {
    {MM_COLUMN_LAYER, 12, 19},  {MM_COLUMN_NUMBER, 4, 4}, {MM_COLUMN_OP, 5, 8},
    {MM_COLUMN_DTYPE, 7, 9},    {MM_COLUMN_SHAPE, 7, 13}, {MM_COLUMN_PAIRED, 6, 10},
    {MM_COLUMN_DIFF1, 7, 7},    {MM_COLUMN_DIFF2, 7, 7},  {MM_COLUMN_MAX_ABS, 7, 7},
    {MM_COLUMN_SQNR, 5, 5},     {MM_COLUMN_IMPL, 7, 7},   {MM_COLUMN_FORMAT, 7, 7},
    {MM_COLUMN_BEFORE, 7, 7},   {MM_COLUMN_CAUSE, 8, 18}, {MM_COLUMN_APPLIED, 7, 11},
    {MM_COLUMN_VERDICT, 8, 13},
};

#define LABEL_USUAL   32 /* with the badge; longer ones wait until verdicts have their room */
#define LABEL_MOST    60 /* a longer name is cut at its beginning */
#define VERDICT_WHOLE 34 /* "overflow: |x| up to 6.1e6 > 65504" */
#define SHAPE_WHOLE   24
#define MARK_WIDTH    2 /* of the tag, where no number stands first */

static int digits(size_t number)
{
    int n = 1;
    for (; number >= 10; number /= 10)
        n++;
    return n;
}

static int width_of(const struct layers *layers, enum mm_column_id id, bool least)
{
    if (id == MM_COLUMN_NUMBER) /* and a column for the tag */
        return digits(layers->totals.layers) + 1 > 4 ? digits(layers->totals.layers) + 1 : 4;
    for (size_t i = 0; i < MM_COUNT(sizes); i++) {
        if (sizes[i].id == id)
            return least ? sizes[i].least : sizes[i].usual;
    }
    return mm_column(id)->width;
}

/* Let a column that is shown grow up to `most`. */
static void grow(struct layers_layout *layout, enum mm_column_id id, int most)
{
    int more = most - layout->width[id];
    if (!layout->width[id] || more <= 0)
        return;
    more = more < layout->left ? more : layout->left;
    layout->width[id] += more;
    layout->left -= more;
}

static bool has_content(const struct layers *layers, const struct mm_session *session, enum mm_column_id id)
{
    return mm_column_there(session, id) && (id != MM_COLUMN_OP || layers->op_width > 0);
}

/* ---- what was asked for ---- */

/* A list without names says little: the name is taken for asked. */
static bool is_asked(const struct column_choice *choice, int i)
{
    return choice->pick[i].wish == COLUMN_ASKED ||
           (choice->pick[i].id == MM_COLUMN_LAYER && choice->pick[i].wish == COLUMN_IF_ROOM);
}

/* As much of what is asked for as fits with so many blanks between; the last ones give way first, the layer's name never.
 * Without `partly` nothing at all if not all fits. */
static bool take_asked(struct layers_layout *layout, const struct layers *layers,
                       const struct mm_session *session, int gap, bool partly)
{
    const struct column_choice *choice = &layers->columns;
    int left = layout->left + gap, name = width_of(layers, MM_COLUMN_LAYER, true) + gap;
    struct layers_layout taken = *layout;
    bool name_waits = false;
    for (int i = 0; i < MM_COLUMN_COUNT; i++)
        name_waits |= choice->pick[i].id == MM_COLUMN_LAYER && is_asked(choice, i);
    for (int i = 0; i < MM_COLUMN_COUNT; i++) {
        enum mm_column_id id = choice->pick[i].id;
        if (!is_asked(choice, i) || !has_content(layers, session, id))
            continue;
        int width = width_of(layers, id, true);
        name_waits &= id != MM_COLUMN_LAYER;
        if (width + gap + (name_waits ? name : 0) > left) {
            if (!partly)
                return false;
            continue;
        }
        taken.width[id] = width;
        left -= width + gap;
    }
    taken.gap = gap;
    taken.left = left;
    *layout = taken;
    return true;
}

/* ---- the usual ones ---- */

static bool is_wished(const struct layers *layers, enum mm_column_id id, enum column_wish wish)
{
    for (int i = 0; i < MM_COLUMN_COUNT; i++) {
        if (layers->columns.pick[i].id == id)
            return layers->columns.pick[i].wish == wish;
    }
    return false;
}

/* What names and verdicts need comes before the less important columns. */
static void grow_texts(struct layers_layout *layout, const struct layers *layers)
{
    int label = layers->label_width + LAYERS_BADGE;
    grow(layout, MM_COLUMN_VERDICT, 15);
    grow(layout, MM_COLUMN_LAYER, label < LABEL_USUAL ? label : LABEL_USUAL);
    grow(layout, MM_COLUMN_VERDICT, VERDICT_WHOLE);
    grow(layout, MM_COLUMN_LAYER, label < LABEL_MOST ? label : LABEL_MOST);
    grow(layout, MM_COLUMN_OP, layers->op_width);
}

static void take_usual(struct layers_layout *layout, const struct layers *layers,
                       const struct mm_session *session)
{
    enum mm_column_id id;
    for (size_t i = 0; (id = column_usual(i)) < MM_COLUMN_COUNT; i++) {
        if (id == MM_COLUMN_SQNR) /* the rest has its room by now */
            grow_texts(layout, layers);
        int width = width_of(layers, id, false);
        if (!layout->width[id] && is_wished(layers, id, COLUMN_IF_ROOM) && has_content(layers, session, id) &&
            width + layout->gap <= layout->left) {
            layout->width[id] = width;
            layout->left -= width + layout->gap;
        }
    }
}

static void put_in_order(struct layers_layout *layout, const struct layers *layers)
{
    for (int i = 0; i < MM_COLUMN_COUNT; i++) {
        if (layout->width[layers->columns.pick[i].id])
            layout->column[layout->count++] = layers->columns.pick[i].id;
    }
}

static struct layers_layout lay_out(const struct layers *layers, const struct mm_session *session, int w,
                                    int margin)
{
    struct layers_layout layout = {.margin = margin, .left = w - margin};
    if (!take_asked(&layout, layers, session, LAYERS_GAP, false) &&
        !take_asked(&layout, layers, session, 1, false))
        take_asked(&layout, layers, session, 1, true);
    for (size_t i = 0; i < MM_COUNT(sizes); i++)
        grow(&layout, sizes[i].id, sizes[i].usual);
    take_usual(&layout, layers, session);
    if (is_wished(layers, MM_COLUMN_SHAPE, COLUMN_ASKED))
        grow(&layout, MM_COLUMN_SHAPE, SHAPE_WHOLE);
    grow(&layout, MM_COLUMN_VERDICT, 60);
    put_in_order(&layout, layers);
    return layout;
}

struct layers_layout layers_lay_out(const struct layers *layers, const struct mm_session *session, int w)
{
    struct layers_layout layout = lay_out(layers, session, w, 0);
    if (layout.count > 0 && layout.column[0] != MM_COLUMN_NUMBER)
        layout = lay_out(layers, session, w, MARK_WIDTH);
    return layout;
}

bool layers_all_fit(const struct layers *layers, const struct mm_session *session, int w)
{
    struct layers_layout layout = layers_lay_out(layers, session, w);
    for (int i = 0; i < MM_COLUMN_COUNT; i++) {
        enum mm_column_id id = layers->columns.pick[i].id;
        if (layers->columns.pick[i].wish == COLUMN_ASKED && has_content(layers, session, id) &&
            !layout.width[id])
            return false;
    }
    return true;
}

int layers_preview_width(const struct layers *layers, const struct mm_session *session, int w)
{
    int width = w >= PREVIEW_FULL_FROM ? PREVIEW_WIDTH : PREVIEW_LEAST;
    return w >= PREVIEW_FROM && layers_all_fit(layers, session, w - width - 1) ? width : 0;
}

int layers_list_width(const struct layers *layers, const struct mm_session *session, int w)
{
    int preview = layers_preview_width(layers, session, w);
    return preview ? w - preview - 1 : w;
}
