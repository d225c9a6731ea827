/* diff.json as MagicMind's analysis tool writes it (json.dump with indent 4). */
#include "mmtui/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the tool writes for tensors whose shapes differ. */
#define SHAPE_MISMATCH 999

static void put_key(struct mm_buf *out, int depth, const char *key)
{
    mm_buf_fill(out, ' ', (size_t)depth * 4);
    mm_buf_puts(out, "\"");
    mm_buf_puts(out, key);
    mm_buf_puts(out, "\": ");
}

static void put_shape(struct mm_buf *out, int depth, const struct mm_shape *shape)
{
    if (shape->rank == 0) {
        mm_buf_puts(out, "[]");
        return;
    }
    mm_buf_puts(out, "[\n");
    for (int i = 0; i < shape->rank; i++) {
        mm_buf_fill(out, ' ', (size_t)(depth + 1) * 4);
        mm_buf_whole(out, shape->dim[i]);
        mm_buf_puts(out, i + 1 < shape->rank ? ",\n" : "\n");
    }
    mm_buf_printf(out, "%*s]", depth * 4, "");
}

static void put_model(struct mm_buf *out, const char *key, const struct mm_entry *entry,
                      const struct mm_info *info)
{
    put_key(out, 2, key);
    mm_buf_puts(out, "{\n");
    put_key(out, 3, "Timestamp");
    if (entry->parsed.stamp >= 0)
        mm_buf_printf(out, "\"%lld\",\n", (long long)entry->parsed.stamp);
    else
        mm_buf_puts(out, "\"\",\n");
    put_key(out, 3, "NodeName");
    mm_json_string(out, info->node_name ? info->node_name : "");
    mm_buf_puts(out, ",\n");
    put_key(out, 3, "OpType");
    mm_json_string(out, info->op_type ? info->op_type : "");
    mm_buf_puts(out, ",\n");
    put_key(out, 3, "Index");
    mm_buf_printf(out, "%lld\n        },\n", (long long)info->index);
}

static void put_list(struct mm_buf *out, const char *key, const double *values, size_t count, bool whole,
                     bool last)
{
    put_key(out, 3, key);
    mm_buf_puts(out, "[\n");
    for (size_t i = 0; i < count; i++) {
        mm_buf_fill(out, ' ', 16);
        if (whole)
            mm_buf_printf(out, "%d", (int)values[i]);
        else
            mm_json_number_bare(out, values[i]);
        mm_buf_puts(out, i + 1 < count ? ",\n" : "\n");
    }
    mm_buf_printf(out, "%*s]%s\n", 12, "", last ? "" : ",");
}

static void put_single(struct mm_buf *out, const char *key, double value, bool whole)
{
    put_key(out, 3, key);
    if (whole)
        mm_buf_printf(out, "%d", (int)value);
    else
        mm_json_number_bare(out, value);
    mm_buf_puts(out, ",\n");
}

/* A shape mismatch is 999 everywhere; a tensor broken by NaN or Inf on one side is NaN everywhere. */
static void put_results(struct mm_buf *out, const struct mm_result *result)
{
    const struct mm_metrics *m = &result->metrics;
    bool mismatch = result->state == MM_STATE_MISMATCH;
    bool broken = !mismatch && m->nonfinite_differ > 0;
    double all = mismatch ? SHAPE_MISMATCH : NAN;
    bool fixed = mismatch || broken;
    double diff3[2] = {fixed ? all : m->diff3_rel, fixed ? all : m->diff3_abs};
    double diff4[3] = {fixed ? all : m->diff4_greater, fixed ? all : m->diff4_less,
                       fixed ? all : (double)m->diff4_n};
    put_key(out, 2, "Results");
    mm_buf_puts(out, "{\n");
    put_single(out, "diff1", fixed ? all : m->diff1, mismatch);
    put_single(out, "diff2", fixed ? all : m->diff2, mismatch);
    put_list(out, "diff3", diff3, MM_COUNT(diff3), mismatch, false);
    put_list(out, "diff4", diff4, MM_COUNT(diff4), mismatch, true);
    mm_buf_puts(out, "        }\n");
}

static void put_layer(struct mm_buf *out, const struct mm_layer *layer)
{
    const struct mm_result *result = &layer->result;
    bool valid = result->state == MM_STATE_MEASURED || result->state == MM_STATE_MISMATCH;
    mm_buf_puts(out, "    {\n");
    put_key(out, 2, "TensorName");
    mm_json_string(out, layer->pair->name);
    mm_buf_puts(out, ",\n");
    if (valid) {
        put_key(out, 2, "TensorShape");
        put_shape(out, 2, &result->src.shape);
        mm_buf_puts(out, ",\n");
        put_model(out, "SrcModelInfo", layer->pair->src, &result->src);
        put_model(out, "DstModelInfo", layer->pair->dst, &result->dst);
    }
    put_key(out, 2, "Valid");
    mm_buf_puts(out, valid ? "true,\n" : "false\n");
    if (valid)
        put_results(out, result);
    mm_buf_puts(out, "    }");
}

static int by_file(const void *a, const void *b)
{
    const struct mm_layer *x = *(const struct mm_layer *const *)a, *y = *(const struct mm_layer *const *)b;
    return strcmp(x->pair->src->file, y->pair->src->file);
}

int mm_report_diff_json(const struct mm_session *session, struct mm_buf *out, struct mm_err *err)
{
    const struct mm_layer **sorted = calloc(mm_session_count(session) + 1, sizeof *sorted);
    if (!sorted)
        return mm_fail_memory(err);
    size_t count = 0;
    for (size_t id = 0; id < mm_session_count(session); id++) {
        const struct mm_layer *layer = mm_session_layer(session, id);
        if (layer->pair->src) /* the tool drops those only in dst; mmtui.json has them */
            sorted[count++] = layer;
    }
    qsort(sorted, count, sizeof *sorted, by_file);
    mm_buf_puts(out, "[");
    for (size_t i = 0; i < count; i++) {
        mm_buf_puts(out, i ? ",\n" : "\n");
        put_layer(out, sorted[i]);
    }
    mm_buf_puts(out, count ? "\n]" : "]");
    free(sorted);
    return out->failed ? mm_fail_memory(err) : 0;
}
