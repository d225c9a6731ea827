/* diff.json as MagicMind's analysis tool writes it (json.dump with indent 4). */
#include "report/form.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the tool writes for tensors whose shapes differ. */
#define SHAPE_MISMATCH 999

static void put_shape(struct mm_buf *out, const struct mm_shape *shape)
{
    PUT(out, "        \"TensorShape\": [");
    for (int i = 0; i < shape->rank; i++) {
        if (i)
            mm_buf_putc(out, ',');
        PUT(out, "\n            ");
        mm_buf_whole(out, shape->dim[i]);
    }
    if (shape->rank > 0)
        PUT(out, "\n        ");
    PUT(out, "],\n");
}

/* The key and its opening brace were put. */
static void put_model(struct mm_buf *out, const struct mm_entry *entry, const struct mm_info *info)
{
    PUT(out, "            \"Timestamp\": \"");
    if (entry->parsed.stamp >= 0)
        mm_buf_whole(out, entry->parsed.stamp);
    PUT(out, "\",\n            \"NodeName\": ");
    mm_json_string(out, info->node_name ? info->node_name : "");
    PUT(out, ",\n            \"OpType\": ");
    mm_json_string(out, info->op_type ? info->op_type : "");
    PUT(out, ",\n            \"Index\": ");
    mm_buf_whole(out, info->index);
    PUT(out, "\n        },\n");
}

static void put_value(struct mm_buf *out, double value, bool whole)
{
    if (whole)
        mm_buf_whole(out, (int64_t)value);
    else
        mm_json_number_bare(out, value);
}

/* The key and its opening bracket were put. */
static void put_list(struct mm_buf *out, const double *values, size_t count, bool whole)
{
    for (size_t i = 0; i < count; i++) {
        if (i)
            mm_buf_putc(out, ',');
        PUT(out, "\n                ");
        put_value(out, values[i], whole);
    }
    PUT(out, "\n            ]");
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
    PUT(out, "        \"Results\": {\n            \"diff1\": ");
    put_value(out, fixed ? all : m->diff1, mismatch);
    PUT(out, ",\n            \"diff2\": ");
    put_value(out, fixed ? all : m->diff2, mismatch);
    PUT(out, ",\n            \"diff3\": [");
    put_list(out, diff3, MM_COUNT(diff3), mismatch);
    PUT(out, ",\n            \"diff4\": [");
    put_list(out, diff4, MM_COUNT(diff4), mismatch);
    PUT(out, "\n        }\n");
}

static void put_layer(const struct mm_layer *layer, struct mm_buf *out)
{
    const struct mm_result *result = &layer->result;
    bool valid = result->state == MM_STATE_MEASURED || result->state == MM_STATE_MISMATCH;
    PUT(out, "    {\n        \"TensorName\": ");
    mm_json_string(out, layer->pair->name);
    PUT(out, ",\n");
    if (valid) {
        put_shape(out, &result->src.shape);
        PUT(out, "        \"SrcModelInfo\": {\n");
        put_model(out, layer->pair->src, &result->src);
        PUT(out, "        \"DstModelInfo\": {\n");
        put_model(out, layer->pair->dst, &result->dst);
        PUT(out, "        \"Valid\": true,\n");
        put_results(out, result);
    } else {
        PUT(out, "        \"Valid\": false\n");
    }
    PUT(out, "    }");
}

/* ---- the order: that of source file names ---- */

/* The first bytes of the name, so that most comparisons need not go and look. */
struct named {
    uint64_t start; /* as a big-endian number */
    const struct mm_layer *layer;
};

static uint64_t start_of(const char *name)
{
    uint64_t start = 0;
    for (int i = 0; i < 8; i++) {
        start = start << 8 | (unsigned char)*name;
        name += *name != '\0';
    }
    return start;
}

static int by_file(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return strcmp(x->layer->pair->src->label, y->layer->pair->src->label);
}

static int order(const struct mm_session *session, const struct mm_layer **out, size_t *count,
                 struct mm_err *err)
{
    size_t n = 0;
    struct named *named = calloc(mm_session_count(session) + 1, sizeof *named);
    if (!named)
        return mm_fail_memory(err);
    for (size_t id = 0; id < mm_session_count(session); id++) {
        const struct mm_layer *layer = mm_session_layer(session, id);
        if (layer->pair->src) /* the tool drops those only in dst; mmtui.json has them */
            named[n++] = (struct named){start_of(layer->pair->src->label), layer};
    }
    qsort(named, n, sizeof *named, by_file);
    for (size_t i = 0; i < n; i++)
        out[i] = named[i].layer;
    free(named);
    *count = n;
    return 0;
}

static void put_head(const struct mm_session *session, struct mm_buf *out)
{
    (void)session;
    PUT(out, "[");
}

static void put_foot(size_t count, struct mm_buf *out)
{
    mm_buf_puts(out, count ? "\n]" : "]");
}

const struct report_form report_form_diff_json = {
    .file = "diff.json", .order = order, .head = put_head, .layer = put_layer, .foot = put_foot};

int mm_report_diff_json(const struct mm_session *session, struct mm_buf *out, struct mm_err *err)
{
    return report_form_text(&report_form_diff_json, session, out, err);
}
