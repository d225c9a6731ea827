/* What commands share that triage two dumps given as words. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/commands.h"

/* Where the library is, if it is not where it usually is; NULL. */
static const char *library_of(const struct cli_options *options)
{
    const char *library = options->dump.library ? options->dump.library : getenv("MMTUI_ONNXRUNTIME");
    return library && *library ? library : NULL;
}

int cli_ort_open(const struct cli_options *options, struct mm_ort **ort, struct mm_err *err)
{
    return mm_ort_open(ort, library_of(options), err);
}

int cli_remotes_open(struct cli_options *options, struct mm_err *err)
{
    const char *shell = getenv("MMTUI_SSH");
    if (!options->remote.ssh && shell && *shell)
        options->remote.ssh = shell;
    int result = mm_remotes_open(&options->remotes, &options->remote, err);
    options->session.remotes = options->remotes;
    return result;
}

static int replay_open(struct cli_options *options, struct mm_err *err)
{
    options->session.replay_library = library_of(options);
    options->session.replay_model = options->model;
    if (!options->replay || options->ort)
        return 0;
    if (!options->graph)
        return mm_fail(err, MM_EARG, "--replay runs operators of the model: it needs --model FILE");
    if (cli_ort_open(options, &options->ort, err) < 0)
        return -1;
    options->session.replay = options->ort;
    return 0;
}

int cli_model_open(struct cli_options *options, struct mm_err *err)
{
    if (options->model && !options->graph && mm_graph_open_onnx(&options->graph, options->model, err) < 0)
        return -1;
    if (options->dst_model && !options->dst_graph &&
        mm_graph_open_onnx(&options->dst_graph, options->dst_model, err) < 0)
        return -1;
    if (options->graph)
        options->session.graph = options->graph;
    options->session.dst_graph = options->dst_graph;
    return replay_open(options, err);
}

static bool take_snapshot(struct cli_options *options, const char *path)
{
    struct mm_session_options *session = &options->session;
    mm_snapshot_done(&options->snapshot);
    if (!mm_snapshot_find(&options->snapshot, path))
        return false;
    session->src = options->snapshot.src;
    session->dst = options->snapshot.dst;
    session->results[0] = options->snapshot.results[0];
    session->results[1] = options->snapshot.results[1];
    if (!session->sim)
        session->sim = options->snapshot.sim;
    return true;
}

bool cli_is_polygraphy(const char *path)
{
    const struct mm_format *format = mm_format_of(path);
    return format && strcmp(format->name, "polygraphy") == 0;
}

static bool take_polygraphy(struct cli_options *options, const char *path)
{
    if (!cli_is_polygraphy(path))
        return false;
    options->session.src = options->session.dst = path;
    options->session.one_file = true;
    return true;
}

bool cli_take_words(struct cli_options *options)
{
    if (options->word_count == 1)
        return take_polygraphy(options, options->words[0]) || take_snapshot(options, options->words[0]);
    if (options->word_count != 2)
        return false;
    options->session.src = options->words[0];
    options->session.dst = options->words[1];
    return true;
}

void cli_fail_words(const struct cli_options *options, const char *wanted, struct mm_err *err)
{
    struct stat info;
    if (options->word_count == 1 && mm_remote_is(options->words[0])) {
        mm_fail(err, MM_EARG,
                "%s: is one dump; two are needed, SRC DST (a report, or what has both dumps, is to be copied "
                "here "
                "first)",
                options->words[0]);
        return;
    }
    for (int i = 0; i < options->word_count; i++) {
        if (!mm_remote_is(options->words[i]) && stat(options->words[i], &info) < 0) {
            mm_fail_errno(err, options->words[i], "opening it");
            return;
        }
    }
    mm_fail(err, MM_EARG, "%s", wanted);
}

bool cli_take_dumps(struct cli_options *options)
{
    const char *src = options->session.src, *dst = options->session.dst;
    if (src || dst)
        return src && dst && options->word_count == 0;
    return cli_take_words(options);
}

static int open_and_work(struct cli_options *options, cli_work work, int *status, struct mm_err *err)
{
    struct mm_session *session = NULL;
    int result = cli_model_open(options, err);
    if (result == 0)
        result = mm_session_open(&session, &options->session, err);
    if (result == 0)
        result = work(session, options, err);
    if (result == 0)
        *status = cli_check(options, session);
    mm_session_close(session);
    return result;
}

int cli_two_dumps(struct cli_options *options, cli_work work)
{
    struct mm_err err = {0};
    int status = EXIT_FINE;
    if (!cli_take_words(options)) {
        cli_fail_words(options, "two dumps are needed, folders or files: the reference and the accelerator's",
                       &err);
        return cli_error(&err);
    }
    options->session.triage = true;
    char *cache = options->no_cache ? NULL : mm_cache_folder();
    options->session.cache = cache;
    int result = open_and_work(options, work, &status, &err);
    free(cache);
    if (result < 0)
        return cli_error(&err);
    return status;
}
