/*
 * session: the state that a run has - dumps, pairs, results, verdicts, tags and the plan - owned in one
 * place.
 *
 * One thread owns a session. Workers measure in the background; their results arrive only when that thread
 * calls mm_session_apply, so between two calls nothing changes under anyone's feet. Whoever looks (ui,
 * report) gets const views; whoever acts goes through the functions here.
 *
 * A layer is a pair of tensors with all that is known about it. Its id is its place in execution order,
 * 0-based, and never changes; people see id + 1 as "#".
 */
#ifndef MMTUI_SESSION_H
#define MMTUI_SESSION_H

#include "mmtui/plan.h"
#include "mmtui/remote.h"
#include "mmtui/suggest.h"
#include "mmtui/verify.h"

/* Tensors of this name (a glob such as "h*"; NULL: all) whose integers are bit patterns of a type of the same width. */
struct mm_read_rule {
    const char *name;
    enum mm_dtype dtype;
};

struct mm_session_options {
    const char *src, *dst; /* folders, or files */
    const char *sim;       /* the framework's own simulation of the low precision, or NULL */
    const char *before;    /* an earlier dst, or NULL */
    unsigned jobs;         /* worker threads; 0 runs everything inline */
    bool check; /* also the checksums of members that are not compressed; the cache is not used then */
    bool
        vendor_exact; /* diff.json as the vendor's tool computes it: FLOAT16 values rounded to FLOAT16 first, its
                          guards, no layout undone but by names; no cache */
    bool headers;     /* read all headers before all figures: for who looks at a list meanwhile */
    struct mm_pairing pairing; /* by what src and dst are paired */
    struct mm_measure_options measure;
    struct mm_thresholds thresholds;
    bool thresholds_given;        /* by a person: those of a report that is opened do not count then */
    bool triage;                  /* when all is measured, analyse what is over and conclude (see triage.h) */
    const struct mm_graph *graph; /* of the model; NULL: not known. Borrowed for the session's life */
    const struct mm_graph
        *dst_graph; /* of the quantised model that dst ran; NULL: not known. Borrowed alike */
    const struct mm_ort
        *replay;              /* by which operators are replayed (runtime.h); NULL: they are not. Borrowed */
    const char *replay_model; /* the file of `graph`, from which they are taken. Borrowed */
    const char
        *replay_library; /* ONNX Runtime's, for mm_session_replay; NULL: where it usually is. Borrowed */
    const char
        *order; /* a file with the tensors' names in the order of execution (mm_order_names_read), or NULL */
    const struct mm_read_rule
        *read_rule; /* those with a name count before those without, later ones before earlier
                                             ones; each must fit a tensor. Borrowed */
    size_t read_rules;
    struct mm_given_list given; /* of tensors whose files do not say what they are; borrowed */
    struct mm_dump_part part;   /* which step, rank, iteration and runner of dumps that have several */
    const char *dst_runner;     /* which runner of dst; NULL: the same as of src. Borrowed */
    bool one_file;              /* src and dst are one file, which must have the results of two runners */
    enum mm_results results[2]; /* whose of src and dst, where both are in one folder (mm_snapshot_find) */
    const struct mm_schema *schema; /* of MagicMind's .pb in all dumps; NULL: not told. Borrowed */
    struct mm_remotes
        *remotes; /* by which dumps on other machines (HOST:DIR) are opened; NULL: they can't be. Borrowed */
    const char *cache; /* folder of the result cache; NULL: none. Borrowed until mm_session_start */
    bool watch;        /* follow what is written into src and dst: mm_session_watch from the beginning on */
    bool watch_looks;  /* by looking at all files, without asking the system */
    unsigned shard, shards; /* measure only shard 1 <= shard <= shards of the pairs; 0 of 0: all */
};
/* jobs = online processors; onnx; the defaults of measure and triage. src and dst stay NULL. */
void mm_session_defaults(struct mm_session_options *options);

