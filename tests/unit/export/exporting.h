/* What the tests of this folder share: plans for a dialect, and the texts that come of them. */
#ifndef TESTS_EXPORT_EXPORTING_H
#define TESTS_EXPORT_EXPORTING_H

#include "mmtui/export.h"
#include "unit/plan/helpers.h"

static inline struct mm_export export_for(const char *dialect, const struct mm_plan *plan)
{
    return (struct mm_export){.dialect = mm_dialect_find(dialect), .plan = plan};
}

/* Inside a step: an override whose tensor has another name. */
static inline void set_on(struct mm_plan *plan, const char *name, const char *tensor)
{
    struct mm_override override = make_override(name, MM_PRECISION_F32);
    override.tensor = tensor;
    assert_int_equal(mm_plan_set(plan, &override, NULL), 0);
}

#define assert_limits(export, expected)                                                                      \
    do {                                                                                                     \
        struct mm_buf limits_text = {0};                                                                     \
        mm_export_limits(export, &limits_text);                                                              \
        assert_string_equal(mm_buf_text(&limits_text), expected);                                            \
        mm_buf_done(&limits_text);                                                                           \
    } while (0)

/* What `make` appends, malloc'ed. */
static inline char *made(const struct mm_export *export,
                         void (*make)(const struct mm_export *export, struct mm_buf *out))
{
    struct mm_buf out = {0};
    struct mm_targets targets;
    struct mm_export ready = *export;
    assert_int_equal(mm_export_targets(export, &targets, NULL), 0);
    ready.targets = &targets;
    make(&ready, &out);
    char *text = strdup(mm_buf_text(&out));
    mm_buf_done(&out);
    mm_targets_done(&targets);
    return text;
}

/* The text of the dialect's file of this name, malloc'ed. */
static inline char *file_of(const struct mm_export *export, const char *name)
{
    const struct mm_export_file *file = export->dialect->files;
    while (file->name && strcmp(file->name, name) != 0)
        file++;
    assert_non_null(file->name);
    return made(export, file->make);
}

/* A file of this text in a folder of its own; remove_file frees its path. */
static inline char *text_file(const char *text)
{
    char folder[64];
    char *path = mm_path_join(folder_new(folder), "file");
    assert_int_equal(mm_file_write(path, text, strlen(text), NULL), 0);
    return path;
}

static inline void remove_file(char *path)
{
    *strrchr(path, '/') = '\0';
    mm_folder_remove(path);
    free(path);
}

/* A graph: x ─► Conv "conv" (w) ─► c ─► Relu "relu" ─► r ─► Reshape "shape" ─► s ─► Gemm "fc" (v) ─► y */
static inline struct mm_graph *chain_graph(void)
{
    static const struct {
        const char *name, *type, *in, *weight, *out;
    } nodes[] = {{"conv", "Conv", "x", "w", "c"},
                 {"relu", "Relu", "c", NULL, "r"},
                 {"shape", "Reshape", "r", NULL, "s"},
                 {"fc", "Gemm", "s", "v", "y"}};
    struct mm_graph *graph = NULL;
    struct mm_graph_builder *b = mm_graph_new();
    mm_graph_add_tensor(b, "x", MM_GRAPH_INPUT, MM_F32, NULL);
    mm_graph_add_tensor(b, "w", MM_GRAPH_CONSTANT, MM_F32, NULL);
    mm_graph_add_tensor(b, "v", MM_GRAPH_CONSTANT, MM_F32, NULL);
    for (size_t i = 0; i < MM_COUNT(nodes); i++)
        mm_graph_add_node(b, nodes[i].name, nodes[i].type,
                          (const char *const[]){nodes[i].in, nodes[i].weight}, nodes[i].weight ? 2 : 1,
                          &nodes[i].out, 1);
    assert_int_equal(mm_graph_finish(b, &graph, "graph", NULL), 0);
    return graph;
}

/* A dialect of no runtime, to see what follows from a row alone. */
static inline const struct mm_dialect *made_up(enum mm_name_kind names)
{
    static const char *const types[] = {"q8_0", "q4_k", NULL};
    static const struct mm_dialect_setting settings[] = {{"weight_granularity", "per_tensor", "w", "1"},
                                                         {"fusion", "true", "graph.fuse", "\"yes\""},
                                                         {"scale_folding", "true", "graph.fold", "[2]"},
                                                         {"int64_to_int32", "true", "z", "null"},
                                                         {NULL, NULL, NULL, NULL}};
    static const struct mm_export_file files[] = {{NULL, NULL, NULL, false}};
    static const struct mm_dialect rows[] = {
#define ROW(kind)                                                                                            \
    [kind] = {.id = "made",                                                                                  \
              .title = "Made Up",                                                                            \
              .names = kind,                                                                                 \
              .precisions =                                                                                  \
                  MM_TAKES(MM_PRECISION_I8) | MM_TAKES(MM_PRECISION_BF16) | MM_TAKES(MM_PRECISION_F32),      \
              .types = types,                                                                                \
              .settings = settings,                                                                          \
              .files = files}
        ROW(MM_NAME_LAYER),
        ROW(MM_NAME_NODE),
        ROW(MM_NAME_TENSOR),
        ROW(MM_NAME_WEIGHT),
#undef ROW
    };
    return &rows[names];
}

#endif
