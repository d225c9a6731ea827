/* The shards of mmtui compare --shard, joined into the mmtui.json that one run would have written. */
#include "mmtui/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_read.h"

/* What a part has, in this order. */
enum key {
    KEY_FORMAT,
    KEY_SCHEMA,
    KEY_VERSION,
    KEY_SRC,
    KEY_DST,
    KEY_DUMPS,
    KEY_THRESHOLDS,
    KEY_ATOL,
    KEY_RTOL,
    KEY_ORDER,
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
    [KEY_DUMPS] = {"dumps", true},
    [KEY_THRESHOLDS] = {"thresholds", true},
    [KEY_ATOL] = {"atol", true},
    [KEY_RTOL] = {"rtol", true},
    [KEY_ORDER] = {"order", true},
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
    struct mm_json_value text, value[KEY_COUNT];
    struct mm_json_value bad; /* the number in totals */
    size_t index, count, layers, bad_count;
    size_t all; /* layers of the whole run */
};

struct layer {
    size_t number;
    struct mm_json_value text;
    const struct part *part;
};

struct merge {
    struct part *parts;
    size_t part_count;
    struct layer *layers;
    size_t layer_count, layer_capacity;
};

/* ---- reading one part ---- */

static bool same_text(struct mm_json_value a, struct mm_json_value b)
{
    return a.end - a.at == b.end - b.at && memcmp(a.at, b.at, (size_t)(a.end - a.at)) == 0;
}

static bool whole(struct mm_json_value object, const char *key, size_t *out)
{
    uint64_t value;
    if (!mm_json_get_whole(mm_json_member(object, key), SIZE_MAX, &value))
        return false;
    *out = (size_t)value;
    return true;
}

static bool read_shard(struct part *part)
{
    struct mm_json_value shard = part->value[KEY_SHARD];
    return whole(shard, "index", &part->index) && whole(shard, "count", &part->count) &&
           whole(shard, "layers", &part->layers) && part->index >= 1 && part->index <= part->count &&
           part->count <= MM_SHARDS_MAX;
}

static bool read_totals(struct part *part)
{
    struct mm_json_value totals = part->value[KEY_TOTALS];
    part->bad = mm_json_member(totals, "bad");
    return whole(totals, "bad", &part->bad_count) && part->bad_count <= part->layers &&
           whole(totals, "layers", &part->all);
}

/* Find the members, each once and in their order. */
static bool find_members(struct part *part)
{
    struct mm_json_items items = mm_json_items(part->text);
    struct mm_json_value key, value;
    size_t next = 0;
    while (mm_json_next(&items, &key, &value)) {
        if (next == KEY_SHARD && !mm_json_text_is(key, keys[next].key))
            next++; /* not a share: told below */
        if (next == KEY_COUNT || !mm_json_text_is(key, keys[next].key))
            return false;
        part->value[next++] = value;
    }
    return next == KEY_COUNT;
}

/* No tree is built: it may have as many values as it has room for. */
static int read_json(struct part *part, const struct mm_part *from, struct mm_err *err)
{
    struct mm_buf label = {0};
    mm_buf_printf(&label, "%s: is not a whole mmtui.json", from->file);
    int result = mm_json_read(mm_buf_text(&label), from->text, from->length, from->length, &part->text, err);
    mm_buf_done(&label);
    return result;
}

static int read_part(struct part *part, const struct mm_part *from, struct mm_err *err)
{
    *part = (struct part){.file = from->file};
    if (read_json(part, from, err) < 0)
        return -1;
    if (!find_members(part) || !mm_json_text_is(part->value[KEY_FORMAT], "mmtui"))
        return mm_fail(err, MM_ECORRUPT, "%s: is not a whole mmtui.json", part->file);
    uint64_t schema;
    if (!mm_json_get_whole(part->value[KEY_SCHEMA], MM_REPORT_SCHEMA, &schema) || schema != MM_REPORT_SCHEMA)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: has schema version %.*s, this mmtui joins version %d",
                       part->file, (int)(part->value[KEY_SCHEMA].end - part->value[KEY_SCHEMA].at),
                       part->value[KEY_SCHEMA].at, MM_REPORT_SCHEMA);
    if (!part->value[KEY_SHARD].at)
        return mm_fail(err, MM_EARG, "%s: is of a whole run, not a shard of one (mmtui compare --shard I/N)",
                       part->file);
    if (!read_shard(part) || !read_totals(part))
        return mm_fail(err, MM_ECORRUPT, "%s: \"shard\" or \"totals\" is not what mmtui writes", part->file);
    return 0;
}

/* ---- the parts must be of one run ---- */

static int differ(const struct part *part, const struct part *first, const char *key,
                  struct mm_json_value here, struct mm_json_value there, struct mm_err *err)
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
        struct mm_json_value here = mm_json_member(part->value[agreed[i].in], agreed[i].key);
        struct mm_json_value there = mm_json_member(first->value[agreed[i].in], agreed[i].key);
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

static int add_layers(struct merge *merge, const struct part *part, struct mm_err *err)
{
    struct mm_json_items items = mm_json_items(part->value[KEY_LAYERS]);
    struct mm_json_value key, text;
    size_t before = merge->layer_count;
    while (mm_json_next(&items, &key, &text)) {
        struct layer layer = {.text = text, .part = part};
        if (!whole(text, "number", &layer.number) || layer.number == 0)
            return mm_fail(err, MM_ECORRUPT, "%s: its %zu. layer is not what mmtui writes", part->file,
                           merge->layer_count - before + 1);
        if (mm_grow((void **)&merge->layers, &merge->layer_capacity, merge->layer_count + 1,
                    sizeof *merge->layers) < 0)
            return mm_fail_memory(err);
        merge->layers[merge->layer_count++] = layer;
    }
    if (merge->layer_count - before != part->layers)
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
    size_t all = merge->parts[0].all;
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
    put_span(out, first->text.at, first->value[KEY_ORDER].end);
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