struct mm_layer {
    const struct mm_pair *pair;
    struct mm_result result;
    struct mm_verdict verdict;
    const char *op; /* the operator's type by the model or an earlier report; NULL: neither has it */
    double rank;    /* mm_triage_rank */
    bool tagged;
    bool changed; /* a file is not what was measured any more: see mm_session_check */
    char *label;  /* the pair's name in visible form (escaped), what is shown and searched */
    double
        earlier; /* diff2 before a file of it was written anew; +Inf: NaN or Inf then; NaN: that never was, or there was
                       none */
    uint64_t redone; /* mm_session_pairings when that was seen; 0: never */
};

struct mm_session;

/* Where names tell nothing, pairing by order reads of both dumps together at most so many bytes (of tensors above 65536 elements a
 * part, where they are not compressed, and numbers, not text); of dumps that would take more nothing is paired so. */
#define MM_ORDER_BYTES_MOST ((uint64_t)512 << 20)
/* List and pair the folders; tensors are read only where names tell nothing (MM_ORDER_BYTES_MOST). Workers start with the first mm_session_start. */
int mm_session_open(struct mm_session **session, const struct mm_session_options *options,
                    struct mm_err *err);
/*
 * A session from a report that was written earlier: mmtui.json, or diff.json of mmtui or of MagicMind's tool. It has
 * figures and verdicts of single layers; whatever needs the tensors (triage, histograms, what-if, reloading) says that
 * they are not there. Of options, src and dst are taken from the report, and the thresholds unless they were given.
 */
int mm_session_open_report(struct mm_session **session, const char *path,
                           const struct mm_session_options *options, struct mm_err *err);
/* Is it one? */
bool mm_session_is_report(const struct mm_session *session);
/* What an earlier mmtui.json says of all of its dumps, a JSON object as it stands there; NULL: these are no figures of such. */
const char *mm_session_saved_dumps(const struct mm_session *session);
/* Stop the work, write the result cache, free all; what was borrowed from the session ends. NULL is fine. */
void mm_session_close(struct mm_session *session);
/* Begin to measure. */
int mm_session_start(struct mm_session *session, struct mm_err *err);

/* How many layers: pairs, and tensors that have no partner. */
size_t mm_session_count(const struct mm_session *session);
/* In execution order; `id` is below the count. Borrowed until the session is closed, its result until the next
 * apply. */
const struct mm_layer *mm_session_layer(const struct mm_session *session, size_t id);
/* As they were given but for what turned out not to be there (a third dump that pairs with nothing, a graph that
 * knows no layer); the thresholds are those that hold now. Borrowed. */
const struct mm_session_options *mm_session_options(const struct mm_session *session);
/* The reference dump. Borrowed. */
const struct mm_dump *mm_session_src(const struct mm_session *session);
/* The accelerator's dump. Borrowed. */
const struct mm_dump *mm_session_dst(const struct mm_session *session);
/* What all tensors of a dump have, which is undone when they are compared; NULL: nothing. */
const struct mm_layout *mm_session_layout(const struct mm_session *session);
/* What all integers of src, or of dst, were found to be bit patterns of; NONE: they are integers, or it was asked for. */
enum mm_dtype mm_session_read_as(const struct mm_session *session, bool dst);
/* The end of all names of src, or of dst, that was left out when they were paired; "": none. */
const char *mm_session_suffix(const struct mm_session *session, bool dst);
/* Where one dump has several samples of which the first is compared: a sentence on those that are further from it than
 * the threshold of diff2, appended; nothing where there are none. Of what is measured by now. */
void mm_session_samples_text(const struct mm_session *session, struct mm_buf *out);
/* Something about the folders that a person should know ("src and dst are the same folder"), or NULL. */
const char *mm_session_notice(const struct mm_session *session);

/*
 * What tells the order of the layers. Where it is unknown, ids are mere places in a list by name. Sources by
 * precedence: the file of options.order; time stamps; the model, if it knows half of the tensors; a list that the
 * runtime has put beside the tensors of src or dst; modification times, where they tell the same of both dumps. A
 * list that knows less than half of the tensors is passed over, and the notice says so.
 */
