/*
 * The ATC dialect: two files of Ascend's model compiler, a line an operator of the original model. keep_dtype has those that
 * stay in the type that the model gives them (its FLOAT32), customize_dtypes gives the types of each input and output, as
 * many as the operator has, so only a model tells them. Neither takes an operator that the compiler fuses. The third
 * file of ATC, modify_mixlist, goes by Ascend's own types of operators, which no model tells.
 */
#include "export/atc.h"
#include "export/export.h"
#include "export/import.h"

#include <ctype.h>

#define TYPE_PREFIX "OpType::"

/* ---- the files ---- */

static bool fits_a_line(const char *name)
{
    size_t length = strlen(name);
    return !name[strcspn(name, "\r\n")] && !isspace((unsigned char)*name) &&
           !isspace((unsigned char)name[length - 1]) && strncmp(name, TYPE_PREFIX, strlen(TYPE_PREFIX)) != 0;
}

static bool can_customize(const struct mm_export *export, const struct mm_target *target)
{
    return export->graph && target->node >= 0 && fits_a_line(target->name) && !strstr(target->name, "::");
}

static void add_kept(const struct mm_export *export, struct mm_buf *out)
{
    for (size_t i = 0; i < export->targets->count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        if (target->override->precision == MM_PRECISION_F32 && fits_a_line(target->name))
            mm_buf_printf(out, "%s\n", target->name);
    }
}

static void put_dtypes(struct mm_buf *out, const int *tensors, int count, const char *dtype)
{
    const char *between = "";
    for (int i = 0; i < count; i++) {
        if (tensors[i] < 0)
            continue; /* an optional one that is left out */
        mm_buf_printf(out, "%s%s", between, dtype);
        between = ",";
    }
}

static void add_customized(const struct mm_export *export, struct mm_buf *out)
{
    for (size_t i = 0; i < export->targets->count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        if (target->override->precision != MM_PRECISION_F16 || !can_customize(export, target))
            continue;
        const struct mm_graph_node *node = &export->graph->nodes[target->node];
        mm_buf_printf(out, "%s::InputDtype:", target->name);
        put_dtypes(out, node->inputs, node->input_count, "float16");
        mm_buf_puts(out, ",OutputDtype:");
        put_dtypes(out, node->outputs, node->output_count, "float16");
        mm_buf_putc(out, '\n');
    }
}

static const struct mm_export_file FILES[] = {
    {"keep_dtype.cfg", "operators that stay in FLOAT32: atc --keep_dtype=keep_dtype.cfg", add_kept, false},
    {"dtypes.cfg", "FLOAT16 of single operators: atc --customize_dtypes=dtypes.cfg", add_customized, false},
    {"overrides.json", "the plan itself with reasons and figures: mmtui loads it again", mm_export_plan,
     false},
    {NULL, NULL, NULL, false},
};

static void check(const struct mm_export *export, struct mm_problems *problems)
{
    for (size_t i = 0; i < export->targets->count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        const char *name = target->override->name;
        bool f16 = target->override->precision == MM_PRECISION_F16;
        if (!fits_a_line(target->name) || (f16 && strstr(target->name, "::")))
            mm_problems_add(
                problems, MM_SEVERITY_ERROR, "form", name,
                "a name that begins or ends with a blank, goes over several lines, or has \"::\" can't "
                "be in the file: it is left out");
        else if (f16 && !can_customize(export, target))
            mm_problems_add(
                problems, MM_SEVERITY_ERROR, "needs-model", name,
                "without --model nothing tells how many inputs and outputs it has, which FLOAT16 needs "
                "in the file: not written");
    }
}

/* ---- reading back ---- */

/* The precision of a line of customize_dtypes: that of all its types; NONE: several, or another one. */
static enum mm_precision precision_of(const char *dtypes)
{
    static const struct {
        const char *word;
        enum mm_precision precision;
    } words[] = {{"float16", MM_PRECISION_F16}, {"float32", MM_PRECISION_F32}, {"float", MM_PRECISION_F32}};
    enum mm_precision all = MM_PRECISION_NONE;
    for (const char *at = dtypes; *at; at += strspn(at, ",")) {
        size_t length = strcspn(at, ",");
        const char *colon = memchr(at, ':', length), *word = colon ? colon + 1 : at;
        size_t k = 0, size = (size_t)(at + length - word);
        while (k < MM_COUNT(words) &&
               (strlen(words[k].word) != size || strncmp(word, words[k].word, size) != 0))
            k++;
        if (k == MM_COUNT(words) || (all != MM_PRECISION_NONE && all != words[k].precision))
            return MM_PRECISION_NONE;
        all = words[k].precision;
        at += length;
    }
    return all;
}

static int read_line(struct mm_import *import, char *line, struct mm_err *err)
{
    char *dtypes = strstr(line, "::InputDtype:");
    enum mm_precision precision = MM_PRECISION_F32;
    if (strncmp(line, TYPE_PREFIX, strlen(TYPE_PREFIX)) == 0) {
        mm_import_note(import,
                       "\"%s\" is about all operators of a type, which a plan does not have: it is left out",
                       line);
        return 0;
    }
    if (dtypes) {
        *dtypes = 0;
        precision = precision_of(dtypes + 2);
    }
    if (precision == MM_PRECISION_NONE) {
        mm_import_note(import, "\"%s\" has types that a plan does not have (\"%s\"): it is left out", line,
                       dtypes + 2);
        return 0;
    }
    return mm_import_override(import, MM_NAME_NODE, line, precision, NULL, err);
}

/* Either file: a line says which one it is of. */
static int read_lines(const struct mm_config *config, struct mm_import *import, struct mm_err *err)
{
    struct mm_buf line = {0};
    int result = 0;
    for (const char *at = config->text; *at && result == 0;) {
        size_t length = strcspn(at, "\n"), begin = 0, end = length;
        while (end > 0 && isspace((unsigned char)at[end - 1]))
            end--;
        while (begin < end && isspace((unsigned char)at[begin]))
            begin++;
        mm_buf_clear(&line);
        mm_buf_add(&line, at + begin, end - begin);
        if (line.failed)
            result = mm_fail_memory(err);
        else if (end > begin)
            result = read_line(import, line.data, err);
        at += length + (at[length] == '\n');
    }
    mm_buf_done(&line);
    return result;
}

const struct mm_dialect mm_atc = {
    .id = "atc",
    .title = "Ascend ATC",
    .documented = "ATC of CANN 8.0: --keep_dtype, --customize_dtypes",
    .names = MM_NAME_NODE,
    .precisions = MM_TAKES(MM_PRECISION_F16) | MM_TAKES(MM_PRECISION_F32),
    .settings = mm_no_settings,
    .files = FILES,
    .check = check,
    .read = read_lines,
};
