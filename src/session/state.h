/* The inside of a session, for the files of this folder. */
#ifndef MMTUI_SESSION_STATE_H
#define MMTUI_SESSION_STATE_H

#include "mmtui/session.h"
#include "session/requests.h"

struct analysis_request {
    struct mm_job job;
    struct mm_analysis look;
    struct mm_other *others;           /* owned; of `look` */
    struct mm_analysis_memory *memory; /* [workers], the session's; or NULL */
    size_t id;
    struct mm_evidence evidence;
    int failed;
    struct mm_err err; /* why */
};

/* A comparison beside that of src and dst. */
struct comparison {
    struct mm_pairs *pairs;   /* NULL: not asked for */
    size_t *layer;            /* [pairs] */
    size_t *pair;             /* [layers + 1] place + 1; 0: none */
    struct mm_result *result; /* [layers] */
    struct mm_scan *scan;     /* NULL: not begun */
};

/* What could not be looked at, and why. */
struct unanalysed {
    struct mm_err why; /* of the first */
    bool *layer;       /* [layers]; NULL: none yet */
    size_t count;
    bool all; /* triage could not even begin */
};

struct triage_state {
    bool begun;                        /* flow, blame, subjects are there */
    struct mm_subject *subjects;       /* [layers] */
    struct mm_evidence **evidence;     /* [layers]; NULL: it was not analysed */
    bool *asked;                       /* [layers] */
    struct mm_analysis_memory *memory; /* [workers of the pool]; NULL: none */
    unsigned workers;
    struct mm_result *judged; /* [layers] as the layer's, but with the figures it is judged by; borrows all */
    struct mm_blame *blame;
    struct mm_flow *flow;
    size_t analysing;                  /* requests out */
    struct mm_graph_weights *weights;  /* NULL: none */
    struct mm_recomputed **recomputed; /* [layers]; NULL: not begun */
    size_t recomputing;                /* jobs out; evidence waits for them */
    struct replay_job *replay;         /* that is back and waits for the others; NULL */
    bool replayed;                     /* or under way */
    size_t not_replayed;               /* operators that could not be */
    bool recomputed_more;              /* also those of the types that turned out to be computed otherwise */
    size_t held;                       /* layers whose values were looked for in other tensors */
    struct unanalysed unanalysed;
};

/* What came of a plan. */
struct verify_state {
    struct mm_plan *plan; /* as it was when that was asked for; NULL: nobody has. Owned */
    bool begun;
    struct mm_effect *effect; /* [count], in the plan's order */
    size_t count, out;        /* out: jobs */
    size_t *place;            /* [layers] of the layer's effect, + 1; 0: none */
};

/* Suggestions that are being looked at. */
struct preview {
    struct mm_suggestions list;
    uint32_t *place; /* [layers] of the layer's item, + 1; 0: nothing is suggested. NULL with an empty list */
    bool *marked;    /* [list.count] */
    size_t count;    /* marked */
    bool made;       /* also when nothing is suggested */
};

/* What a simulated dst says of one tensor. */
struct simulated_facts {
    bool known;
    enum mm_dtype reads;   /* the integers that its operator reads; NONE: none */
    enum mm_dtype storage; /* the float format that its values were rounded to; NONE: they were not */
    struct mm_quantised_tensor facts;
};

/* What is known of dst's quantisation before anything is measured. */
struct quantised_state {
    struct mm_quantisation *facts;     /* of the model that dst ran; NULL: not given, or of no use */
    struct mm_graph_weights *weights;  /* that model's; NULL: they can't be read */
    int32_t *tensor;                   /* [pairs] dst's tensor in that model; -1. NULL without facts */
    size_t asked, known;               /* tensors of dst, and how many of them the model knows */
    struct simulated_facts *simulated; /* [pairs] what a simulated dst says of itself; NULL: nothing */
    struct mm_scales_file file;        /* scales.json of dst's folder, or zeroed */
    struct mm_arena arena;             /* what pairs borrow of scales */
};

/* By entry of a dump; NULL: nothing was asked. */
struct fingerprints {
    struct mm_fingerprint *of;
    uint64_t *bytes; /* that were read for it */
    bool *asked;
};

