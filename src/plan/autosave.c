/* What is not saved of a plan, in a file of the user's state: written, found again, restored. */
#include "base/json_read.h"
#include "base/json_write.h"
#include "plan/autosave.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FORMAT "mmtui-unsaved-plan"
#define SCHEMA 1

struct mm_autosave {
    char *src, *dst; /* real paths */
    struct autosave_place own;
    struct autosave_place left; /* of a process that runs no more; or none */
    struct mm_autosave_left what;
    bool written;  /* there is a file in our place */
    uint64_t seen; /* the plan's revision when it was written last, + 1 */
};

/* ---- a file ------------------------------------------------------------------------------------------------------ */

static void put_pairs(struct mm_json *json, const struct mm_plan *plan)
{
    struct mm_plan_pairs pairs = mm_plan_pairs(plan);
    mm_json_open_array(json, "pairs");
    for (size_t i = 0; i < pairs.count; i++) {
        mm_json_flat(json);
        mm_json_open_object(json, NULL);
        mm_json_put_text(json, "src", pairs.pair[i].src);
        mm_json_put_text(json, "dst", pairs.pair[i].dst);
        mm_json_put_bool(json, "apart", pairs.pair[i].apart);
        mm_json_close_object(json);
    }
    mm_json_close_array(json);
}

static size_t chosen_settings(const struct mm_plan *plan)
{
    size_t count, chosen = 0;
    const struct mm_setting *settings = mm_settings(&count);
    for (size_t i = 0; i < count; i++)
        chosen += mm_plan_setting(plan, settings[i].key) != NULL;
    return chosen;
}

static void put(const struct mm_autosave *autosave, const struct mm_plan *plan, struct mm_buf *out)
{
    struct mm_json json;
    struct mm_buf text = {0};
    mm_plan_text(plan, &text);
    mm_json_init(&json, out,
                 (struct mm_json_style){.indent = 2, .nonfinite = MM_JSON_QUOTED, .keep_bytes = true});
    mm_json_open_object(&json, NULL);
    mm_json_put_head(&json, FORMAT, SCHEMA);
    mm_json_put_text(&json, "src", autosave->src);
    mm_json_put_text(&json, "dst", autosave->dst);
    mm_json_put_whole(&json, "time", time(NULL));
    mm_json_put_whole(&json, "overrides", (int64_t)mm_plan_count(plan));
    mm_json_put_whole(&json, "settings", (int64_t)chosen_settings(plan));
    put_pairs(&json, plan);
    mm_json_put_raw(&json, "plan", mm_buf_text(&text));
    mm_json_close_object(&json);
    mm_buf_putc(out, '\n');
    out->failed |= text.failed;
    mm_buf_done(&text);
}

/* The file of a place, checked as far as it is of these dumps. -1: it is not, or can't be read. */
static int read_place(const struct mm_autosave *autosave, const struct autosave_place *place,
                      struct mm_buf *text, struct mm_json_value *root, struct mm_err *err)
{
    uint64_t schema;
    if (mm_file_read(place->file, MM_PLAN_BYTES_MOST, text, err) < 0 ||
        mm_json_read(place->file, mm_buf_text(text), text->length, MM_PLAN_VALUES_MOST, root, err) < 0)
        return -1;
    bool ours = mm_json_text_is(mm_json_member(*root, "format"), FORMAT) &&
                mm_json_get_whole(mm_json_member(*root, "schema_version"), SCHEMA, &schema);
    if (!ours)
        return mm_fail(err, MM_ECORRUPT, "%s: is no unsaved plan of this version", place->file);
    if (!mm_json_text_is(mm_json_member(*root, "src"), autosave->src) ||
        !mm_json_text_is(mm_json_member(*root, "dst"), autosave->dst))
        return mm_fail(err, MM_EARG, "%s: is of other dumps", place->file);
    return 0;
}

/* ---- looking for what was left ---------------------------------------------------------------------------------- */

static bool exists(const struct autosave_place *place)
{
    struct stat info;
    return lstat(place->file, &info) == 0;
}