enum mm_order_source mm_session_order(const struct mm_session *session);
/* The graph that is used, or NULL: options.graph, unless it knows less than half of the tensors. What headers say of
 * nodes is looked at when all is measured; until then a graph may stand that is given up later. */
const struct mm_graph *mm_session_graph(const struct mm_session *session);
/* How many tensors that both dumps have the model knows, of how many; 0 of 0 without a model. */
void mm_session_model(const struct mm_session *session, size_t *known, size_t *asked);
/* Appends what order and edges are taken from, in sentences: for the head of a report, or a banner. */
void mm_session_order_text(const struct mm_session *session, struct mm_buf *out);

/* ---- pairs made by hand ---- */

/* What a person does with pairs is a step of the plan, so that undo takes it back; see mm_plan_pairs. */

/* Pair two layers that are in one dump alone, one in src, the other in dst, whichever comes first. All tensors of the two
 * names are paired, the k-th with the k-th; -1 with a sentence where that can't be. As mm_session_pair_again. */
int mm_session_pair(struct mm_session *session, size_t a, size_t b, struct mm_err *err);
/* The one layer of the other dump that this one, which has no partner, has the shape and the statistics of, where that one's
 * row names this one alone, too; SIZE_MAX: there is none, or not all is measured yet. */
size_t mm_session_likely(const struct mm_session *session, size_t id);
/* Pair all such layers, in one step. *made: how many pairs; 0: there are none, and nothing is done. As mm_session_pair. */
int mm_session_pair_likely(struct mm_session *session, size_t *made, struct mm_err *err);
/* Take a pair apart: one that was made by hand is as it was before, any other is kept apart from now on. */
int mm_session_part(struct mm_session *session, size_t id, struct mm_err *err);
/* The layer that has this name in src (in dst) as the dump has it: one that is in that dump alone first; SIZE_MAX:
 * none. */
size_t mm_session_find(const struct mm_session *session, bool dst, const char *name);
/* Of the layers in src (in dst) alone the one whose name is most like this; SIZE_MAX where none is. */
size_t mm_session_nearest(const struct mm_session *session, bool dst, const char *name);
/*
 * After undo or redo: pair anew if the plan says something else of pairs than before. Then *again is set, ids are others
 * (mm_session_moved), all that was borrowed is void, mm_session_fd is another, and what is not measured yet is measured;
 * figures of pairs that stay, tags and the plan are kept. On failure all is as it was.
 */
int mm_session_pair_again(struct mm_session *session, bool *again, struct mm_err *err);
/* How often that was done. */
uint64_t mm_session_pairings(const struct mm_session *session);
/* The id that a layer had before the last time, now; SIZE_MAX: it is no more. */
size_t mm_session_moved(const struct mm_session *session, size_t id);

/* ---- results as they come ---- */

/* Readable while finished work waits; -1 when jobs run inline. */
int mm_session_fd(const struct mm_session *session);
/* Take in what is finished (inline: do up to one job). Returns how many layers changed; an answer to a
 * request counts as one. */
size_t mm_session_apply(struct mm_session *session);
/* Block until something is finished or all is done. */
void mm_session_wait(struct mm_session *session);
/* Nothing left to measure and nothing left to apply. */
bool mm_session_idle(struct mm_session *session);
/* Apply and wait until idle. `progress` (may be NULL) is called after each batch; non-zero stops: -1. */
int mm_session_finish(struct mm_session *session,
                      int (*progress)(void *context, const struct mm_session *session), void *context);
/* Layers to measure first. */
void mm_session_focus(struct mm_session *session, const size_t *ids, size_t count);

/*
 * Files may change while they are looked at. These layers' files (ids NULL: the first `count` layers') are held against
 * what was measured; a layer whose file is another gets the verdict "changed", and nothing more is read of it until it
 * is measured again. Returns how many of them are changed. mm_session_focus does so once a second at most.
 */
