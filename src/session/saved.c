/* A session from a report: mmtui.json, or diff.json of mmtui or of MagicMind's tool. */
#include "session/saved.h"

#include <math.h>
#include <stdlib.h>

#include "base/json_read.h"

#define FILE_LIMIT   ((size_t)1 << 30)
#define VALUES_LIMIT ((size_t)1 << 28)
#define ELEMENTS_MAX ((uint64_t)1 << 53)

/* ---- values ---- */

/* A figure, NaN where there is none; the three that JSON has no number for stand as text. */
double saved_real(struct mm_json_value object, const char *key)
{
    static const struct {
        const char *text;
        double value;
    } words[] = {{"NaN", NAN}, {"Infinity", INFINITY}, {"-Infinity", -INFINITY}};
    struct mm_json_value member = mm_json_member(object, key);
    double value = NAN;
    for (size_t i = 0; i < MM_COUNT(words); i++) {
        if (mm_json_text_is(member, words[i].text))
            return words[i].value;
    }
    return mm_json_get_number(member, &value) ? value : NAN;
}

static int64_t whole_of(struct mm_json_value object, const char *key, int64_t otherwise)
{
    double value = saved_real(object, key);
    bool whole = value == floor(value) && fabs(value) <= (double)ELEMENTS_MAX;
    return whole ? (int64_t)value : otherwise;
}

static bool flag_of(struct mm_json_value object, const char *key)
{
    bool value = false;
    return mm_json_get_bool(mm_json_member(object, key), &value) && value;
}

/* The text of a member in the session's arena; "" where there is none; NULL when memory is out. */
char *saved_text(struct mm_session *session, struct mm_json_value object, const char *key)
{
    struct mm_buf text = {0};
    mm_json_get_text(mm_json_member(object, key), &text);
    char *kept = text.failed ? NULL : mm_arena_strndup(&session->arena, mm_buf_text(&text), text.length);
    mm_buf_done(&text);
    return kept;
}

static char *own_text(struct mm_json_value object, const char *key)
{
    struct mm_buf text = {0};
    mm_json_get_text(mm_json_member(object, key), &text);
    char *own = strdup(mm_buf_text(&text));
    mm_buf_done(&text);
    return own;
}

static void put_figure(const struct mm_figure *figure, struct mm_json_value from, void *to)
{
    char *at = (char *)to + figure->member;
    if (figure->kind == MM_FIGURE_REAL)
        *(double *)at = saved_real(from, figure->name);
    else
        *(int64_t *)at = whole_of(from, figure->name, figure->kind == MM_FIGURE_PLACE ? -1 : 0);
}

/* ---- one side ---- */

static bool shape_of(struct mm_json_value list, struct mm_shape *shape)
{
    struct mm_json_items items = mm_json_items(list);
    struct mm_json_value key, value;
    uint64_t dim;
    *shape = (struct mm_shape){0};
    while (mm_json_next(&items, &key, &value)) {
        if (shape->rank == MM_RANK_MAX || !mm_json_get_whole(value, ELEMENTS_MAX, &dim))
            return false;
        shape->dim[shape->rank++] = (int64_t)dim;
    }
    return mm_json_kind(list) == MM_JSON_IS_ARRAY && mm_shape_count(shape) >= 0;
}

static int info_of(struct mm_json_value side, struct mm_json_value shape, const char *const keys[3],
                   struct mm_info *info, struct mm_err *err)
{
    struct mm_buf dtype = {0};
    info->known = shape_of(shape, &info->shape);
    if (!info->known)
        return 0;
    mm_json_get_text(mm_json_member(side, "dtype"), &dtype);
    info->dtype = mm_dtype_find(mm_buf_text(&dtype));
    mm_buf_done(&dtype);
    info->count = mm_shape_count(&info->shape);
    info->node_name = own_text(side, keys[0]);
    info->op_type = own_text(side, keys[1]);
    info->index = whole_of(side, keys[2], 0);
    info->is_output = flag_of(side, "is_output");
    return info->node_name && info->op_type ? 0 : mm_fail_memory(err);
}

