/* Class ids mapped by another table. */
#include "cause/cause.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/translate.h"

#define CLASSES_MAX 4096
#define RULE_LEAST  0.9 /* share of the positions that must follow the table */

struct seen {
    int32_t from, to;
};

/* One row: ids of src and what dst makes of most of them. */
struct row {
    int32_t from, to;
};

struct table {
    struct row *row;
    size_t rows;
    int64_t follows, repeats, equal,
        count; /* positions; repeats: mapped ids that are met again, which test the rule */
};

static int by_pair(const void *a, const void *b)
{
    const struct seen *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return (x->to > y->to) - (x->to < y->to);
}

static struct seen *pairs_of(const struct trial *t, int64_t *count)
{
    struct seen *seen = malloc((size_t)t->c->d_count * sizeof *seen);
    *count = 0;
    for (int64_t i = 0; seen && i < t->c->d_count; i++) {
        if (isfinite(t->c->s[i]) && isfinite(t->c->d[i]))
            seen[(*count)++] = (struct seen){(int32_t)t->c->s[i], (int32_t)t->c->d[i]};
    }
    return seen;
}

/* One id of src at positions [from, to): its most frequent partner is its row. */
static void add_row(struct table *table, const struct seen *seen, int64_t from, int64_t to)
{
    int64_t most = 0, value = seen[from].to;
    for (int64_t i = from, start = from; i < to; i++) {
        if (seen[i].to != seen[start].to)
            start = i;
        if (i - start + 1 > most) {
            most = i - start + 1;
            value = seen[i].to;
        }
        table->equal += seen[i].to == seen[i].from;
    }
    table->row[table->rows++] = (struct row){seen[from].from, (int32_t)value};
    table->follows += most;
    table->repeats += value != seen[from].from ? most - 1 : 0;
}

static bool table_find(struct table *table, const struct trial *t)
{
    int64_t count;
    struct seen *seen = pairs_of(t, &count);
    table->row = malloc(CLASSES_MAX * sizeof *table->row);
    bool good = seen && table->row && count > 0;
    if (good) {
        qsort(seen, (size_t)count, sizeof *seen, by_pair);
        table->count = count;
    }
    for (int64_t i = 0, from = 0; good && i <= count; i++) {
        if (i < count && seen[i].from == seen[from].from)
            continue;
        good = table->rows < CLASSES_MAX;
        if (good)
            add_row(table, seen, from, i);
        from = i;
    }
    free(seen);
    return good;
}

/* "0->1 1->2 ...": as many as fit. */
static void table_text(const struct table *table, char *out, size_t size)
{
    size_t length = 0;
    for (size_t i = 0; i < table->rows && length + 28 < size; i++)
        length += (size_t)snprintf(out + length, size - length, "%s%" PRId32 "->%" PRId32, i ? " " : "",
                                   table->row[i].from, table->row[i].to);
    if (length < size)
        snprintf(out + length, size - length, "%s", length + 28 >= size ? " ..." : "");
}

/* COCO's 80 trained classes among its 91 ids: where the gaps are. */
static int32_t coco91(int32_t class80)
{
    static const int32_t gaps[] = {12, 26, 29, 30, 45, 66, 68, 69, 71, 83};
    int32_t id = class80 + 1;
    for (size_t i = 0; i < MM_COUNT(gaps); i++)
        id += id >= gaps[i];
    return id;
}

/* All rows alike: off by one number, COCO's gaps; or a table of its own. */
static const char *table_kind(const struct table *table, char out[64])
{
    bool shift = true, coco = true, back = true;
    int32_t by = table->row[0].to - table->row[0].from;
    for (size_t i = 0; i < table->rows; i++) {
        const struct row *row = &table->row[i];
        shift = shift && row->to - row->from == by;
        coco = coco && row->to == coco91(row->from);
        back = back && row->from == coco91(row->to);
    }
    if (shift) {
        mm_format(out, 64, "class ids are off by %+" PRId32, by);
        return out;
    }
    return coco ? "COCO's 91 ids instead of 80" : back ? "COCO's 80 ids instead of 91" : NULL;
}

/* Positions that test the rule: a table of ids met once each fits anything. An offset needs no such test. */
static double table_score(const struct table *table, bool named)
{
    double n = (double)table->count;
    double wrong = 1 - (double)table->equal / n, left = 1 - (double)table->follows / n;
    double tested = named ? (double)table->count - 1 : (double)table->repeats;
    if (!(left <= 1 - RULE_LEAST) || tested < 3 || !(left < 0.3 * wrong))
        return 0;
    double trust = 1 - pow(0.5, tested); /* even with two classes, chance halves with each test */
    return trust * (1 - left / wrong);
}

bool cause_class_map(const struct trial *t, struct found *found)
{
    struct table table = {0};
    char text[120] = "", kind[64], a[MM_NUM], b[MM_NUM];
    bool good = trial_is_ids(t) && table_find(&table, t) && table.rows >= 1 && table.equal < table.count;
    if (good) {
        const char *name = table_kind(&table, kind);
        found->finding.score = table_score(&table, name != NULL);
        found->parameters = name ? 1 : (double)table.rows;
        good = found->finding.score >= SCORE_KEEP;
        table_text(&table, text, sizeof text);
        mm_num_short(a, 100 * (double)table.follows / (double)table.count, 3);
        found_say(found, "%s: explains %s %% of the values",
                  name ? name : "class ids mapped by another table", a);
        found_evidence(found, "%zu ids (src->dst): %s. %s %% of %" PRId64 " values follow, %s %% were equal.",
                       table.rows, text, a, table.count,
                       mm_num_short(b, 100 * (double)table.equal / (double)table.count, 3));
    }
    free(table.row);
    return good;
}
