/* From two dumps to layers: pairing, order, and all that is known of pairs before they are measured. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "session/saved.h"

static const char *op_of(const struct mm_session *session, size_t id)
{
    const struct mm_pair_told *told = session->pairs->pair[id].told;
    int node = told ? -1 : graph_node(session, id);
    if (told && *told->op)
        return told->op;
    return node >= 0 ? session->options.graph->nodes[node].op_type : NULL;
}

int session_layers(struct mm_session *session)
{
    const struct mm_pairs *pairs = session->pairs;
    session->layers = calloc(pairs->count + 1, sizeof *session->layers);
    struct mm_buf visible;
    mm_buf_init(&visible);
    bool ok = session->layers;
    for (size_t id = 0; ok && id < pairs->count; id++) {
        struct mm_layer *layer = &session->layers[id];
        layer->pair = &pairs->pair[id];
        layer->rank = -1;
        layer->earlier = NAN;
        layer->op = op_of(session, id);
        mm_buf_clear(&visible);
        mm_text_escape(&visible, layer->pair->name, strlen(layer->pair->name));
        layer->label = mm_arena_strdup(&session->arena, mm_buf_text(&visible));
        ok = layer->label && !visible.failed;
    }
    mm_buf_done(&visible);
    return ok ? 0 : -1;
}

static void note_unused(struct mm_session *session)
{
    struct mm_buf text = {0};
    mm_buf_puts(&text, session->pairs->unused ? session->pairs->unused : "");
    if (text.length)
        session_note(session, &text);
    mm_buf_done(&text);
}

static bool same_runner(const struct mm_runner_taken *a, const struct mm_runner_taken *b)
{
    return a->place == b->place && !a->runner == !b->runner &&
           (!a->runner || strcmp(a->runner, b->runner) == 0);
}

/* Never silently: names do not vouch for it. */
static void order_note(struct mm_session *session)
{
    const struct mm_pairs *pairs = session->pairs;
    struct mm_buf text = {0};
    if (pairs->order_costly)
        mm_buf_printf(
            &text,
            "The names tell nothing, and nothing was paired by order, shapes and statistics: more than "
            "%d MiB of values would have to be read for it before anything is seen. --map says what "
            "belongs together.",
            (int)(MM_ORDER_BYTES_MOST >> 20));
    if (pairs->order_costly)
        session_note(session, &text);
    if (pairs->by_order == 0)
        return;
    mm_buf_printf(
        &text,
        "%zu of %zu pairs were made by the order of both dumps, shapes and statistics, as their names tell "
        "nothing (--no-pair-by order: none of them).",
        pairs->by_order, pairs->whole.both);
    session_note(session, &text);
}

static void say_what_is_odd(struct mm_session *session)
{
    const struct mm_session_options *options = &session->options;
    if (session->notice)
        return;
    if (options->results[0] == options->results[1] && session_same_file(options->src, options->dst) &&
        same_runner(&session->src->taken, &session->dst->taken))
        session->notice = session->src->is_file
                              ? "src and dst are the same file: every tensor is compared with itself"
                              : "src and dst are the same folder: every tensor is compared with itself";
    else if (session->pairs->whole.both == 0 && session->pairs->whole.src_only &&
             session->pairs->whole.dst_only)
        session->notice = "src and dst have no tensor name in common: are these dumps of the same network?";
}

static void suffix_note(struct mm_session *session)
{
    const struct mm_pairs *pairs = session->pairs;
    struct mm_buf text = {0};
    if (!pairs->suffix)
        return;
    mm_buf_printf(&text, "All names of %s end with \"", pairs->suffix_dst ? "dst" : "src");
    mm_text_escape(&text, pairs->suffix, strlen(pairs->suffix));
    mm_buf_printf(&text, "\", those of %s do not: paired without it.", pairs->suffix_dst ? "src" : "dst");
    session_note(session, &text);
}

/* What is not there because values stay where they are; of one host once. */
static void remote_note(struct mm_session *session)
{
    struct mm_buf text = {0};
    mm_remote_say(session->src, &text);
    if (text.length == 0)
        mm_remote_say(session->dst, &text);
    if (text.length)
        session_note(session, &text);
    mm_buf_done(&text);
}

/* What all of a dump has: what its integers are first, for shapes are confirmed by values. */
static void find_properties(struct mm_session *session)
{
    read_as_seen(session, session->pairs, true);
    session->layout = layout_apply(session, session->pairs, true);
    permute_apply(session);
}

/* What the plan says of pairs. */
static struct mm_hand *hands_of(const struct mm_plan *plan, struct mm_hands *hands)
{
    struct mm_plan_pairs said = mm_plan_pairs(plan);
    struct mm_hand *hand = calloc(said.count + 1, sizeof *hand);
    for (size_t i = 0; hand && i < said.count; i++)
        hand[i] = (struct mm_hand){said.pair[i].src, said.pair[i].dst, said.pair[i].apart};
    *hands = (struct mm_hands){hand, said.count};
    return hand;
}

/* What is known of the pairs before they are divided. */
static int find_out(struct mm_session *session, struct mm_err *err)
{
    note_unused(session);
    if (graph_match(session, err) < 0 || order_apply(session, err) < 0 || graph_apply(session, err) < 0)
        return -1;
    suffix_note(session);
    order_note(session);
    schema_note(session);
    if (read_as_given(session, err) < 0)
        return -1;
    if (session->options.vendor_exact) {
        mm_pairs_round_half(session->pairs);
        return 0;
    }
    find_properties(session);
    return quantised_apply(session, err);
}

static int pair_dumps(struct mm_session *session, struct mm_err *err)
{
    const struct mm_session_options *options = &session->options;
    if (mm_pairs_open(&session->pairs, session->src, session->dst, &options->pairing, err) < 0 ||
        find_out(session, err) < 0)
        return -1;
    if (options->shards && mm_pairs_shard(session->pairs, options->shard, options->shards, err) < 0)
        return -1;
    graph_shard(session);
    quantised_shard(session);
    if (session_layers(session) < 0)
        return mm_fail_memory(err);
    if (comparison_open(session, err) < 0)
        return -1;
    say_what_is_odd(session);
    recognised_say(session);
    joined_note(session);
    remote_note(session);
    return 0;
}

int session_pair(struct mm_session *session, struct mm_err *err)
{
    struct mm_hands *hands = &session->options.pairing.hands;
    struct mm_hand *hand = hands_of(session->plan, hands);
    session->options.pairing.fingerprint = session->options.vendor_exact ? NULL : session_fingerprint;
    session->options.pairing.context = session;
    session->fingerprint_bytes = 0;
    int result = hand ? pair_dumps(session, err) : mm_fail_memory(err);
    *hands = (struct mm_hands){.count = 0};
    session->paired = mm_plan_pairs_revision(session->plan);
    free(hand);
    return result;
}

void session_unpair(struct mm_session *session)
{
    saved_done(session);
    session_requests_done(session);
    verify_forget(session);
    triage_done(session);
    preview_done(&session->preview);
    comparison_done(session);
    for (size_t id = 0; session->layers && id < session->pairs->count; id++)
        mm_result_done(&session->layers[id].result);
    free(session->layers);
    free(session->moved);
    mm_model_match_done(&session->match);
    quantised_done(session);
    mm_pairs_close(session->pairs);
    mm_arena_done(&session->arena);
    session->likely = NULL;
}
