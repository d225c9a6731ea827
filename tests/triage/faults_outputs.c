/* Faults in what is read off a network: class ids, boxes, order. */
#include "fault.h"

#include <stdlib.h>
#include <string.h>

/* COCO's 80 classes as its 91 categories: these numbers are not in use. */
static int coco_91(int id)
{
    static const int unused[] = {12, 26, 29, 30, 45, 66, 68, 69, 71, 83, 91};
    int category = id + 1;
    for (size_t i = 0; i < sizeof unused / sizeof *unused; i++)
        category += category >= unused[i];
    return category;
}

enum { CLASSES_MOST = 128 };

/* The two most frequent ids change places. */
static void exchange_frequent(const struct demo_value *ids, int *table)
{
    int seen[CLASSES_MOST] = {0}, first = 0, second = 1;
    for (size_t i = 0; i < ids->count; i++)
        seen[(int)ids->data[i] % CLASSES_MOST]++;
    for (int id = 0; id < CLASSES_MOST; id++)
        first = seen[id] > seen[first] ? id : first;
    second = first == second ? 0 : second;
    for (int id = 0; id < CLASSES_MOST; id++)
        second = id != first && seen[id] > seen[second] ? id : second;
    table[first] = second;
    table[second] = first;
}

void fault_class_map(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    int table[CLASSES_MOST];
    for (int id = 0; id < CLASSES_MOST; id++)
        table[id] = in->how == 1 ? coco_91(id) : in->how == 2 ? id + 1 : id;
    int classes = (int)demo_greatest(out) + 1;
    for (int id = classes - 1; in->how == 0 && id > 0; id--) {
        int other = random_whole(in->random, 0, id), kept = table[id];
        table[id] = table[other];
        table[other] = kept;
    }
    if (in->how == 3)
        exchange_frequent(out, table);
    for (size_t i = 0; i < out->count; i++)
        out->data[i] = (float)table[(int)out->data[i] % CLASSES_MOST];
}

/*
 * An image of w x h is scaled by r and padded left and above to fit the network's square input. Boxes (the
 * first four columns: x, y, x, y) come back as (x - pad) / r; that step is left out, or done twice.
 */
void fault_boxes(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    double r = random_in(in->random, 0.35, 0.8), pad[2] = {0, 0}, size[2] = {1280, 720};
    pad[random_whole(in->random, 0, 1)] = random_whole(in->random, 20, 120);
    for (size_t row = 0; row < out->count / out->width; row++)
        for (size_t k = 0; k < 4; k++) {
            float *x = out->data + row * out->width + k;
            *x = (float)(in->how == 0   ? *x * r + pad[k % 2]
                         : in->how == 1 ? (*x - pad[k % 2]) / r
                                        : *x / size[k % 2]);
        }
}

static void swap_rows(struct demo_value *out, int64_t a, int64_t b, size_t width)
{
    for (size_t k = 0; k < width; k++) {
        float kept = out->data[(size_t)a * width + k];
        out->data[(size_t)a * width + k] = out->data[(size_t)b * width + k];
        out->data[(size_t)b * width + k] = kept;
    }
}

void fault_reorder(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    struct fault_axis at = fault_axis(out, in->how);
    size_t width = (size_t)at.inner;
    if (in->amount == 0)
        for (int64_t row = at.size - 1; row > 0; row--)
            swap_rows(out, row, random_whole(in->random, 0, (int)row), width);
    for (int64_t row = 0; in->amount > 0 && row + 1 < at.size; row++)
        if (random_in(in->random, 0, 1) < in->amount)
            swap_rows(out, row, row + 1, width);
}
