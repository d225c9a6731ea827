/*
 * Command-line options: a row each. A command names the groups of options that it takes, and what it takes
 * besides; parsing, --help and the config file are made from the same rows.
 */
#ifndef MMTUI_CLI_OPTIONS_H
#define MMTUI_CLI_OPTIONS_H

#include "mmtui/export.h"
#include "mmtui/report.h"
#include "mmtui/runtime.h"
#include "ui/term.h"

enum option {
    OPT_NONE,
    OPT_SRC,
    OPT_DST,
    OPT_OUTPUT,
    OPT_FRAMEWORK,
    OPT_MAP,
    OPT_RENAME,
    OPT_OCCURRENCE,
    OPT_NO_PAIR_BY,
    OPT_DTYPE,
    OPT_SHAPE,
    OPT_STEP,
    OPT_RANK,
    OPT_CONCAT,
    OPT_RUNNER,
    OPT_DST_RUNNER,
    OPT_ITERATION,
    OPT_SCHEMA,
    OPT_SSH,
    OPT_REMOTE_MMTUI,
    OPT_FIGURES_ONLY,
    OPT_MODEL,
    OPT_DST_MODEL,
    OPT_REPLAY,
    OPT_ORDER,
    OPT_SIM,
    OPT_BEFORE,
    OPT_THRESHOLD,
    OPT_ATOL,
    OPT_RTOL,
    OPT_SORT,
    OPT_FILTER,
    OPT_LIMIT,
    OPT_COLUMNS,
    OPT_REPORT_KIND,
    OPT_FLOOR,
    OPT_FAIL,
    OPT_FAIL_IF,
    OPT_BASELINE,
    OPT_MIN_PAIRED,
    OPT_JOBS,
    OPT_QUANTILES,
    OPT_HIST,
    OPT_CHECK_CRC,
    OPT_NO_CACHE,
    OPT_JSON,
    OPT_SHARD,
    OPT_SRC_FILE,
    OPT_DST_FILE,
    OPT_TH1,
    OPT_TH2,
    OPT_MODE,
    OPT_TRANS_KEY,
    OPT_RESULT_FILE,
    OPT_FAIL_BEYOND,
    OPT_INPUT_FILE,
    OPT_CONVERTED_FILE,
    OPT_FORMAT,
    OPT_RECURSE,
    OPT_VENDOR_EXACT,
    OPT_OUTPUT_FILE,
    OPT_REPORT_FILE,
    OPT_SCHEMA_FILE,
    OPT_COVER,
    OPT_TOP,
    OPT_TO_ERROR,
    OPT_PLAN_FILE,
    OPT_SIMULATE,
    OPT_BATCH_MEMORY,
    OPT_PLAN,
    OPT_TO,
    OPT_CPP,
    OPT_NAMES_OF,
    OPT_BASE,
    OPT_FOR,
    OPT_FORCE,
    OPT_STDOUT,
    OPT_FROM,
    OPT_PLAN_OUTPUT,
    OPT_EXPORT_DIR,
    OPT_DUMP_ONLY,
    OPT_INPUT,
    OPT_DUMP_DIR,
    OPT_KEEP_DIR,
    OPT_DUMP_FORMAT,
    OPT_DUMP_MODE,
    OPT_TENSOR,
    OPT_INPUT_SHAPES,
    OPT_SEED,
    OPT_THREADS,
    OPT_AS_DEPLOYED,
    OPT_FLOAT32,
    OPT_CHECK,
    OPT_DUMP_MODEL_DIR,
    OPT_ONNXRUNTIME,
    OPT_DUMP_SCRIPT,
    OPT_PRECISION_MODE,
    OPT_INT_OPS,
    OPT_CALIBRATE,
    OPT_QUANTIZE_ALGORITHM,
    OPT_INPUT_CHANNEL,
    OPT_FILTER_CHANNEL,
    OPT_ASYMMETRIC,
    OPT_FOLD_CONV_BN,
    OPT_SIMULATED_PLAN,
    OPT_ROUNDING,
    OPT_SCALE_BY,
    OPT_OVERFLOW,
    OPT_COLOR,
    OPT_THEME,
    OPT_ASCII,
    OPT_LANG,
    OPT_PLAIN,
    OPT_SCRIPT,
    OPT_SIZE,
    OPT_AUTOSAVE,
    OPT_WATCH,
    OPT_DUMP_CONFIG,
    OPT_HELP,
    OPT_VERSION,
    OPT_COUNT
};

