#include "views/complete_filter.h"

#include <string.h>

#include "mmtui/report.h"
#include "ui/app.h"

static void offer(void *context, size_t from, const char *candidate, const char *note)
{
    struct completions *out = context;
    completions_from(out, from);
    completions_add(out, candidate, note);
}

void complete_filter(const struct app *app, struct completions *out)
{
    mm_filter_complete(out->text, app->session, offer, out);
}

/* Is it one of the words of a list? */
static bool is_listed(const char *list, size_t length, const char *key)
{
    for (size_t at = 0; at < length; at += strcspn(list + at, ", ") + 1) {
        size_t word = strcspn(list + at, ", ");
        if (word == strlen(key) && memcmp(list + at, key, word) == 0)
            return true;
    }
    return false;
}

void complete_columns(const struct app *app, struct completions *out)
{
    size_t from = strlen(out->text);
    while (from > 0 && !strchr(", ", out->text[from - 1]))
        from--;
    completions_from(out, from);
    for (int id = 0; id < MM_COLUMN_COUNT; id++) {
        const char *key = mm_column((enum mm_column_id)id)->key;
        if (mm_column_there(app->session, (enum mm_column_id)id) && !is_listed(out->text, from, key))
            completions_add(out, key, mm_column_help((enum mm_column_id)id));
    }
    if (from == 0)
        completions_add(out, "usual", "those that are shown at first");
}
