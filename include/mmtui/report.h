/*
 * report: what is known, as columns, text and files.
 *
 * One table of columns serves the layers list on screen, the text table, filters and sorting: a figure is
 * formatted in one place. Files: diff.json (as MagicMind's analysis tool writes it) and mmtui.json
 * (everything).
 */
#ifndef MMTUI_REPORT_H
#define MMTUI_REPORT_H

#include "mmtui/session.h"

/* ---- columns ------------------------------------------------------------------------------------------- */

enum mm_column_id {
    MM_COLUMN_NUMBER, /* # in execution order */
    MM_COLUMN_LAYER,
    MM_COLUMN_PRECISION, /* the override's badge */
    MM_COLUMN_OP,
    MM_COLUMN_DTYPE, /* f32 → f16 */
    MM_COLUMN_SHAPE,
    MM_COLUMN_ELEMENTS, /* how many elements the shape has */
    MM_COLUMN_PAIRED,   /* by what its two sides were paired */
    MM_COLUMN_DIFF1,
    MM_COLUMN_DIFF2,
    MM_COLUMN_SQNR,
    MM_COLUMN_DIFF3,     /* largest relative difference */
    MM_COLUMN_DIFF3_ABS, /* largest difference where s is about 0 */
    MM_COLUMN_GREATER,   /* diff4: share of elements with d > s */
    MM_COLUMN_LESS,      /* diff4: share of elements with d < s */
    MM_COLUMN_MAX_ABS,
    MM_COLUMN_MSE,
    MM_COLUMN_RMSE,
    MM_COLUMN_MAE,
    MM_COLUMN_COSINE,
    MM_COLUMN_GAP,      /* 1 - cosine */
    MM_COLUMN_SCALE,    /* of the line d = scale s + offset that fits best */
    MM_COLUMN_OFFSET,   /* of the same */
    MM_COLUMN_RESIDUAL, /* what that line leaves, relative */
    MM_COLUMN_BEYOND,
    MM_COLUMN_NONFINITE,
    MM_COLUMN_DIFFER,    /* elements that are NaN or Inf on one side only */
    MM_COLUMN_IMPL,      /* with --sim: diff2 of dst against it */
    MM_COLUMN_FORMAT,    /* with --sim: diff2 of it against src */
    MM_COLUMN_BEFORE,    /* with --before: diff2 of the earlier dst */
    MM_COLUMN_CHANGE,    /* with --before: better or worse, and by how much */
    MM_COLUMN_APPLIED,   /* with --before and the plan that dst was made with: did the override take effect */
    MM_COLUMN_SINCE,     /* once files were written anew: diff2 against that of the file before */
    MM_COLUMN_CAUSE,     /* with triage: the cause's word */
    MM_COLUMN_CERTAINTY, /* with triage: how sure the verdict is: certain, likely, possible */
    MM_COLUMN_INTRODUCED, /* with triage: the part of diff2 that is added here */
    MM_COLUMN_GAIN,       /* with triage: error / error of the worst input */
    MM_COLUMN_ROOT,       /* with triage: # of the layer where this one's error starts, itself included */
    MM_COLUMN_FROM,       /* with triage: # of the other layer that the verdict names */
    MM_COLUMN_VERDICT,
    MM_COLUMN_COUNT
};

struct mm_column {
    const char *key;   /* in filters, sort and --columns: "diff2" */
    const char *title; /* "DIFF2" as the list shows it: "diff2" */
    const char *help;  /* mm_column_help has it */
    int width;         /* columns wanted; 0: takes what is left */
    bool right;        /* right-aligned */
    bool numeric;      /* value() is what sorts and filters; else text() */
    bool worst_low;    /* smaller is worse (cosine, sqnr) */
    /* Append the cell's text, unpadded. Never any control character. */
    void (*text)(const struct mm_session *session, size_t id, struct mm_buf *out);
    /* NaN: no figure. Broken layers (non-finite on one side) give +Inf (worst_low: -Inf) so that they rank
     * worst. */
    double (*value)(const struct mm_session *session, size_t id);
    /* NULL: always there; else whether this session has what the column is about. */
    bool (*there)(const struct mm_session *session);
    enum mm_metric_id metric; /* with help NULL: what it shows */
};
/* Has this session what the column is about? */
bool mm_column_there(const struct mm_session *session, enum mm_column_id id);
/* Never NULL; `id` is below MM_COLUMN_COUNT. */
const struct mm_column *mm_column(enum mm_column_id id);
/* What it is, a few words; a metric's comes from its row. */
const char *mm_column_help(enum mm_column_id id);
/* By key, or by another name that people have for it (name, cosine); MM_COLUMN_COUNT when unknown. */
enum mm_column_id mm_column_find(const char *key);
/* The column whose key is most like an unknown one; MM_COLUMN_COUNT when none is like it. */
enum mm_column_id mm_column_nearest(const char *key);
/* The same; where it is unknown, err (MM_EARG) has the nearest one, or all that there are. */
enum mm_column_id mm_column_get(const char *key, struct mm_err *err);
/* "layer,op,diff2,cos", with commas or blanks between, each once; columns[*count]. MM_EARG: an unknown one, too many, none. */
int mm_columns_parse(const char *text, enum mm_column_id columns[MM_COLUMN_COUNT], size_t *count,
                     struct mm_err *err);

