#include "views/complete.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mmtui/export.h"
#include "mmtui/report.h"
#include "ui/app.h"
#include "ui/complete_path.h"

/* ---- words of tables ---- */

void complete_column(const struct app *app, struct completions *out)
{
    for (int id = 0; id < MM_COLUMN_COUNT; id++) {
        if (mm_column_there(app->session, (enum mm_column_id)id))
            completions_add(out, mm_column((enum mm_column_id)id)->key,
                            mm_column_help((enum mm_column_id)id));
    }
}

void complete_runtime(const struct app *app, struct completions *out)
{
    const struct mm_dialect *dialect;
    (void)app;
    for (size_t i = 0; (dialect = mm_dialect_at(i)); i++)
        completions_add(out, dialect->id, dialect->title);
}

void complete_precision(const struct app *app, struct completions *out)
{
    (void)app;
    for (int i = MM_PRECISION_NONE + 1; i < MM_PRECISION_OWN; i++) {
        const struct mm_precision_info *info = mm_precision_info((enum mm_precision)i);
        char word[MM_NUM];
        snprintf(word, sizeof word, "%s", info->badge);
        for (char *p = word; *p; p++)
            *p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 'a' - 'A') : *p;
        completions_add(out, word, info->name);
    }
    completions_add(out, mm_precision_info(MM_PRECISION_NONE)->name, "no override");
}

/* The first word of the text is behind us: the rest is `rest`. */
static void go_on(struct completions *out, const char *rest)
{
    size_t skip = (size_t)(rest - out->text);
    out->text += skip;
    out->base += skip;
    out->start = 0;
}

/* Where the second word begins, or NULL while the first one is typed. */
static const char *second_word(const char *text)
{
    text += strspn(text, " ");
    text += strcspn(text, " ");
    return *text ? text + strspn(text, " ") : NULL;
}

static void complete_value(const char *key, size_t length, struct completions *out)
{
    size_t count;
    const struct mm_setting *setting = mm_settings(&count);
    for (size_t i = 0; i < count; i++) {
        if (strncmp(setting[i].key, key, length) != 0 || setting[i].key[length])
            continue;
        for (const char *const *value = setting[i].values; *value; value++)
            completions_add(out, *value, NULL);
    }
}

void complete_setting(const struct app *app, struct completions *out)
{
    size_t count;
    const struct mm_setting *setting = mm_settings(&count);
    const char *key = out->text, *value = second_word(out->text);
    char text[80];
    (void)app;
    if (value) {
        go_on(out, value);
        complete_value(key, strcspn(key, " "), out);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        snprintf(text, sizeof text, "%s ", setting[i].key);
        completions_add(out, text, setting[i].help);
    }
}

void complete_threshold(const struct app *app, struct completions *out)
{
    (void)app;
    completions_add(out, "diff1 ", NULL);
    completions_add(out, "diff2 ", NULL);
}

/* ---- names of the dumps ---- */

void complete_layer(const struct app *app, struct completions *out)
{
    const struct mm_session *session = app->session;
    for (size_t id = 0; id < mm_session_count(session); id++)
        completions_add(out, mm_session_op(session, id), "type of operator");
    for (size_t id = 0; id < mm_session_count(session); id++)
        completions_add(out, mm_session_layer(session, id)->label, NULL);
}

/* A word that something follows: with a blank behind it, which has none in it. */
static void add_word(struct completions *out, const char *word, const char *note)
{
    char text[LINE_MAX_BYTES];
    int length = snprintf(text, sizeof text, "%s ", word);
    if (*word && !strchr(word, ' ') && length < LINE_MAX_BYTES)
        completions_add(out, text, note);
}

void complete_override(const struct app *app, struct completions *out)
{
    const struct mm_session *session = app->session;
    const char *precision = second_word(out->text);
    if (precision) {
        go_on(out, precision);
        complete_precision(app, out);
        return;
    }
    for (size_t id = 0; id < mm_session_count(session); id++)
        add_word(out, mm_session_op(session, id), "type of operator");
    for (size_t id = 0; id < mm_session_count(session); id++)
        add_word(out, mm_session_layer(session, id)->label, NULL);
}

static bool is_both(const struct mm_pair *pair)
{
    return pair->src && pair->dst;
}

/* In quotes where it has a blank. */
static void add_quoted(struct completions *out, const char *name, const char *behind)
{
    char text[LINE_MAX_BYTES];
    bool quote = strchr(name, ' ') || completions_word(out)[0] == '"';
    int length = snprintf(text, sizeof text, quote ? "\"%s\"%s" : "%s%s", name, behind);
    if (!strchr(name, '"') && length < LINE_MAX_BYTES)
        completions_add(out, text, NULL);
}

/* Where the name of dst begins (behind "SRC " or "SRC = "), or NULL while that of src is typed. */
static const char *second_name(const char *text)
{
    const char *end = text[0] == '"' ? strchr(text + 1, '"') : text + strcspn(text, " ");
    if (!end || !*end)
        return NULL;
    end += *end == '"';
    if (*end != ' ')
        return NULL;
    end += strspn(end, " ");
    return end[0] == '=' && end[1] == ' ' ? end + 1 + strspn(end + 1, " ") : end;
}

void complete_pair(const struct app *app, struct completions *out)
{
    const char *second = second_name(out->text);
    bool dst = second != NULL;
    if (second)
        go_on(out, second);
    for (size_t id = 0; id < mm_session_count(app->session); id++) {
        const struct mm_pair *pair = mm_session_layer(app->session, id)->pair;
        if (!is_both(pair) && pair->own[dst])
            add_quoted(out, pair->own[dst], dst ? "" : " ");
    }
}

void complete_paired(const struct app *app, struct completions *out)
{
    for (size_t id = 0; id < mm_session_count(app->session); id++) {
        const struct mm_pair *pair = mm_session_layer(app->session, id)->pair;
        for (int dst = 0; dst < 2 && is_both(pair); dst++) {
            if (pair->own[dst])
                completions_add(out, pair->own[dst], NULL);
        }
    }
}

const char *layer_hint(const struct app *app, const char *wanted, char out[MM_NEAREST])
{
    struct mm_nearest nearest;
    mm_nearest_init(&nearest, wanted);
    for (size_t id = 0; id < mm_session_count(app->session); id++) {
        mm_nearest_look(&nearest, mm_session_op(app->session, id));
        mm_nearest_look(&nearest, mm_session_layer(app->session, id)->label);
    }
    return mm_nearest_hint(&nearest, out);
}

/* ---- files ---- */

void complete_folder(const struct app *app, struct completions *out)
{
    (void)app;
    complete_path(out, true);
}

void complete_file(const struct app *app, struct completions *out)
{
    (void)app;
    complete_path(out, false);
}
