/* Suggestions that are being looked at: a list beside the tags, of which items can be left out. */
#include "session/state.h"

#include <stdlib.h>

/* The item of a layer; SIZE_MAX: nothing is suggested. */
static size_t item_of(const struct preview *preview, size_t id)
{
    return preview->place && preview->place[id] ? preview->place[id] - 1 : SIZE_MAX;
}

void preview_done(struct preview *preview)
{
    mm_suggestions_done(&preview->list);
    free(preview->place);
    free(preview->marked);
    *preview = (struct preview){0};
}

/* `list` is taken, also when this fails. */
static int make(struct preview *preview, struct mm_suggestions *list, size_t layers)
{
    *preview = (struct preview){.list = *list, .made = true};
    preview->place = calloc(layers + 1, sizeof *preview->place);
    preview->marked = calloc(list->count + 1, sizeof *preview->marked);
    if (!preview->place || !preview->marked) {
        preview_done(preview);
        return -1;
    }
    for (size_t i = 0; i < list->count; i++) {
        preview->place[list->item[i].layer] = (uint32_t)i + 1;
        preview->marked[i] = true;
    }
    preview->count = list->count;
    return 0;
}

int mm_session_preview(struct mm_session *session, const struct mm_suggest_options *options,
                       struct mm_err *err)
{
    struct mm_suggestions list;
    struct preview preview;
    if (mm_session_suggest(session, options, &list, err) < 0)
        return -1;
    if (make(&preview, &list, session->pairs->count) < 0)
        return mm_fail_memory(err);
    preview_done(&session->preview);
    session->preview = preview;
    session->revision++;
    return 0;
}

const struct mm_suggestions *mm_session_suggestions(const struct mm_session *session)
{
    return &session->preview.list;
}

const struct mm_suggestion *mm_session_suggestion(const struct mm_session *session, size_t id, bool *marked)
{
    const struct preview *preview = &session->preview;
    size_t item = item_of(preview, id);
    if (item == SIZE_MAX)
        return NULL;
    if (marked)
        *marked = preview->marked[item];
    return &preview->list.item[item];
}

void mm_session_mark(struct mm_session *session, size_t id, bool marked)
{
    struct preview *preview = &session->preview;
    size_t item = item_of(preview, id);
    if (item == SIZE_MAX || preview->marked[item] == marked)
        return;
    preview->marked[item] = marked;
    preview->count += marked ? 1 : (size_t)-1;
    session->revision++;
}

size_t mm_session_marked(const struct mm_session *session)
{
    return session->preview.count;
}

int mm_session_accept_marked(struct mm_session *session, size_t *changed, struct mm_err *err)
{
    const struct preview *preview = &session->preview;
    struct mm_suggestion *items = calloc(preview->count + 1, sizeof *items);
    size_t count = 0;
    if (!items)
        return mm_fail_memory(err);
    for (size_t i = 0; i < preview->list.count; i++) {
        if (preview->marked[i])
            items[count++] = preview->list.item[i];
    }
    int result = mm_session_accept(session, items, count, changed, err);
    free(items);
    if (result == 0)
        mm_session_drop_suggestions(session);
    return result;
}

bool mm_session_previewed(const struct mm_session *session)
{
    return session->preview.made;
}

size_t mm_session_drop_suggestions(struct mm_session *session)
{
    size_t before = session->preview.list.count;
    preview_done(&session->preview);
    session->revision += before > 0;
    return before;
}