/* ---- order and filter ---------------------------------------------------------------------------------- */

struct mm_order {
    enum mm_column_id column;
    bool reverse; /* away from the natural direction, which is: worst first for figures, ascending for the
                     rest */
};
/* Sort ids. Stable; layers without a figure last; ties in execution order. */
void mm_order_sort(const struct mm_session *session, const struct mm_order *order, size_t *ids, size_t count);

struct mm_filter;
/*
 * Terms separated by blanks, all must hold. `column sign value`: of figures < <= > >= = !=, a number, a share as it is
 * shown (25%) or a place (#38); of texts = != (in any case; with * ? [ a shell pattern) or ~ !~ (a POSIX extended regular
 * expression, found anywhere, in any case). op also fits its last part, dtype either side, verdict its word (~ the
 * sentence, too). `tagged`, `suggested`, `bad`, `chosen`; `!term`; and plain words: case-insensitive part of the layer's
 * name or op, with * or ? a shell pattern over the name. A value or word with blanks or signs in it stands in quotes. An
 * empty text matches all. MM_EARG tells the place of what is wrong, in characters from 1; a word that no verdict, cause or
 * certainty has is wrong, too.
 */
int mm_filter_open(struct mm_filter **filter, const char *text, struct mm_err *err);
/* NULL is fine. */
void mm_filter_close(struct mm_filter *filter);
/* Do all terms hold for a layer? NULL: there are none, so yes. */
bool mm_filter_match(const struct mm_filter *filter, const struct mm_session *session, size_t id);

/* A text that may stand from byte `from` on; `note` says what it is, or is NULL. The candidate is gone after the call, the
 * note stays. */
typedef void mm_filter_offer(void *context, size_t from, const char *candidate, const char *note);
/*
 * What may stand at the end of a filter's text: columns of the session and words, signs, the values that layers have in
 * a column. Of columns, signs and words only what begins as the text does; of values all, in natural order, for the caller
 * to choose from.
 */
void mm_filter_complete(const char *text, const struct mm_session *session, mm_filter_offer *offer,
                        void *context);

/* ---- output -------------------------------------------------------------------------------------------- */

struct mm_table_options {
    const enum mm_column_id *columns; /* NULL: the usual ones */
    size_t column_count;
    size_t limit; /* rows; 0: all */
    bool ascii;   /* no character outside ASCII in what mmtui itself writes */
    int width;    /* columns of the terminal or 0 */
};
/* "#12 conv1", or "conv1" where nothing tells the order, so that 12 would be the place in a list by name. */
void mm_report_layer(const struct mm_session *session, size_t id, struct mm_buf *out);
/* The ranked table with a header and a summary line. */
void mm_report_table(const struct mm_session *session, const size_t *ids, size_t count,
                     const struct mm_table_options *options, struct mm_buf *out);
/*
 * One pair of a settled session in full: how it was made, both sides with their statistics, every metric, the ten
 * worst elements with both values. The values are read once more. -1: they can't be read now.
 */
int mm_report_pair(const struct mm_session *session, size_t id, struct mm_buf *out, struct mm_err *err);
/* One line: "222 pairs, 108 only in dst; 147 over 0.05; worst: ...". */
void mm_report_summary(const struct mm_session *session, struct mm_buf *out);

/* diff.json as MagicMind's analysis tool writes it, in the order of source file names. The session must be
 * idle. */
int mm_report_diff_json(const struct mm_session *session, struct mm_buf *out, struct mm_err *err);

/* Settings advice: the sentences, and the keys of the plan that carry it; nothing when no layer is
 * quantised. */
void mm_report_advice(const struct mm_advice *advice, struct mm_buf *out);
/*
 * The triage of a settled session (options.triage) on one page: what is wrong first, why, what to do, what
 * else starts an error, what was looked at and found good. Text whose paragraphs have at most so many columns.
 */
#define MM_TRIAGE_COLUMNS 100 /* where no terminal is narrower */
int mm_report_triage(const struct mm_session *session, int columns, struct mm_buf *out, struct mm_err *err);
#define MM_TRIAGE_SCHEMA 1 /* "schema_version" of the triage's JSON */
/* The same and every layer's verdict, strictly valid JSON; non-finite figures as in mm_report_json. */
int mm_report_triage_json(const struct mm_session *session, struct mm_buf *out, struct mm_err *err);