/* Files with values, of an input each or of whichever they are. */
struct cli_paths {
    struct mm_feed_path *path; /* owned; the names in given_text */
    size_t count, room;
};

/* What `mmtui dump` is told. */
struct cli_dump {
    enum mm_dump_mode mode;
    struct cli_paths input; /* -i */
    const char **tensor;    /* --tensor; owned, the names borrowed */
    size_t tensors, tensor_room;
    bool seeded;
    double seed;
    int threads;
    int level;    /* --as-deployed; 0: not */
    bool float32; /* --float32 */
    bool check;
    const char *model_dir; /* --dump-model-dir */
    const char *library;   /* --onnxruntime */
    const char *script;    /* --script */
};

/* What a simulated precision is told. */
struct cli_simulate {
    const struct mm_precision_mode *mode; /* NULL: none was given */
    struct cli_paths calibrate;           /* --calibrate */
    const char **int_op;                  /* --int-ops; owned, the words in given_text */
    size_t int_ops, int_op_room;
    enum mm_range range;
    bool range_given;
    bool input_per_channel, filter_per_channel, asymmetric, fold_conv_bn;
    bool away, reciprocal, saturate;
    const char *plan;
};

/* When an unsaved plan is kept against a crash. */
enum cli_autosave { CLI_AUTOSAVE_TERMINAL, CLI_AUTOSAVE_ALWAYS, CLI_AUTOSAVE_NEVER };

#define CLI_DIALECTS 32 /* of --to at most */

struct cli_options {
    struct mm_session_options session; /* src and dst included */
    const char *output;
    const char *model;          /* --model */
    struct mm_graph *graph;     /* of it, once cli_model_open was called; owned */
    bool replay;                /* --replay */
    struct mm_ort *ort;         /* with it, once cli_model_open was called; owned */
    const char *dst_model;      /* --dst-model */
    struct mm_graph *dst_graph; /* of it, alike */
    const char *sort, *filter;
    enum mm_column_id columns[MM_COLUMN_COUNT]; /* --columns */
    size_t column_count;                        /* 0: the usual ones */
    enum mm_report_kind kind;
    bool kind_given; /* --format was */
    int64_t limit;
    bool fail;
    const char *fail_if;  /* a filter */
    const char *baseline; /* an earlier report */
    double min_paired;    /* with fail: see mm_session_covers */
    bool hist;
    bool no_cache;
    bool json;
    struct mm_suggest_options suggest;
    bool unproven;                  /* what verify was to prove is not so */
    const char *simulated_model;    /* --simulate */
    double batch_memory;            /* --batch-memory, in MiB */
    const struct mm_format *format; /* --format of convert; NULL: by the ending */
    bool recurse;
    struct mm_single_options single;
    struct mm_axis axes; /* --trans_key */
    const char *plan;
    const struct mm_dialect *dialects[CLI_DIALECTS]; /* --to, each once; MagicMind where it was not given */
    size_t dialect_count;
    const char *version_for;       /* --for */
    const char *base;              /* --base */
    const struct mm_dialect *from; /* --from */
    bool cpp, force, to_stdout;
    const char *export_dir;
    const char *dump_only;
    struct cli_dump dump;
    struct cli_simulate simulate;
    enum term_colour colour;
    const char *theme;          /* --theme: beats NO_COLOR */
    const char *theme_wished;   /* the config's: NO_COLOR beats it */
    struct mm_given_row *given; /* --dtype, --shape: session.given, and its room; owned */
    size_t given_room;
    struct mm_concat_row *concat; /* --concat: session.part.concat, and its room; owned */
    size_t concat_room;
    struct mm_arena given_text;      /* the names in it */
    struct mm_renames *renames;      /* --map, --rename; owned */
    struct mm_remote_options remote; /* --ssh, --remote-mmtui, --figures-only */
    struct mm_remotes *remotes;      /* by them; session.remotes. Owned */
    struct mm_snapshot snapshot;     /* of the one folder that both dumps are in; or nothing */
    struct mm_buf bindings;          /* `bind` lines of the config; the other lines are blank */
    struct mm_schema *schema;        /* --schema: session.schema; owned */
    struct mm_buf bindings_source;
    bool ascii, plain;
    const char *script;
    int width, height; /* --size */
    enum cli_autosave autosave;
    bool
        keeps_plan; /* the command is one whose unsaved plan may be kept: its dumps are there the next time, too */
    bool help, version, dump_config;
    const char *given_value[OPT_COUNT]; /* the text that each was last given, borrowed; NULL: none */
    struct mm_read_rule *read_rule;     /* --dtype, of the session's options; owned */
    size_t read_rules, read_room;
    struct mm_arena text; /* their names */
    char **words;         /* what is not an option: they take the first places of argv */
    int word_count, most_words;
};

