/* names: dumps that are nothing but names, and what of them was paired, for tests. Include after cmocka.h. */
#ifndef PAIR_NAMES_H
#define PAIR_NAMES_H

#include <stdlib.h>
#include <string.h>

#include "mmtui/pair.h"

#define NAMES_MOST 16

struct names_side {
    struct mm_source source;
    struct mm_entry entry[NAMES_MOST];
    struct mm_dump dump;
};

struct names_pairs {
    struct names_side side[2];
    struct mm_pairs *pairs;
};

/* The members of an .npz, in this order; the list ends with NULL. */
static inline void names_side_init(struct names_side *side, const char *const *names)
{
    memset(side, 0, sizeof *side);
    side->source = (struct mm_source){.path = "t.npz", .file = "t.npz", .format = mm_format_find("npz")};
    assert_non_null(side->source.format);
    for (size_t i = 0; names[i]; i++) {
        assert_true(i < NAMES_MOST);
        side->entry[i] =
            (struct mm_entry){.source = &side->source, .member = names[i], .label = names[i], .order = i};
        side->entry[i].parsed.name = names[i];
        side->entry[i].parsed.stamp = -1;
        side->dump.count++;
    }
    side->dump.path = "t.npz";
    side->dump.entries = side->entry;
}

static inline void names_pair(struct names_pairs *out, const char *const *src, const char *const *dst,
                              const struct mm_pairing *pairing)
{
    names_side_init(&out->side[0], src);
    names_side_init(&out->side[1], dst);
    assert_int_equal(mm_pairs_open(&out->pairs, &out->side[0].dump, &out->side[1].dump, pairing, NULL), 0);
}

static inline void names_done(struct names_pairs *out)
{
    mm_pairs_close(out->pairs);
}

/* The name of dst in the row that is named after this one of src; "" if it is alone. */
static inline const char *names_partner(const struct names_pairs *out, const char *src)
{
    for (size_t i = 0; i < out->pairs->count; i++) {
        const struct mm_pair *pair = &out->pairs->pair[i];
        if (pair->src && strcmp(pair->name, src) == 0)
            return pair->dst ? pair->dst->parsed.name : "";
    }
    fail_msg("no row of %s", src);
    return NULL;
}

/* How its row explains that; freed by nobody, until the next call. */
static inline const char *names_how(const struct names_pairs *out, const char *src)
{
    static char text[256];
    for (size_t i = 0; i < out->pairs->count; i++) {
        const struct mm_pair *pair = &out->pairs->pair[i];
        struct mm_buf how = {0};
        if (!pair->src || strcmp(pair->name, src) != 0)
            continue;
        mm_pair_how(pair, &how);
        snprintf(text, sizeof text, "%s", mm_buf_text(&how));
        mm_buf_done(&how);
        return text;
    }
    fail_msg("no row of %s", src);
    return NULL;
}

#endif