#define MM_REPORT_SCHEMA 1 /* "schema_version" of mmtui.json */
/* Everything, strictly valid JSON; non-finite figures are the strings "NaN", "Infinity", "-Infinity". */
int mm_report_json(const struct mm_session *session, struct mm_buf *out, struct mm_err *err);

/*
 * Make the folder if need be and write diff.json (not for a shard of a run) and mmtui.json into it, each
 * atomically, with the texts of the two functions above, laid out by as many workers as the session has. The
 * session must be idle. An error leaves what was there before of the file that it is about.
 */
int mm_report_write(const struct mm_session *session, const char *folder, struct mm_err *err);

/* A shard of a run (mm_session_options.shard), as mm_report_json has written it. */
struct mm_part {
    const char *file; /* for error texts */
    const char *text;
    size_t length;
};
/*
 * What mm_report_json of the whole run would have written, byte for byte. Refuses parts that are not all of
 * one run: a share that is missing or there twice, other folders, options or versions; the sentence names the
 * file.
 */
int mm_report_merge(const struct mm_part *parts, size_t count, struct mm_buf *out, struct mm_err *err);

/* ---- layers in other kinds of text ---- */

enum mm_report_kind {
    MM_REPORT_TEXT,
    MM_REPORT_JSON,
    MM_REPORT_CSV, /* RFC 4180 with plain line feeds, a head line of column keys, figures to the last digit */
    MM_REPORT_MARKDOWN, /* a table, and what is said above it */
    MM_REPORT_HTML, /* one page that needs nothing else: table to sort and filter, error profile, histograms */
    MM_REPORT_JUNIT, /* a test case a layer; what is bad has failed */
    MM_REPORT_KINDS
};
/* "text", "json", ...; NULL beyond the last. */
const char *mm_report_kind_name(size_t kind);
/* False when there is none of that name. */
bool mm_report_kind_find(const char *name, enum mm_report_kind *out);

/* Some layers of a settled session. */
struct mm_listing {
    const size_t *ids; /* in the order in which they are listed */
    size_t count;
    const enum mm_column_id *columns; /* NULL: the usual ones */
    size_t column_count;
    const char *title; /* "mmtui compare" */
};
/*
 * The listing as CSV, Markdown, HTML or JUnit's XML; TEXT and JSON have functions of their own (MM_EARG). HTML reads
 * the worst of the listed tensors once more, for their histograms. With options.triage the verdicts of triage stand at
 * its top.
 */
int mm_report_listing(const struct mm_session *session, const struct mm_listing *listing,
                      enum mm_report_kind kind, struct mm_buf *out, struct mm_err *err);

/* ---- against an earlier report ---- */

/*
 * Hold a settled session against an earlier mmtui.json or diff.json (MagicMind's too), by names and occurrences. A layer
 * is worse that is bad now and was not, was not there, or has a diff2 MM_CHANGE_WORSE times the earlier; better is what
 * was bad and is not, or has at most MM_CHANGE_BETTER of it. Sentences that name up to ten of each are appended.
 * *worse: how many. -1: the file can't be read as either (MM_ECORRUPT, with the line).
 */
int mm_report_baseline(const struct mm_session *session, const char *path, struct mm_buf *out, size_t *worse,
                       struct mm_err *err);

/* ---- one pair, element by element ---- */

/* Which elements a list has: |d| is |s - d|, and |d/s| is |s - d| / |s| (0 where nothing differs, else +Inf where s
 * is 0). An element that is not finite on one side only, or another Inf, is always in it. */
enum mm_beyond_mode {
    MM_BEYOND_ABSOLUTE = 1, /* |d| > absolute */
    MM_BEYOND_RELATIVE,     /* |d/s| > relative */
    MM_BEYOND_EITHER,
    MM_BEYOND_BOTH
};
struct mm_single_options {
    double absolute, relative;
    enum mm_beyond_mode mode;
    const struct mm_axis *layout;   /* dst is src with its axes moved so; NULL: it is not. Borrowed */
    bool vendor;                    /* the figures are the vendor tool's own, see mm_vendor_diffs */
    const struct mm_schema *schema; /* of MagicMind's .pb; NULL: not told. Borrowed */
    struct mm_remotes *remotes;     /* as of struct mm_session_options */
    struct mm_buf *numbers;         /* as in mm_show_options */
};
/*
 * One tensor against one other, as the vendor tool's command `single` has it: the shape, the four diffs, and a line
 * for every element beyond: its index in row-major order of src's shape, |d| and |d/s|. `src` and `dst` are files
 * with one tensor each. *beyond (may be NULL): how many lines there are. -1: a file that can't be read, has
 * several tensors (MM_EARG), or shapes that differ (MM_EARG).
 */
