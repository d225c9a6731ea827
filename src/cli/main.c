#include <errno.h>
#include <fcntl.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/config.h"
#include "cli/language.h"

/* Who reads has seen enough (| head). errno may be of another write. */
static bool reader_left(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) == 1 && (out.revents & POLLERR);
}

static int flush_output(int status)
{
    bool failed = fflush(stdout) != 0;
    if (!failed && !ferror(stdout))
        return status;
    if (reader_left())
        return EXIT_SIGNAL + SIGPIPE;
    cli_say(stderr, "mmtui: standard output: could not be written completely%s%s\n", failed ? ": " : "",
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

/* What programs read is the same in every language; what has no other letters than ASCII can't be Chinese. */
static bool is_for_programs(const struct cli_options *options)
{
    enum mm_report_kind kind = options->kind;
    return options->ascii || options->json || kind == MM_REPORT_JSON || kind == MM_REPORT_CSV ||
           kind == MM_REPORT_JUNIT;
}

static int run(int argc, char **argv, struct cli_options *options, struct mm_buf *config)
{
    const struct command *command = command_find(argc > 1 ? argv[1] : NULL);
    struct mm_err err = {0};
    if (!command_meant(argc > 1 ? argv[1] : NULL, &err) || config_load(options, config, &err) < 0)
        return cli_error(&err);
    if (command->any_words)
        options->most_words = argc;
    if (cli_options_parse(options, &command->options, argc, argv, command->name ? 2 : 1, &err) < 0)
        return cli_usage_error(command, &err);
    if (options->dialect_count > 1 && !command->runtimes) {
        mm_fail(&err, MM_EARG, "--to takes one runtime here; export and lint take several");
        return cli_usage_error(command, &err);
    }
    if (is_for_programs(options))
        mm_language_set(false);
    if (options->help || argc == 1) {
        cli_help(command);
        return options->help ? EXIT_FINE : EXIT_ERROR;
    }
    if (options->version) {
        printf("mmtui %s\n", MM_VERSION);
        return EXIT_FINE;
    }
    if (options->dump_config)
        return config_print(options, &err) < 0 ? cli_error(&err) : EXIT_FINE;
    if (cli_remotes_open(options, &err) < 0)
        return cli_error(&err);
    return command->run(options);
}

/* Tensors' values come and go by the layer: given back to the system each time, they cost more than what is done
 * with them. */
static void keep_memory(void)
{
#if defined(__GLIBC__)
    mallopt(M_MMAP_THRESHOLD, 8 << 20);
    mallopt(M_TRIM_THRESHOLD, 32 << 20);
#endif
}

/* The first thread's stack grows up to the limit of the moment: a small one (ulimit -s 64) is raised where it may be. */
static void keep_stack(void)
{
    static const rlim_t enough = 4 << 20;
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) < 0 || limit.rlim_cur >= enough)
        return;
    limit.rlim_cur = limit.rlim_max < enough ? limit.rlim_max : enough;
    setrlimit(RLIMIT_STACK, &limit);
}

int main(int argc, char **argv)
{
    keep_memory();
    keep_stack();
    language_open();
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
