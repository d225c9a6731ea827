/*
 * What the list of layers costs with many pairs: a session from a report of made-up figures, keys as a person would type
 * them, and a frame drawn after each. Processor time, so that neighbours on the machine count little.
 *
 *     screen FOLDER ROWS FRAMES [NAME]  a line an action: name, p99.9 and median of its frames in ms, tab-separated
 *     screen FOLDER ROWS names      one pass over all names and a keystroke of the filter in ms, best and median of several
 *     screen FOLDER ROWS report     just write FOLDER/ROWS.json
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "views/inspector.h"
#include "views/layers.h"

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* ---- the report ---- */

static const char *const ops[] = {"Conv",    "Add",       "Mul",  "MatMul",
                                  "Softmax", "LayerNorm", "Relu", "Transpose"};
static const char *const roles[] = {"self_attn.q_proj",
                                    "self_attn.k_proj",
                                    "self_attn.v_proj",
                                    "self_attn.o_proj",
                                    "self_attn.softmax",
                                    "mlp.gate_proj.out",
                                    "mlp.up_proj.out",
                                    "mlp.down_proj.out",
                                    "input_layernorm.pow",
                                    "input_layernorm.mean",
                                    "post_attention_layernorm.pow",
                                    "residual.add"};

/* Errors between 1e-6 and 1, in no order; the k-th of a linear congruential sequence. */
static double error_of(unsigned k)
{
    unsigned x = (k + 1) * 2654435761u;
    return 1e-6 + (double)(x >> 8) / (1 << 24) * (x % 10 == 0 ? 1 : 0.04);
}

/* Blocks of 48 layers; one in a hundred has no partner. */
static int write_report(const char *path, unsigned rows)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return -1;
    fputs("[", file);
    for (unsigned i = 0; i < rows; i++) {
        unsigned k = i % 48;
        fprintf(file, "%s{\"TensorName\": \"model.layers.%u.%s_%u\", \"TensorShape\": [1, 64],",
                i ? ",\n" : "", i / 48, roles[k % MM_COUNT(roles)], k / (unsigned)MM_COUNT(roles));
        if (i % 200 != 17)
            fprintf(file,
                    " \"SrcModelInfo\": {\"Timestamp\": \"%u\", \"NodeName\": \"n%u\", \"OpType\": \"%s\", "
                    "\"Index\": 0},",
                    i, i, ops[i % MM_COUNT(ops)]);
        if (i % 200 != 18)
            fprintf(file,
                    " \"DstModelInfo\": {\"Timestamp\": \"%u\", \"NodeName\": \"n%u\", \"OpType\": \"%s\", "
                    "\"Index\": 0},",
                    i, i, ops[i % MM_COUNT(ops)]);
        if (i % 200 == 17 || i % 200 == 18)
            fprintf(file, " \"Valid\": false, \"Results\": {}}");
        else
            fprintf(file, " \"Valid\": true, \"Results\": {\"diff1\": %.9g, \"diff2\": %.9g}}",
                    error_of(i + rows), error_of(i));
    }
    fputs("]\n", file);
    return fclose(file);
}