struct mm_session {
    struct mm_session_options options;
    char *src_path, *dst_path;
    struct mm_dump *src, *dst;
    struct mm_pairs *pairs;
    struct mm_layer *layers;
    struct mm_arena arena;   /* labels, and what else is of these pairs */
    struct mm_arena members; /* what was listed again, which the dumps refer to */
    char *cache_folder;      /* NULL: no cache is wanted */
    struct mm_pool *pool;
    struct mm_ort *ort; /* that mm_session_replay opened; NULL. Owned */
    struct mm_scan *scan;
    struct mm_cache *cache; /* NULL: none */
    struct mm_plan *plan;
    struct requests requests[MM_REQUEST_COUNT];
    struct triage_state triage;
    struct preview preview;
    struct verify_state verify;
    struct mm_dump *sim, *before;
    struct comparison comparison[MM_COMPARISON_COUNT];
    const struct mm_graph *model; /* the one that was given; options.graph is NULL when it is of no use */
    struct mm_model_match match;  /* of the pairs; zeroed without a model */
    struct quantised_state quantised;
    enum mm_order_source order;
    const struct mm_layout *layout; /* of the pairs, or NULL */
    enum mm_dtype read_as[2]; /* src, dst: what all its integers were found to be bit patterns of, or NONE */
    const char *notice;
    uint64_t revision;
    size_t measured, cached, bad, tagged;
    size_t changed; /* layers changed in the apply under way */
    double started, seconds;
    struct mm_watch *watch;   /* NULL: what is written meanwhile is not followed */
    struct mm_dump_live live; /* of it */
    bool has_earlier;         /* some layer has `earlier` */
    bool unsettled;           /* something is being written: triage waits */
    double looked;            /* when files were last looked at */
    size_t reloading;         /* layers that are measured again */
    bool closing;
    size_t *
        likely; /* [pairs] the one layer that a tensor without a partner could be paired with, + 1; 0: none, or
                       several. NULL: nothing was found out. In `arena` */
    struct fingerprints fingerprints[2]; /* of src, of dst */
    uint64_t
        fingerprint_bytes; /* what those that this pairing asked for took, whoever asked for them first */
    uint64_t paired;       /* the plan's revision of pairs that they were made by */
    uint64_t pairings;     /* how often it was paired anew */
    size_t *moved;         /* [moved_count] what the layers before that are now; NULL: it never was */
    size_t moved_count;
    /* [pairs] of a session from a report, until its layers have them; NULL: it has tensors */
    struct mm_result *saved;
    const char *saved_dumps; /* "dumps" of that report; NULL: it has none */
};

/* From the dumps to layers, as the plan's hand-made pairs say; nothing is measured yet. */
int session_pair(struct mm_session *session, struct mm_err *err);
/* Layers of the pairs, with nothing known. -1: memory. */
int session_layers(struct mm_session *session);
/* Free all that session_pair made and what followed from it. No work is under way. */
void session_unpair(struct mm_session *session);
/* Stop the work and take in what is finished; the result cache is written and closed. */
void session_stop(struct mm_session *session);
/* Of the tensor of a single side, once it is measured. */
struct mm_fingerprint fingerprint_of(const struct mm_result *result, bool dst);
/* As mm_fingerprint_of: context is the session. The tensor is read when it is asked for first; MM_ORDER_BYTES_MOST bounds a
 * pairing's. */
bool session_fingerprint(void *context, const struct mm_entry *entry, struct mm_fingerprint *out);
void fingerprints_done(struct mm_session *session);
/* Once all is measured: of tensors without a partner whose names tell nothing, say which of the other dump have their
 * shape and statistics (likely.c). */
void likely_find(struct mm_session *session);
/* Say what of the tensors that were put together over ranks is whole on each, and what does not fit (joined.c). */
void joined_note(struct mm_session *session);
/* Put together along an axis that does not give the other side's shape, where another one would: its shape is a mistake
 * of --concat's, and tells nothing about the dumps. */
bool joined_along_other_axis(const struct mm_pair *pair, const struct mm_schema *schema);
/* Add a sentence to the notice; ends `text`. Without memory the notice stays as it is. */
void session_note(struct mm_session *session, struct mm_buf *text);
/* Do two paths lead to one file or folder? */
bool session_same_file(const char *a, const char *b);
/* What is taken of src, or of dst; the steps and ranks of `dump` (NULL: as the user says). Of one file with two runners, src
 * is the one and dst the other. */
struct mm_dump_part session_part(const struct mm_session *session, const struct mm_dump *dump, bool dst);
/* The same step and rank of both, where nobody said which: dst is listed again where it has src's. ONNX's test data are called as
 * their files where the names in the messages are not the other side's. -1: neither dump has
 * the runners or iterations that were asked for, or one file for both has one runner. */
int recognised_align(struct mm_session *session, struct mm_err *err);
/* Once all dumps are listed. -1: none has the steps, the ranks, or the tensors to be joined that were asked for. */
int recognised_check(const struct mm_session *session, struct mm_err *err);
/* Note what src and dst were taken for. */
void recognised_say(struct mm_session *session);
/* Notes whose field numbers the .pb files are read by, where they are not the project's own. */
void schema_note(struct mm_session *session);
/* Have integers read as the options say, which must fit: -1 with a sentence. */
int read_as_given(struct mm_session *session, struct mm_err *err);
/* The same for the pairs of another comparison, whether it fits or not. */
void read_as_rules(const struct mm_session *session, struct mm_pairs *pairs);
/* Have integers read as the bit patterns that they are, where some of these pairs show it of all; note it if wanted. */
void read_as_seen(struct mm_session *session, struct mm_pairs *pairs, bool noted);
/* Undo what all of the dumps of these pairs have, if a few of them say so, and note it where that is wanted. Returns
 * it (of the session's arena), or NULL. */
