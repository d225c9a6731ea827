#include "remote/shell.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "format/temporary.h"

extern char **environ;

#define WORDS_MOST 62
#define LAST_MOST  400 /* bytes of standard error that are looked at */

/* ---- the command ---- */

struct words {
    char *word[WORDS_MOST + 2];
    size_t count;
    struct mm_buf text; /* all of them, each with a NUL */
};

/* One more word of a command, quotes aside; returns where it ends. */
static const char *add_word(struct words *words, const char *at)
{
    char quote = 0;
    for (; *at && (quote || *at != ' '); at++) {
        if (quote ? *at == quote : *at == '"' || *at == '\'')
            quote = quote ? 0 : *at;
        else
            mm_buf_putc(&words->text, *at);
    }
    mm_buf_putc(&words->text, '\0');
    words->count++;
    return at;
}

static void add_words(struct words *words, const char *command)
{
    while (*(command += strspn(command, " ")) && words->count < WORDS_MOST)
        command = add_word(words, command);
}

static void add_whole(struct words *words, const char *word)
{
    mm_buf_add(&words->text, word, strlen(word) + 1);
    words->count++;
}

/* As for rsync's -e: words, with quotes; the host, and then what the far shell runs. */
static void make_command(struct words *words, const char *host, const struct mm_remote_options *options)
{
    *words = (struct words){.count = 0};
    add_words(words, options->ssh ? options->ssh : "ssh -T -oServerAliveInterval=15 -oConnectTimeout=20");
    add_whole(words, host);
    add_whole(words, options->program ? options->program : "mmtui");
    add_whole(words, "serve");
    char *at = words->text.data;
    for (size_t i = 0; i < words->count && !words->text.failed; i++) {
        words->word[i] = at;
        at += strlen(at) + 1;
    }
    words->word[words->count] = NULL;
}

/* ---- the child ---- */

static int spawn(struct shell *shell, const struct words *words, int child, bool apart)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t how;
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&how);
    posix_spawn_file_actions_adddup2(&actions, child, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, child, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, shell->errors, STDERR_FILENO);
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setsigdefault(&how, &usual);
    posix_spawnattr_setflags(
        &how, (short)(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | (apart ? POSIX_SPAWN_SETSID : 0)));
    int failed = posix_spawnp(&shell->pid, words->word[0], &actions, &how, words->word, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&how);
    return failed;
}

static int start(struct shell *shell, const struct words *words, bool apart, struct mm_err *err)
{
    int pair[2];
    if ((shell->errors = mm_temporary_open(err)) < 0)
        return -1;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return mm_fail_errno(err, words->word[0], "making a socket for it");
    shell->fd = pair[0];
    int failed = spawn(shell, words, pair[1], apart);
    close(pair[1]);
    if (!failed)
        return 0;
    shell->pid = 0;
    return mm_fail(err, MM_EIO, "%s: can't be started (%s): --ssh COMMAND names another remote shell",
                   words->word[0], strerror(failed));
}

int shell_start(struct shell *shell, const char *host, const struct mm_remote_options *options, bool apart,
                struct mm_err *err)
{
    struct words words;
    *shell = (struct shell){.fd = -1, .errors = -1};
    make_command(&words, host, options);
    int result = words.text.failed ? mm_fail_memory(err)
                 : words.count < 4 ? mm_fail(err, MM_EARG, "--ssh: the command is empty")
                                   : start(shell, &words, apart, err);
    mm_buf_done(&words.text);
    if (result < 0)
        shell_end(shell);
    return result;
}

/* It has a second to end by itself, and another after a signal. */
static int wait_for(pid_t pid)
{
    int status = -1;
    for (int i = 0; i < 200; i++) {
        pid_t ended = waitpid(pid, &status, WNOHANG);
        if (ended == pid)
            return status;
        if (ended < 0 && errno != EINTR)
            return -1;
        if (i == 100)
            kill(pid, SIGTERM);
        poll(NULL, 0, 10);
    }
    kill(pid, SIGKILL);
    return waitpid(pid, &status, 0) == pid ? status : -1;
}

int shell_end(struct shell *shell)
{
    if (shell->fd >= 0)
        close(shell->fd);
    int status = shell->pid > 0 ? wait_for(shell->pid) : -1;
    shell->fd = -1;
    shell->pid = 0;
    return status;
}

/* ---- what went wrong ---- */

/* The last line of a text that is not blank. */
static void put_last_line(const char *text, size_t length, struct mm_buf *out)
{
    while (length > 0 && strchr(" \r\n", text[length - 1]))
        length--;
    size_t begin = length;
    while (begin > 0 && text[begin - 1] != '\n' && text[begin - 1] != '\r')
        begin--;
    mm_text_escape(out, text + begin, length - begin);
}

void shell_last_words(const struct shell *shell, struct mm_buf *out)
{
    char text[LAST_MOST];
    off_t size = shell->errors < 0 ? 0 : lseek(shell->errors, 0, SEEK_END);
    off_t from = size > (off_t)sizeof text ? size - (off_t)sizeof text : 0;
    ssize_t length = size > 0 ? pread(shell->errors, text, sizeof text, from) : 0;
    if (length > 0)
        put_last_line(text, (size_t)length, out);
}

static int fail_ended(const char *host, int code, const struct mm_remote_options *options, const char *words,
                      struct mm_err *err)
{
    const char *program = options->program ? options->program : "mmtui";
    switch (code) {
    case 127:
        return mm_fail(err, MM_EIO,
                       "%s: there is no %s there: install it, or say where it is: --remote-mmtui PATH "
                       "(ssh %s 'command -v mmtui')",
                       host, program, host);
    case 126: return mm_fail(err, MM_EIO, "%s: %s can't be run there: %s", host, program, words);
    case 255:
        return mm_fail(err, MM_EIO, "%s: no connection: %s (try: ssh %s true)", host,
                       *words ? words : "ssh gives no reason", host);
    case 2:
        return mm_fail(err, MM_EUNSUPPORTED,
                       "%s: its mmtui can't serve (%s): this one is version " MM_VERSION
                       ": install the same there, or name it: --remote-mmtui PATH",
                       host, words);
    default:
        return mm_fail(err, MM_EIO,
                       "%s: the remote shell ended with status %d%s%s (try: ssh %s mmtui --version)", host,
                       code, *words ? ": " : "", words, host);
    }
}

int shell_fail(const struct shell *shell, const char *host, int status, const struct mm_buf *instead,
               const struct mm_remote_options *options, struct mm_err *err)
{
    struct mm_buf words = {0};
    shell_last_words(shell, &words);
    if (words.length == 0 && instead->length > 0)
        put_last_line(instead->data, instead->length, &words);
    int result = 0;
    if (status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) != 0)
        result = fail_ended(host, WEXITSTATUS(status), options, mm_buf_text(&words), err);
    else
        result = mm_fail(
            err, MM_EIO,
            "%s: mmtui did not greet; what came was \"%.100s\": start-up files of the shell there must "
            "print nothing (try: ssh %s mmtui --version)",
            host, mm_buf_text(&words), host);
    mm_buf_done(&words);
    return result;
}
