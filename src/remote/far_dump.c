/* A dump on another machine, as a dump here. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "remote/chunk.h"
#include "remote/frame.h"
#include "remote/listing.h"
#include "remote/options.h"
#include "remote/place.h"
#include "remote/remotes.h"

struct far_dump *far_dump_of(const struct mm_entry *entry)
{
    const struct far_detail *detail = entry && entry->source->elsewhere ? entry->detail : NULL;
    return detail && detail->owner->bring == remotes_bring ? detail->owner->context : NULL;
}

bool mm_remote_entry(const struct mm_entry *entry)
{
    return far_dump_of(entry) != NULL;
}

void mm_remote_say(const struct mm_dump *dump, struct mm_buf *out)
{
    const struct far_dump *far = dump && dump->elsewhere ? dump->elsewhere->held : NULL;
    if (!far || !far->remotes->options.figures_only)
        return;
    mm_buf_puts(out, "Values stay on ");
    mm_text_escape(out, far->host->name, strlen(far->host->name));
    mm_buf_puts(out,
                " (--figures-only): there are metrics, statistics and histograms that are counted there, and "
                "nothing that reads values here: no causes, what-if, recomputing, channels or elements.");
}

/* ---- the bytes of a tensor ---- */

struct bringing {
    struct spool_item *item;
    size_t filled;
    const char *label;
};

static int take_chunk(void *context, const uint8_t *data, size_t size, struct mm_err *err)
{
    struct bringing *bringing = context;
    struct spool_item *item = bringing->item;
    size_t got = 0;
    if (chunk_take(data, size, item->data + bringing->filled, item->size - bringing->filled, &got) < 0)
        return mm_fail(err, MM_ECORRUPT, "%s: what came of it can't be unpacked", bringing->label);
    bringing->filled += got;
    return 0;
}

static int fetch(struct far_dump *far, const struct far_detail *detail, struct bringing *bringing,
                 const atomic_bool *cancel, struct mm_err *err)
{
    struct mm_buf request = {0};
    struct link *link = remotes_link(far->remotes, far->host, false, err);
    if (!link)
        return -1;
    cache_put_u32(&request, far->number);
    cache_put_u32(&request, detail->id);
    cache_put_u64(&request, head_hash(&detail->head));
    int result = request.failed ? mm_fail_memory(err)
                                : link_call(link, link_number(link), FRAME_FETCH, &request, take_chunk,
                                            bringing, cancel, err);
    mm_buf_done(&request);
    if (result == 0 && bringing->filled != bringing->item->size)
        return mm_fail(err, MM_ECORRUPT, "%s: not all of it came", bringing->label);
    return result;
}

/* Statistics that were kept stand in the listing. */
static bool take_statistics(const struct mm_entry *entry, struct spool_item *item)
{
    const struct mm_statistics *statistics = entry->statistics;
    if (!statistics || item->size != statistics->count * sizeof(double))
        return false;
    memcpy(item->data, statistics->value, item->size);
    return true;
}

/* What is wrong with the connection is said of the tensor that was asked for. */
static int fill(struct far_dump *far, const struct mm_entry *entry, const struct far_detail *detail,
                struct spool_item *item, const atomic_bool *cancel, struct mm_err *err)
{
    struct bringing bringing = {.item = item, .label = entry->label};
    struct mm_err why;
    int result =
        far->remotes->options.figures_only
            ? mm_fail(&why, MM_EUNSUPPORTED, "its values stay on %s (--figures-only)", far->host->name)
            : fetch(far, detail, &bringing, cancel, &why);
    bool told = result == 0 || strncmp(why.text, entry->label, strlen(entry->label)) == 0;
    return result == 0
               ? 0
               : mm_fail(err, why.code, "%s%s%s", told ? "" : entry->label, told ? "" : ": ", why.text);
}

struct spool_item *remotes_bring(void *context, const struct mm_entry *entry, const struct far_detail *detail,
                                 const atomic_bool *cancel, struct mm_err *err)
{
    struct far_dump *far = context;
    uint64_t key = (uint64_t)far->number << 32 | detail->id;
    struct spool_item *item = spool_find(far->remotes->spool, key);
    if (item)
        return item;
    item = spool_make(head_bytes(&detail->head), entry->label, err);
    if (!item || take_statistics(entry, item))
        return item;
    if (fill(far, entry, detail, item, cancel, err) < 0) {
        spool_release(far->remotes->spool, item);
        return NULL;
    }
    spool_keep(far->remotes->spool, item, key);
    return item;
}