const struct mm_layout *layout_apply(struct mm_session *session, struct mm_pairs *pairs, bool noted);
/* Have tensors of src transposed where the model, which dst follows, explains that; note it. After the pairs were found in
 * the model and have the layout that all of the dump has. */
void permute_apply(struct mm_session *session);
/* Before the pairs are divided: what dst's integers stand for, by the quantised model, scales.json, or the values. */
int quantised_apply(struct mm_session *session, struct mm_err *err);
/* Keep what is of the share's pairs. */
void quantised_shard(struct mm_session *session);
void quantised_done(struct mm_session *session);
/* What the quantised model says of a layer's tensor; NULL: nothing. */
const struct mm_quantised_tensor *quantised_facts(const struct mm_session *session, size_t id);
/* Find what a simulated dst says of itself. -1: memory. */
int simulated_facts_find(struct mm_session *session, struct mm_err *err);
/* The integers that a layer's operator reads, where a simulated dst says it; NONE. */
enum mm_dtype quantised_reads(const struct mm_session *session, size_t id);
/* The float format that a simulated dst's values were rounded to; NONE: not told. */
enum mm_dtype quantised_storage(const struct mm_session *session, size_t id);
/* The weights that dst had in the quantised model, if it says them. */
void quantised_weights(const struct mm_session *session, size_t id, struct mm_recompute *what);
/* Scales told from the values of a pair, in the arena; of no places (count 0) where it has no such integers; NULL without
 * memory. */
struct mm_pair_scales *scales_fit(struct mm_session *session, const struct mm_pair *pair);
/* Scales that were told from values are told anew, for the layer's files have changed. */
void scales_fit_again(struct mm_session *session, size_t id);
/* The two sources besides the model: scales.json, and values. */
int scales_from_file(struct mm_session *session, struct mm_err *err);
int scales_from_values(struct mm_session *session, struct mm_err *err);
/* Once scales are known: a Relu that dst has fused into the result before it is no difference. */
void fold_apply(struct mm_session *session);
/* Nodes without inputs, one for each name, so that names are found as a model's are. `what` begins error texts. */
int order_graph_of_names(struct mm_graph **graph, const struct mm_order_names *names, const char *what,
                         struct mm_err *err);
/* Judge a layer whose result or thresholds changed; keeps the count of bad ones. */
void session_judge(struct mm_session *session, struct mm_layer *layer);
/* A layer (SIZE_MAX: all) could not be looked at. Nothing is noted of what was stopped. */
void unanalysed_note(struct mm_session *session, size_t id, const struct mm_err *why);
/* Say it in the verdict of such a layer. */
void unanalysed_verdict(const struct mm_session *session, size_t id, struct mm_verdict *verdict);
void unanalysed_done(struct mm_session *session);
/* Fill in which other tensors dst of this layer may hold, if that is worth looking at. */
void held_candidates(struct mm_session *session, size_t id, struct analysis_request *request);
/* The kinds of requests, a file each. */
extern const struct request_kind request_hist, request_whatif, request_channels, request_worst,
    request_window, request_heat;
/*
 * The answer to `wanted`, in which the kind's own members are set; NULL as requests_ask has it, and before the
 * session has started.
 */
const struct request *session_ask(struct mm_session *session, enum mm_request kind, size_t id,
                                  struct request *wanted, const char **error);
/* True, and *error is set: of this layer only statistics were kept, there are no values to ask for. */
bool session_figures_only(const struct mm_session *session, size_t id, const char **error);
/* All kinds: before the pool is stopped; after its jobs are collected. */
void session_requests_stop(struct mm_session *session);
void session_requests_done(struct mm_session *session);

/* Choose for the operator of a layer, within a step that is open; counts in *changed. `why` NULL: the
 * verdict. */
int choice_set(struct mm_session *session, size_t id, enum mm_precision precision, const char *why,
               size_t *changed, struct mm_err *err);
/* Put the advised settings into the plan, within a step that is open; counts in *changed. */
int advice_put(struct mm_session *session, size_t *changed, struct mm_err *err);
void preview_done(struct preview *preview);
/* What reasoning sees of all layers. After triage has begun. */
struct mm_triage_view triage_view(const struct mm_session *session);

