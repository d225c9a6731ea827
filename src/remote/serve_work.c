/* What a request of the near side is answered with. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "remote/chunk.h"
#include "remote/options.h"
#include "remote/pair.h"
#include "remote/result.h"
#include "remote/serve.h"
#include "remote/walk.h"

static struct cache_reader reader_of(const struct serve_job *job)
{
    const uint8_t *at = (const uint8_t *)job->request.data;
    return (struct cache_reader){at, at + job->request.length, false};
}

static int fail_request(struct mm_err *err)
{
    return mm_fail(err, MM_ECORRUPT, "the request can't be read");
}

/* ---- dumps ---- */

/* For use until put_back. NULL: there is none of this number. */
static struct served *use(struct serve *serve, uint32_t number, struct mm_err *err)
{
    struct served *found = NULL;
    pthread_mutex_lock(&serve->lock);
    for (size_t i = 0; i < SERVE_DUMPS && number; i++) {
        if (serve->dump[i].number == number && serve->dump[i].listed.dump && !serve->dump[i].closing)
            found = &serve->dump[i];
    }
    if (found)
        found->users++;
    pthread_mutex_unlock(&serve->lock);
    if (!found)
        mm_fail(err, MM_EARG, "no such dump is open");
    return found;
}

static void end_dump(struct served *served)
{
    listed_done(&served->listed);
    *served = (struct served){.number = 0};
}

static void put_back(struct serve *serve, struct served *served)
{
    if (!served)
        return;
    pthread_mutex_lock(&serve->lock);
    served->users--;
    if (served->closing && served->users == 0)
        end_dump(served);
    pthread_mutex_unlock(&serve->lock);
}

static int keep(struct serve *serve, uint32_t number, const struct listed *listed, struct mm_err *err)
{
    struct served *free_place = NULL;
    bool taken = number == 0;
    pthread_mutex_lock(&serve->lock);
    for (size_t i = 0; i < SERVE_DUMPS; i++) {
        taken |= serve->dump[i].number == number;
        if (serve->dump[i].number == 0)
            free_place = &serve->dump[i];
    }
    if (!taken && free_place)
        *free_place = (struct served){.number = number, .listed = *listed};
    pthread_mutex_unlock(&serve->lock);
    return !taken && free_place ? 0 : mm_fail(err, MM_EARG, "too many dumps are open");
}

void serve_close_dumps(struct serve *serve)
{
    for (size_t i = 0; i < SERVE_DUMPS; i++) {
        if (serve->dump[i].number)
            end_dump(&serve->dump[i]);
    }
}

static int work_close(struct serve_job *job, struct mm_buf *out, struct mm_err *err)
{
    struct cache_reader in = reader_of(job);
    struct served *served = use(job->serve, cache_get_u32(&in), err);
    if (!served)
        return -1;
    pthread_mutex_lock(&job->serve->lock);
    served->closing = true;
    pthread_mutex_unlock(&job->serve->lock);
    put_back(job->serve, served);
    frame_put(out, FRAME_DONE, job->id, NULL, 0);
    return 0;
}

/* ---- what may be opened ---- */

/* "" is the home folder, where the remote shell begins; ~/ is, too. malloc'ed. */
static char *path_there(const char *text)
{
    const char *home = getenv("HOME");
    if (strncmp(text, "~/", 2) == 0 && home)
        return mm_path_join(home, text + 2);
    return strdup(strcmp(text, "~") == 0 && home ? home : *text ? text : ".");
}

