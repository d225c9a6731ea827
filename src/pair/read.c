/* The one reader of a pair: opening, views, large text files that are not what they seemed, files that are cut. */
#include "pair/tensors.h"

/* A pair being read. */
struct task {
    const struct mm_pair_reading *reading;
    struct mm_pair_tensors tensors;
    bool validated[2]; /* src, dst */
    bool failed_dst;
};

static int views_and_values(struct task *task, struct mm_err *err)
{
    const struct mm_pair_reading *reading = task->reading;

    if (mm_pair_tensors_lay(&task->tensors, reading->pair, reading->src_only, reading->cancel,
                            &task->failed_dst, err))
        return -1;
    return reading->values(reading->context, &task->tensors, &task->failed_dst, err);
}

/* Can it be that this side was misread, and that a closer look helps? */
static bool in_doubt(const struct task *task, bool dst)
{
    const struct mm_load *load = dst ? &task->tensors.dst : &task->tensors.src;
    bool read = dst ? task->tensors.has_dst && !task->reading->src_only : task->tensors.has_src;

    return read && !task->validated[dst] && load->tensor.encoding == MM_ENC_TEXT;
}

/* A value can't be read: of the side at fault, or else of the other. 0: that side is read through, and good. */
static int validate(struct task *task, struct mm_err *err)
{
    bool dst = in_doubt(task, task->failed_dst) ? task->failed_dst : !task->failed_dst;
    const struct mm_pair_reading *reading = task->reading;
    struct mm_load *load = dst ? &task->tensors.dst : &task->tensors.src;
    int failed;

    if (!in_doubt(task, dst))
        return -1;
    task->validated[dst] = true;
    load->cancel = reading->cancel;
    failed = mm_load_validate(load, dst ? reading->pair->dst : reading->pair->src, reading->schema, err);
    load->cancel = NULL;
    if (failed)
        task->failed_dst = dst;
    return failed;
}

/* Figures from a file that became shorter meanwhile mean nothing, nor does any other complaint about it. */
static int check_length(struct task *task, struct mm_err *err)
{
    const struct mm_pair *pair = task->reading->pair;
    bool src_bad = task->tensors.has_src && mm_load_check(&task->tensors.src, pair->src, err);
    bool dst_read = task->tensors.has_dst && !task->reading->src_only;

    if (!src_bad && (!dst_read || mm_load_check(&task->tensors.dst, pair->dst, err) == 0))
        return 0; /* failed_dst stays: it may be about another error */
    task->failed_dst = !src_bad;
    return -1;
}

static int read_values(struct task *task, struct mm_err *err)
{
    int failed = views_and_values(task, err);

    while (failed && err->code == MM_ECORRUPT && validate(task, err) == 0)
        failed = views_and_values(task, err);
    if (failed && err->code == MM_ECANCELLED)
        return -1;
    return check_length(task, err) ? -1 : failed;
}

static int read_all(struct task *task, struct mm_err *err)
{
    const struct mm_pair_reading *reading = task->reading;
    int failed = mm_pair_tensors_load(&task->tensors, reading->pair, reading->schema, reading->readers,
                                      reading->cancel, &task->failed_dst, err);

    if (failed && err->code == MM_ECANCELLED)
        return -1;
    if (reading->headers && reading->headers(reading->context, &task->tensors, &task->failed_dst, err))
        return -1;
    return failed || !reading->values ? failed : read_values(task, err);
}

int mm_pair_read(const struct mm_pair_reading *reading, bool *failed_dst, struct mm_err *err)
{
    struct task task = {.reading = reading};
    struct mm_err inner = {MM_OK, ""}; /* what is settled on the way is nobody's error */
    int failed = read_all(&task, &inner);

    mm_pair_tensors_close(&task.tensors);
    if (failed && err)
        *err = inner;
    if (failed && failed_dst)
        *failed_dst = task.failed_dst;
    return failed;
}