size_t mm_session_check(struct mm_session *session, const size_t *ids, size_t count);
/*
 * Look at all files, those of the other comparisons, too, and measure again what has changed: *count layers. A file of
 * several tensors is listed again; tensors that are new in it are not seen, those that are gone are unreadable. When
 * they are through, triage begins anew. -1 with MM_EARG while something is being measured, and where such a file can't
 * be listed any more.
 */
int mm_session_reload(struct mm_session *session, size_t *count, struct mm_err *err);

/* ---- dumps that are being written ---- */

/*
 * While a session watches, what is written into src and dst meanwhile is taken in: new tensors become layers, pairs are
 * made as both sides arrive, files that were written anew are measured again and their layers keep what was measured
 * before (struct mm_layer, `earlier`). Folders may be empty, or not be there yet. A file that is being written is not
 * read: see mm_watch_wanted. Figures of files that did not change, tags and the plan stay; ids are others, as after
 * mm_session_pair_again. Triage waits until nothing has happened for a second.
 */

/* Begin or end. MM_EARG for a report. The first take after that lists anew. */
int mm_session_watch(struct mm_session *session, bool on, struct mm_err *err);
/* Does it watch? */
bool mm_session_watches(const struct mm_session *session);
/* Readable when something has happened; -1: nothing tells now. To be asked for anew after each take. */
int mm_session_watch_fd(const struct mm_session *session);
/* When (mm_clock) to take though nothing has happened; INFINITY: never. */
double mm_session_watch_due(const struct mm_session *session);
/*
 * Take in what has happened. *again: layers were made anew, see above. at_once: all that is there now, settled or not;
 * else what comes in a burst is taken in together. -1: a dump could not be listed, and all stays as it was until the next
 * change.
 */
int mm_session_watch_take(struct mm_session *session, bool at_once, bool *again, struct mm_err *err);
/* Nothing is happening, or nobody watches. */
bool mm_session_settled(const struct mm_session *session);
/* Files that are left out, as they are being written. */
size_t mm_session_watch_held(const struct mm_session *session);
/* The system tells nothing of these folders: they are looked at every other second. */
bool mm_session_watch_looks(const struct mm_session *session);
/* Layers whose files were written anew: how many; of these better and worse by diff2. */
struct mm_redone {
    size_t layers, better, worse;
};
/* Of the pairings (mm_session_pairings) after this one. */
struct mm_redone mm_session_redone(const struct mm_session *session, uint64_t after);
/* Has any layer `earlier`? */
bool mm_session_has_earlier(const struct mm_session *session);
/* A diff2 against an earlier one: now / earlier; above 1 is worse, +Inf: broken now, 0: it was broken. NaN where one of
 * them is. */
double mm_change_of(double now, double earlier);
/* A change between these is none. */
#define MM_CHANGE_BETTER 0.9
#define MM_CHANGE_WORSE  1.1

struct mm_session_totals {
    size_t layers, pairs, src_only, dst_only;
    size_t measured;             /* layers with nothing left to do */
    size_t cached;               /* of these: found in the result cache */
    struct mm_pair_counts whole; /* of all shares together */
    size_t bad;                  /* verdict.bad */
    size_t analysing;            /* layers that are being analysed or recomputed */
    size_t tagged;
    size_t skipped; /* files in both folders that are not tensors */
    double seconds; /* since start; stops when all is measured */
};
/* As things stand now: of what is not measured yet the counts say so. */
void mm_session_totals(const struct mm_session *session, struct mm_session_totals *out);
/* Counts up whenever a layer, a tag, the plan or the thresholds changed. */
uint64_t mm_session_revision(const struct mm_session *session);
/*
 * Was enough compared for a check to mean something? False, with a sentence appended to `why`, when no tensor has a
 * partner, when fewer than the share `least` (0 .. 1) of the smaller side's tensors have one, or when an output of
 * the network is in src alone: as the model tells, the tensor's header, or, by time stamps, what src wrote last. Of
 * a shard the counts are those of the whole run, and outputs are not looked for.
 */
