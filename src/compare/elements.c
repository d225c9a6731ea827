/* A pair's values, element by element. */
#include "compare/pass.h"

struct elements {
    const struct mm_pair *pair;
    mm_elements_work work;
    void *context;
};

static int walk(struct mm_pass *pass, const struct elements *elements, struct mm_err *err)
{
    double s[MM_TILE], d[MM_TILE];
    size_t n;
    int failed = 0;
    do {
        int64_t from = pass->base;
        failed = mm_pass_double(pass, s, d, &n, err);
        if (!failed && n > 0)
            failed = elements->work(elements->context, from, s, d, n, err);
    } while (!failed && n > 0);
    return failed;
}

static int take_values(void *context, const struct mm_pair_tensors *tensors, bool *failed_dst,
                       struct mm_err *err)
{
    const struct elements *elements = context;
    const struct mm_pair *pair = elements->pair;
    struct mm_pass pass = {.name_s = pair->src->label, .name_d = pair->dst->label};
    char src[16 * MM_NUM], dst[16 * MM_NUM];
    if (tensors->match == MM_MATCH_MISMATCH)
        return mm_fail(err, MM_EARG, "shapes differ: %s is %s, and %s is %s", pair->src->label,
                       mm_shape_text(&tensors->src.tensor.shape, false, src, sizeof src), pair->dst->label,
                       mm_shape_text(&tensors->dst.tensor.shape, false, dst, sizeof dst));
    mm_pass_start(&pass, &tensors->s, &tensors->d);
    int failed = walk(&pass, elements, err);
    *failed_dst = pass.failed_dst;
    return failed;
}

int mm_pair_elements(const struct mm_pair *pair, const struct mm_schema *schema, mm_elements_work work,
                     void *context, struct mm_err *err)
{
    struct elements elements = {pair, work, context};
    struct mm_pair_reading reading = {
        .pair = pair, .schema = schema, .values = take_values, .context = &elements};
    if (!pair->src || !pair->dst)
        return mm_fail(err, MM_EARG, "%s has no partner", (pair->src ? pair->src : pair->dst)->label);
    return mm_pair_read(&reading, NULL, err);
}
