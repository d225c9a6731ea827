/* Pairs that lie on another machine, measured there. */
#include "remote/frame.h"
#include "remote/pair.h"
#include "remote/remotes.h"
#include "remote/result.h"
#include "remote/sent.h"

/* A pair, and which side is where. */
struct asking {
    struct mm_remotes *remotes;
    const struct mm_pair *pair;
    const struct mm_schema *schema;
    const struct mm_measure_options *options;
    const atomic_bool *cancel;
    struct far_dump *far[2]; /* of src, dst; NULL: it is here, or there is none */
    struct remote_host *host;
    int sent; /* the side that goes along; -1: none */
    struct mm_result *result;
};

static const struct mm_entry *entry_of(const struct asking *asking, int side)
{
    return side ? asking->pair->dst : asking->pair->src;
}

/* Bytes that a tensor takes as it is sent. */
static uint64_t far_bytes(const struct mm_entry *entry)
{
    const struct far_detail *detail = entry->detail;
    uint64_t bytes = entry->joined ? 0 : head_bytes(&detail->head);
    for (size_t i = 0; entry->joined && i < entry->joined->count; i++)
        bytes += far_bytes(&entry->joined->part[i]);
    return bytes;
}

static bool is_good(const struct mm_entry *entry)
{
    const struct far_detail *detail = entry->detail;
    bool good = entry->code == MM_OK && (entry->joined || detail->head.code == MM_OK);
    for (size_t i = 0; good && entry->joined && i < entry->joined->count; i++)
        good = is_good(&entry->joined->part[i]);
    return good;
}

/* Can and should the side that is here be sent there? By what is fewer bytes. */
static bool should_send(const struct asking *asking, int here)
{
    struct tensor_head head;
    struct mm_load load;
    const struct mm_entry *entry = entry_of(asking, here), *other = entry_of(asking, !here);
    if (mm_load_open_in(&load, entry, asking->schema, NULL, asking->cancel, NULL) < 0)
        return false;
    head_of_load(&head, &load);
    bool fewer = head_bytes(&head) < far_bytes(other);
    mm_load_close(&load);
    return fewer || asking->remotes->options.figures_only;
}

/* False: it is measured here, of what is brought over if need be. */
static bool choose(struct asking *asking)
{
    const struct mm_pair *pair = asking->pair;
    asking->far[0] = far_dump_of(pair->src);
    asking->far[1] = far_dump_of(pair->dst);
    asking->sent = -1;
    for (int side = 0; side < 2; side++) {
        const struct mm_entry *entry = entry_of(asking, side);
        if (asking->far[side])
            asking->host = asking->far[side]->host;
        if (asking->far[side] && (!is_good(entry) || entry->kept != MM_KEPT_ALL))
            return false;
    }
    if (!asking->host)
        return false;
    if (asking->far[0] && asking->far[1])
        return asking->far[0]->host == asking->far[1]->host;
    if (!pair->src || !pair->dst)
        return true;
    asking->sent = asking->far[0] ? 1 : 0;
    return entry_of(asking, asking->sent)->kept == MM_KEPT_ALL && should_send(asking, asking->sent);
}

static void fill_request(const struct asking *asking, struct pair_request *request)
{
    *request = (struct pair_request){.pair = *asking->pair, .measure = *asking->options};
    for (int side = 0; side < 2; side++) {
        const struct mm_entry *entry = entry_of(asking, side);
        const struct far_detail *detail = asking->far[side] ? entry->detail : NULL;
        if (detail)
            request->side[side] = (struct pair_side){
                .kind = SIDE_THERE, .dump = asking->far[side]->number, .entry = detail->id};
        else if (entry)
            request->side[side] = (struct pair_side){.kind = SIDE_SENT};
    }
}

static int send_side(const struct asking *asking, struct link *link, uint32_t id, struct mm_err *err)
{
    const struct mm_entry *entry = entry_of(asking, asking->sent);
    struct mm_load load;
    if (mm_load_open_in(&load, entry, asking->schema, NULL, asking->cancel, err) < 0)
        return -1;
    int result = sent_put(link, id, &load, asking->schema, asking->cancel, err);
    mm_load_close(&load);
    return result;
}

static int keep_answer(void *context, const uint8_t *data, size_t size, struct mm_err *err)
{
    struct mm_buf *answer = context;
    if (size > FRAME_MOST - answer->length)
        return mm_fail(err, MM_ECORRUPT, "the figures that came are more than there can be");
    mm_buf_add(answer, data, size);
    return answer->failed ? mm_fail_memory(err) : 0;
}

static int ask(const struct asking *asking, struct mm_err *err)
{
    struct pair_request request;
    struct mm_buf text = {0}, answer = {0};
    struct link *link = remotes_link(asking->remotes, asking->host, false, err);
    if (!link)
        return -1;
    uint32_t id = link_number(link);
    fill_request(asking, &request);
    pair_put(&text, &request);
    int result = text.failed || text.length > FRAME_MOST ? mm_fail_memory(err) : 0;
    if (result == 0 && asking->sent >= 0)
        result = send_side(asking, link, id, err);
    if (result == 0)
        result = link_call(link, id, FRAME_MEASURE, &text, keep_answer, &answer, asking->cancel, err);
    if (result == 0)
        result = result_get((const uint8_t *)answer.data, answer.length, asking->pair, asking->result, err);
    mm_buf_done(&text);
    mm_buf_done(&answer);
    return result;
}

bool remotes_measure(void *context, const struct mm_pair *pair, const struct mm_schema *schema,
                     const struct mm_measure_options *options, const atomic_bool *cancel,
                     struct mm_result *result)
{
    struct asking asking = {.remotes = context,
                            .pair = pair,
                            .schema = schema,
                            .options = options,
                            .cancel = cancel,
                            .result = result};
    struct mm_err err = {MM_OK, ""}, why;
    if (!choose(&asking))
        return false;
    if (ask(&asking, &why) == 0)
        return true;
    const struct mm_entry *entry = asking.far[1] ? pair->dst : pair->src;
    if (strncmp(why.text, entry->label, strlen(entry->label)) == 0)
        err = why;
    else
        mm_fail(&err, why.code, "%s: %s", entry->label, why.text);
    result_fail(result, &err, asking.far[1] != NULL);
    return true;
}