/* An entry for a tensor that may be there no more. */
static struct mm_entry *entry_of(struct mm_session *session, const char *folder, const char *file,
                                 const char *member, int64_t stamp)
{
    struct mm_source *source = mm_arena_alloc(&session->arena, sizeof *source);
    struct mm_entry *entry = mm_arena_alloc(&session->arena, sizeof *entry);
    char *path = mm_path_join(folder, file);
    if (!source || !entry || !path) {
        free(path);
        return NULL;
    }
    *source = (struct mm_source){
        .path = mm_arena_strdup(&session->arena, path), .file = file, .format = mm_format_find("npy")};
    *entry = (struct mm_entry){.source = source,
                               .member = *member ? member : NULL,
                               .label = *member ? member : file,
                               .code = MM_ENOENT,
                               .wrong = "the report has figures, not tensors: open the dumps themselves"};
    entry->parsed =
        (struct mm_file_name){.stamp = stamp, .name = file, .suffix = -1, .format = source->format};
    free(path);
    return source->path ? entry : NULL;
}

/* ---- mmtui.json ---- */

static enum mm_state state_of(struct mm_json_value layer)
{
    static const struct {
        const char *word;
        enum mm_state state;
    } words[] = {{"measured", MM_STATE_MEASURED},
                 {"mismatch", MM_STATE_MISMATCH},
                 {"single", MM_STATE_SINGLE},
                 {"failed", MM_STATE_FAILED}};
    for (size_t i = 0; i < MM_COUNT(words); i++) {
        if (mm_json_text_is(mm_json_member(layer, "state"), words[i].word))
            return words[i].state;
    }
    return MM_STATE_HEADER;
}

static int own_side(struct mm_session *session, struct mm_json_value side, const char *folder,
                    const struct mm_entry **entry, struct mm_info *info, struct mm_stats *stats,
                    struct mm_err *err)
{
    static const char *const keys[3] = {"node_name", "op_type", "index"};
    size_t count;
    const struct mm_figure *figures = mm_stat_figures(&count);
    struct mm_json_value from = mm_json_member(side, "stats");
    if (mm_json_kind(side) != MM_JSON_IS_OBJECT)
        return 0;
    char *file = saved_text(session, side, "file"), *member = saved_text(session, side, "member");
    struct mm_entry *made =
        file && member ? entry_of(session, folder, file, member, whole_of(side, "timestamp", -1)) : NULL;
    *entry = made;
    if (!made)
        return mm_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        put_figure(&figures[i], from, stats);
    if (info_of(side, mm_json_member(side, "shape"), keys, info, err) < 0)
        return -1;
    return saved_statistics(session, side, info, made, err);
}

/* The columns that are furthest off, where the report names some. */
static void table_of(struct mm_json_value from, struct mm_table_error *table)
{
    for (enum mm_table_kind kind = MM_TABLE_INTEGERS; kind <= MM_TABLE_VALUES; kind++) {
        if (mm_json_text_is(mm_json_member(from, "kind"), mm_table_word(kind)))
            table->kind = kind;
    }
    double error = saved_real(from, "error");
    if (table->kind == MM_TABLE_NONE || !(error > 0)) {
        table->kind = MM_TABLE_NONE;
        return;
    }
    table->axis = (int)whole_of(from, "axis", -1);
    table->first = whole_of(from, "first", -1);
    table->last = whole_of(from, "last", -1);
    table->error = error;
}

static int own_layer(struct mm_session *session, struct mm_json_value layer, struct mm_pair *pair,
                     struct mm_result *result, struct mm_err *err)
{
    struct mm_metrics *metrics = &result->metrics;
    struct mm_json_value from = mm_json_member(layer, "metrics");
    result->state = state_of(layer);
    for (int id = 0; id < MM_METRIC_COUNT; id++)
        put_figure(&mm_metric((enum mm_metric_id)id)->field, from, metrics);
    if (own_side(session, mm_json_member(layer, "src"), session->options.src, &pair->src, &result->src,
                 &metrics->src, err) < 0 ||
        own_side(session, mm_json_member(layer, "dst"), session->options.dst, &pair->dst, &result->dst,
                 &metrics->dst, err) < 0)
        return -1;
    table_of(mm_json_member(layer, "columns"), &result->table);
    result->match = mm_json_kind(mm_json_member(layer, "layout")) == MM_JSON_ABSENT ? MM_MATCH_NONE
                    : result->state == MM_STATE_MEASURED                            ? MM_MATCH_SAME
                                                                                    : MM_MATCH_MISMATCH;
    if (result->state == MM_STATE_FAILED) {
        result->code = MM_ECORRUPT;
        result->error = own_text(layer, "error");
    }
    pair->name = saved_text(session, layer, "name");
    return pair->name ? saved_pair(session, layer, pair, err) : mm_fail_memory(err);
}

