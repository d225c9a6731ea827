/* The shares of mmtui compare --shard, joined into the mmtui.json that one run would have written. */
#include "mmtui/report.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/json_walk.h"

/* What a part has, in this order. */
enum key {
    KEY_FORMAT,
    KEY_SCHEMA,
    KEY_VERSION,
    KEY_SRC,
    KEY_DST,
    KEY_THRESHOLDS,
    KEY_ATOL,
    KEY_RTOL,
    KEY_SHARD,
    KEY_TOTALS,
    KEY_LAYERS,
    KEY_COUNT
};

static const struct {
    const char *key;
    bool equal; /* in all parts */
} keys[KEY_COUNT] = {
    [KEY_FORMAT] = {"format", true},
    [KEY_SCHEMA] = {"schema_version", true},
    [KEY_VERSION] = {"mmtui_version", true},
    [KEY_SRC] = {"src", true},
    [KEY_DST] = {"dst", true},
    [KEY_THRESHOLDS] = {"thresholds", true},
    [KEY_ATOL] = {"atol", true},
    [KEY_RTOL] = {"rtol", true},
    [KEY_SHARD] = {"shard", false},
    [KEY_TOTALS] = {"totals", false},
    [KEY_LAYERS] = {"layers", false},
};

/* Members of "shard" and "totals" that all parts must agree on. */
static const struct {
    enum key in;
    const char *key;
} agreed[] = {
    {KEY_SHARD, "count"},     {KEY_SHARD, "engine_version"}, {KEY_SHARD, "framework"},
    {KEY_SHARD, "quantiles"}, {KEY_SHARD, "histogram_bins"}, {KEY_SHARD, "small"},
    {KEY_TOTALS, "layers"},   {KEY_TOTALS, "pairs"},         {KEY_TOTALS, "src_only"},
    {KEY_TOTALS, "dst_only"}, {KEY_TOTALS, "skipped_files"},
};

struct part {
    const char *file;
    struct json_span text, value[KEY_COUNT];
    struct json_span bad; /* the number in totals */
    size_t index, count, layers, bad_count;
};

struct layer {
    size_t number;
    struct json_span text;
    const struct part *part;
};

struct merge {
    struct part *parts;
    size_t part_count;
    struct layer *layers;
    size_t layer_count, layer_capacity;
};

/* ---- reading one part ---- */

static bool is_key(struct json_span span, const char *key)
{
    size_t length = strlen(key);
    return (size_t)(span.end - span.at) == length + 2 && memcmp(span.at + 1, key, length) == 0;
}

static bool same_text(struct json_span a, struct json_span b)
{
    return a.end - a.at == b.end - b.at && memcmp(a.at, b.at, (size_t)(a.end - a.at)) == 0;
}

static struct json_span member(struct json_span object, const char *wanted)
{
    struct json_walk walk = json_walk_into(object, '{');
    struct json_span key, value;
    while (json_walk_next(&walk, &key, &value)) {
        if (is_key(key, wanted))
            return value;
    }
    return (struct json_span){"", ""};
}

static cJSON *parse(struct json_span text)
{
    return cJSON_ParseWithLength(text.at, (size_t)(text.end - text.at));
}

/* A whole number from 0 to 2^53. */
static bool whole(const cJSON *object, const char *key, size_t *out)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= 9007199254740992.0))
        return false;
    *out = (size_t)item->valuedouble;
    return (double)*out == item->valuedouble;
}

static bool read_shard(struct part *part)
{
    cJSON *shard = parse(part->value[KEY_SHARD]);
    bool good = whole(shard, "index", &part->index) && whole(shard, "count", &part->count) &&
                whole(shard, "layers", &part->layers) && part->index >= 1 && part->index <= part->count &&
                part->count <= MM_SHARDS_MAX;
    cJSON_Delete(shard);
    return good;
}

static bool read_totals(struct part *part)
{
    cJSON *totals = parse(part->value[KEY_TOTALS]);
    bool good = whole(totals, "bad", &part->bad_count) && part->bad_count <= part->layers;
    cJSON_Delete(totals);
    part->bad = member(part->value[KEY_TOTALS], "bad");
    return good && part->bad.end > part->bad.at;
}

/* Find the members, each once and in their order. */
static bool find_members(struct part *part)
{
    struct json_walk walk = json_walk_into(part->text, '{');
    struct json_span key, value;
    size_t next = 0;
    while (json_walk_next(&walk, &key, &value)) {
        if (next < KEY_COUNT && !is_key(key, keys[next].key) && next == KEY_SHARD)
            next++; /* not a share: told below */
        if (next == KEY_COUNT || !is_key(key, keys[next].key))
            return false;
        part->value[next++] = value;
    }
    return next == KEY_COUNT && json_walk_at_end(&walk);
}