static struct mm_session *open_report(const char *path)
{
    struct mm_session_options options;
    struct mm_session *session = NULL;
    struct mm_err err;
    mm_session_defaults(&options);
    options.jobs = 0;
    if (mm_session_open_report(&session, path, &options, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    return session;
}

/* ---- frames ---- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void do_line(struct app *app, const char *line)
{
    if (line[0] == ':')
        app_command(app, line + 1);
    else if (line[0] == '&')
        app_act(app, ACT_FILTER, line + 1);
    else
        app_key(app, (uint32_t)line[0]);
}

struct bench {
    struct app *app;
    struct grid *grid;
    int frames;
    const char *only; /* part of the names of what is timed */
};

/* Each of the lines in turn, and a frame after it. */
static void time_lines(const struct bench *bench, const char *name, const char *const *lines, int count)
{
    int frames = bench->frames;
    if (!strstr(name, bench->only))
        return;
    double *ms = calloc((size_t)frames, sizeof *ms);
    if (!ms)
        exit(1);
    for (int i = 0; i < frames; i++) {
        double from = now_ms();
        do_line(bench->app, lines[i % count]);
        app_draw(bench->app, bench->grid);
        ms[i] = now_ms() - from;
    }
    qsort(ms, (size_t)frames, sizeof *ms, by_size);
    int rank = (frames * 999 + 999) / 1000; /* the least that so many of a thousand are not above */
    printf("%s\t%.3f\t%.3f\n", name, ms[rank - 1], ms[frames / 2]);
    fflush(stdout);
    free(ms);
}

#define TIME(name, ...)                                                                                      \
    do {                                                                                                     \
        static const char *const lines[] = {__VA_ARGS__};                                                    \
        time_lines(&bench, name, lines, (int)MM_COUNT(lines));                                               \
    } while (0)

static void time_all(struct app *app, int frames, const char *only)
{
    struct grid grid;
    const struct bench bench = {app, &grid, frames, only};
    grid_init(&grid);
    app_draw(app, &grid);
    TIME("move by a row", "j", "j", "j", "k", "j");
    TIME("move by half a page", "\x04", "\x04", "\x15");
    TIME("move to the ends", "G", "g");
    TIME("move along execution", "]", "]", "[");
    TIME("next bad", "e", "e", "E");
    do_line(app, ":search q_proj_1");
    TIME("next match", "n", "n", "N");
    TIME("filter by a part of a name", "&q_proj", "&layers.12", "&");
    TIME("filter by figures", "&diff2>0.01", "&diff1<0.5 op=Conv", "&bad", "&");
    TIME("sort by figures", ":sort diff1", ":sort diff2", "S");
    TIME("sort by number", ":sort number", "S");
    TIME("sort by name", ":sort layer", "S", ":sort diff2");
    TIME("sort by op", ":sort op", ":sort diff2");
    TIME("sort by verdict", ":sort verdict", ":sort diff2");
    TIME("fold a group", "z", "j", "z", "j", "j");
    do_line(app, ":group 3");
    TIME("fold all groups", "Z");
    TIME("group anew", ":group 3", ":group 1", ":group 2");
    do_line(app, ":group 3");
    do_line(app, "Z");
    do_line(app, "g");
    TIME("tag", "t", "j");
    TIME("zoom the error profile", "}", "}", "{");
    grid_done(&grid);
}

/* One pass: every byte of every name is looked at. */
static double pass(const struct mm_session *session, unsigned *sum)
{
    double from = now_ms();
    for (size_t id = 0; id < mm_session_count(session); id++) {
        for (const char *p = mm_session_layer(session, id)->label; *p; p++)
            *sum += (unsigned char)*p;
    }
    return now_ms() - from;
}

static void time_names(struct app *app)
{
    static const char *const typed[] = {"&d",      "&do",      "&dow",      "&down",     "&down_",
                                        "&down_p", "&down_pr", "&down_pro", "&down_proj"};
    enum { ROUNDS = 5, KEYS = MM_COUNT(typed) };
    double passes[ROUNDS], keys[ROUNDS * KEYS];
    struct grid grid;
    unsigned sum = 0;
    grid_init(&grid);
    app_draw(app, &grid);
    do_line(app, ":sort diff2");
    for (int round = 0; round < ROUNDS; round++) {
        passes[round] = pass(app->session, &sum);
        for (int k = 0; k < KEYS; k++) {
            double from = now_ms();
            do_line(app, typed[k]);
            app_draw(app, &grid);
            keys[round * KEYS + k] = now_ms() - from;
        }
    }
    qsort(passes, ROUNDS, sizeof *passes, by_size);
    qsort(keys, ROUNDS * KEYS, sizeof *keys, by_size);
    printf("one pass over the names\t%.3f\t%.3f\n", passes[0], passes[ROUNDS / 2]);
    printf("a keystroke of the filter\t%.3f\t%.3f\n", keys[ROUNDS * KEYS - 1], keys[ROUNDS * KEYS / 2]);
    grid_done(&grid);
    if (sum == 1) /* it is used */
        putchar('\n');
}

int main(int argc, char **argv)
{
    char path[4096];
    if (argc < 4)
        return 2;
    snprintf(path, sizeof path, "%s/%s.json", argv[1], argv[2]);
    if (write_report(path, (unsigned)atoi(argv[2])) < 0) {
        perror(path);
        return 1;
    }
    if (strcmp(argv[3], "report") == 0)
        return 0;
    struct mm_session *session = open_report(path);
    struct inspector inspector;
    struct mm_err err;
    const struct inspector_options with = {
        .export_folder = "export", .dialect = "magicmind", .sort = "diff2"};
    if (inspector_init(&inspector, session, &with, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    app_resize(&inspector.app, 132, 43);
    if (strcmp(argv[3], "names") == 0)
        time_names(&inspector.app);
    else
        time_all(&inspector.app, atoi(argv[3]), argc > 4 ? argv[4] : "");
    inspector_done(&inspector);
    mm_session_close(session);
    remove(path);
    return 0;
}