static bool find_out(const struct mm_autosave *autosave, const struct autosave_place *place,
                     struct mm_autosave_left *what)
{
    const uint64_t most = UINT64_C(1) << 53;
    struct mm_buf text = {0};
    struct mm_json_value root;
    uint64_t overrides = 0, settings = 0, when = 0;
    bool good = read_place(autosave, place, &text, &root, NULL) == 0 &&
                mm_json_get_whole(mm_json_member(root, "overrides"), most, &overrides) &&
                mm_json_get_whole(mm_json_member(root, "settings"), most, &settings) &&
                mm_json_get_whole(mm_json_member(root, "time"), most, &when);
    if (good)
        *what = (struct mm_autosave_left){.overrides = (size_t)overrides,
                                          .settings = (size_t)settings,
                                          .pairs = mm_json_count(mm_json_member(root, "pairs")),
                                          .time = (int64_t)when};
    mm_buf_done(&text);
    return good;
}

/* A place that is locked now: ours, where nothing is in it; the newest of what was left stays locked, so that no other
 * process offers it meanwhile. */
static void sort_place(struct mm_autosave *autosave, struct autosave_place *place)
{
    struct mm_autosave_left what;
    if (!exists(place)) {
        if (autosave->own.file)
            autosave_place_release(place);
        else
            autosave->own = *place;
        return;
    }
    if (!find_out(autosave, place, &what) || (autosave->left.file && what.time <= autosave->what.time)) {
        autosave_place_release(place);
        return;
    }
    autosave_place_release(&autosave->left);
    autosave->left = *place;
    autosave->what = what;
}

static int find_places(struct mm_autosave *autosave, const char *folder, struct mm_err *err)
{
    uint64_t hash = autosave_hash(autosave->src, autosave->dst);
    for (int number = 0; number < AUTOSAVE_PLACES; number++) {
        struct autosave_place place;
        int result = autosave_place_take(&place, folder, hash, number, err);
        if (result < 0)
            return -1;
        if (result > 0)
            sort_place(autosave, &place);
    }
    return autosave->own.file ? 0
                              : mm_fail(err, MM_EUNSUPPORTED,
                                        "%s: %d unsaved plans of these dumps are in it, no place is left",
                                        folder, AUTOSAVE_PLACES);
}

static int make_folder(const char *folder, struct mm_err *err)
{
    struct stat info;
    if (stat(folder, &info) == 0 && S_ISDIR(info.st_mode))
        return 0;
    if (mm_folder_make(folder, err) < 0)
        return -1;
    return chmod(folder, 0700) < 0 ? mm_fail_errno(err, folder, "making it the user's own") : 0;
}

int mm_autosave_open(struct mm_autosave **out, const char *folder, const char *src, const char *dst,
                     struct mm_err *err)
{
    struct mm_autosave *autosave = calloc(1, sizeof *autosave);
    *out = NULL;
    if (!autosave)
        return mm_fail_memory(err);
    autosave->own.fd = autosave->left.fd = -1;
    autosave->src = autosave_real_path(src);
    autosave->dst = autosave_real_path(dst);
    bool ok = autosave->src && autosave->dst;
    if (!ok)
        mm_fail_memory(err);
    if (!ok || make_folder(folder, err) < 0 || find_places(autosave, folder, err) < 0) {
        mm_autosave_close(autosave, true);
        return -1;
    }
    *out = autosave;
    return 0;
}

void mm_autosave_close(struct mm_autosave *autosave, bool keep)
{
    if (!autosave)
        return;
    if (!keep && autosave->written)
        unlink(autosave->own.file);
    autosave_place_release(&autosave->own);
    autosave_place_release(&autosave->left);
    free(autosave->src);
    free(autosave->dst);
    free(autosave);
}

/* ---- what was left ------------------------------------------------------------------------------------------------ */

bool mm_autosave_left(const struct mm_autosave *autosave, struct mm_autosave_left *left)
{
    if (!autosave->left.file)
        return false;
    *left = autosave->what;
    return true;
}

void mm_autosave_drop(struct mm_autosave *autosave)
{
    if (autosave->left.file)
        unlink(autosave->left.file);
    autosave_place_release(&autosave->left);
}

