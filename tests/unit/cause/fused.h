/* x [2, 2] W [2, 2] = m, a = m + b, y = Relu(a): m and a were not dumped. Include behind cmocka.h. */
#ifndef FUSED_H
#define FUSED_H

#include "cause/recompute.h"
#include "unit/pair/pair_files.h"

enum { X, W, B, Y, FILES };

struct fused {
    struct pair_files files[FILES];
    struct mm_recompute_source source[3];
    struct mm_graph *graph;
    struct mm_recompute what;
    struct mm_recomputed found;
};

static inline void fused_put(struct fused *f, int file, int side, struct mm_shape shape, const float *values)
{
    pair_files_put(&f->files[file], side, side ? "2_t.npy" : "1_t.npy", MM_F32, shape, values);
}

/* `kinds`: the operators that make m, a and y. */
static inline void fused_init(struct fused *f, const char *const kinds[3])
{
    static const char *const names[] = {"x", "w", "b"};
    struct mm_graph_builder *builder = mm_graph_new();
    *f = (struct fused){.what = {.sources = 3}};
    mm_graph_add_node(builder, "first", kinds[0], names, strcmp(kinds[0], "MatMul") == 0 ? 2 : 1,
                      (const char *const[]){"m"}, 1);
    mm_graph_add_node(builder, "second", kinds[1], (const char *const[]){"m", "b"}, 2,
                      (const char *const[]){"a"}, 1);
    mm_graph_add_node(builder, "third", kinds[2], (const char *const[]){"a"}, 1, (const char *const[]){"y"},
                      1);
    assert_int_equal(mm_graph_finish(builder, &f->graph, "test", NULL), 0);
    for (int i = 0; i < FILES; i++)
        pair_files_init(&f->files[i]);
    for (int i = 0; i < 3; i++)
        f->source[i] = (struct mm_recompute_source){mm_graph_tensor(f->graph, names[i]), &f->files[i].pair};
    f->what.graph = f->graph;
    f->what.node = 2;
    f->what.pair = &f->files[Y].pair;
    f->what.source = f->source;
}

static inline void fused_run(struct fused *f)
{
    struct mm_err err = {MM_OK, ""};
    if (mm_recompute_run(&f->what, NULL, &f->found, &err) < 0)
        fail_msg("%s", err.text);
}

static inline void fused_done(struct fused *f)
{
    for (int i = 0; i < FILES; i++)
        pair_files_done(&f->files[i]);
    mm_graph_close(f->graph);
}

#endif