/* ---- the list of them ---- */

static int ask_list(struct far_dump *far, uint32_t number, bool again, struct mm_buf *answer,
                    struct mm_err *err)
{
    struct mm_buf request = {0};
    struct mm_err why = {MM_OK, ""};
    struct link *link = remotes_link(far->remotes, far->host, again, err);
    if (!link)
        return -1;
    cache_put_u32(&request, number);
    field_put_text(&request, far->path);
    mm_buf_add(&request, far->asked.data, far->asked.length);
    int result = link_ask(link, FRAME_OPEN, &request, answer, NULL, &why);
    mm_buf_done(&request);
    if (result < 0 && strncmp(why.text, far->host->name, strlen(far->host->name)) == 0)
        return mm_fail(err, why.code, "%s", why.text);
    return result < 0 ? mm_fail(err, why.code, "%s:%s", far->host->name, why.text) : 0;
}

/* Lists that lie beside the tensors, in a folder here under their own names. */
static int keep_beside(struct far_dump *far, const struct beside_list *list, struct mm_err *err)
{
    const char *wanted = getenv("TMPDIR");
    if (list->count == 0)
        return 0;
    far->beside = mm_path_join(wanted && *wanted ? wanted : "/tmp", "mmtui-XXXXXX");
    if (!far->beside)
        return mm_fail_memory(err);
    if (!mkdtemp(far->beside)) {
        int result = mm_fail_errno(err, far->beside, "making a temporary folder");
        free(far->beside);
        far->beside = NULL;
        return result;
    }
    int result = 0;
    for (size_t i = 0; i < list->count && result == 0; i++) {
        char *path = mm_path_join(far->beside, list->file[i].name);
        result = path ? mm_file_write(path, list->file[i].text.data, list->file[i].text.length, err)
                      : mm_fail_memory(err);
        free(path);
    }
    return result;
}

static void forget_beside(struct far_dump *far)
{
    if (far->beside)
        mm_folder_remove(far->beside);
    free(far->beside);
    far->beside = NULL;
}

/* The far side need not keep what nobody asks about any more; if it can't be told, it is not there. */
static void close_there(struct far_dump *far)
{
    struct mm_buf request = {0}, answer = {0};
    struct link *link = far->host->link;
    cache_put_u32(&request, far->number);
    if (link && !link_lost(link))
        link_ask(link, FRAME_CLOSE, &request, &answer, NULL, NULL);
    mm_buf_done(&request);
    mm_buf_done(&answer);
}

static void release(void *held)
{
    struct far_dump *far = held;
    close_there(far);
    spool_forget(far->remotes->spool, far->number);
    forget_beside(far);
    mm_arena_done(&far->renewed);
    mm_buf_done(&far->asked);
}

static uint32_t new_number(struct mm_remotes *remotes)
{
    pthread_mutex_lock(&remotes->lock);
    uint32_t number = ++remotes->dumps;
    pthread_mutex_unlock(&remotes->lock);
    return number;
}

static int list(struct far_dump *far, struct mm_dump *dump, struct mm_err *err)
{
    struct mm_buf answer = {0};
    struct beside_list beside;
    int result = ask_list(far, far->number, false, &answer, err);
    if (result == 0)
        result = listing_get((const uint8_t *)answer.data, answer.length, &far->owner, dump, &beside,
                             &far->elsewhere.place, err);
    if (result == 0)
        result = keep_beside(far, &beside, err);
    far->elsewhere.beside = far->beside;
    mm_buf_done(&answer);
    return result;
}

