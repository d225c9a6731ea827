/* In which order the layers ran: the sources that may tell, the surest first. */
#include "session/state.h"

#include <stdlib.h>
#include <string.h>

#include "base/translate.h"

/* A source's answer: key[pairs] to sort by, INT64_MAX for a pair of which it knows nothing (these stand last). 1: it
 * tells; 0: it does not; -1 with err. */
typedef int (*order_keys)(struct mm_session *session, int64_t *key, struct mm_err *err);

/* ---- a list of names -------------------------------------------------------------------------------------------- */

/* A graph of nodes without inputs, in the order of the list: so its names are found as the model's are. */
int order_graph_of_names(struct mm_graph **graph, const struct mm_order_names *names, const char *path,
                         struct mm_err *err)
{
    struct mm_graph_builder *builder = mm_graph_new();
    for (size_t i = 0; i < names->count; i++)
        mm_graph_add_node(builder, "", "", NULL, 0, &names->name[i], 1);
    return mm_graph_finish(builder, graph, path, err);
}

static void keys_of_match(const struct mm_model_match *match, const struct mm_graph *graph, int64_t *key)
{
    for (size_t i = 0; i < match->count; i++) {
        bool known = match->tensor[i] >= 0;
        int producer = known ? graph->tensors[match->tensor[i]].producer : -1;
        key[i] = known ? match->run[i] * ((int64_t)graph->node_count + 1) + producer : INT64_MAX;
    }
}

static void say_too_little(struct mm_session *session, const char *path, const struct mm_model_match *match)
{
    struct mm_buf text;
    mm_buf_init(&text);
    mm_buf_printf(&text, "%s: names %zu of %zu tensors, less than half (", path, match->known, match->asked);
    mm_model_match_missing(match, session->pairs->pair, 3, &text);
    mm_buf_say(&text, " are not in it): its order is not used.");
    session_note(session, &text);
}

static int keys_of_names(struct mm_session *session, const char *path, int64_t *key, struct mm_err *err)
{
    struct mm_order_names names;
    struct mm_graph *graph = NULL;
    struct mm_model_match match = {0};
    if (mm_order_names_read(&names, path, err) < 0)
        return -1;
    int result = order_graph_of_names(&graph, &names, path, err);
    if (result == 0)
        result = mm_model_match_open(&match, graph, session->pairs->pair, session->pairs->count, err);
    bool usable = result == 0 && mm_model_match_usable(&match);
    if (usable)
        keys_of_match(&match, graph, key);
    else if (result == 0)
        say_too_little(session, path, &match);
    mm_model_match_done(&match);
    mm_graph_close(graph);
    mm_order_names_done(&names);
    return result < 0 ? -1 : usable;
}

static int keys_of_given(struct mm_session *session, int64_t *key, struct mm_err *err)
{
    return session->options.order ? keys_of_names(session, session->options.order, key, err) : 0;
}

/* Pairs stand in src's order; dst's is taken where only dst has a list that tells of its files. */
static bool keys_of_listed(const struct mm_session *session, int64_t *key)
{
    const struct mm_pairs *pairs = session->pairs;
    bool src = session->src->listed, dst = session->dst->listed;
    for (size_t i = 0; i < pairs->count && (src || dst); i++) {
        const struct mm_entry *entry = pairs->pair[i].dst;
        key[i] = src ? (int64_t)i : entry ? (int64_t)entry->order : INT64_MAX;
    }
    return src || dst;
}

static int keys_of_folders(struct mm_session *session, int64_t *key, struct mm_err *err)
{
    const struct mm_pairs *pairs = session->pairs;
    bool src = session->src->numbered, dst = session->dst->numbered;
    (void)err;
    for (size_t i = 0; i < pairs->count && (src || dst); i++) {
        const struct mm_entry *entry = pairs->pair[i].dst;
        key[i] = src ? (int64_t)i : entry ? (int64_t)entry->order : INT64_MAX;
    }
    return src || dst;
}

/* One that can't be read is passed over: nobody has asked for it. */
static int keys_of_list(struct mm_session *session, int64_t *key, struct mm_err *err)
{
    const struct mm_dump *dumps[] = {session->dst, session->src};
    struct mm_err why;
    int result = keys_of_listed(session, key);
    for (size_t i = 0; i < MM_COUNT(dumps) && result == 0; i++) {
        char *path = mm_order_list_in(dumps[i]);
        result = path ? keys_of_names(session, path, key, &why) : 0;
        free(path);
        if (result < 0 && why.code == MM_ENOMEM)
            return mm_fail_memory(err);
        result = result > 0;
    }
    return result;
}

/* ---- what the files say ----------------------------------------------------------------------------------------- */

/* The numbers of files that a list names are none. */
static bool has_stamps(const struct mm_dump *dump)
{
    if (dump->listed)
        return false;
    for (size_t i = 0; i < dump->count; i++) {
        if (dump->entries[i].parsed.stamp < 0)
            return false;
    }
    return dump->count > 0;
}