/* ---- diff.json ---- */

static double element_of(struct mm_json_value list, size_t at)
{
    struct mm_json_items items = mm_json_items(list);
    struct mm_json_value key, value;
    double number = NAN;
    for (size_t i = 0; mm_json_next(&items, &key, &value); i++) {
        if (i == at)
            return mm_json_get_number(value, &number) ? number : NAN;
    }
    return NAN;
}

/* It has diff1 to diff4; all other figures are not known. 999 is a shape that differs; NaN a NaN or Inf on one side. */
static void vendor_figures(struct mm_json_value results, struct mm_result *result)
{
    struct mm_metrics *m = &result->metrics;
    size_t count;
    const struct mm_figure *figures = mm_stat_figures(&count);
    struct mm_json_value absent = {0};
    for (int id = 0; id < MM_METRIC_COUNT; id++)
        put_figure(&mm_metric((enum mm_metric_id)id)->field, absent, m);
    for (size_t i = 0; i < count; i++) {
        put_figure(&figures[i], absent, &m->src);
        put_figure(&figures[i], absent, &m->dst);
    }
    struct mm_json_value diff3 = mm_json_member(results, "diff3"), diff4 = mm_json_member(results, "diff4");
    m->diff1 = saved_real(results, "diff1");
    m->diff2 = saved_real(results, "diff2");
    m->sqnr = mm_metric_sqnr(m->diff2);
    m->diff3_rel = element_of(diff3, 0);
    m->diff3_abs = element_of(diff3, 1);
    m->diff4_greater = element_of(diff4, 0);
    m->diff4_less = element_of(diff4, 1);
    double n = element_of(diff4, 2);
    m->diff4_n = n >= 0 && n <= (double)ELEMENTS_MAX ? (int64_t)n : 0;
    m->count = m->finite = result->src.count;
    m->nonfinite_differ = isnan(m->diff1) || isnan(m->diff2);
    result->state = m->diff1 == 999 && m->diff2 == 999 ? MM_STATE_MISMATCH : MM_STATE_MEASURED;
}

static int64_t stamp_of(struct mm_json_value side)
{
    struct mm_buf text = {0};
    int64_t stamp = -1;
    mm_json_get_text(mm_json_member(side, "Timestamp"), &text);
    if (!mm_parse_i64(mm_buf_text(&text), &stamp))
        stamp = whole_of(side, "Timestamp", -1);
    mm_buf_done(&text);
    return stamp;
}

static int vendor_layer(struct mm_session *session, struct mm_json_value layer, struct mm_pair *pair,
                        struct mm_result *result, struct mm_err *err)
{
    static const char *const keys[3] = {"NodeName", "OpType", "Index"};
    struct mm_json_value shape = mm_json_member(layer, "TensorShape");
    struct mm_json_value src = mm_json_member(layer, "SrcModelInfo"),
                         dst = mm_json_member(layer, "DstModelInfo");
    char *name = saved_text(session, layer, "TensorName");
    pair->name = name;
    pair->src = name ? entry_of(session, "", name, "", stamp_of(src)) : NULL;
    if (!pair->src)
        return mm_fail_memory(err);
    result->state = MM_STATE_SINGLE;
    if (!flag_of(layer, "Valid"))
        return 0;
    pair->dst = entry_of(session, "", name, "", stamp_of(dst));
    if (!pair->dst)
        return mm_fail_memory(err);
    if (info_of(src, shape, keys, &result->src, err) < 0 || info_of(dst, shape, keys, &result->dst, err) < 0)
        return -1;
    vendor_figures(mm_json_member(layer, "Results"), result);
    return 0;
}

/* ---- all of it ---- */

static int make_dump(struct mm_dump **dump, const char *path, struct mm_err *err)
{
    *dump = calloc(1, sizeof **dump);
    if (!*dump)
        return mm_fail_memory(err);
    (*dump)->path = path;
    mm_arena_init(&(*dump)->arena);
    return 0;
}

