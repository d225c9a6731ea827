/*
 * The commands of the program: one row, one file each. A command gets parsed options and returns the exit
 * code: 0 fine, 1 something is over the threshold and --fail was given, 2 an error (already printed).
 */
#ifndef MMTUI_CLI_COMMANDS_H
#define MMTUI_CLI_COMMANDS_H

#include <stdio.h>

#include "cli/options.h"

enum {
    EXIT_FINE = 0,
    EXIT_OVER = 1,
    EXIT_ERROR = 2,
    EXIT_SIGNAL = 128 /* + its number, as a shell says it */
};

struct command {
    const char *name;  /* NULL: `mmtui SRC DST` */
    const char *usage; /* what follows "mmtui" */
    const char *help;  /* one line */
    struct option_set options;
    int (*run)(struct cli_options *options);
    bool any_words; /* takes any number of words */
    bool runtimes;  /* --to may name several */
};

const struct command *commands(size_t *count);
/* By its name; what is none (NULL, a folder) is for `mmtui SRC DST`, the first. */
const struct command *command_find(const char *word);
/* "; did you mean NAME?", or "" (mm_nearest_hint). */
const char *command_hint(const char *word, char out[MM_NEAREST]);
/* False, with a question in err, where the first word is neither a command nor there, and most like a command's name. */
bool command_meant(const char *word, struct mm_err *err);

int cmd_formats(struct cli_options *options);
int cmd_help(struct cli_options *options);
int cmd_completions(struct cli_options *options);
int cmd_inspect(struct cli_options *options);
int cmd_compare(struct cli_options *options);
int cmd_diff(struct cli_options *options);
int cmd_export(struct cli_options *options);
int cmd_convert(struct cli_options *options);
int cmd_dump(struct cli_options *options);
int cmd_dialects(struct cli_options *options);
int cmd_lint(struct cli_options *options);
int cmd_plan(struct cli_options *options);
int cmd_demo(struct cli_options *options);
int cmd_merge(struct cli_options *options);
int cmd_schema(struct cli_options *options);
int cmd_serve(struct cli_options *options);
int cmd_show(struct cli_options *options);
int cmd_single(struct cli_options *options);
int cmd_suggest(struct cli_options *options);
int cmd_triage(struct cli_options *options);
int cmd_try(struct cli_options *options);
int cmd_verify(struct cli_options *options);

/* Read the graph of --model, if it was given, into options->graph and session.graph; with --replay, load the library. */
int cli_model_open(struct cli_options *options, struct mm_err *err);
/* ONNX Runtime's library: of --onnxruntime, MMTUI_ONNXRUNTIME, or found. */
int cli_ort_open(const struct cli_options *options, struct mm_ort **ort, struct mm_err *err);
/* What dumps on other machines are opened by: options->remotes and session.remotes. Nothing is started yet. */
int cli_remotes_open(struct cli_options *options, struct mm_err *err);
/* Is it a file with the outputs of runners (Polygraphy)? */
bool cli_is_polygraphy(const char *path);
/* session.src and session.dst (and sim, if none is given) from two words, or from one that is a folder with both (RKNN's
 * snapshot; its paths live as long as the options) or a file with the outputs of runners. False: the words are not so. */
bool cli_take_words(struct cli_options *options);
/* What to say where the words are not so: the first of them that is not there, or what is wanted. */
void cli_fail_words(const struct cli_options *options, const char *wanted, struct mm_err *err);
/* The same of a command that has -s and -d, too: both of these and no word, or words alone. */
bool cli_take_dumps(struct cli_options *options);
/* The words are the dumps: open a session with triage, let `work` measure and print, close. The exit
 * status; --fail is heeded. */
typedef int (*cli_work)(struct mm_session *session, struct cli_options *options, struct mm_err *err);
int cli_two_dumps(struct cli_options *options, cli_work work);

/* Columns of the terminal that standard output is; 0: it is none. */
int cli_terminal_width(void);
/* Append the layers that are asked for, in the kind of text that is: by --filter, --sort, --limit, --columns, --format
 * (json: all that is known). The session is settled; `title` names the command. */
int cli_layers(const struct cli_options *options, const struct mm_session *session, const char *title,
               struct mm_buf *out, struct mm_err *err);
/* The same to stdout, for mmtui SRC DST. */
int cli_print_layers(const struct cli_options *options, const struct mm_session *session, struct mm_err *err);
/* A sentence to stdout or stderr, in the user's language. */
void cli_say(FILE *to, const char *format, ...) MM_PRINTF(2, 3);
/* --help of a command, to stdout. */
void cli_help(const struct command *command);
/* The exit status of a comparison: with --fail not 0 when a layer is bad, or too little was compared (said on stderr). */
int cli_check(const struct cli_options *options, const struct mm_session *session);
/* Print "mmtui: TEXT" to stderr; returns EXIT_ERROR. */
int cli_error(const struct mm_err *err);
/* The same, and the command's usage. */
int cli_usage_error(const struct command *command, const struct mm_err *err);
/* Print "mmtui: note: TEXT" to stderr, if there is a text, and end it. */
void cli_note(struct mm_buf *text);
/* Nothing but ASCII: --ascii, or a locale that is not UTF-8. */
bool cli_ascii(const struct cli_options *options);
/* To stdout; with cli_ascii, what is not ASCII becomes ?. */
void cli_print(const struct cli_options *options, const struct mm_buf *text);
/* A path or name from outside, in visible form, and the end of the line. */
void cli_print_line(const struct cli_options *options, const char *text);

#endif
