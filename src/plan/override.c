/* Entries: overrides as they are stored, immutable and counted by reference. */
#include "plan/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Copy `text` to *place, move *place behind it, return the copy. */
static const char *put(char **place, const char *text, size_t size)
{
    char *copy = memcpy(*place, text, size);
    *place += size;
    return copy;
}

struct mm_override_node *mm_override_node_make(const struct mm_override *override)
{
    const char *text[5] = {override->name, override->op_type, override->tensor, override->why, override->own};
    size_t size[5];
    size_t total = sizeof(struct mm_override_node);
    for (size_t i = 0; i < MM_COUNT(text); i++) {
        if (!text[i])
            text[i] = "";
        size[i] = strlen(text[i]) + 1;
        total += size[i];
    }
    struct mm_override_node *entry = malloc(total);
    if (!entry)
        return NULL;
    char *place = entry->text;
    entry->references = 1;
    entry->override = *override;
    entry->override.name = put(&place, text[0], size[0]);
    entry->override.op_type = put(&place, text[1], size[1]);
    entry->override.tensor = put(&place, text[2], size[2]);
    entry->override.why = put(&place, text[3], size[3]);
    entry->override.own = put(&place, text[4], size[4]);
    return entry;
}

struct mm_override_node *mm_override_node_hold(struct mm_override_node *entry)
{
    if (entry)
        entry->references++;
    return entry;
}

void mm_override_node_release(struct mm_override_node *entry)
{
    if (entry && --entry->references == 0)
        free(entry);
}

static bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool same_figures(const struct mm_figures *a, const struct mm_figures *b)
{
    return same_number(a->diff1, b->diff1) && same_number(a->diff2, b->diff2) &&
           same_number(a->max_abs, b->max_abs) && same_number(a->cosine, b->cosine);
}

bool mm_override_node_same(const struct mm_override_node *a, const struct mm_override_node *b)
{
    if (a == b)
        return true;
    if (!a || !b)
        return false;
    const struct mm_override *x = &a->override, *y = &b->override;
    return x->precision == y->precision && strcmp(x->name, y->name) == 0 &&
           strcmp(x->op_type, y->op_type) == 0 && strcmp(x->tensor, y->tensor) == 0 &&
           strcmp(x->why, y->why) == 0 && strcmp(x->own, y->own) == 0 &&
           same_figures(&x->figures, &y->figures);
}

int mm_name_compare(const char *a, const char *b)
{
    int order = mm_text_compare_natural(a, b);
    return order ? order : strcmp(a, b);
}