static int take_pair(struct mm_plan *plan, struct mm_json_value value, struct mm_err *err)
{
    struct mm_buf src = {0}, dst = {0};
    bool apart = false;
    bool good = mm_json_get_text(mm_json_member(value, "src"), &src) &&
                mm_json_get_text(mm_json_member(value, "dst"), &dst) &&
                mm_json_get_bool(mm_json_member(value, "apart"), &apart);
    int result = !good   ? mm_fail(err, MM_ECORRUPT, "the unsaved plan has a pair without names")
                 : apart ? mm_plan_part(plan, mm_buf_text(&src), mm_buf_text(&dst), err)
                         : mm_plan_pair(plan, mm_buf_text(&src), mm_buf_text(&dst), err);
    mm_buf_done(&src);
    mm_buf_done(&dst);
    return result;
}

/* A plan of its own: what is wrong with the file leaves the session's as it was. */
static int read_plan(const struct mm_autosave *autosave, struct mm_plan *plan, struct mm_err *err)
{
    struct mm_buf text = {0};
    struct mm_json_value root, key, value;
    const char *path = autosave->left.file;
    int result = read_place(autosave, &autosave->left, &text, &root, err);
    if (result == 0)
        result = mm_plan_take_json(plan, path, mm_json_member(root, "plan"), "", err);
    mm_plan_begin(plan, "");
    for (struct mm_json_items items = mm_json_items(mm_json_member(root, "pairs"));
         result == 0 && mm_json_next(&items, &key, &value);)
        result = take_pair(plan, value, err);
    mm_plan_commit(plan);
    mm_buf_done(&text);
    return result;
}

/* As one step, so that one u takes all of it back. */
static int become(struct mm_plan *plan, const struct mm_plan *like, struct mm_err *err)
{
    struct mm_buf label = {0};
    mm_buf_printf(&label, "restore %zu override%s", like->count, like->count == 1 ? "" : "s");
    mm_plan_begin(plan, mm_buf_text(&label));
    mm_buf_done(&label);
    int result = 0;
    for (size_t i = plan->count; i-- > 0 && result == 0;) {
        if (!mm_plan_find(like, plan->entry[i]->override.name))
            result = mm_plan_clear(plan, plan->entry[i]->override.name, err);
    }
    for (size_t i = 0; i < like->count && result == 0; i++)
        result = mm_plan_set(plan, &like->entry[i]->override, err);
    if (result == 0) {
        plan->choices = like->choices;
        mm_plan_take_pairs(plan, mm_pair_list_hold(like->pairs));
        plan->revision++;
    }
    bool some = mm_plan_commit(plan) > 0;
    if (result < 0 && some)
        mm_plan_undo(plan);
    return result;
}

int mm_autosave_restore(struct mm_autosave *autosave, struct mm_plan *plan, struct mm_err *err)
{
    struct mm_plan *like;
    if (!autosave->left.file)
        return mm_fail(err, MM_ENOENT, "There is no unsaved plan of these dumps");
    if (mm_plan_open(&like, err) < 0)
        return -1;
    int result = read_plan(autosave, like, err);
    if (result == 0)
        result = become(plan, like, err);
    mm_plan_close(like);
    if (result == 0 &&
        mm_autosave_write(autosave, plan, err) == 0) /* what was left goes when ours is there */
        mm_autosave_drop(autosave);
    return result;
}

/* ---- writing -------------------------------------------------------------------------------------------------------- */

static bool is_unsaved(const struct mm_plan *plan)
{
    return mm_plan_unsaved(plan) || mm_plan_pairs_unsaved(plan);
}

bool mm_autosave_due(const struct mm_autosave *autosave, const struct mm_plan *plan)
{
    if (autosave->seen != mm_plan_revision(plan) + 1)
        return autosave->written || is_unsaved(plan);
    return autosave->written && !is_unsaved(plan);
}

int mm_autosave_write(struct mm_autosave *autosave, const struct mm_plan *plan, struct mm_err *err)
{
    struct mm_buf text = {0};
    autosave->seen = mm_plan_revision(plan) + 1;
    if (!is_unsaved(plan)) {
        if (autosave->written)
            unlink(autosave->own.file);
        autosave->written = false;
        return 0;
    }
    put(autosave, plan, &text);
    int result = text.failed ? mm_fail_memory(err)
                             : mm_file_write(autosave->own.file, mm_buf_text(&text), text.length, err);
    autosave->written |= result == 0;
    mm_buf_done(&text);
    return result;
}
