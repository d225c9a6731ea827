/* What a run is given, held against what the model takes. */
#include "runtime/dump_run.h"

#include <stdlib.h>
#include <string.h>

#include "base/translate.h"

static void put_inputs(const struct mm_model_run *run, struct mm_buf *out)
{
    char shape[200];
    for (size_t i = 0; i < run->session.inputs; i++) {
        const struct mm_model_input *input = &run->input[i];
        mm_buf_printf(out, "%s%s (", i ? ", " : "", input->name);
        if (input->is_sequence)
            mm_buf_say(out, "a sequence)");
        else
            mm_buf_printf(out, "%s %s)", mm_dtype_info(input->dtype)->name,
                          mm_shape_text(&input->shape, false, shape, sizeof shape));
    }
}

static int wrong_feed(const struct mm_model_run *run, const char *file, const char *what, struct mm_err *err)
{
    struct mm_buf inputs = {0};
    put_inputs(run, &inputs);
    mm_fail(err, MM_EARG, "%s: %s; the inputs are %s", file ? file : run->given, what, mm_buf_text(&inputs));
    mm_buf_done(&inputs);
    return -1;
}

/* The input that a feed is for; -1: there is none. */
static int64_t place_of(const struct mm_model_run *run, const struct mm_feed *feed)
{
    for (size_t i = 0; i < run->session.inputs; i++) {
        if (strcmp(feed->name, run->input[i].name) == 0)
            return (int64_t)i;
    }
    return -1;
}

static bool fits(const struct mm_shape *wanted, const struct mm_shape *given)
{
    if (wanted->rank != given->rank)
        return false;
    for (int i = 0; i < wanted->rank; i++) {
        if (wanted->dim[i] >= 0 && wanted->dim[i] != given->dim[i])
            return false;
    }
    return true;
}

/* The value, rounded where inputs are. */
static int give(struct mm_model_run *run, const struct mm_feed *feed, OrtValue **value, struct mm_err *err)
{
    struct mm_tensor tensor = feed->tensor;
    size_t place = (size_t)place_of(run, feed);
    if (run->simulated && simulated_feed(run->simulated, feed->name, &tensor, &run->feed_run[place],
                                         &run->feed_memory[place], err) < 0)
        return -1;
    if (run->half && half_run_feed(run->half, feed->name, &tensor, &run->feed_run[place],
                                   &run->feed_memory[place], err) < 0)
        return -1;
    return ort_value(run->ort, &tensor, value, feed->name, err);
}

static bool is_wrong(const struct mm_model_input *input, const struct mm_feed *feed)
{
    if (input->is_sequence != (feed->item != NULL))
        return true;
    return !input->is_sequence &&
           (input->dtype != feed->tensor.dtype || !fits(&input->shape, &feed->tensor.shape));
}

/* An item as it is; or as float32, rounded, at the end of `memory`, which has room for it. */
static int make_item(struct mm_model_run *run, const struct mm_feed *feed, size_t i, struct mm_buf *memory,
                     OrtValue **value, struct mm_err *err)
{
    struct mm_tensor item = feed->item[i];
    struct mm_run item_run;
    if (run->half && half_run_is_input(run->half, feed->name)) {
        const struct mm_shape shape = item.shape;
        float *values = half_run_decode(run->half, &item, err);
        if (!values)
            return -1;
        size_t before = memory->length;
        mm_buf_add(memory, values, (size_t)item.count * sizeof(float));
        free(values);
        mm_tensor_raw(&item, MM_F32, &shape, memory->data + before, &item_run);
    }
    return ort_value(run->ort, &item, value, feed->name, err);
}

/* Room for all items as float32, so that none of them moves once there is a value over it. */
static int reserve_items(const struct mm_feed *feed, struct mm_buf *memory, struct mm_err *err)
{
    size_t count = 1;
    for (size_t i = 0; i < feed->items; i++)
        count += (size_t)feed->item[i].count;
    mm_buf_clear(memory);
    return mm_buf_reserve(memory, count * sizeof(float)) ? 0 : mm_fail_memory(err);
}

static int make_sequence(struct mm_model_run *run, const struct mm_feed *feed, OrtValue **value,
                         struct mm_err *err)
{
    const struct mm_ort *ort = run->ort;
    struct mm_buf *memory = &run->feed_memory[place_of(run, feed)];
    OrtValue **item = calloc(feed->items + 1, sizeof *item);
    int result = item ? reserve_items(feed, memory, err) : mm_fail_memory(err);
    for (size_t i = 0; i < feed->items && result == 0; i++)
        result = make_item(run, feed, i, memory, &item[i], err);
    if (result == 0)
        result = ort_sequence(ort, (const OrtValue *const *)item, feed->items, value, feed->name, err);
    for (size_t i = 0; i < feed->items && item; i++)
        ort_value_release(ort, item[i]);
    free(item);
    return result;
}

static int feed_one(struct mm_model_run *run, const struct mm_feed *feed, OrtValue **value,
                    struct mm_err *err)
{
    struct mm_buf what = {0};
    char shape[200];
    int64_t place = place_of(run, feed);
    const struct mm_model_input *input = place >= 0 ? &run->input[place] : NULL;
    mm_shape_text(&feed->tensor.shape, false, shape, sizeof shape);
    if (!input)
        mm_buf_printf(&what, "it has no input called %s", feed->name);
    else if (value[place])
        mm_buf_printf(&what, "input %s is given twice", input->name);
    else if (is_wrong(input, feed))
        mm_buf_printf(&what, "%s %s does not fit input %s", mm_dtype_info(feed->tensor.dtype)->name, shape,
                      input->name);
    int result = what.length ? wrong_feed(run, feed->file, mm_buf_text(&what), err) : 0;
    mm_buf_done(&what);
    if (result < 0)
        return -1;
    return feed->item ? make_sequence(run, feed, &value[place], err) : give(run, feed, &value[place], err);
}

int run_inputs(struct mm_model_run *run, const struct mm_feed *feeds, size_t count, OrtValue **value,
               struct mm_err *err)
{
    struct mm_buf missing = {0};
    for (size_t i = 0; i < count; i++) {
        if (feed_one(run, &feeds[i], value, err) < 0)
            return -1;
    }
    for (size_t i = 0; i < run->session.inputs; i++) {
        if (!value[i])
            mm_buf_printf(&missing, "%s%s", missing.length ? ", " : "nothing is given for input ",
                          run->input[i].name);
    }
    int result = missing.length ? wrong_feed(run, NULL, mm_buf_text(&missing), err) : 0;
    mm_buf_done(&missing);
    return result;
}
