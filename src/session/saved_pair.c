/* What an earlier report says of how two tensors were paired. */
#include <stdlib.h>
#include <string.h>

#include "base/translate.h"
#include "session/saved.h"

/* "same name", and "paired by hand, occurrence 2 of 3", in place: what of it stands in mm_pair.how; NULL: nothing. */
static const char *how_of(char *text, const struct mm_pair *pair)
{
    static const char occurrence[] = ", occurrence ", same[] = "same name";
    char *end = strstr(text, occurrence);
    if (end && strspn(end + sizeof occurrence - 1, "0123456789 of") == strlen(end + sizeof occurrence - 1))
        *end = '\0';
    if (pair->src && pair->dst)
        return *text && strcmp(text, same) != 0 && strcmp(text, mm_tr(same)) != 0 ? text : NULL;
    char *more = strstr(text, "; ");
    return more ? more + 2 : NULL;
}

static bool raw_of(struct mm_session *session, struct mm_json_value value, const char **out)
{
    bool there = mm_json_kind(value) == MM_JSON_IS_OBJECT;
    *out = there ? mm_arena_strndup(&session->arena, value.at, (size_t)(value.end - value.at)) : NULL;
    return !there || *out;
}

int saved_pair(struct mm_session *session, struct mm_json_value layer, struct mm_pair *pair,
               struct mm_err *err)
{
    struct mm_pair_told *told = mm_arena_alloc(&session->arena, sizeof *told);
    char *how = saved_text(session, layer, "pairing"), *rung = saved_text(session, layer, "paired_by");
    char *laid = saved_text(session, layer, "layout"), *op = saved_text(session, layer, "op");
    if (!told || !how || !rung || !laid || !op)
        return mm_fail_memory(err);
    *told = (struct mm_pair_told){.laid = laid, .op = op};
    if (!raw_of(session, mm_json_member(layer, "src"), &told->side[0]) ||
        !raw_of(session, mm_json_member(layer, "dst"), &told->side[1]))
        return mm_fail_memory(err);
    pair->told = told;
    pair->how = how_of(how, pair);
    pair->rung = mm_pair_rung_find(rung);
    return 0;
}

/* "Max, Min of f32 [2,3]" */
static void describe(const struct mm_statistics *statistics, struct mm_buf *out)
{
    char shape[MM_RANK_MAX * 22];
    for (size_t i = 0; i < statistics->count; i++)
        mm_buf_printf(out, "%s%s", i ? ", " : "", statistics->name[i]);
    mm_buf_puts(out, " of ");
    if (statistics->dtype != MM_DTYPE_NONE)
        mm_buf_printf(out, "%s ", mm_dtype_info(statistics->dtype)->name);
    mm_buf_puts(out, statistics->shaped ? mm_shape_text(&statistics->shape, true, shape, sizeof shape)
                                        : "a tensor");
}

int saved_statistics(struct mm_session *session, struct mm_json_value side, struct mm_info *info,
                     struct mm_entry *entry, struct mm_err *err)
{
    struct mm_json_value from = mm_json_member(side, "statistics"), key, value;
    struct mm_json_items items = mm_json_items(from);
    struct mm_statistics *made = mm_arena_alloc(&session->arena, sizeof *made);
    struct mm_buf text = {0};
    if (mm_json_kind(from) != MM_JSON_IS_OBJECT)
        return 0;
    if (!made)
        return mm_fail_memory(err);
    *made = (struct mm_statistics){
        .dtype = info->dtype, .shaped = info->known, .shape = info->shape, .elements = info->count};
    while (made->count < MM_STATISTICS_MOST && mm_json_next(&items, &key, &value)) {
        struct mm_buf name = {0};
        mm_json_get_text(key, &name);
        made->name[made->count] = mm_arena_strdup(&session->arena, mm_buf_text(&name));
        mm_buf_done(&name);
        if (!made->name[made->count])
            return mm_fail_memory(err);
        made->value[made->count] = saved_real(from, made->name[made->count]);
        made->count++;
    }
    describe(made, &text);
    entry->kept_of = text.failed ? NULL : mm_arena_strdup(&session->arena, mm_buf_text(&text));
    mm_buf_done(&text);
    entry->statistics = made;
    info->known = true; /* what was measured is the figures */
    info->shape = (struct mm_shape){.rank = 1, .dim = {(int64_t)made->count}};
    info->count = (int64_t)made->count;
    entry->kept = MM_KEPT_STATISTICS;
    return entry->kept_of ? 0 : mm_fail_memory(err);
}