bool mm_session_covers(const struct mm_session *session, double least, struct mm_buf *why);
/* Judges all layers anew. */
void mm_session_set_thresholds(struct mm_session *session, const struct mm_thresholds *thresholds);

/* ---- what is worked out for one layer, on request ---- */

/* The kinds. Asking (mm_session_hist, mm_session_whatif, ...) starts the work; the last few answers of a kind are kept. */
enum mm_request {
    MM_REQUEST_HIST,
    MM_REQUEST_WHATIF,
    MM_REQUEST_CHANNELS,
    MM_REQUEST_WORST,
    MM_REQUEST_WINDOW,
    MM_REQUEST_HEAT,
    MM_REQUEST_COUNT
};
const char *mm_request_name(enum mm_request kind); /* "histogram", "what if" */
/* How much of what was asked for last of this kind and layer is done, 0 .. 1; -1: not known (it may not have begun
 * yet), or nothing is under way. Another figure is no change of a layer: whoever shows it looks now and then. */
double mm_session_progress(const struct mm_session *session, enum mm_request kind, size_t id);
/* Who asked has moved on: stop all that is being worked out for this layer. Answers that are there stay; what is
 * asked for again begins anew. */
void mm_session_cancel(struct mm_session *session, size_t id);

/*
 * The histogram of a layer with these options: NULL while it is being counted (or impossible: then *error is
 * a sentence). Asking starts the work; the last few are kept. The pointer is valid until the next apply or
 * request.
 */
const struct mm_pair_hist *mm_session_hist(struct mm_session *session, size_t id,
                                           const struct mm_hist_options *options, const char **error);

/* ---- triage ---- */

/*
 * Once all is measured (and options.triage): flow and blame are made, workers analyse the layers that are
 * worth it, verdicts are concluded. Until then a verdict is what one layer's own figures say. All of this is
 * NULL, false or -1 before.
 */
const struct mm_flow *mm_session_flow(const struct mm_session *session);
/* Where this layer's error comes from. Borrowed; its figures change with the thresholds. */
const struct mm_blame *mm_session_blame(const struct mm_session *session, size_t id);
/* What was found by looking into this layer; NULL: nobody has. Valid until the session is closed. */
const struct mm_evidence *mm_session_evidence(const struct mm_session *session, size_t id);
/* What the layer's operator adds by itself; NULL: not tried (yet). */
const struct mm_recomputed *mm_session_recomputed(const struct mm_session *session, size_t id);
/* Analyse a layer that was not worth it by itself; its verdict follows when the work is done. */
void mm_session_analyse(struct mm_session *session, size_t id);
/*
 * Replay the operators of all layers by ONNX Runtime, now that they are triaged; verdicts follow. Options `replay` does so by
 * itself. Without `replay`, the library is opened first. MM_EARG: it can't be begun now, or there is no model or nothing over;
 * what mm_ort_open says.
 */
int mm_session_replay(struct mm_session *session, struct mm_err *err);
/* What came of it. */
struct mm_replay_summary {
    const char *version; /* of the library */
    size_t right, wrong,
        unclear; /* operators that compute what they should, that don't, and neither is certain */
    size_t
        left_out; /* those that could not be run, or where src's own result does not come out of src's inputs */
    size_t first_wrong; /* layer; where `wrong` > 0 */
};
/* False: nothing was replayed. */
bool mm_session_replayed(const struct mm_session *session, struct mm_replay_summary *summary);
/* The same as a sentence with a full stop; nothing where nothing was, or while it is under way. */
void mm_session_replay_text(const struct mm_session *session, struct mm_buf *out);
/* What matters of it in one short line, for a status line: what is wrong first, and where. Nothing alike. */
void mm_session_replay_line(const struct mm_session *session, struct mm_buf *out);
/* Layers that are to be looked at and could not be (no memory, a file that went away), though their figures are there; *why is the
 * first reason, "" for none. Their verdicts are those of their figures alone, and say so. All of them where not even triage could
 * begin. */
