/* What got worse, and what better, since an earlier report was written. */
#include "base/json_read.h"
#include "mmtui/report.h"

#include <math.h>
#include <stdlib.h>

#define FILE_LIMIT   ((size_t)1 << 30)
#define VALUES_LIMIT ((size_t)1 << 28)
#define NAMED        10 /* of each kind */

/* A layer as the earlier report has it. */
struct earlier {
    const char *name;
    uint32_t occurrence;
    bool bad;
    double diff2; /* NaN: broken, or not measured */
};

struct baseline {
    struct earlier *layer; /* by name, then occurrence */
    size_t count, capacity;
    struct mm_arena names;
    const struct mm_thresholds *thresholds;
};

/* ---- reading it ---- */

static double number_of(struct mm_json_value object, const char *key)
{
    double value = NAN;
    struct mm_json_value member = mm_json_member(object, key);
    if (mm_json_text_is(member, "Infinity"))
        return INFINITY;
    return mm_json_get_number(member, &value) ? value : NAN;
}

static int add(struct baseline *baseline, struct mm_json_value name, bool bad, double diff2,
               struct mm_err *err)
{
    struct mm_buf text = {0};
    void *array = baseline->layer;
    if (!mm_json_get_text(name, &text)) {
        mm_buf_done(&text);
        return 0; /* no layer */
    }
    char *kept = mm_arena_strndup(&baseline->names, mm_buf_text(&text), text.length);
    mm_buf_done(&text);
    if (!kept || mm_grow(&array, &baseline->capacity, baseline->count + 1, sizeof *baseline->layer) < 0)
        return mm_fail_memory(err);
    baseline->layer = array;
    baseline->layer[baseline->count] = (struct earlier){kept, (uint32_t)baseline->count, bad, diff2};
    baseline->count++;
    return 0;
}

/* mmtui.json has a verdict. */
static int add_own(struct baseline *baseline, struct mm_json_value layer, struct mm_err *err)
{
    bool bad = false;
    mm_json_get_bool(mm_json_member(mm_json_member(layer, "verdict"), "bad"), &bad);
    return add(baseline, mm_json_member(layer, "name"), bad,
               number_of(mm_json_member(layer, "metrics"), "diff2"), err);
}

/* diff.json has none: over the thresholds, or not finite. 999 is over any. */
static int add_vendor(struct baseline *baseline, struct mm_json_value layer, struct mm_err *err)
{
    struct mm_json_value results = mm_json_member(layer, "Results");
    double diff1 = number_of(results, "diff1"), diff2 = number_of(results, "diff2");
    bool within = diff1 <= baseline->thresholds->diff1 && diff2 <= baseline->thresholds->diff2;
    if (mm_json_kind(results) == MM_JSON_ABSENT)
        return 0; /* it had no partner */
    return add(baseline, mm_json_member(layer, "TensorName"), !within, diff2, err);
}

static int by_place(const void *a, const void *b)
{
    const struct earlier *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : (x->occurrence > y->occurrence) - (x->occurrence < y->occurrence);
}

/* Until now occurrence was the place in the file: k-th of its name, from 1. */
static void count_occurrences(struct baseline *baseline)
{
    if (baseline->count > 0)
        qsort(baseline->layer, baseline->count, sizeof *baseline->layer, by_place);
    for (size_t i = 0; i < baseline->count; i++) {
        bool again = i > 0 && strcmp(baseline->layer[i].name, baseline->layer[i - 1].name) == 0;
        baseline->layer[i].occurrence = again ? baseline->layer[i - 1].occurrence + 1 : 1;
    }
}

/* NaN, Infinity and -Infinity stand bare in diff.json; as text they are valid JSON, of the same length or longer. */
static void quote_nonfinite(const struct mm_buf *text, struct mm_buf *out)
{
    static const char *const bare[] = {"NaN", "-Infinity", "Infinity"};
    const char *p = mm_buf_text(text), *end = p + text->length;
    bool inside = false;
    while (p < end) {
        size_t length = 0;
        for (size_t i = 0; i < MM_COUNT(bare) && !inside && !length; i++)
            length = strncmp(p, bare[i], strlen(bare[i])) == 0 ? strlen(bare[i]) : 0;
        if (length) {
            mm_buf_printf(out, "\"%.*s\"", (int)length, p);
            p += length;
            continue;
        }
        if (inside && *p == '\\' && p + 1 < end)
            mm_buf_putc(out, *p++);
        else if (*p == '"')
            inside = !inside;
        mm_buf_putc(out, *p++);
    }
}

