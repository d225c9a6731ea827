/* Which columns the list of layers has at a width, and how wide they are. */
#include "views/layers.h"

/*
 * The columns in order of importance, each with the width that it needs at least; as many as fit are shown,
 * in the order of mm_column_id. Those after MM_COLUMN_COSINE only take what names and verdicts leave.
 */
static const struct {
    enum mm_column_id id;
    int width;
} wanted[] = {
    {MM_COLUMN_LAYER, 19}, {MM_COLUMN_DIFF2, 7},  {MM_COLUMN_NUMBER, 4},  {MM_COLUMN_VERDICT, 13},
    {MM_COLUMN_IMPL, 7},   {MM_COLUMN_FORMAT, 7}, {MM_COLUMN_CHANGE, 11}, {MM_COLUMN_APPLIED, 11},
    {MM_COLUMN_DTYPE, 9},  {MM_COLUMN_OP, 8},     {MM_COLUMN_DIFF1, 7},   {MM_COLUMN_MAX_ABS, 7},
    {MM_COLUMN_COSINE, 8}, {MM_COLUMN_BEFORE, 7}, {MM_COLUMN_SQNR, 5},    {MM_COLUMN_SHAPE, 13},
};

#define LABEL_USUAL   32 /* with the badge; longer ones wait until verdicts have their room */
#define LABEL_MOST    60 /* a longer name is cut at its beginning */
#define VERDICT_WHOLE 34 /* "overflow: |x| up to 6.1e6 > 65504" */

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

static int digits(size_t number)
{
    int n = 1;
    for (; number >= 10; number /= 10)
        n++;
    return n;
}

static int least_width(const struct layers *layers, size_t i)
{
    if (wanted[i].id == MM_COLUMN_NUMBER) /* and a column for the tag */
        return digits(layers->totals.layers) + 1 > 4 ? digits(layers->totals.layers) + 1 : 4;
    return wanted[i].width;
}

struct layers_layout layers_lay_out(const struct layers *layers, const struct mm_session *session, int w)
{
    struct layers_layout layout = {.left = w + LAYERS_GAP};
    int label = layers->label_width + LAYERS_BADGE;
    for (size_t i = 0; i < MM_COUNT(wanted); i++) {
        if (wanted[i].id == MM_COLUMN_SQNR) { /* the rest has its room by now */
            grow(&layout, MM_COLUMN_VERDICT, 15);
            grow(&layout, MM_COLUMN_LAYER, label < LABEL_USUAL ? label : LABEL_USUAL);
            grow(&layout, MM_COLUMN_VERDICT, VERDICT_WHOLE);
            grow(&layout, MM_COLUMN_LAYER, label < LABEL_MOST ? label : LABEL_MOST);
            grow(&layout, MM_COLUMN_OP, layers->op_width);
        }
        int width = least_width(layers, i);
        bool empty = (wanted[i].id == MM_COLUMN_OP && layers->op_width == 0) ||
                     !mm_column_there(session, wanted[i].id);
        if (!empty && width + LAYERS_GAP <= layout.left) {
            layout.width[wanted[i].id] = width;
            layout.left -= width + LAYERS_GAP;
        }
    }
    grow(&layout, MM_COLUMN_VERDICT, 60);
    return layout;
}