size_t mm_session_unanalysed(const struct mm_session *session, const char **why);
/* Nothing left to analyse. */
bool mm_session_triaged(const struct mm_session *session);
/* The first layer in execution order that brings in an error. Those where only the format or the settings are too coarse, or
 * the cause is not known, come behind all where something is wrong; those that the graph in use does not know come last.
 * -1: none, or no order is known. */
int32_t mm_session_first_culprit(const struct mm_session *session);
/* The first that has a NaN or Inf on one side only; -1 alike. */
int32_t mm_session_first_nonfinite(const struct mm_session *session);
/* The verdict in full: a paragraph a line, and the next step ("" where there is none). */
void mm_session_explain(const struct mm_session *session, size_t id, struct mm_buf *evidence,
                        struct mm_buf *next);

/* ---- three dumps ---- */

enum mm_comparison {
    MM_COMPARISON_IMPLEMENTATION, /* dst against sim: what the implementation adds to the format's error */
    MM_COMPARISON_FORMAT,         /* sim against src: what the format costs by itself */
    MM_COMPARISON_BEFORE,         /* an earlier dst against src */
    MM_COMPARISON_COUNT
};
/* Was the dump given that this needs? */
bool mm_session_has(const struct mm_session *session, enum mm_comparison which);
/* This layer in the other comparison: NULL where the other dump has no such tensor, and until it is measured.
 * Those comparisons begin when src and dst are measured; triage waits for them. */
const struct mm_result *mm_session_comparison(const struct mm_session *session, size_t id,
                                              enum mm_comparison which);

/* ---- what came of a plan ---- */

/* What became of one override of the plan that dst was made with. */
struct mm_effect {
    const char *name, *op; /* of the operator, as the plan and the dump have them */
    const char *precision; /* "FLOAT32" */
    size_t layer;          /* SIZE_MAX: no layer */
    struct mm_effect_verdict verdict;
    double before, now;           /* the layer's error; as struct mm_effect_side has it */
    double adds_before, adds_now; /* what its operator adds */
};
/*
 * dst was made with the plan as it is now, and options.before without it: once all is analysed, look at what every
 * override has changed. What is put into the plan later is no part of it. -1 with MM_EARG where there is no earlier dst or no
 * triage.
 */
int mm_session_verify(struct mm_session *session, struct mm_err *err);
/* Was that asked for? */
bool mm_session_verifies(const struct mm_session *session);
/* And is it known by now? */
bool mm_session_verified(const struct mm_session *session);
/* All of it in figures. */
struct mm_proof {
    size_t overrides, by_kind[MM_EFFECT_KINDS];
    size_t compared, over_before, over_now, worse; /* layers that are in both dumps and src */
    bool unchanged; /* dst holds the values of the earlier dst in all of them, as far as figures tell */
    bool proven;    /* every override was applied, and no layer got worse */
};
/* False, and zeroes, until it is known. */
bool mm_session_proof(const struct mm_session *session, struct mm_proof *out);
/* What came of the overrides, in the plan's order; *count of them; NULL until it is known. Borrowed until the next apply. */
const struct mm_effect *mm_session_effects(const struct mm_session *session, size_t *count);
/* That of a layer's operator; NULL: none, or not known (yet). */
const struct mm_effect *mm_session_effect(const struct mm_session *session, size_t id);
/* A layer's error in the earlier dst and in dst; NaN: not known. True: it got worse (mm_effect_worse). */
bool mm_session_worse(const struct mm_session *session, size_t id, double *before, double *now);

/* ---- what if, a request ---- */

/* What each usual format and setting would cost the layer's reference: see mm_whatif_usual. */
struct mm_whatif_table {
    const struct mm_whatif *row;
    size_t count;
    int axis, rank; /* the channels' axis, of that many; axis -1: a scalar */
};
/*
 * The table of a layer, channels along `axis` (-1, or none of its axes: where they usually lie): as
 * mm_session_hist, NULL while it is worked out or with *error. src is taken as it was compared, or as its
 * file has it where it could not be.
 */