/* Everything but the list; from here on the dump's end is `release`. */
static struct far_dump *make(struct mm_dump *dump, const char *path, struct mm_remotes *remotes,
                             struct mm_err *err)
{
    char *host = NULL;
    const char *there;
    dump->path = mm_arena_strdup(&dump->arena, path);
    struct far_dump *far = mm_arena_alloc(&dump->arena, sizeof *far);
    if (!far || !dump->path) {
        mm_fail_memory(err);
        return NULL;
    }
    if (place_parse(dump->path, &host, &there, err) < 0)
        return NULL;
    *far = (struct far_dump){.remotes = remotes, .path = there, .host = remotes_host(remotes, host)};
    free(host);
    if (!far->host) {
        mm_fail_memory(err);
        return NULL;
    }
    far->number = new_number(remotes);
    far->owner = (struct far_owner){.bring = remotes_bring, .context = far, .spool = remotes->spool};
    far->elsewhere = (struct mm_dump_elsewhere){.release = release, .held = far};
    dump->elsewhere = &far->elsewhere;
    return far;
}

int mm_remote_dump_open(struct mm_dump **out, const char *path, const struct mm_dump_options *options,
                        struct mm_remotes *remotes, struct mm_err *err)
{
    if (!mm_remote_is(path))
        return mm_dump_open(out, path, options, err);
    *out = NULL;
    if (!remotes)
        return mm_fail(err, MM_EARG, "%s: a dump on another machine can't be taken here: copy it first",
                       path);
    struct mm_dump *dump = calloc(1, sizeof *dump);
    if (!dump)
        return mm_fail_memory(err);
    mm_arena_init(&dump->arena);
    struct far_dump *far = make(dump, path, remotes, err);
    if (far)
        options_put(&far->asked, options);
    if (!far || list(far, dump, err) < 0) {
        mm_dump_close(dump);
        return -1;
    }
    *out = dump;
    return 0;
}

/* ---- the same dump again ---- */

static bool same_text(const char *a, const char *b)
{
    return !a == !b && (!a || strcmp(a, b) == 0);
}

static bool same_entry(const struct mm_entry *a, const struct mm_entry *b)
{
    bool same = same_text(a->label, b->label) && same_text(a->parsed.name, b->parsed.name) &&
                !a->joined == !b->joined && (!a->joined || a->joined->count == b->joined->count);
    for (size_t i = 0; same && a->joined && i < a->joined->count; i++)
        same = same_entry(&a->joined->part[i], &b->joined->part[i]);
    return same;
}

static bool same_dump(const struct mm_dump *a, const struct mm_dump *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = same_entry(&a->entries[i], &b->entries[i]);
    return same;
}

/* What is known of it now; what pairs go by stays. */
static void renew_entry(struct mm_entry *entry, const struct mm_entry *now)
{
    struct mm_entry old = *entry;
    for (size_t i = 0; now->joined && i < now->joined->count; i++)
        renew_entry((struct mm_entry *)&entry->joined->part[i],
                    &now->joined->part[i]); /* const for who reads it */
    *entry = *now;
    entry->joined = old.joined;
    entry->label = old.label;
    entry->parsed = old.parsed;
    entry->order = old.order;
    entry->op_type = old.op_type;
    entry->given = old.given;
}

static void renew_all(struct far_dump *far, struct mm_dump *dump, struct mm_dump *now)
{
    for (size_t i = 0; i < dump->count; i++)
        renew_entry((struct mm_entry *)&dump->entries[i], &now->entries[i]);
    mm_arena_done(&far->renewed);
    far->renewed = now->arena;
    mm_arena_init(&now->arena);
}

int mm_remote_renew(struct mm_dump *dump, struct mm_err *err)
{
    if (!dump || !dump->elsewhere)
        return 0;
    struct far_dump *far = dump->elsewhere->held;
    struct mm_buf answer = {0};
    struct beside_list beside;
    const size_t *place;
    uint32_t number = new_number(far->remotes);
    struct mm_dump now = {.path = dump->path};
    int result = ask_list(far, number, true, &answer, err);
    if (result == 0)
        result =
            listing_get((const uint8_t *)answer.data, answer.length, &far->owner, &now, &beside, &place, err);
    mm_buf_done(&answer);
    if (result == 0 && !same_dump(dump, &now))
        result = mm_fail(err, MM_EUNSUPPORTED, "%s: has other tensors now: start again to list it anew",
                         dump->path);
    if (result == 0) {
        close_there(far);
        spool_forget(far->remotes->spool, far->number);
        far->number = number;
        renew_all(far, dump, &now);
    }
    mm_arena_done(&now.arena);
    return result;
}
