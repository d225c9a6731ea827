#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/config.h"

static const enum option inspect_options[] = {
    OPT_THRESHOLD, OPT_SORT,   OPT_FILTER, OPT_LIMIT,      OPT_FAIL,    OPT_FRAMEWORK, OPT_MODEL,
    OPT_ORDER,     OPT_SIM,    OPT_BEFORE, OPT_ATOL,       OPT_RTOL,    OPT_JOBS,      OPT_CHECK_CRC,
    OPT_NO_CACHE,  OPT_PLAN,   OPT_TO,     OPT_EXPORT_DIR, OPT_COLOR,   OPT_THEME,     OPT_ASCII,
    OPT_PLAIN,     OPT_SCRIPT, OPT_SIZE,   OPT_HELP,       OPT_VERSION, OPT_NONE};
static const enum option compare_options[] = {
    OPT_SRC,  OPT_DST,       OPT_OUTPUT, OPT_FRAMEWORK, OPT_THRESHOLD, OPT_ATOL,  OPT_RTOL, OPT_FAIL,
    OPT_JOBS, OPT_QUANTILES, OPT_HIST,   OPT_CHECK_CRC, OPT_NO_CACHE,  OPT_SHARD, OPT_HELP, OPT_NONE};
static const enum option triage_options[] = {OPT_MODEL,     OPT_ORDER,     OPT_SIM,       OPT_BEFORE,
                                             OPT_THRESHOLD, OPT_FRAMEWORK, OPT_JSON,      OPT_REPORT_FILE,
                                             OPT_FAIL,      OPT_JOBS,      OPT_CHECK_CRC, OPT_NO_CACHE,
                                             OPT_ASCII,     OPT_HELP,      OPT_NONE};
static const enum option merge_options[] = {OPT_OUTPUT_FILE, OPT_HELP, OPT_NONE};
static const enum option export_options[] = {OPT_PLAN, OPT_TO, OPT_MODEL, OPT_CPP, OPT_HELP, OPT_NONE};
static const enum option suggest_options[] = {
    OPT_COVER,     OPT_TOP,      OPT_TO_ERROR, OPT_PLAN_FILE, OPT_PLAN,      OPT_TO,
    OPT_MODEL,     OPT_ORDER,    OPT_SIM,      OPT_THRESHOLD, OPT_FRAMEWORK, OPT_JOBS,
    OPT_CHECK_CRC, OPT_NO_CACHE, OPT_ASCII,    OPT_HELP,      OPT_NONE};
static const enum option demo_options[] = {OPT_PLAN,  OPT_DUMP_ONLY, OPT_THRESHOLD, OPT_SORT,  OPT_FILTER,
                                           OPT_LIMIT, OPT_JOBS,      OPT_NO_CACHE,  OPT_TO,    OPT_EXPORT_DIR,
                                           OPT_COLOR, OPT_THEME,     OPT_ASCII,     OPT_PLAIN, OPT_SCRIPT,
                                           OPT_SIZE,  OPT_HELP,      OPT_NONE};

static const struct command table[] = {
    {NULL, "SRC DST", "inspect two dumps; without a terminal: print the ranked table", inspect_options,
     cmd_inspect, false},
    {"compare", "compare -s SRC -d DST [-o OUT]", "write diff.json and mmtui.json", compare_options,
     cmd_compare, false},
    {"triage", "triage SRC DST [--model FILE]", "say what is wrong first, why, and what to do",
     triage_options, cmd_triage, false},
    {"export", "export --plan FILE [--to RUNTIME] DIR", "write a runtime's files from a plan", export_options,
     cmd_export, false},
    {"suggest", "suggest SRC DST [-o FILE]", "say which operators to raise, and write that as a plan",
     suggest_options, cmd_suggest, false},
    {"demo", "demo", "run the built-in network in two precisions and inspect it", demo_options, cmd_demo,
     false},
    {"merge", "merge PART.json ... [-o FILE]", "join the shares of mmtui compare --shard", merge_options,
     cmd_merge, true},
};

const struct command *commands(size_t *count)
{
    *count = MM_COUNT(table);
    return table;
}

int cli_error(const struct mm_err *err)
{
    fflush(stdout);
    struct mm_buf visible;
    mm_buf_init(&visible);
    mm_text_escape(&visible, err->text, strlen(err->text));
    fprintf(stderr, "mmtui: %s\n", mm_buf_text(&visible));
    mm_buf_done(&visible);
    return EXIT_ERROR;
}

