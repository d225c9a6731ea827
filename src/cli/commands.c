/* The table of commands: what each is called, takes and runs. */
#include "cli/commands.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a command takes besides its groups. */
#define OWN(...) ((const enum option[]){__VA_ARGS__, OPT_NONE})

enum {
    DUMPS = GROUP_SESSION | GROUP_MODEL | GROUP_OUTPUT,
    INSPECTOR = GROUP_PLAN | GROUP_TABLE | GROUP_SCREEN
};

static const struct command table[] = {
    {NULL,
     "SRC DST",
     "inspect two dumps; without a terminal: print the ranked table",
     {DUMPS | INSPECTOR, OWN(OPT_BEFORE, OPT_REPORT_KIND, OPT_REPLAY, OPT_ONNXRUNTIME, OPT_BASE, OPT_FOR,
                             OPT_AUTOSAVE, OPT_WATCH)},
     cmd_inspect,
     false},
    {"compare",
     "compare [-s] SRC [-d] DST [-o OUT]",
     "write diff.json and mmtui.json, or print a report",
     {GROUP_SESSION | GROUP_TABLE | GROUP_OUTPUT,
      OWN(OPT_REPORT_KIND, OPT_SRC, OPT_DST, OPT_OUTPUT, OPT_MODEL, OPT_DST_MODEL, OPT_ORDER, OPT_QUANTILES,
          OPT_HIST, OPT_SHARD, OPT_VENDOR_EXACT)},
     cmd_compare,
     false},
    {"triage",
     "triage SRC DST [--model FILE]",
     "say what is wrong first, why, and what to do",
     {DUMPS | GROUP_TABLE,
      OWN(OPT_BEFORE, OPT_JSON, OPT_REPORT_KIND, OPT_REPORT_FILE, OPT_REPLAY, OPT_ONNXRUNTIME)},
     cmd_triage,
     false},
    {"export",
     "export --plan FILE [--to RUNTIME] DIR",
     "write a runtime's files from a plan",
     {GROUP_PLAN | GROUP_OUTPUT, OWN(OPT_NAMES_OF, OPT_CPP, OPT_BASE, OPT_FOR, OPT_FORCE, OPT_STDOUT)},
     cmd_export,
     false,
     true},
    {"lint",
     "lint --plan FILE [--model FILE] [--to RUNTIME]",
     "say what a runtime would pass over or refuse of a plan",
     {GROUP_PLAN | GROUP_OUTPUT, OWN(OPT_NAMES_OF, OPT_BASE, OPT_FOR, OPT_JSON)},
     cmd_lint,
     false,
     true},
    {"plan",
     "plan --from RUNTIME FILE [-o PLAN]",
     "read a runtime's file back as a plan",
     {GROUP_OUTPUT, OWN(OPT_FROM, OPT_NAMES_OF, OPT_PLAN_OUTPUT)},
     cmd_plan,
     false},
    {"dialects",
     "dialects [RUNTIME]",
     "list the runtimes that plans are written for",
     {GROUP_OUTPUT, OWN(OPT_NONE)},
     cmd_dialects,
     false},
    {"suggest",
     "suggest SRC DST [-o FILE]",
     "say which operators to raise, and write that as a plan",
     {DUMPS | GROUP_PLAN,
      OWN(OPT_COVER, OPT_TOP, OPT_TO_ERROR, OPT_PLAN_FILE, OPT_REPORT_KIND, OPT_REPLAY, OPT_SIMULATE,
          OPT_BATCH_MEMORY, OPT_INPUT, OPT_INPUT_SHAPES, OPT_SEED, OPT_THREADS, OPT_ONNXRUNTIME,
          OPT_PRECISION_MODE, OPT_INT_OPS, OPT_CALIBRATE, OPT_QUANTIZE_ALGORITHM, OPT_INPUT_CHANNEL,
          OPT_FILTER_CHANNEL, OPT_ASYMMETRIC, OPT_FOLD_CONV_BN, OPT_ROUNDING, OPT_SCALE_BY, OPT_OVERFLOW)},
     cmd_suggest,
     false},
    {"verify",
     "verify SRC DST --plan FILE --before OLD_DST",
     "say whether a plan took effect, and what got better and worse",
     {DUMPS, OWN(OPT_BEFORE, OPT_JSON, OPT_REPORT_KIND, OPT_REPORT_FILE, OPT_PLAN)},
     cmd_verify,
     false},
    {"demo",
     "demo",
     "run the built-in network in two precisions and inspect it",
     {GROUP_SESSION | GROUP_OUTPUT | INSPECTOR, OWN(OPT_DUMP_ONLY, OPT_BASE, OPT_FOR)},
     cmd_demo,
     false},
    {"single",
     "single [-s] FILE [-d] FILE [-o RESULT]",
     "list the elements of one tensor that differ too much",
     {GROUP_OUTPUT,
      OWN(OPT_SRC_FILE, OPT_DST_FILE, OPT_TH1, OPT_TH2, OPT_MODE, OPT_TRANS_KEY, OPT_RESULT_FILE,
          OPT_FAIL_BEYOND, OPT_VENDOR_EXACT, OPT_SCHEMA, OPT_SSH, OPT_REMOTE_MMTUI, OPT_FIGURES_ONLY)},
     cmd_single,
     false},
    {"convert",
     "convert A B [--format NAME]",
     "write tensors in another format",
     {GROUP_OUTPUT,
      OWN(OPT_INPUT_FILE, OPT_CONVERTED_FILE, OPT_FORMAT, OPT_RECURSE, OPT_DTYPE, OPT_SHAPE, OPT_STEP,
          OPT_RANK, OPT_CONCAT, OPT_RUNNER, OPT_ITERATION, OPT_SCHEMA, OPT_SSH, OPT_REMOTE_MMTUI)},
     cmd_convert,
     false},
    {"diff",
     "diff A B",
     "every metric of two files, and the worst elements",
     {DUMPS | GROUP_TABLE, OWN(OPT_NONE)},
     cmd_diff,
     false},
    {"show",
     "show FILE [NAME ...]",
     "print what a file holds: shapes, statistics, histograms",
     {GROUP_OUTPUT, OWN(OPT_JSON, OPT_DTYPE, OPT_SHAPE, OPT_STEP, OPT_RANK, OPT_CONCAT, OPT_RUNNER,
                        OPT_ITERATION, OPT_SCHEMA, OPT_SSH, OPT_REMOTE_MMTUI, OPT_FIGURES_ONLY)},
     cmd_show,
     true},
    {"dump",
     "dump MODEL.onnx -i [NAME=]FILE -o DIR",
     "run a model by ONNX Runtime and write all its tensors",
     {GROUP_SIMULATE | GROUP_OUTPUT,
      OWN(OPT_INPUT, OPT_DUMP_DIR, OPT_DUMP_FORMAT, OPT_DUMP_MODE, OPT_TENSOR, OPT_INPUT_SHAPES, OPT_SEED,
          OPT_DTYPE, OPT_THREADS, OPT_AS_DEPLOYED, OPT_FLOAT32, OPT_CHECK, OPT_DUMP_MODEL_DIR,
          OPT_ONNXRUNTIME, OPT_DUMP_SCRIPT)},
     cmd_dump,
     false},
    {"try",
     "try MODEL.onnx -i FILE --precision-mode MODE",
     "run a model as it is and in a simulated precision, and inspect both",
     {GROUP_SIMULATE | GROUP_SESSION | GROUP_TABLE | GROUP_SCREEN | GROUP_OUTPUT,
      OWN(OPT_INPUT, OPT_KEEP_DIR, OPT_INPUT_SHAPES, OPT_SEED, OPT_THREADS, OPT_ONNXRUNTIME, OPT_TO, OPT_BASE,
          OPT_FOR)},
     cmd_try,
     false},
    {"completions",
     "completions bash|zsh|fish",
     "print the completion script of a shell",
     {GROUP_OUTPUT, OWN(OPT_NONE)},
     cmd_completions,
     false},
    {"help",
     "help [COMMAND|keys]",
     "show what a command takes, or the keys of the screens",
     {GROUP_OUTPUT, OWN(OPT_NONE)},
     cmd_help,
     false},
    {"formats", "formats", "list the file formats", {GROUP_OUTPUT, OWN(OPT_NONE)}, cmd_formats, false},
    {"schema",
     "schema SRC [-o MAP.proto]",
     "print or save the field numbers of MagicMind's .pb",
     {GROUP_OUTPUT, OWN(OPT_SCHEMA_FILE)},
     cmd_schema,
     false},
    {"merge",
     "merge PART.json ... [-o FILE]",
     "join the shards of mmtui compare --shard",
     {GROUP_OUTPUT, OWN(OPT_OUTPUT_FILE)},
     cmd_merge,
     true},
    {"serve",
     "serve [DIR]",
     "the far side of mmtui HOST:DIR: answers on standard output",
     {GROUP_OUTPUT, OWN(OPT_FIGURES_ONLY)},
     cmd_serve,
     false},
};