const struct mm_whatif_table *mm_session_whatif(struct mm_session *session, size_t id, int axis,
                                                const char **error);

/* ---- where in a layer the error is, requests ---- */

/* The shape in which a layer's two sides were compared; of one side alone its own. NULL before that is known, and where
 * shapes differ. */
const struct mm_shape *mm_session_shape(const struct mm_session *session, size_t id);
/* The axis of that shape along which the channels lie. *known: the model's operators and weights tell it; else it is
 * where they usually lie. -1: a scalar. */
int mm_session_channel_axis(const struct mm_session *session, size_t id, bool *known);
/* mm_pair_channels; as mm_session_hist NULL while it is worked out, or with *error. */
const struct mm_channels *mm_session_channels(struct mm_session *session, size_t id, int axis,
                                              const char **error);
/* mm_pair_worst, alike. */
const struct mm_worst_elements *mm_session_worst(struct mm_session *session, size_t id,
                                                 const struct mm_slice *slice, enum mm_worst_by by,
                                                 const char **error);
/* mm_pair_heat, alike. */
const struct mm_heat *mm_session_heat(struct mm_session *session, size_t id,
                                      const struct mm_heat_options *options, const char **error);
#define MM_WINDOW_SURE 2048
/* A window that has the slice's elements from, from + 1, ... from + MM_WINDOW_SURE - 1, as far as there are, and mostly
 * others around; alike. */
const struct mm_window *mm_session_window(struct mm_session *session, size_t id, const struct mm_slice *slice,
                                          int64_t from, const char **error);

/* ---- tags ---- */

/* Tag a layer, or take its tag away; one that is so already is no change. */
void mm_session_tag(struct mm_session *session, size_t id, bool tagged);
/* Returns how many tags there were. */
size_t mm_session_untag_all(struct mm_session *session);

/* ---- the plan ---- */

/* The session's plan, to be changed by its caller in steps; it lives as long as the session. */
struct mm_plan *mm_session_plan(struct mm_session *session);
/* The same, to look at. */
const struct mm_plan *mm_session_plan_const(const struct mm_session *session);
/* The operator that makes this layer, as the runtime calls it: dst's node_name, else the tensor's name. */
const char *mm_session_node(const struct mm_session *session, size_t id);
/* dst's op_type, else src's, else the graph's, else "". */
const char *mm_session_op(const struct mm_session *session, size_t id);
/* What was chosen for this layer's operator, or NULL. */
const struct mm_override *mm_session_override(const struct mm_session *session, size_t id);
/*
 * Choose a precision for the operators of these layers as one undo step (MM_PRECISION_NONE clears). Reason
 * and figures are taken from the layers. *changed (may be NULL): operators whose precision is now another.
 * Layers only in src are left alone: the runtime does not have them.
 */
int mm_session_set_precision(struct mm_session *session, const size_t *ids, size_t count,
                             enum mm_precision precision, size_t *changed, struct mm_err *err);
/*
 * Which operators to raise (see mm_suggest_find). -1 with MM_EARG before all is measured and analysed. The
 * caller ends *out with mm_suggestions_done.
 */
int mm_session_suggest(const struct mm_session *session, const struct mm_suggest_options *options,
                       struct mm_suggestions *out, struct mm_err *err);
/*
 * Put (a part of) a list into the plan as one undo step, with its reasons, and the settings that are advised
 * (mm_session_advise). What is chosen for an operator already is replaced by a higher precision, never by a lower one; a
 * type of one runtime alone stays. *changed: operators and settings that are another now.
 */
int mm_session_accept(struct mm_session *session, const struct mm_suggestion *items, size_t count,
                      size_t *changed, struct mm_err *err);
/*
 * What each override of the plan brings and costs (mm_suggest_costs), in the plan's order; *all (may be NULL) is what
 * all of them do together. An override that is of no layer has share 0 and costs that are not known. -1 with MM_EARG before all is
 * measured and analysed.
 */