static bool is_within(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    if (strcmp(folder, "/") == 0)
        return true;
    return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* Links are followed: what counts is where a file is. */
static int check_below(const char *path, const char *folder, struct mm_err *err)
{
    char real[PATH_MAX], real_folder[PATH_MAX];
    if (!realpath(path, real))
        return mm_fail_errno(err, path, "looking for it");
    if (!realpath(folder, real_folder))
        return mm_fail_errno(err, folder, "looking for it");
    if (is_within(real, real_folder))
        return 0;
    return mm_fail(err, MM_EARG, "%s: lies outside of %s, the folder that was asked for", path, folder);
}

static int check_entries(const struct listed *listed, const char *path, struct mm_err *err)
{
    const struct mm_source *last = NULL;
    char *folder = strdup(path), *slash;
    if (!folder)
        return mm_fail_memory(err);
    if (listed->dump->is_file && (slash = strrchr(folder, '/')))
        slash[slash == folder] = '\0';
    int result = 0;
    for (size_t i = 0; i < listed->count && result == 0 && !listed->dump->is_file; i++) {
        const struct mm_source *source = listed->entry[i]->source;
        if (source != last)
            result = check_below(source->path, folder, err);
        last = source;
    }
    free(folder);
    return result;
}

static int open_checked(struct serve *serve, const char *path, struct mm_dump_options *options,
                        struct listed *listed, struct mm_err *err)
{
    struct mm_dump *dump;
    options->enclosed = true;
    if (serve->options.below && check_below(path, serve->options.below, err) < 0)
        return -1;
    if (mm_dump_open(&dump, path, options, err) < 0 || listed_take(listed, dump, err) < 0)
        return -1;
    if (check_entries(listed, path, err) == 0)
        return 0;
    listed_done(listed);
    return -1;
}

static int open_and_list(struct serve_job *job, uint32_t number, const char *path,
                         struct mm_dump_options *options, struct mm_buf *out, struct mm_err *err)
{
    struct listed listed;
    struct mm_buf text = {0};
    if (open_checked(job->serve, path, options, &listed, err) < 0)
        return -1;
    int result = listing_put(&text, &listed, &job->cancel, err);
    if (result == 0 && text.length > ANSWER_MOST)
        result = mm_fail(err, MM_EUNSUPPORTED, "%s: has too many tensors for one list", path);
    if (result == 0)
        frame_put_answer(out, job->id, text.data, text.length);
    mm_buf_done(&text);
    if (result == 0)
        result = keep(job->serve, number, &listed, err);
    if (result < 0)
        listed_done(&listed);
    return result;
}

static int work_open(struct serve_job *job, struct mm_buf *out, struct mm_err *err)
{
    struct cache_reader in = reader_of(job);
    struct mm_arena arena = {0};
    struct mm_dump_options options;
    uint32_t number = cache_get_u32(&in);
    const char *text = field_get_text(&in, &arena);
    options_get(&in, &arena, &options);
    char *path = in.bad || !text ? NULL : path_there(text);
    int result = in.bad || in.at != in.end || !path ? fail_request(err)
                                                    : open_and_list(job, number, path, &options, out, err);
    free(path);
    mm_arena_done(&arena);
    return result;
}

/* ---- bytes of a tensor ---- */

struct fetching {
    struct serve_job *job;
    size_t width;
    struct chunk_packer *packer;
    struct mm_buf chunk, frame;
};

static int send_chunk(void *context, const uint8_t *bytes, size_t size, struct mm_err *err)
{
    struct fetching *fetching = context;
    mm_buf_clear(&fetching->chunk);
    mm_buf_clear(&fetching->frame);
    chunk_put(fetching->packer, bytes, size, fetching->width, &fetching->chunk);
    frame_put(&fetching->frame, FRAME_PART, fetching->job->id, fetching->chunk.data, fetching->chunk.length);
    fetching->frame.failed |= fetching->chunk.failed;
    return serve_write(fetching->job->serve, &fetching->frame, err);
}

static int send_load(struct fetching *fetching, struct mm_load *load, const struct mm_schema *schema,
                     uint64_t hash, struct mm_err *err)
{
    struct tensor_head head;
    head_of_load(&head, load);
    if (head_hash(&head) != hash)
        return mm_fail(err, MM_EIO, "%s: was written anew since it was listed: r reads it again",
                       load->entry->label);
    fetching->width = head_width(&head);
    return walk_load(load, schema, &fetching->job->cancel, send_chunk, fetching, err);
}

static int fetch(struct serve_job *job, const struct mm_entry *entry, const struct mm_schema *schema,
                 uint64_t hash, struct mm_err *err)
{
    struct fetching fetching = {.job = job, .packer = chunk_packer_open()};
    struct mm_load load;
    int result = fetching.packer ? mm_load_open_in(&load, entry, schema, NULL, &job->cancel, err)
                                 : mm_fail_memory(err);
    if (result == 0) {
        result = send_load(&fetching, &load, schema, hash, err);
        mm_load_close(&load);
    }
    chunk_packer_close(fetching.packer);
    mm_buf_done(&fetching.chunk);
    mm_buf_done(&fetching.frame);
    return result;
}

static int work_fetch(struct serve_job *job, struct mm_buf *out, struct mm_err *err)
{
    struct cache_reader in = reader_of(job);
    uint32_t number = cache_get_u32(&in), entry = cache_get_u32(&in);
    uint64_t hash = cache_get_u64(&in);
    if (job->serve->figures_only)
        return mm_fail(err, MM_EUNSUPPORTED, "values stay here: figures alone are told");
    struct served *served = in.bad ? NULL : use(job->serve, number, err);
    int result = in.bad || !served || entry >= served->listed.count
                     ? fail_request(err)
                     : fetch(job, served->listed.entry[entry], served->listed.dump->schema, hash, err);
    put_back(job->serve, served);
    if (result == 0)
        frame_put(out, FRAME_DONE, job->id, NULL, 0);
    return result;
}

/* ---- a pair ---- */

/* The entry of a side; NULL: it has none. */
static int find_side(struct serve_job *job, const struct pair_side *side, struct served **served,
                     const struct mm_entry **entry, struct mm_err *err)
{
    if (side->kind == SIDE_NONE)
        return 0;
    if (side->kind == SIDE_SENT) {
        if (!job->sent)
            return mm_fail(err, MM_ECORRUPT, "a tensor was to be sent along, and none came");
        *entry = &job->sent->entry;
        return sent_check(job->sent, err);
    }
    *served = use(job->serve, side->dump, err);
    if (!*served || side->entry >= (*served)->listed.count)
        return fail_request(err);
    *entry = (*served)->listed.entry[side->entry];
    return 0;
}

static int measure(struct serve_job *job, const struct pair_request *request, const struct mm_schema *schema,
                   struct mm_buf *out, struct mm_err *err)
{
    struct mm_result result;
    struct mm_buf text = {0};
    mm_measure_pair(&request->pair, schema, &request->measure, &job->cancel, &result);
    bool stopped = result.state == MM_STATE_PENDING || result.state == MM_STATE_HEADER;
    if (!stopped)
        result_put(&text, &request->pair, &result);
    mm_result_done(&result);
    if (!stopped)
        frame_put_answer(out, job->id, text.data, text.length);
    out->failed |= text.failed;
    mm_buf_done(&text);
    return stopped ? mm_fail(err, MM_ECANCELLED, "stopped") : 0;
}

static int work_measure(struct serve_job *job, struct mm_buf *out, struct mm_err *err)
{
    struct cache_reader in = reader_of(job);
    struct mm_arena arena = {0};
    struct pair_request request;
    struct served *served[2] = {NULL, NULL};
    pair_get(&in, &arena, &request);
    bool bad = in.bad || (request.side[0].kind == SIDE_NONE && request.side[1].kind == SIDE_NONE) ||
               (request.side[0].kind == SIDE_SENT && request.side[1].kind == SIDE_SENT);
    int result =
        bad ? fail_request(err) : find_side(job, &request.side[0], &served[0], &request.pair.src, err);
    if (result == 0)
        result = find_side(job, &request.side[1], &served[1], &request.pair.dst, err);
    if (result == 0) {
        const struct served *first = served[0] ? served[0] : served[1];
        result = measure(job, &request, first ? first->listed.dump->schema : NULL, out, err);
    }
    put_back(job->serve, served[0]);
    put_back(job->serve, served[1]);
    mm_arena_done(&arena);
    return result;
}

/* ---- all of them ---- */

int serve_work(struct serve_job *job, struct mm_buf *out, struct mm_err *err)
{
    static int (*const work[FRAME_TYPES])(struct serve_job *, struct mm_buf *, struct mm_err *) = {
        [FRAME_OPEN] = work_open,
        [FRAME_FETCH] = work_fetch,
        [FRAME_MEASURE] = work_measure,
        [FRAME_CLOSE] = work_close,
    };
    return work[job->type](job, out, err);
}
