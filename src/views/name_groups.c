#include "views/name_groups.h"

#include <stdlib.h>
#include <string.h>

#include "base/names.h"

/* ---- parts of a name ---- */

static bool is_separator(char c)
{
    return c == '/' || c == '.' || c == ':';
}

static bool all_digits(const char *from, const char *to)
{
    for (const char *p = from; p < to; p++) {
        if (*p < '0' || *p > '9')
            return false;
    }
    return to > from;
}

/* Where the part ends that begins at `from`, and behind what ends it; both at the NUL for the last part. */
struct part {
    const char *end, *next;
};

static struct part part_at(const char *from)
{
    const char *start = from;
    while (is_separator(*start)) /* "/enc/0": a slash in front belongs to the first part */
        start++;
    const char *end = start + strcspn(start, "/.:");
    for (const char *p = memchr(start, '_', (size_t)(end - start)), *left = start; p;) {
        const char *right = p + 1, *to = memchr(right, '_', (size_t)(end - right));
        if (p > start && (all_digits(left, p) || all_digits(right, to ? to : end)))
            return (struct part){p, right};
        left = right;
        p = to;
    }
    const char *next = end;
    while (is_separator(*next))
        next++;
    return (struct part){end, next};
}

size_t name_prefix(const char *name, int parts)
{
    const char *p = name;
    for (int i = 0; i < parts; i++)
        p = part_at(p).next;
    return *p ? (size_t)(p - name) : 0;
}

/* The first prefix longer than `beyond` whose last part ends with a digit; else that of all parts but the last. */
static uint32_t usual_prefix(const char *name, uint32_t beyond)
{
    uint32_t prefix = 0;
    for (const char *p = name;;) {
        struct part part = part_at(p);
        if (!*part.next)
            return prefix;
        prefix = (uint32_t)(part.next - name);
        if (prefix > beyond && part.end[-1] >= '0' && part.end[-1] <= '9')
            return prefix;
        p = part.next;
    }
}

/* The prefix of one part less; 0: there is none. */
static uint32_t shorter_prefix(const char *name, uint32_t prefix)
{
    uint32_t shorter = 0;
    for (const char *p = name; *p;) {
        p = part_at(p).next;
        if ((uint32_t)(p - name) >= prefix)
            return shorter;
        shorter = (uint32_t)(p - name);
    }
    return shorter;
}

/* ---- groups ---- */

/* What is needed while groups are made. */
struct making {
    const char *const *names;
    const bool *apart;
    size_t count;
    uint32_t *length;      /* of each name's prefix; 0: none */
    uint32_t *sizes;       /* of each prefix: how many names */
    uint32_t *apart_sizes; /* of these: how many apart */
    struct mm_names set;
    struct mm_arena arena;
};

/* Number the prefixes, and count their names. */
static int count_prefixes(struct making *m, uint32_t *of)
{
    mm_names_done(&m->set);
    mm_arena_done(&m->arena);
    mm_names_init(&m->set);
    mm_arena_init(&m->arena);
    memset(m->sizes, 0, m->count * sizeof *m->sizes);
    memset(m->apart_sizes, 0, m->count * sizeof *m->apart_sizes);
    for (size_t i = 0; i < m->count; i++) {
        of[i] = NAME_GROUP_NONE;
        if (!m->length[i])
            continue;
        int number = mm_names_add(&m->set, &m->arena, m->names[i], m->length[i]);
        if (number < 0)
            return -1;
        of[i] = (uint32_t)number;
        m->sizes[number]++;
        m->apart_sizes[number] += m->apart && m->apart[i];
    }
    return 0;
}

#define FEW 8 /* names, of which more than half may well be one group */

/* By themselves prefixes may be shared by nearly all names, which says nothing, or by no other. */
static int choose_usual(struct making *m, uint32_t *of)
{
    bool again = false;
    for (size_t i = 0; i < m->count; i++)
        m->length[i] = usual_prefix(m->names[i], 0);
    if (count_prefixes(m, of) < 0)
        return -1;
    for (size_t i = 0; m->count >= FEW && i < m->count; i++) {
        if (of[i] != NAME_GROUP_NONE && m->sizes[of[i]] > m->count / 2) {
            m->length[i] = usual_prefix(m->names[i], m->length[i]);
            again = true;
        }
    }
    if (again && count_prefixes(m, of) < 0)
        return -1;
    for (size_t i = 0; i < m->count; i++) {
        if (of[i] != NAME_GROUP_NONE && m->apart_sizes[of[i]] < 2 &&
            m->sizes[of[i]] - m->apart_sizes[of[i]] < 2)
            m->length[i] = shorter_prefix(m->names[i], m->length[i]);
    }
    return count_prefixes(m, of);
}