int mm_session_costs(const struct mm_session *session, bool each_reader, struct mm_raise_cost *each,
                     struct mm_raise_cost *all, struct mm_err *err);
/* ---- suggestions that are being looked at ---- */

/*
 * A list of suggestions beside the user's tags, which it never touches: each item is marked or left out, and the
 * marked ones can be put into the plan. One list at a time; it is empty at first, after it was accepted or dropped, and
 * when the thresholds change, since it came from other verdicts.
 */

/* Find suggestions as mm_session_suggest does and keep them, all of them marked, in the place of an older list. -1: the
 * older list stays. */
int mm_session_preview(struct mm_session *session, const struct mm_suggest_options *options,
                       struct mm_err *err);
/* The list; its count is 0 where there is none. Valid until the next of these calls that is not const. */
const struct mm_suggestions *mm_session_suggestions(const struct mm_session *session);
/* What is suggested for a layer, marked or left out; NULL: nothing. *marked (may be NULL) is set where there is. */
const struct mm_suggestion *mm_session_suggestion(const struct mm_session *session, size_t id, bool *marked);
/* Mark a layer's suggestion, or leave it out. Without effect where nothing is suggested. */
void mm_session_mark(struct mm_session *session, size_t id, bool marked);
/* Is there a list? It may be empty: then accepting puts the advised settings alone into the plan. */
bool mm_session_previewed(const struct mm_session *session);
/* How many are marked. */
size_t mm_session_marked(const struct mm_session *session);
/* Put the marked ones into the plan as mm_session_accept does, one undo step, and end the list. -1: it stays. */
int mm_session_accept_marked(struct mm_session *session, size_t *changed, struct mm_err *err);
/* End the list; the plan and the tags stay as they are. Returns how many items it had. */
size_t mm_session_drop_suggestions(struct mm_session *session);

/*
 * A plan may have been made from another network, or before names changed. Is the operator of an override in dst or in
 * the model? By its name; true until all layers are measured, for their headers have the names.
 */
bool mm_session_knows(const struct mm_session *session, const struct mm_override *override);
/* How many of the plan's operators are not; a sentence with the first five names is appended if any. */
size_t mm_session_missing(const struct mm_session *session, struct mm_buf *out);

/* ---- settings ---- */

/* What other quantisation settings would gain for this layer (mm_gains_find); false: it is not quantised, or
 * it was not analysed. */
bool mm_session_gains(const struct mm_session *session, size_t id, struct mm_gains *out);
/* What other quantisation settings would gain (mm_advice_find), once all is analysed; else nothing is
 * known. */
int mm_session_advice(const struct mm_session *session, struct mm_advice *out, struct mm_err *err);
/* Put those that are worth it into the plan as one undo step. *changed (may be NULL): settings with another
 * value now. */
int mm_session_advise(struct mm_session *session, size_t *changed, struct mm_err *err);
/*
 * The value of network_precision that the dst dump itself suggests ("float16" when its floats are half ...),
 * or NULL when it does not tell; *why is a sentence. A suggestion: nothing is put into the plan.
 */
const char *mm_session_network_precision(const struct mm_session *session, const char **why);

/* ---- integers in dst ------------------------------------------------------------------------------------------ */

/* How a layer's dst is read: see mm_pair_dequantised. NO before its headers are read. */
enum mm_dequantised mm_layer_dequantised(const struct mm_layer *layer);
/* "raw u8, dequantised: scale 0.0123, zero point 114 (from scales.json)", "f4e2m1 elements of blocks, without their
 * scales"; false, and nothing, where that is not so. */
bool mm_layer_scales_text(const struct mm_layer *layer, struct mm_buf *out);
/*
 * Said once: how many tensors of dst hold raw integers, and where their scales are from; and how many of src
 * or dst hold elements of blocks without their scales (mm_dtype_is_element), where the other side holds something else. Nothing where there are
 * none.
 */
void mm_session_raw_text(const struct mm_session *session, struct mm_buf *out);

#endif