static int read_layers(struct baseline *baseline, const char *path, struct mm_json_value root,
                       struct mm_err *err)
{
    bool vendor = mm_json_kind(root) == MM_JSON_IS_ARRAY;
    struct mm_json_value list = vendor ? root : mm_json_member(root, "layers");
    struct mm_json_items items = mm_json_items(list);
    struct mm_json_value key, layer;
    int result = 0;
    if (mm_json_kind(list) != MM_JSON_IS_ARRAY)
        return mm_fail(err, MM_ECORRUPT, "%s: is no mmtui.json and no diff.json: it has no list of layers",
                       path);
    while (result == 0 && mm_json_next(&items, &key, &layer))
        result = (vendor ? add_vendor : add_own)(baseline, layer, err);
    if (result == 0)
        count_occurrences(baseline);
    return result;
}

static int baseline_read(struct baseline *baseline, const char *path, struct mm_err *err)
{
    struct mm_buf text = {0}, valid = {0};
    struct mm_json_value root;
    int result = mm_file_read(path, FILE_LIMIT, &text, err);
    if (result == 0) {
        quote_nonfinite(&text, &valid);
        result = valid.failed
                     ? mm_fail_memory(err)
                     : mm_json_read(path, mm_buf_text(&valid), valid.length, VALUES_LIMIT, &root, err);
    }
    if (result == 0)
        result = read_layers(baseline, path, root, err);
    mm_buf_done(&text);
    mm_buf_done(&valid);
    return result;
}

/* ---- what changed ---- */

enum change { SAME, WORSE, BETTER };

static const struct earlier *find(const struct baseline *baseline, const struct mm_pair *pair)
{
    struct earlier wanted = {.name = pair->name, .occurrence = pair->occurrence ? pair->occurrence : 1};
    if (baseline->count == 0)
        return NULL;
    return bsearch(&wanted, baseline->layer, baseline->count, sizeof wanted, by_place);
}

static enum change change_of(const struct earlier *before, const struct mm_layer *layer)
{
    double now = layer->result.state == MM_STATE_MEASURED && !layer->result.metrics.nonfinite_differ
                     ? layer->result.metrics.diff2
                     : NAN;
    bool bad = layer->verdict.bad;
    if (!before)
        return bad ? WORSE : SAME;
    if (bad &&
        (!before->bad || (isnan(now) && !isnan(before->diff2)) || now >= before->diff2 * MM_CHANGE_WORSE))
        return WORSE;
    if (before->bad &&
        (!bad || (isnan(before->diff2) && !isnan(now)) || now <= before->diff2 * MM_CHANGE_BETTER))
        return BETTER;
    return SAME;
}

static void put_figure(struct mm_buf *out, double value)
{
    char number[MM_NUM];
    mm_buf_puts(out, isnan(value) ? "broken" : mm_num_short(number, value, 3));
}

static void put_changed(const struct mm_session *session, size_t id, const struct earlier *before,
                        struct mm_buf *out)
{
    const struct mm_layer *layer = mm_session_layer(session, id);
    bool measured = layer->result.state == MM_STATE_MEASURED && !layer->result.metrics.nonfinite_differ;
    mm_buf_puts(out, "  ");
    mm_report_layer(session, id, out);
    mm_buf_puts(out, ": ");
    if (before)
        put_figure(out, before->diff2);
    else
        mm_buf_puts(out, "not there");
    mm_buf_puts(out, ", now ");
    put_figure(out, measured ? layer->result.metrics.diff2 : NAN);
    mm_buf_putc(out, '\n');
}

static size_t put_kind(const struct mm_session *session, const struct baseline *baseline, enum change kind,
                       const char *word, struct mm_buf *out)
{
    struct mm_buf names = {0};
    size_t count = 0;
    for (size_t id = 0; id < mm_session_count(session); id++) {
        const struct mm_layer *layer = mm_session_layer(session, id);
        const struct earlier *before = find(baseline, layer->pair);
        if (!layer->pair->src || !layer->pair->dst || change_of(before, layer) != kind)
            continue;
        if (count++ < NAMED)
            put_changed(session, id, before, &names);
    }
    mm_buf_printf(out, "%zu %s got %s%s\n%s", count, count == 1 ? "layer" : "layers", word, count ? ":" : "",
                  mm_buf_text(&names));
    if (count > NAMED)
        mm_buf_printf(out, "  and %zu more\n", count - NAMED);
    out->failed |= names.failed;
    mm_buf_done(&names);
    return count;
}

int mm_report_baseline(const struct mm_session *session, const char *path, struct mm_buf *out, size_t *worse,
                       struct mm_err *err)
{
    struct baseline baseline = {.thresholds = &mm_session_options(session)->thresholds};
    int result = baseline_read(&baseline, path, err);
    if (result == 0) {
        mm_buf_printf(out, "Against %s: ", path);
        *worse = put_kind(session, &baseline, WORSE, "worse", out);
        put_kind(session, &baseline, BETTER, "better", out);
    }
    free(baseline.layer);
    mm_arena_done(&baseline.names);
    return result;
}