static bool are_json(const struct part *part)
{
    bool good = true;
    for (size_t i = 0; good && i < KEY_SHARD; i++) {
        cJSON *value = parse(part->value[i]);
        good = value;
        cJSON_Delete(value);
    }
    return good;
}

static int read_part(struct part *part, const struct mm_part *from, struct mm_err *err)
{
    static const char ours[] = "\"mmtui\"";
    *part = (struct part){.file = from->file, .text = {from->text, from->text + from->length}};
    if (!find_members(part) || !are_json(part) ||
        !same_text(part->value[KEY_FORMAT], (struct json_span){ours, ours + sizeof ours - 1}))
        return mm_fail(err, MM_ECORRUPT, "%s: is not a whole mmtui.json", part->file);
    char schema[MM_NUM];
    struct json_span known = {schema, schema + snprintf(schema, sizeof schema, "%d", MM_REPORT_SCHEMA)};
    if (!same_text(part->value[KEY_SCHEMA], known))
        return mm_fail(err, MM_EUNSUPPORTED, "%s: has schema version %.*s, this mmtui joins version %d",
                       part->file, (int)(part->value[KEY_SCHEMA].end - part->value[KEY_SCHEMA].at),
                       part->value[KEY_SCHEMA].at, MM_REPORT_SCHEMA);
    if (!part->value[KEY_SHARD].at)
        return mm_fail(err, MM_EARG, "%s: is of a whole run, not a share of one (mmtui compare --shard I/N)",
                       part->file);
    if (!read_shard(part) || !read_totals(part))
        return mm_fail(err, MM_ECORRUPT, "%s: \"shard\" or \"totals\" is not what mmtui writes", part->file);
    return 0;
}

/* ---- the parts must be of one run ---- */

static int differ(const struct part *part, const struct part *first, const char *key, struct json_span here,
                  struct json_span there, struct mm_err *err)
{
    return mm_fail(err, MM_EARG, "%s: is of another run: %s is %.*s, in %s it is %.*s", part->file, key,
                   (int)(here.end - here.at), here.at, first->file, (int)(there.end - there.at), there.at);
}

static int compare_heads(const struct part *part, const struct part *first, struct mm_err *err)
{
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (keys[i].equal && !same_text(part->value[i], first->value[i]))
            return differ(part, first, keys[i].key, part->value[i], first->value[i], err);
    }
    for (size_t i = 0; i < MM_COUNT(agreed); i++) {
        char name[64];
        struct json_span here = member(part->value[agreed[i].in], agreed[i].key);
        struct json_span there = member(first->value[agreed[i].in], agreed[i].key);
        snprintf(name, sizeof name, "%s.%s", keys[agreed[i].in].key, agreed[i].key);
        if (!same_text(here, there))
            return differ(part, first, name, here, there, err);
    }
    return 0;
}

/* Every share once. */
static int check_shares(const struct merge *merge, struct mm_err *err)
{
    size_t count = merge->parts[0].count;
    const struct part **of = calloc(count + 1, sizeof *of);
    if (!of)
        return mm_fail_memory(err);
    int result = 0;
    for (size_t i = 0; result == 0 && i < merge->part_count; i++) {
        const struct part *part = &merge->parts[i];
        if (of[part->index])
            result = mm_fail(err, MM_EARG, "%s: is share %zu of %zu, as %s is", part->file, part->index,
                             count, of[part->index]->file);
        of[part->index] = part;
    }
    for (size_t index = 1; result == 0 && index <= count; index++) {
        if (!of[index])
            result = mm_fail(err, MM_EARG, "share %zu of %zu is missing (%s is share %zu)", index, count,
                             merge->parts[0].file, merge->parts[0].index);
    }
    free(of);
    return result;
}

/* ---- layers ---- */

static bool layer_number(struct json_span text, size_t *number)
{
    cJSON *layer = parse(text);
    bool good = cJSON_IsObject(layer) && whole(layer, "number", number) && *number >= 1;
    cJSON_Delete(layer);
    return good;
}