/* What several commands take. --help shows a group under its title, in the order of enum option. */
enum option_group {
    GROUP_OWN = 0,       /* no group: of the commands that name it */
    GROUP_SESSION = 1,   /* measuring two dumps and judging the figures */
    GROUP_MODEL = 2,     /* what else tells about an error: the graph, a simulation */
    GROUP_PLAN = 4,      /* overrides, and the runtime that they are for */
    GROUP_TABLE = 8,     /* which layers are shown, and in which order */
    GROUP_SCREEN = 16,   /* the inspector on a terminal, or by script */
    GROUP_OUTPUT = 32,   /* how text is printed */
    GROUP_COMMON = 64,   /* of every command */
    GROUP_SIMULATE = 128 /* a precision that a run is made in */
};
/* What an option does with its value. */
enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_NUMBER, OPTION_SET };

/* Everything about an option, in one row of src/cli/options.c. */
struct option_info {
    char letter;          /* of the short form; 0: none */
    const char *name;     /* - and _ are the same in it */
    const char *argument; /* NULL: takes none */
    const char *help;
    enum option_group group;
    enum option_kind kind;
    size_t member; /* FLAG, TEXT, NUMBER: place in struct cli_options of a bool, a borrowed const char *, a
                      double of at least 0 */
    int (*set)(struct cli_options *options, const struct option_info *info, const char *text,
               struct mm_err *err); /* SET */
    bool in_config;                 /* may stand in the config file */
    /* The words that it takes, where a table of the library has them: the default first, NULL behind the last; --help
     * lists them. */
    const char *(*choice)(size_t index);
    const char *
        initial; /* of a SET or TEXT that may stand in the config: what stands for nothing given; NULL: no text does */
};
const struct option_info *option_info(enum option id);

struct option_group_info {
    enum option_group group;
    const char *title;
};
/* All groups but OWN, in the order of --help. */
const struct option_group_info *option_groups(size_t *count);

/* The options of a command. */
struct option_set {
    unsigned groups;        /* of enum option_group; COMMON goes without saying */
    const enum option *own; /* ended by OPT_NONE */
};
bool option_set_has(const struct option_set *set, enum option id);

void cli_options_init(struct cli_options *options);
void cli_options_done(struct cli_options *options);
/* Set one option from text, as the command line would; an option without argument takes yes or no. */
int cli_options_set(struct cli_options *options, enum option id, const char *text, struct mm_err *err);
/* Parse argv[first..argc) with the options of `set`. -1 with a sentence in err. */
int cli_options_parse(struct cli_options *options, const struct option_set *set, int argc, char **argv,
                      int first, struct mm_err *err);

#endif