const struct command *commands(size_t *count)
{
    *count = MM_COUNT(table);
    return table;
}

const char *command_hint(const char *word, char out[MM_NEAREST])
{
    struct mm_nearest nearest;
    mm_nearest_init(&nearest, word);
    for (size_t i = 1; i < MM_COUNT(table); i++)
        mm_nearest_look(&nearest, table[i].name);
    return mm_nearest_hint(&nearest, out);
}

bool command_meant(const char *word, struct mm_err *err)
{
    struct mm_nearest nearest;
    char hint[MM_NEAREST];
    if (!word || word[0] == '-' || command_find(word)->name || access(word, F_OK) == 0)
        return true;
    char *path = mm_path_nearest(word);
    mm_nearest_init(&nearest, word);
    for (size_t i = 1; i < MM_COUNT(table); i++)
        mm_nearest_look(&nearest, table[i].name);
    bool command = nearest.name && !(path && mm_nearest_look(&nearest, path));
    if (command)
        mm_fail(err, MM_EARG, "%s: there is no such command, folder or file%s", word,
                mm_nearest_hint(&nearest, hint));
    free(path);
    return !command;
}

const struct command *command_find(const char *word)
{
    for (size_t i = 1; word && i < MM_COUNT(table); i++) {
        if (strcmp(word, table[i].name) == 0)
            return &table[i];
    }
    return &table[0];
}