static void count_pair(struct mm_pairs *pairs, struct mm_pair *pair)
{
    pair->own[0] = pair->src ? pair->name : NULL;
    pair->own[1] = pair->dst ? pair->name : NULL;
    pairs->both += pair->src && pair->dst;
    pairs->src_only += pair->src && !pair->dst;
    pairs->dst_only += !pair->src;
}

static int by_name(const void *a, const void *b)
{
    const struct mm_pair *x = *(struct mm_pair *const *)a, *y = *(struct mm_pair *const *)b;
    int order = strcmp(x->name, y->name);
    return order ? order : x < y ? -1 : x > y;
}

/* The k-th of its name. */
static int number_pairs(struct mm_pair *pair, size_t count, struct mm_err *err)
{
    struct mm_pair **sorted = calloc(count + 1, sizeof *sorted);
    if (!sorted)
        return mm_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &pair[i];
    qsort(sorted, count, sizeof *sorted, by_name);
    for (size_t i = 0, from = 0; i < count; i++) {
        from = strcmp(sorted[i]->name, sorted[from]->name) == 0 ? from : i;
        sorted[i]->occurrence = sorted[i]->occurrences = (uint32_t)(i - from + 1);
    }
    for (size_t i = count; i-- > 1;) { /* the last of a name knows how many there are */
        if (strcmp(sorted[i]->name, sorted[i - 1]->name) == 0)
            sorted[i - 1]->occurrences = sorted[i]->occurrences;
    }
    free(sorted);
    return 0;
}

typedef int read_layer(struct mm_session *session, struct mm_json_value layer, struct mm_pair *pair,
                       struct mm_result *result, struct mm_err *err);

/* Anybody's JSON may have a list in it: a report's is one of layers, and these have names. */
static bool is_layer(struct mm_json_value layer, const char *name)
{
    return mm_json_kind(layer) == MM_JSON_IS_OBJECT &&
           mm_json_kind(mm_json_member(layer, name)) == MM_JSON_IS_TEXT;
}

static bool is_list_of_layers(struct mm_json_value list, bool vendor)
{
    struct mm_json_items items = mm_json_items(list);
    struct mm_json_value key, layer;
    bool good = mm_json_kind(list) == MM_JSON_IS_ARRAY;
    while (good && mm_json_next(&items, &key, &layer))
        good = is_layer(layer, vendor ? "TensorName" : "name");
    return good;
}

static int read_layers(struct mm_session *session, struct mm_json_value list, read_layer *read,
                       struct mm_err *err)
{
    struct mm_json_items items = mm_json_items(list);
    struct mm_json_value key, layer;
    size_t count = mm_json_count(list);
    struct mm_pairs *pairs = session->pairs = calloc(1, sizeof *pairs);
    struct mm_pair *pair = pairs ? mm_arena_array(&pairs->arena, count + 1, sizeof *pair) : NULL;
    session->saved = calloc(count + 1, sizeof *session->saved);
    if (!pair || !session->saved)
        return mm_fail_memory(err);
    pairs->pair = pair;
    for (size_t i = 0; mm_json_next(&items, &key, &layer); i++) {
        pairs->count = i + 1;
        pair[i].place = i;
        if (read(session, layer, &pair[i], &session->saved[i], err) < 0)
            return -1;
        count_pair(pairs, &pair[i]);
    }
    pairs->whole = (struct mm_pair_counts){pairs->count, pairs->both, pairs->src_only, pairs->dst_only};
    return number_pairs(pair, count, err);
}

/* Its order is that of execution where the report says so, or where every tensor of src has a time stamp. */
static void take_order(struct mm_session *session, struct mm_json_value root)
{
    bool stamped = session->pairs->count > 0;
    for (int source = 0; source < MM_ORDER_SOURCES; source++) {
        const char *name = mm_order_source_key((enum mm_order_source)source);
        if (mm_json_text_is(mm_json_member(root, "order"), name)) {
            session->order = (enum mm_order_source)source;
            return;
        }
    }
    for (size_t i = 0; i < session->pairs->count; i++) {
        const struct mm_pair *pair = &session->pairs->pair[i];
        stamped = stamped && (!pair->dst || !pair->src || pair->src->parsed.stamp >= 0);
    }
    session->order = stamped ? MM_ORDER_STAMPS : MM_ORDER_UNKNOWN;
}

