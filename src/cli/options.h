/* Command-line options: one table. A command names the options that it takes; parsing and --help are made
 * from the same rows. */
#ifndef MMTUI_CLI_OPTIONS_H
#define MMTUI_CLI_OPTIONS_H

#include "mmtui/export.h"
#include "mmtui/report.h"
#include "ui/term.h"

enum option {
    OPT_NONE,
    OPT_SRC,
    OPT_DST,
    OPT_OUTPUT,
    OPT_FRAMEWORK,
    OPT_MODEL,
    OPT_ORDER,
    OPT_SIM,
    OPT_BEFORE,
    OPT_THRESHOLD,
    OPT_ATOL,
    OPT_RTOL,
    OPT_SORT,
    OPT_FILTER,
    OPT_LIMIT,
    OPT_FAIL,
    OPT_JOBS,
    OPT_QUANTILES,
    OPT_HIST,
    OPT_CHECK_CRC,
    OPT_NO_CACHE,
    OPT_JSON,
    OPT_SHARD,
    OPT_OUTPUT_FILE,
    OPT_REPORT_FILE,
    OPT_COVER,
    OPT_TOP,
    OPT_TO_ERROR,
    OPT_PLAN_FILE,
    OPT_PLAN,
    OPT_TO,
    OPT_CPP,
    OPT_EXPORT_DIR,
    OPT_DUMP_ONLY,
    OPT_COLOR,
    OPT_THEME,
    OPT_ASCII,
    OPT_PLAIN,
    OPT_SCRIPT,
    OPT_SIZE,
    OPT_HELP,
    OPT_VERSION,
    OPT_COUNT
};

struct cli_options {
    struct mm_session_options session; /* src and dst included */
    const char *output;
    const char *model;      /* --model */
    struct mm_graph *graph; /* of it, once cli_model_open was called; owned */
    const char *sort, *filter;
    int64_t limit;
    bool fail;
    bool hist;
    bool no_cache;
    bool json;
    struct mm_suggest_options suggest;
    const char *plan;
    const char *dialect; /* --to: the id of one that there is */
    bool cpp;
    const char *export_dir;
    const char *dump_only;
    enum term_colour colour;
    const char *theme;        /* --theme: beats NO_COLOR */
    const char *theme_wished; /* the config's: NO_COLOR beats it */
    struct mm_buf bindings;   /* `bind` lines of the config; the other lines are blank */
    struct mm_buf bindings_source;
    bool ascii, plain;
    const char *script;
    int width, height; /* --size */
    bool help, version;
    char **words; /* what is not an option: they take the first places of argv */
    int word_count, most_words;
};

struct option_info {
    enum option id;
    char letter;
    const char *name;
    const char *argument; /* NULL: takes none */
    const char *help;
};
const struct option_info *option_info(enum option id);

void cli_options_init(struct cli_options *options);
void cli_options_done(struct cli_options *options);
/* Set one option from text, as the command line would; an option without argument takes yes or no. */
int cli_options_set(struct cli_options *options, enum option id, const char *text, struct mm_err *err);
/* Parse argv[first..argc) with the given options (ended by OPT_NONE). -1 with a sentence in err. */
int cli_options_parse(struct cli_options *options, const enum option *accepted, int argc, char **argv,
                      int first, struct mm_err *err);

#endif