int mm_report_single(const char *src, const char *dst, const struct mm_single_options *options,
                     struct mm_buf *out, int64_t *beyond, struct mm_err *err);

/* ---- one dump by itself ---- */

struct mm_show_options {
    const char *const *names;       /* patterns of names (* ? [abc]); a tensor is shown where one fits */
    size_t count;                   /* of them; 0: all tensors are shown */
    struct mm_given_list given;     /* of tensors whose files do not say what they are */
    struct mm_dump_part part;       /* of a folder with several steps or ranks */
    const struct mm_schema *schema; /* of MagicMind's .pb; NULL: not told */
    struct mm_remotes *remotes;     /* as of struct mm_session_options */
    struct mm_buf
        *numbers; /* gets a sentence on whose field numbers were used (mm_dump_say_numbers), if not told */
    bool json;    /* a JSON list of objects, strictly valid; non-finite figures as in mm_report_json */
    bool ascii;
};
/*
 * What a file or folder holds: for each tensor its name, dtype, shape, node, how many values are NaN, infinite, zero,
 * the least and greatest with their places, mean, standard deviation (population), and a histogram of equal bins from
 * the least to the greatest finite value. A tensor that can't be read has a line that says why, and counts into *bad
 * (may be NULL). -1: the dump can't be listed, or no name fits (MM_ENOENT).
 */
int mm_report_show(const char *path, const struct mm_show_options *options, struct mm_buf *out, size_t *bad,
                   struct mm_err *err);

/* diff1, diff2, diff3[2], diff4[3], as diff.json has them. */
struct mm_diffs {
    double diff1, diff2, diff3[2], diff4[3];
};
/* By mmtui's formulas (METRICS of mmtui-formats(5)): NaN where a position is not finite on one side only. */
void mm_plain_diffs(const struct mm_metrics *metrics, struct mm_diffs *out);
/*
 * By the vendor tool's, where what is divided by is guarded by the signed sum of s: diff1 = sum|s-d| / (sum|s| if sum s
 * is not 0, else 1e-9), diff2 = sqrt(sum (s-d)^2 / (sum s^2 if sum s is not 0, else 1e-9)). The rest is the same.
 */
void mm_vendor_diffs(const struct mm_metrics *metrics, struct mm_diffs *out);

/* ---- what came of a plan ---- */

#define MM_VERIFY_SCHEMA 1 /* "schema_version" of its JSON */
/*
 * A settled session after mm_session_verify: what came of each override with the reason, the errors before and now of
 * layers and outputs, and what got worse. TEXT for a person's terminal; JSON strictly valid, errors as in
 * mm_report_json; JUNIT a test case an override and one for each layer that got worse; CSV, MARKDOWN and HTML list the layers
 * of both kinds. MM_EARG where nothing is known (yet).
 */
int mm_report_verify(const struct mm_session *session, enum mm_report_kind kind, struct mm_buf *out,
                     struct mm_err *err);

/* ---- suggestions ---- */

/* The list as a text table, and below it what it costs and brings. Text for a person's terminal. */
void mm_report_suggestions(const struct mm_session *session, const struct mm_suggestions *list,
                           struct mm_buf *out);
/* The same in another form. JSON: strictly valid; CSV: figures to the last digit; JUNIT: what should be raised has
 * failed, nothing to raise is one test that has passed. */
void mm_report_suggestions_as(const struct mm_session *session, const struct mm_suggestions *list,
                              enum mm_report_kind kind, struct mm_buf *out);
/* An operator, and what running the model with it alone in float32 has shown. */
struct mm_simulated_operator {
    const char *name, *op_type; /* of the operator; "" it has none */
    const char *tensor;         /* its first result */
    double error;               /* of the outputs then: relative L2 of the worst of them; INFINITY: broken */
    bool raised;                /* it is suggested */
};
/* Suggestions that were found by running a model in a simulated precision. All borrowed. */
struct mm_simulated_suggestions {
    const char *mode;      /* the precision's word */
    double before, after;  /* the outputs' error with nothing raised, and with what is suggested */
    double goal;           /* that it was to be brought to; INFINITY: none was given */
    size_t settings, runs; /* how many settings were measured, and in how many runs */
    const struct mm_simulated_operator *item; /* those that gain most first */
    size_t count;
};
/* They in any form. TEXT shows the ten that gain most and those that are suggested, the others have all. JUNIT: each that
 * should be raised has failed, and so has a goal that can't be had; nothing to raise is one test that has passed. */
void mm_report_simulated(const struct mm_simulated_suggestions *list, enum mm_report_kind kind,
                         struct mm_buf *out);
/* "worst error of the outputs 1, then about 0.003; 6 operators, 35.6k elements", without a line feed. */
void mm_report_suggestion_summary(const struct mm_suggestions *list, struct mm_buf *out);

#endif