/* Pairs stand in src's order; dst's is taken where only dst has stamps. */
static int keys_of_stamps(struct mm_session *session, int64_t *key, struct mm_err *err)
{
    const struct mm_pairs *pairs = session->pairs;
    bool src = !pairs->numbered && has_stamps(session->src),
         dst = !pairs->numbered && has_stamps(session->dst);
    (void)err;
    for (size_t i = 0; i < pairs->count && (src || dst); i++) {
        const struct mm_entry *entry = pairs->pair[i].dst;
        key[i] = src ? (int64_t)i : entry ? (int64_t)entry->order : INT64_MAX;
    }
    return src || dst;
}

static int keys_of_model(struct mm_session *session, int64_t *key, struct mm_err *err)
{
    (void)err;
    if (!session->options.graph || !mm_model_match_usable(&session->match))
        return 0;
    keys_of_match(&session->match, session->options.graph, key);
    return 1;
}

struct timed_pair {
    size_t src, dst;
};

static int by_src(const void *a, const void *b)
{
    const struct timed_pair *x = a, *y = b;
    return (x->src > y->src) - (x->src < y->src);
}

/* Do both sides' times put the pairs into one order? Needs more than one pair. */
static bool agree(const struct mm_session *session, const size_t *src, const size_t *dst,
                  struct timed_pair *pair)
{
    const struct mm_pairs *pairs = session->pairs;
    size_t count = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        const struct mm_pair *here = &pairs->pair[i];
        if (here->src && here->dst)
            pair[count++] = (struct timed_pair){src[here->src - session->src->entries],
                                                dst[here->dst - session->dst->entries]};
    }
    qsort(pair, count, sizeof *pair, by_src);
    for (size_t i = 1; i < count; i++) {
        if (pair[i].dst < pair[i - 1].dst)
            return false;
    }
    return count > 1;
}

/* 1, 0 or -1. */
static int fill_times(const struct mm_session *session, size_t *src, size_t *dst, struct timed_pair *pair,
                      int64_t *key)
{
    int result = mm_dump_times(session->src, src, NULL);
    if (result == 1)
        result = mm_dump_times(session->dst, dst, NULL);
    if (result != 1 || !agree(session, src, dst, pair))
        return result < 0 ? -1 : 0;
    for (size_t i = 0; i < session->pairs->count; i++) {
        const struct mm_entry *entry = session->pairs->pair[i].src;
        key[i] = entry ? (int64_t)src[entry - session->src->entries] : INT64_MAX;
    }
    return 1;
}

static int keys_of_times(struct mm_session *session, int64_t *key, struct mm_err *err)
{
    size_t *src = calloc(session->src->count + 1, sizeof *src);
    size_t *dst = calloc(session->dst->count + 1, sizeof *dst);
    struct timed_pair *pair = calloc(session->pairs->count + 1, sizeof *pair);
    int result = src && dst && pair ? fill_times(session, src, dst, pair, key) : -1;
    free(src);
    free(dst);
    free(pair);
    return result < 0 ? mm_fail_memory(err) : result;
}

/* ---- all of them ------------------------------------------------------------------------------------------------ */

static const struct {
    enum mm_order_source source;
    order_keys keys;
} sources[] = {
    {MM_ORDER_GIVEN, keys_of_given},     {MM_ORDER_STAMPS, keys_of_stamps}, {MM_ORDER_MODEL, keys_of_model},
    {MM_ORDER_FOLDERS, keys_of_folders}, {MM_ORDER_LIST, keys_of_list},     {MM_ORDER_TIMES, keys_of_times},
};

int order_apply(struct mm_session *session, struct mm_err *err)
{
    int64_t *key = calloc(session->pairs->count + 1, sizeof *key);
    int result = key ? 0 : mm_fail_memory(err);
    for (size_t i = 0; i < MM_COUNT(sources) && result == 0; i++) {
        result = sources[i].keys(session, key, err);
        session->order = result == 1 ? sources[i].source : MM_ORDER_UNKNOWN;
    }
    if (result == 1)
        result = mm_pairs_order(session->pairs, key, err);
    free(key);
    return result;
}

enum mm_order_source mm_session_order(const struct mm_session *session)
{
    return session->order;
}

void mm_session_order_text(const struct mm_session *session, struct mm_buf *out)
{
    const struct mm_model_match *match = &session->match;
    bool model = session->options.graph != NULL, ordered = session->order != MM_ORDER_UNKNOWN;
    if (model && session->order == MM_ORDER_MODEL)
        mm_buf_say(out, "Execution order and layer connections are those of the model's graph");
    else if (model)
        mm_buf_printf(out, "%s Layer connections are those of the model's graph",
                      ordered ? mm_order_source_text(session->order) : "");
    else
        mm_buf_say(out, mm_order_source_text(session->order));
    if (model)
        mm_buf_printf(out, ", which knows %zu of %zu tensors.", match->known, match->asked);
    else if (session->options.results[0] == MM_RESULTS_CPU)
        mm_buf_say(out,
                   " The CPU's results are from the accelerator's inputs: each error is the operator's own.");
    else if (ordered)
        mm_buf_say(
            out,
            " Layer connections are not known: the layers executed just before a layer are taken for its "
            "inputs. --model gives the graph.");
    else
        mm_buf_say(out,
                   " Without it each layer is judged by itself, and where an error starts is not known.");
}