static int add_layers(struct merge *merge, const struct part *part, struct mm_err *err)
{
    struct json_walk walk = json_walk_into(part->value[KEY_LAYERS], '[');
    struct json_span text;
    size_t before = merge->layer_count;
    while (json_walk_next(&walk, NULL, &text)) {
        struct layer layer = {.text = text, .part = part};
        if (!layer_number(text, &layer.number))
            return mm_fail(err, MM_ECORRUPT, "%s: its %zu. layer is not what mmtui writes", part->file,
                           merge->layer_count - before + 1);
        if (mm_grow((void **)&merge->layers, &merge->layer_capacity, merge->layer_count + 1,
                    sizeof *merge->layers) < 0)
            return mm_fail_memory(err);
        merge->layers[merge->layer_count++] = layer;
    }
    if (walk.bad || merge->layer_count - before != part->layers)
        return mm_fail(err, MM_ECORRUPT, "%s: has %zu layers where it says %zu", part->file,
                       merge->layer_count - before, part->layers);
    return 0;
}

static int by_number(const void *a, const void *b)
{
    const struct layer *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

/* Every layer once. */
static int check_layers(struct merge *merge, struct mm_err *err)
{
    cJSON *totals = parse(merge->parts[0].value[KEY_TOTALS]);
    size_t all = 0;
    bool known = whole(totals, "layers", &all);
    cJSON_Delete(totals);
    if (!known)
        return mm_fail(err, MM_ECORRUPT, "%s: \"totals\" is not what mmtui writes", merge->parts[0].file);
    if (merge->layer_count)
        qsort(merge->layers, merge->layer_count, sizeof *merge->layers, by_number);
    for (size_t i = 1; i < merge->layer_count; i++) {
        const struct layer *layer = &merge->layers[i];
        if (layer->number == layer[-1].number)
            return mm_fail(err, MM_EARG, "%s: layer %zu is in %s too", layer->part->file, layer->number,
                           layer[-1].part->file);
    }
    for (size_t i = 0; i < merge->layer_count; i++) {
        const struct layer *layer = &merge->layers[i];
        if (layer->number > all)
            return mm_fail(err, MM_EARG, "%s: has a layer %zu of %zu", layer->part->file, layer->number, all);
        if (layer->number != i + 1)
            return mm_fail(err, MM_EARG, "layer %zu of %zu is in none of the files (%s has layer %zu)", i + 1,
                           all, layer->part->file, layer->number);
    }
    if (merge->layer_count != all)
        return mm_fail(err, MM_EARG, "layer %zu of %zu is in none of the files (%s is one of them)",
                       merge->layer_count + 1, all, merge->parts[0].file);
    return 0;
}

/* ---- the result ---- */

static void put_span(struct mm_buf *out, const char *from, const char *to)
{
    mm_buf_add(out, from, (size_t)(to - from));
}

/* The first part's text without "shard", with the sum of "bad", and with all layers as mm_report_json lays
 * them. */
static void put_all(const struct merge *merge, struct mm_buf *out)
{
    const struct part *first = &merge->parts[0];
    size_t bad = 0;
    for (size_t i = 0; i < merge->part_count; i++)
        bad += merge->parts[i].bad_count;
    put_span(out, first->text.at, first->value[KEY_RTOL].end);
    put_span(out, first->value[KEY_SHARD].end, first->bad.at);
    mm_buf_printf(out, "%zu", bad);
    put_span(out, first->bad.end, first->value[KEY_LAYERS].at);
    mm_buf_putc(out, '[');
    for (size_t i = 0; i < merge->layer_count; i++) {
        mm_buf_puts(out, i ? ",\n  " : "\n  ");
        put_span(out, merge->layers[i].text.at, merge->layers[i].text.end);
    }
    mm_buf_puts(out, "\n ]}\n");
}

static int merge_parts(struct merge *merge, const struct mm_part *parts, struct mm_err *err)
{
    for (size_t i = 0; i < merge->part_count; i++) {
        if (read_part(&merge->parts[i], &parts[i], err) < 0 ||
            compare_heads(&merge->parts[i], &merge->parts[0], err) < 0)
            return -1;
    }
    if (check_shares(merge, err) < 0)
        return -1;
    for (size_t i = 0; i < merge->part_count; i++) {
        if (add_layers(merge, &merge->parts[i], err) < 0)
            return -1;
    }
    return check_layers(merge, err);
}

int mm_report_merge(const struct mm_part *parts, size_t count, struct mm_buf *out, struct mm_err *err)
{
    if (count == 0)
        return mm_fail(err, MM_EARG, "there is nothing to join");
    struct merge merge = {.parts = calloc(count, sizeof *merge.parts), .part_count = count};
    int result = merge.parts ? merge_parts(&merge, parts, err) : mm_fail_memory(err);
    if (result == 0)
        put_all(&merge, out);
    if (result == 0 && out->failed)
        result = mm_fail_memory(err);
    free(merge.parts);
    free(merge.layers);
    return result;
}