/* All of it is kept for a report that is written again. */
static int take_dumps(struct mm_session *session, struct mm_json_value root, struct mm_err *err)
{
    struct mm_json_value dumps = mm_json_member(root, "dumps");
    if (mm_json_kind(dumps) != MM_JSON_IS_OBJECT)
        return 0;
    session->saved_dumps = mm_arena_strndup(&session->arena, dumps.at, (size_t)(dumps.end - dumps.at));
    return session->saved_dumps ? 0 : mm_fail_memory(err);
}

/* What a dump was taken for; reports of others, and older ones, do not say it. */
static int take_recognised(struct mm_dump *dump, struct mm_json_value root, const char *side,
                           struct mm_err *err)
{
    struct mm_json_value said =
        mm_json_member(mm_json_member(mm_json_member(root, "dumps"), side), "recognised");
    struct mm_buf text = {0};
    mm_json_get_text(said, &text);
    if (text.length)
        dump->recognised = mm_arena_strdup(&dump->arena, mm_buf_text(&text));
    bool failed = text.failed || (text.length && !dump->recognised);
    mm_buf_done(&text);
    return failed ? mm_fail_memory(err) : 0;
}

static int read_report(struct mm_session *session, const char *path, struct mm_json_value root,
                       struct mm_err *err)
{
    bool vendor = mm_json_kind(root) == MM_JSON_IS_ARRAY;
    struct mm_json_value list = vendor ? root : mm_json_member(root, "layers");
    struct mm_thresholds *thresholds = &session->options.thresholds;
    if (!is_list_of_layers(list, vendor))
        return mm_fail(err, MM_ECORRUPT, "%s: is no mmtui.json and no diff.json: it has no list of layers",
                       path);
    if (mm_json_kind(mm_json_member(root, "shard")) != MM_JSON_ABSENT)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: is one part of a run: mmtui merge joins them", path);
    session->src_path = own_text(root, "src");
    session->dst_path = own_text(root, "dst");
    session->options.src = session->src_path;
    session->options.dst = session->dst_path;
    if (!session->src_path || !session->dst_path)
        return mm_fail_memory(err);
    double limit = saved_real(mm_json_member(root, "thresholds"), "diff2");
    if (!vendor && !session->options.thresholds_given && limit >= 0) {
        thresholds->diff2 = limit;
        thresholds->diff1 = saved_real(mm_json_member(root, "thresholds"), "diff1");
    }
    if (make_dump(&session->src, session->src_path, err) < 0 ||
        make_dump(&session->dst, session->dst_path, err) < 0 || take_dumps(session, root, err) < 0 ||
        take_recognised(session->src, root, "src", err) < 0 ||
        take_recognised(session->dst, root, "dst", err) < 0 ||
        read_layers(session, list, vendor ? vendor_layer : own_layer, err) < 0)
        return -1;
    take_order(session, root);
    session->src->skipped = (size_t)whole_of(mm_json_member(root, "totals"), "skipped_files", 0);
    return 0;
}

int saved_read(struct mm_session *session, const char *path, struct mm_err *err)
{
    struct mm_buf text = {0}, valid = {0};
    struct mm_json_value root;
    int result = mm_file_read(path, FILE_LIMIT, &text, err);
    if (result == 0) {
        mm_json_quote_nonfinite(mm_buf_text(&text), text.length, &valid);
        result = valid.failed
                     ? mm_fail_memory(err)
                     : mm_json_read(path, mm_buf_text(&valid), valid.length, VALUES_LIMIT, &root, err);
    }
    if (result == 0)
        result = read_report(session, path, root, err);
    mm_buf_done(&text);
    mm_buf_done(&valid);
    return result;
}

void saved_apply(struct mm_session *session)
{
    for (size_t id = 0; id < session->pairs->count; id++) {
        struct mm_layer *layer = &session->layers[id];
        layer->result = session->saved[id];
        session->saved[id] = (struct mm_result){0};
        session_judge(session, layer);
    }
    session->measured = session->pairs->count;
    session->revision++;
}

void saved_done(struct mm_session *session)
{
    for (size_t id = 0; session->saved && session->pairs && id < session->pairs->count; id++)
        mm_result_done(&session->saved[id]);
    free(session->saved);
}