/* Has a file of the layer changed since it was measured? Then its verdict says so. */
bool session_changed(struct mm_session *session, size_t id);
/* mm_session_check, unless that was done a moment ago. */
void session_look(struct mm_session *session, const size_t *ids, size_t count);
/* Take a collected job back if it measured a layer again. */
bool reload_collect(struct mm_session *session, struct mm_job *job);
/* Open the watch, if the options or somebody asked for it. */
int watch_begin(struct mm_session *session, struct mm_err *err);
/* For the options of src and dst; NULL: all is there. */
const struct mm_dump_live *session_live(const struct mm_session *session);
/* A session of the same dumps that has no pairs yet (pair_again.c). */
struct mm_session session_heir(const struct mm_session *session);
/* The layers that entries of an earlier session's dumps are now, by their places there; SIZE_MAX: none. */
struct session_places {
    size_t *src, *dst;
};
/* By place in a dump, of this session's pairs; NULL: memory. */
size_t *session_places_of(const struct mm_session *session, const struct mm_dump *dump, bool dst);
/* Take over from the session before what stays: figures, tags. `listed`: the dumps were listed anew, so that files may be
 * others. Frees the places. */
int session_keep(struct mm_session *session, struct mm_session *before, struct session_places *places,
                 bool listed, struct mm_err *err);
/* diff2 as it is compared with an earlier one: +Inf where NaN or Inf differ, NaN where it was not measured. */
double session_figure(const struct mm_layer *layer);
/* List src and dst, as the options say (session.c). */
int session_list(struct mm_session *session, struct mm_err *err);
/* Drop all answers about a layer. */
void session_forget(struct mm_session *session, size_t id);

/* Open the other dumps; pair them. */
int comparison_list(struct mm_session *session, struct mm_err *err);
int comparison_open(struct mm_session *session, struct mm_err *err);
/* The pair of a layer in another comparison, or NULL. */
const struct mm_pair *comparison_pair(const struct mm_session *session, enum mm_comparison which, size_t id);
/* Begin with the next comparison that was not begun; false when all are measured. */
bool comparison_busy(struct mm_session *session);
/* Take a collected job back if it is of one of these. */
bool comparison_collect(struct mm_session *session, struct mm_job *job);
void comparison_close_scans(struct mm_session *session);
void comparison_done(struct mm_session *session);

/* All is measured: make flow and blame, ask for looks, conclude. Again after a change of thresholds. */
void triage_begin(struct mm_session *session);
/* Take a collected job back if it is a look. */
bool triage_collect(struct mm_session *session, struct mm_job *job);
void triage_done(struct mm_session *session);
/* Compute operators again from dst's own inputs, once, where there is a graph. */
void recompute_begin(struct mm_session *session);
/* Once these are back: where an operator is computed as another runtime does, others of its type may be so, too. Those
 * that are over and were not asked for are computed as well, once. */
void recompute_more(struct mm_session *session);
/* Take a collected job back if it is one of these. */
bool recompute_collect(struct mm_session *session, struct mm_job *job);
void recompute_done(struct mm_session *session);
/* What is recomputed for a layer, of dst or of the earlier dst; without what a quantised model says. *source is to be freed
 * when that was done. False: its operator is not known, or memory is out. After triage has begun. */
bool recompute_describe(const struct mm_session *session, size_t id, bool before, struct mm_recompute *what,
                        struct mm_recompute_source **source);
/* The layer that an override is about: that of its operator, or of its tensor; SIZE_MAX: none. After triage has begun. */
size_t session_layer_of(const struct mm_session *session, const struct mm_override *override);
/* Once all is analysed, if mm_session_verify asked for it: look at what the plan's overrides have changed. */
void verify_begin(struct mm_session *session);
/* Take a collected job back if it is one of these. */
bool verify_collect(struct mm_session *session, struct mm_job *job);
/* Forget what came of the plan, which is looked at again. No job is out. */
void verify_forget(struct mm_session *session);
/* The same by ONNX Runtime, where the options have it: one job, ... */
void replay_begin(struct mm_session *session);
bool replay_collect(struct mm_session *session, struct mm_job *job);
/* ... whose figures take the place of what was recomputed, once all are back. */
void replay_merge(struct mm_session *session);
void replay_done(struct mm_session *session);
/* Find the pairs in the model's graph, by name: before they are put into order. */
int graph_match(struct mm_session *session, struct mm_err *err);
/* The same in the new order; a model that knows too little is given up, unless headers may tell more. */
int graph_apply(struct mm_session *session, struct mm_err *err);
/* Keep what is of the share's pairs, which stand in the order of the whole list. */
void graph_shard(struct mm_session *session);
/* All is measured: find what is left by the nodes' names in headers, and give up a model that is of no use. */
int graph_finish(struct mm_session *session, struct mm_err *err);
/* The node that makes a layer, or -1. */
int graph_node(const struct mm_session *session, size_t id);
/* Find what tells the order, and put the pairs into it. After graph_match. */
int order_apply(struct mm_session *session, struct mm_err *err);

#endif