/* Groups of the prefixes that several names have; `number` gets each prefix's. */
static int fill(struct name_groups *groups, struct making *m, uint32_t *number)
{
    groups->group = calloc(m->set.count + 1, sizeof *groups->group);
    groups->members = calloc(m->count + 1, sizeof *groups->members);
    if (!groups->group || !groups->members)
        return -1;
    uint32_t *next = groups->members;
    for (size_t i = 0; i < m->set.count; i++) {
        number[i] = NAME_GROUP_NONE;
        if (m->sizes[i] < 2)
            continue;
        number[i] = (uint32_t)groups->count;
        groups->group[groups->count++] = (struct name_group){.member = next, .hash = m->set.name[i].hash};
        next += m->sizes[i];
    }
    for (size_t i = 0; i < m->count; i++) {
        uint32_t *of = &groups->of[i];
        *of = *of == NAME_GROUP_NONE ? NAME_GROUP_NONE : number[*of];
        if (*of == NAME_GROUP_NONE)
            continue;
        struct name_group *group = &groups->group[*of];
        group->prefix = m->names[i];
        group->length = m->length[i];
        group->member[group->count++] = (uint32_t)i;
    }
    return 0;
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* What was folded stays so. */
static void fold_again(struct name_groups *groups, const struct name_groups *before)
{
    size_t count = 0;
    uint64_t *folded = calloc(before->count + 1, sizeof *folded);
    for (size_t i = 0; folded && i < before->count; i++) {
        if (before->group[i].folded)
            folded[count++] = before->group[i].hash;
    }
    if (count > 0)
        qsort(folded, count, sizeof *folded, by_number);
    for (size_t i = 0; count > 0 && i < groups->count; i++)
        groups->group[i].folded = bsearch(&groups->group[i].hash, folded, count, sizeof *folded, by_number);
    free(folded);
}

static int make(struct name_groups *groups, struct making *m)
{
    groups->of = calloc(m->count + 1, sizeof *groups->of);
    m->length = calloc(m->count + 1, sizeof *m->length);
    m->sizes = calloc(m->count + 1, sizeof *m->sizes);
    m->apart_sizes = calloc(m->count + 1, sizeof *m->apart_sizes);
    if (!groups->of || !m->length || !m->sizes || !m->apart_sizes)
        return -1;
    for (size_t i = 0; groups->parts && i < m->count; i++)
        m->length[i] = (uint32_t)name_prefix(m->names[i], groups->parts);
    if ((groups->parts ? count_prefixes(m, groups->of) : choose_usual(m, groups->of)) < 0)
        return -1;
    uint32_t *number = calloc(m->set.count + 1, sizeof *number);
    int result = number ? fill(groups, m, number) : -1;
    free(number);
    return result;
}

int name_groups_make(struct name_groups *groups, const char *const *names, const bool *apart, size_t count,
                     int parts, struct mm_err *err)
{
    struct name_groups before = *groups;
    struct making m = {.names = names, .apart = apart, .count = count};
    mm_names_init(&m.set);
    mm_arena_init(&m.arena);
    *groups = (struct name_groups){.parts = parts, .made = true};
    int result = make(groups, &m);
    if (result == 0)
        fold_again(groups, &before);
    name_groups_done(&before);
    mm_names_done(&m.set);
    mm_arena_done(&m.arena);
    free(m.length);
    free(m.sizes);
    free(m.apart_sizes);
    if (result < 0) {
        name_groups_done(groups);
        return mm_fail_memory(err);
    }
    return 0;
}

void name_groups_done(struct name_groups *groups)
{
    free(groups->group);
    free(groups->members);
    free(groups->of);
    *groups = (struct name_groups){0};
}