int cli_usage_error(const struct command *command, const struct mm_err *err)
{
    cli_error(err);
    fprintf(stderr, "usage: mmtui %s   (mmtui %s%s--help tells more)\n", command->usage,
            command->name ? command->name : "", command->name ? " " : "");
    return EXIT_ERROR;
}

void cli_print(const struct mm_buf *text, bool ascii)
{
    const char *p = mm_buf_text(text), *end = p + strlen(p);
    if (!ascii) {
        fputs(p, stdout);
        return;
    }
    while (p < end) {
        uint32_t cp;
        p += mm_text_decode(p, end, &cp);
        putchar(cp < 0x80 ? (int)cp : '?');
    }
}

void cli_print_line(const char *text)
{
    struct mm_buf visible;
    mm_buf_init(&visible);
    mm_text_escape(&visible, text, strlen(text));
    cli_print(&visible, !term_locale_utf8());
    putchar('\n');
    mm_buf_done(&visible);
}

static void print_option(const struct option_info *info)
{
    char left[64];
    snprintf(left, sizeof left, "%s%c%s --%s%s%s", info->letter ? "-" : " ",
             info->letter ? info->letter : ' ', info->letter ? "," : " ", info->name,
             info->argument ? " " : "", info->argument ? info->argument : "");
    printf("  %-26s %s\n", left, info->help);
}

static void print_help(const struct command *command)
{
    if (command->name)
        printf("usage: mmtui %s [options]\n\n%c%s.\n\n", command->usage,
               toupper((unsigned char)*command->help), command->help + 1);
    else {
        printf("mmtui - find the layer where an accelerator port loses its accuracy\n\n");
        for (size_t i = 0; i < MM_COUNT(table); i++)
            printf("%s mmtui %-42s %s\n", i ? "      " : "usage:", table[i].usage, table[i].help);
        printf("\nmmtui COMMAND --help tells a command's options. Those of mmtui SRC DST:\n\n");
    }
    for (const enum option *id = command->options; *id != OPT_NONE; id++)
        print_option(option_info(*id));
    if (!command->name)
        printf("\nExit status: 0 fine; 1 a layer is over the threshold and --fail was given; 2 error.\n");
}

static const struct command *find_command(const char *word)
{
    for (size_t i = 1; word && i < MM_COUNT(table); i++) {
        if (strcmp(word, table[i].name) == 0)
            return &table[i];
    }
    return &table[0];
}

static int flush_output(int status)
{
    bool failed = fflush(stdout) != 0;
    if (!failed && !ferror(stdout))
        return status;
    fprintf(stderr, "mmtui: standard output: could not be written completely%s%s\n", failed ? ": " : "",
            failed ? strerror(errno) : "");
    return EXIT_ERROR;
}

/*
 * A standard stream that is closed gets a descriptor that can't be used: else the next file to be opened
 * would get its number, and what is printed would go into it.
 */
static void occupy_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}

static int run(int argc, char **argv, struct cli_options *options, struct mm_buf *config)
{
    const struct command *command = find_command(argc > 1 ? argv[1] : NULL);
    struct mm_err err = {0};
    if (config_load(options, config, &err) < 0)
        return cli_error(&err);
    if (command->any_words)
        options->most_words = argc;
    if (cli_options_parse(options, command->options, argc, argv, command->name ? 2 : 1, &err) < 0)
        return cli_usage_error(command, &err);
    if (options->help || argc == 1) {
        print_help(command);
        return options->help ? EXIT_FINE : EXIT_ERROR;
    }
    if (options->version) {
        printf("mmtui %s\n", MM_VERSION);
        return EXIT_FINE;
    }
    return command->run(options);
}

int main(int argc, char **argv)
{
    /* LC_CTYPE only: numbers are always written and read with a point */
    setlocale(LC_CTYPE, "");
    /* a closed pipe, a file at the limit of its size: an error of the write, not the end of the program */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    occupy_standard_streams();
    struct cli_options options;
    struct mm_buf config;
    cli_options_init(&options);
    mm_buf_init(&config);
    int status = flush_output(run(argc, argv, &options, &config));
    cli_options_done(&options);
    mm_buf_done(&config);
    return status;
}
