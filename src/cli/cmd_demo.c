#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/demo_net.h"
#include "cli/demo_run.h"
#include "cli/inspect.h"
#include "cli/interrupt.h"
#include "cli/temporary_folder.h"

/* The two dumps of a run: a temporary folder, or the one of --dump-only. */
struct folders {
    const char *top; /* of --dump-only, or the temporary one's */
    struct temporary_folder temporary;
    char *src, *dst;
};

static void folders_done(struct folders *folders)
{
    temporary_folder_close(&folders->temporary);
    free(folders->src);
    free(folders->dst);
}

static int folders_init(struct folders *folders, const char *wanted, struct mm_err *err)
{
    *folders = (struct folders){.top = wanted, .temporary.lock = -1};
    if (!wanted && temporary_folder_open(&folders->temporary, "demo", err) < 0)
        return -1;
    if (!wanted)
        folders->top = folders->temporary.path;
    folders->src = mm_path_join(folders->top, "src");
    folders->dst = mm_path_join(folders->top, "dst");
    return folders->src && folders->dst ? 0 : mm_fail_memory(err);
}

/* A name in the plan that the network does not have is most likely a plan for another network: say so, go
 * on. */
static int check_plan(const struct mm_plan *plan, struct mm_err *err)
{
    struct mm_buf without;
    size_t count = 0;
    mm_buf_init(&without);
    int result = demo_check_plan(plan, &without, &count, err);
    if (result == 0 && count)
        cli_say(stderr, "mmtui: note: without effect in the demo network:\n%s", mm_buf_text(&without));
    mm_buf_done(&without);
    return result;
}

static int run(const struct cli_options *options, const struct folders *folders, struct mm_err *err)
{
    struct mm_plan *plan = NULL;
    struct demo_options demo;
    demo_defaults(&demo);
    int result = 0;
    if (options->plan) {
        result = mm_plan_open(&plan, err);
        if (result == 0)
            result = mm_plan_load(plan, options->plan, err);
        if (result == 0)
            result = check_plan(plan, err);
        demo.plan = plan;
    }
    if (result == 0)
        result = demo_run(folders->src, folders->dst, &demo, err);
    mm_plan_close(plan);
    return result;
}

/* The inspector gets the graph as it is, others the file. */
static int demo_graph(struct cli_options *options, const struct folders *folders, struct mm_err *err)
{
    if (demo_graph_open(&options->graph, err) < 0)
        return -1;
    options->session.graph = options->graph;
    if (!options->dump_only)
        return 0;
    char *path = mm_path_join(folders->top, "demo.onnx");
    int result = path ? mm_graph_write_onnx(options->graph, path, err) : mm_fail_memory(err);
    free(path);
    return result;
}

/* On a terminal the inspector has its own way with signals. */
static int show(struct cli_options *options, const struct folders *folders, struct interrupt *interrupt)
{
    options->session.src = folders->src;
    options->session.dst = folders->dst;
    bool terminal = inspect_has_terminal(options);
    if (terminal)
        interrupt_end(interrupt);
    int status = options->dump_only ? EXIT_FINE : inspect(options, NULL);
    if (terminal)
        interrupt_begin(interrupt);
    return status;
}

static int run_and_show(struct cli_options *options, struct mm_err *err)
{
    struct folders folders;
    struct interrupt interrupt;
    int status = EXIT_ERROR;
    interrupt_begin(&interrupt);
    interrupt_at_once(&interrupt);
    if (folders_init(&folders, options->dump_only, err) == 0) {
        interrupt_removes(&interrupt, folders.temporary.path);
        if (run(options, &folders, err) == 0 && demo_graph(options, &folders, err) == 0)
            status = show(options, &folders, &interrupt);
    }
    interrupt_removes(&interrupt, NULL);
    folders_done(&folders);
    interrupt_end(&interrupt);
    return status;
}

int cmd_demo(struct cli_options *options)
{
    struct mm_err err = {0};
    int status = EXIT_ERROR;
    if (options->word_count)
        mm_fail(&err, MM_EARG, "demo takes no folder (--dump-only DIR writes the dumps there)");
    else
        status = run_and_show(options, &err);
    if (err.code != MM_OK)
        cli_error(&err);
    return status;
}
