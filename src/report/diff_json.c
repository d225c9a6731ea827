/* diff.json as MagicMind's analysis tool writes it (json.dump with indent 4). */
#include "report/form.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the tool writes for tensors whose shapes differ. */
#define SHAPE_MISMATCH 999

static void put_model(struct mm_json *json, const char *key, const struct mm_entry *entry,
                      const struct mm_info *info)
{
    struct mm_buf stamp = {0};
    if (entry->parsed.stamp >= 0)
        mm_buf_whole(&stamp, entry->parsed.stamp);
    mm_json_open_object(json, key);
    mm_json_put_text(json, "Timestamp", mm_buf_text(&stamp));
    mm_json_put_text(json, "NodeName", info->node_name ? info->node_name : "");
    mm_json_put_text(json, "OpType", info->op_type ? info->op_type : "");
    mm_json_put_whole(json, "Index", info->index);
    mm_json_close_object(json);
    mm_buf_done(&stamp);
}

static void put_value(struct mm_json *json, const char *key, double value, bool whole)
{
    if (whole)
        mm_json_put_whole(json, key, (int64_t)value);
    else
        mm_json_put_number(json, key, value);
}

static void put_list(struct mm_json *json, const char *key, const double *values, size_t count, bool whole)
{
    mm_json_open_array(json, key);
    for (size_t i = 0; i < count; i++)
        put_value(json, NULL, values[i], whole);
    mm_json_close_array(json);
}

/* A shape mismatch is 999 everywhere; a tensor broken by NaN or Inf on one side is NaN everywhere. */
static void put_results(struct mm_json *json, const struct mm_result *result, bool vendor)
{
    bool mismatch = result->state == MM_STATE_MISMATCH;
    struct mm_diffs diffs = {SHAPE_MISMATCH,
                             SHAPE_MISMATCH,
                             {SHAPE_MISMATCH, SHAPE_MISMATCH},
                             {SHAPE_MISMATCH, SHAPE_MISMATCH, SHAPE_MISMATCH}};
    if (!mismatch)
        (vendor ? mm_vendor_diffs : mm_plain_diffs)(&result->metrics, &diffs);
    mm_json_open_object(json, "Results");
    put_value(json, "diff1", diffs.diff1, mismatch);
    put_value(json, "diff2", diffs.diff2, mismatch);
    put_list(json, "diff3", diffs.diff3, MM_COUNT(diffs.diff3), mismatch);
    put_list(json, "diff4", diffs.diff4, MM_COUNT(diffs.diff4), mismatch);
    mm_json_close_object(json);
}

static void put_tensor(const struct mm_layer *layer, struct mm_json *json, bool vendor)
{
    const struct mm_result *result = &layer->result;
    const struct mm_entry *src = layer->pair->src;
    const struct mm_statistics *kept = src ? src->statistics : NULL; /* of the tensor, not of the figures */
    const struct mm_shape *shape = kept && kept->shaped ? &kept->shape : &result->src.shape;
    bool valid = result->state == MM_STATE_MEASURED || result->state == MM_STATE_MISMATCH;
    mm_json_open_object(json, NULL);
    mm_json_put_text(json, "TensorName", layer->pair->name);
    if (valid) {
        mm_json_open_array(json, "TensorShape");
        for (int i = 0; i < shape->rank; i++)
            mm_json_put_whole(json, NULL, shape->dim[i]);
        mm_json_close_array(json);
        put_model(json, "SrcModelInfo", layer->pair->src, &result->src);
        put_model(json, "DstModelInfo", layer->pair->dst, &result->dst);
    }
    mm_json_put_bool(json, "Valid", valid);
    if (valid)
        put_results(json, result, vendor);
    mm_json_close_object(json);
}

static void put_layer(const struct mm_layer *layer, struct mm_json *json)
{
    put_tensor(layer, json, false);
}

static void put_vendor_layer(const struct mm_layer *layer, struct mm_json *json)
{
    put_tensor(layer, json, true);
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

static void put_head(const struct mm_session *session, struct mm_json *json)
{
    (void)session;
    mm_json_open_array(json, NULL);
}

#define DIFF_JSON(layer_of)                                                                                  \
    {                                                                                                        \
        .file = "diff.json", .style = {.indent = 4, .nonfinite = MM_JSON_BARE}, .depth = 1, .order = order,  \
        .head = put_head, .layer = layer_of, .foot = mm_json_close_array                                     \
    }

/* By mmtui's formulas, and by the vendor tool's. */
static const struct report_form forms[2] = {DIFF_JSON(put_layer), DIFF_JSON(put_vendor_layer)};

const struct report_form *report_form_diff_json(const struct mm_session *session)
{
    return &forms[mm_session_options(session)->vendor_exact];
}

int mm_report_diff_json(const struct mm_session *session, struct mm_buf *out, struct mm_err *err)
{
    return report_form_text(report_form_diff_json(session), session, out, err);
}
