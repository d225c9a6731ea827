/* The order of the files' modification times, where it may be that in which they were written first. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "mmtui/dump.h"

#define FILES_LEAST 4 /* fewer are in one of the usual orders too easily by chance */

struct timed {
    const char *file;
    size_t entry;
    int64_t seconds;
    long nanoseconds;
    size_t listed; /* place in the folder's listing */
};

/* ---- what the folder says -------------------------------------------------------------------------------------- */

struct listing {
    struct timed **by_name; /* sorted by file name */
    size_t count, next;
};

static int by_file(const void *a, const void *b)
{
    return strcmp((*(struct timed *const *)a)->file, (*(struct timed *const *)b)->file);
}

static int visit(void *context, const char *name)
{
    struct listing *listing = context;
    struct timed wanted = {.file = name}, *key = &wanted;
    struct timed **found = bsearch(&key, listing->by_name, listing->count, sizeof *listing->by_name, by_file);
    if (found)
        (*found)->listed = listing->next++;
    return 0;
}

/* 1, or 0 where the folder is not what it was, or -1. */
static int find_listed(const struct mm_dump *dump, struct timed *timed)
{
    struct listing listing = {.count = dump->count};
    listing.by_name = calloc(dump->count + 1, sizeof *listing.by_name);
    if (!listing.by_name)
        return -1;
    for (size_t i = 0; i < dump->count; i++)
        listing.by_name[i] = &timed[i];
    qsort(listing.by_name, listing.count, sizeof *listing.by_name, by_file);
    int result = mm_folder_list(dump->path, visit, &listing, NULL);
    free(listing.by_name);
    return result == 0 && listing.next == dump->count;
}

static bool find_times(const struct mm_dump *dump, struct timed *timed)
{
    for (size_t i = 0; i < dump->count; i++) {
        struct stat info;
        if (stat(dump->entries[i].source->path, &info) < 0)
            return false;
        timed[i] = (struct timed){.file = dump->entries[i].source->file,
                                  .entry = i,
                                  .seconds = info.st_mtim.tv_sec,
                                  .nanoseconds = info.st_mtim.tv_nsec};
    }
    return true;
}

/* ---- orders ---------------------------------------------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
    const struct timed *x = a, *y = b;
    if (x->seconds != y->seconds)
        return x->seconds < y->seconds ? -1 : 1;
    return (x->nanoseconds > y->nanoseconds) - (x->nanoseconds < y->nanoseconds);
}

static int by_bytes(const struct timed *x, const struct timed *y)
{
    return strcmp(x->file, y->file);
}

static int by_natural_order(const struct timed *x, const struct timed *y)
{
    return mm_text_compare_natural(x->file, y->file);
}

static int by_letter_case(const struct timed *x, const struct timed *y)
{
    return strcasecmp(x->file, y->file);
}

/* As a shell's * in most languages: letters and digits count, whatever their case. */
static int by_collation(const struct timed *x, const struct timed *y)
{
    const unsigned char *p = (const unsigned char *)x->file, *q = (const unsigned char *)y->file;
    for (;; p++, q++) {
        while (*p && !isalnum(*p))
            p++;
        while (*q && !isalnum(*q))
            q++;
        int order = tolower(*p) - tolower(*q);
        if (order || !*p)
            return order;
    }
}

static int by_listing(const struct timed *x, const struct timed *y)
{
    return (x->listed > y->listed) - (x->listed < y->listed);
}

typedef int (*compare)(const struct timed *x, const struct timed *y);

/* Forwards or backwards. */
static bool is_in_order(const struct timed *timed, size_t count, compare order)
{
    bool up = true, down = true;
    for (size_t i = 1; i < count; i++) {
        int here = order(&timed[i - 1], &timed[i]);
        up &= here <= 0;
        down &= here >= 0;
    }
    return up || down;
}

static bool is_usual_order(const struct timed *timed, size_t count)
{
    static const compare orders[] = {by_bytes, by_natural_order, by_letter_case, by_collation, by_listing};
    for (size_t i = 0; i < MM_COUNT(orders); i++) {
        if (is_in_order(timed, count, orders[i]))
            return true;
    }
    return false;
}

static bool are_distinct(const struct timed *timed, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (by_time(&timed[i - 1], &timed[i]) == 0)
            return false;
    }
    return true;
}

/* 1, 0 or -1, as mm_dump_times. */
static int order_by_time(const struct mm_dump *dump, struct timed *timed)
{
    if (!find_times(dump, timed))
        return 0;
    qsort(timed, dump->count, sizeof *timed, by_time);
    if (!are_distinct(timed, dump->count)) /* parts of one file as well */
        return 0;
    int listed = find_listed(dump, timed);
    return listed == 1 ? !is_usual_order(timed, dump->count) : listed;
}

int mm_dump_times(const struct mm_dump *dump, size_t *place, struct mm_err *err)
{
    if (dump->is_file || dump->count < FILES_LEAST)
        return 0;
    if (dump->elsewhere) {
        const size_t *known = dump->elsewhere->place;
        for (size_t i = 0; known && i < dump->count; i++)
            place[i] = known[i];
        return known != NULL;
    }
    struct timed *timed = calloc(dump->count, sizeof *timed);
    int result = timed ? order_by_time(dump, timed) : -1;
    for (size_t i = 0; result == 1 && i < dump->count; i++)
        place[timed[i].entry] = i;
    free(timed);
    return result < 0 ? mm_fail_memory(err) : result;
}
