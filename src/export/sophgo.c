/*
 * The Sophgo dialect: the quantisation table of TPU-MLIR's model_deploy, a line of name and mode for each operator. The
 * name is that of the operator's location: its output tensor, "_" and its type. A name that no operator has is passed
 * over. A line that begins with # is a comment; what is no two words stops the compiler.
 */
#include "export/sophgo.h"
#include "export/export.h"
#include "export/import.h"

#include <ctype.h>

static const struct {
    enum mm_precision precision;
    const char *word;
} MODES[] = {{MM_PRECISION_I8, "INT8"},
             {MM_PRECISION_F16, "F16"},
             {MM_PRECISION_BF16, "BF16"},
             {MM_PRECISION_F32, "F32"}};

/* ---- the table ---- */

/* A list of names that is no model has locations already, and so has a plan by itself. */
static void put_location(const struct mm_export *export, const struct mm_target *target, struct mm_buf *out)
{
    mm_buf_puts(out, target->name);
    if (export->graph && target->node >= 0)
        mm_buf_printf(out, "_%s", export->graph->nodes[target->node].op_type);
}

static bool is_one_word(const char *name)
{
    for (const char *p = name; *p; p++) {
        if (isspace((unsigned char)*p))
            return false;
    }
    return *name != '#';
}

static void add_table(const struct mm_export *export, struct mm_buf *out)
{
    mm_buf_puts(out, "# op_name quantize_mode\n");
    for (size_t i = 0; i < export->targets->count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        if (!is_one_word(target->name))
            continue;
        put_location(export, target, out);
        for (size_t k = 0; k < MM_COUNT(MODES); k++) {
            if (MODES[k].precision == target->override->precision)
                mm_buf_printf(out, " %s\n", MODES[k].word);
        }
    }
}

static const struct mm_export_file FILES[] = {
    {"qtable", "modes of the chosen operators: model_deploy --quantize_table qtable", add_table, false},
    {"overrides.json", "the plan itself with reasons and figures: mmtui loads it again", mm_export_plan,
     false},
    {NULL, NULL, NULL, false},
};

/* The Relu that alone reads what a Conv makes: the compiler makes one operator of both, which has the Relu's name; -1. */
static int fused_relu(const struct mm_graph *graph, int node)
{
    const struct mm_graph_node *conv = &graph->nodes[node];
    if (strcmp(conv->op_type, "Conv") != 0 || conv->output_count < 1 || conv->outputs[0] < 0)
        return -1;
    const struct mm_graph_tensor *result = &graph->tensors[conv->outputs[0]];
    bool alone = result->consumer_count == 1 && !(result->flags & MM_GRAPH_OUTPUT);
    return alone && strcmp(graph->nodes[result->consumers[0]].op_type, "Relu") == 0 ? result->consumers[0]
                                                                                    : -1;
}

static bool is_chosen(const struct mm_export *export, int node)
{
    for (size_t i = 0; i < export->targets->count; i++) {
        if (export->targets->target[i].node == node)
            return true;
    }
    return false;
}

static void check_fused(const struct mm_export *export, const struct mm_target *target,
                        struct mm_problems *problems)
{
    int relu = export->graph && target->node >= 0 ? fused_relu(export->graph, target->node) : -1;
    if (relu >= 0 && !is_chosen(export, relu))
        mm_problems_add(
            problems, MM_SEVERITY_ERROR, "fused-name", target->override->name,
            "the compiler makes one operator of it and the Relu behind it, by the Relu's name, so nothing "
            "is done for it: choose \"%s\"",
            export->graph->nodes[relu].name);
}

static void check(const struct mm_export *export, struct mm_problems *problems)
{
    for (size_t i = 0; i < export->targets->count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        if (!is_one_word(target->name))
            mm_problems_add(
                problems, MM_SEVERITY_ERROR, "form", target->override->name,
                "a name with blanks, or that begins with #, can't be in the table: it is left out");
        check_fused(export, target, problems);
    }
}

/* ---- reading it back ---- */

/* The tensor of a location: what is before a "_" behind which is the type of the operator that makes it. */
static void cut_type(const struct mm_graph *graph, struct mm_buf *name)
{
    const char *text = mm_buf_text(name);
    for (size_t at = name->length; graph && at > 1; at--) {
        if (text[at - 1] != '_')
            continue;
        struct mm_buf tensor = {0};
        mm_buf_add(&tensor, text, at - 1);
        int found = mm_graph_tensor(graph, mm_buf_text(&tensor));
        int node = found >= 0 ? graph->tensors[found].producer : -1;
        if (node >= 0 && strcmp(graph->nodes[node].op_type, text + at) == 0) {
            mm_buf_clear(name);
            mm_buf_add(name, mm_buf_text(&tensor), tensor.length);
            name->failed |= tensor.failed;
            at = 2; /* found */
        }
        mm_buf_done(&tensor);
        text = mm_buf_text(name);
    }
}

static int read_line(struct mm_import *import, size_t line, const char *text, size_t length,
                     struct mm_err *err)
{
    struct mm_buf name = {0}, mode = {0}, *word[] = {&name, &mode};
    size_t words = 0;
    for (size_t at = 0; at < length;) {
        bool blank = isspace((unsigned char)text[at]);
        if (!blank && (at == 0 || isspace((unsigned char)text[at - 1])))
            words++;
        if (!blank && words <= 2)
            mm_buf_putc(word[words - 1], text[at]);
        at++;
    }
    int result =
        words == 0 || words == 2
            ? 0
            : mm_fail(err, MM_ECORRUPT, "%s: line %zu: must be a name and a mode", import->path, line);
    size_t k = 0;
    while (words == 2 && k < MM_COUNT(MODES) && strcasecmp(MODES[k].word, mm_buf_text(&mode)) != 0)
        k++;
    cut_type(import->from->graph, &name);
    if (words == 2 && k == MM_COUNT(MODES))
        mm_import_note(import, "\"%s\": a plan has nothing for the mode %s, so it is left out",
                       mm_buf_text(&name), mm_buf_text(&mode));
    else if (words == 2)
        result =
            mm_import_override(import, MM_NAME_TENSOR, mm_buf_text(&name), MODES[k].precision, NULL, err);
    mm_buf_done(&name);
    mm_buf_done(&mode);
    return result;
}

static int read_table(const struct mm_config *config, struct mm_import *import, struct mm_err *err)
{
    size_t line = 1;
    for (const char *at = config->text; *at; line++) {
        size_t length = strcspn(at, "\n");
        if (*at != '#' && read_line(import, line, at, length, err) < 0)
            return -1;
        at += length + (at[length] == '\n');
    }
    return 0;
}

const struct mm_dialect mm_sophgo = {
    .id = "sophgo",
    .title = "Sophgo TPU-MLIR",
    .run = "tpu-mlir 1.30.2",
    .documented = "TPU-MLIR, quick start: mixed precision; TopToTpuPass.cpp",
    .names = MM_NAME_TENSOR,
    .precisions = MM_TAKES(MM_PRECISION_I8) | MM_TAKES(MM_PRECISION_F16) | MM_TAKES(MM_PRECISION_BF16) |
                  MM_TAKES(MM_PRECISION_F32),
    .settings = mm_no_settings,
    .files = FILES,
    .check = check,
    .read = read_table,
};
