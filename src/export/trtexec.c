/*
 * The dialect of trtexec (TensorRT 8.5 to 10): flags of a command, in a shell script that runs it.
 *
 * trtexec splits a list at every comma, then a pair at its last colon, takes all single quotes out of the name and reads
 * one * in it as "anything". So names with commas, single quotes or stars have no spelling there. Layers of a parsed
 * model have the names of its nodes (of those that one node becomes, the first). Without --precisionConstraints the lists have no effect; without the output type,
 * what the layer makes may be stored in the lower precision all the same.
 */
#include "export/trtexec.h"
#include "export/export.h"
#include "export/shell.h"

const struct trtexec_word trtexec_words[] = {
    {MM_PRECISION_I8, "int8", "--int8"},   {MM_PRECISION_F16, "fp16", "--fp16"},
    {MM_PRECISION_BF16, "bf16", "--bf16"}, {MM_PRECISION_F32, "fp32", NULL}, /* always allowed */
    {MM_PRECISION_NONE, NULL, NULL},
};

/* FLOAT32 is what is built when no flag allows less. */
static const struct mm_dialect_setting SETTINGS[] = {
    {"network_precision", "float32", "", ""},
    {"network_precision", "float16", "--fp16", ""},
    {"network_precision", "bfloat16", "--bf16", ""},
    {"network_precision", "int8_float16", "--int8", ""},
    {"network_precision", "int8_float16", "--fp16", ""},
    {"network_precision", "int8_float32", "--int8", ""},
    {NULL, NULL, NULL, NULL},
};

/* ---- what can be said ---- */

static const struct trtexec_word *word_of(enum mm_precision precision)
{
    const struct trtexec_word *word = trtexec_words;
    while (word[1].word && word->precision != precision)
        word++;
    return word;
}

static bool has_spelling(const char *name)
{
    return !strpbrk(name, ",'*");
}

/* The lists. The type of INT8's results is left to TensorRT: as integers they need a scale of their own. */
static const struct {
    const char *flag;
    bool types;
} LISTS[] = {{"--layerPrecisions", false}, {"--layerOutputTypes", true}};

/* --layerPrecisions=NAME:WORD,NAME:WORD; nothing where there is nothing to list. */
static void put_list(const struct mm_export *export, size_t list, struct mm_buf *out)
{
    const char *between = "=";
    for (size_t i = 0; i < export->targets->count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        bool integer = target->override->precision == MM_PRECISION_I8;
        if (!has_spelling(target->name) || (integer && LISTS[list].types))
            continue;
        if (*between == '=')
            mm_buf_puts(out, LISTS[list].flag);
        mm_buf_printf(out, "%s%s:%s", between, target->name, word_of(target->override->precision)->word);
        between = ",";
    }
}

static size_t count_spelt(const struct mm_export *export)
{
    size_t count = 0;
    for (size_t i = 0; i < export->targets->count; i++)
        count += has_spelling(export->targets->target[i].name);
    return count;
}

static bool is_allowed(const struct mm_export *export, const char *flag)
{
    const char *network = mm_plan_setting(export->plan, "network_precision");
    for (size_t i = 0; network && SETTINGS[i].setting; i++) {
        if (strcmp(SETTINGS[i].value, network) == 0 && strcmp(SETTINGS[i].key, flag) == 0)
            return true;
    }
    return false;
}

/* ---- trtexec.sh ---- */

static void put_word(const char *text, struct mm_buf *out)
{
    mm_buf_puts(out, " \\\n    ");
    mm_shell_put(out, text);
}

static void put_lists(const struct mm_export *export, struct mm_buf *out)
{
    put_word("--precisionConstraints=obey", out);
    for (size_t i = 0; i < MM_COUNT(LISTS); i++) {
        struct mm_buf word = {0};
        put_list(export, i, &word);
        if (word.length)
            put_word(mm_buf_text(&word), out);
        out->failed |= word.failed;
        mm_buf_done(&word);
    }
}

static void add_script(const struct mm_export *export, struct mm_buf *out)
{
    size_t count = count_spelt(export);
    mm_buf_printf(
        out,
        "#!/bin/sh\n"
        "# Precision of %zu %s of a TensorRT 10 engine, chosen with mmtui %s.\n"
        "#\n"
        "#     sh trtexec.sh --onnx=model.onnx --saveEngine=model.engine\n"
        "#\n"
        "# More flags of trtexec are passed on; TRTEXEC is another program than the trtexec of PATH. "
        "TensorRT "
        "11 has\n"
        "# none of these flags. Made from overrides.json: change the plan there with mmtui, not this file.\n"
        "exec \"${TRTEXEC:-trtexec}\"",
        count, count == 1 ? "layer" : "layers", MM_VERSION);
    for (const struct trtexec_word *word = trtexec_words; word->word; word++) {
        if (word->flag && is_allowed(export, word->flag))
            put_word(word->flag, out);
    }
    if (count)
        put_lists(export, out);
    mm_buf_puts(out, " \\\n    \"$@\"\n");
}

static const struct mm_export_file FILES[] = {
    {"trtexec.sh", "runs trtexec with the precision of single layers; other flags are passed on", add_script,
     false},
    {"overrides.json", "the plan itself with reasons and figures: mmtui loads it again", mm_export_plan,
     false},
    {NULL, NULL, NULL, false},
};

/* ---- what can't ---- */

static void check_name(const struct mm_target *target, struct mm_problems *problems)
{
    const char *found = strpbrk(target->name, ",'*");
    if (!found)
        return;
    const char *why = *found == ','   ? "trtexec splits its lists at commas"
                      : *found == '*' ? "trtexec reads * as any text, which other layers fit, too"
                                      : "trtexec takes single quotes out of names";
    mm_problems_add(problems, MM_SEVERITY_ERROR, "spelling", target->override->name,
                    "%s, so it is left out: export for polygraphy, which takes any name", why);
}

static void check_flag(const struct mm_export *export, const struct mm_target *target,
                       struct mm_problems *problems)
{
    const char *flag = word_of(target->override->precision)->flag;
    if (flag && !is_allowed(export, flag))
        mm_problems_add(
            problems, MM_SEVERITY_WARNING, "network", target->override->name,
            "TensorRT gives %s to a layer only with %s, which network_precision does not set: give it to "
            "the script",
            mm_override_precision(target->override), flag);
}

/* What of the two lists one argument can't hold. */
static void check_length(const struct mm_export *export, size_t list, struct mm_problems *problems)
{
    struct mm_buf word = {0};
    put_list(export, list, &word);
    if (word.length > MM_SHELL_ARGUMENT_MAX)
        mm_problems_add(
            problems, MM_SEVERITY_ERROR, "length", NULL,
            "%s would have %zu bytes, and Linux takes %zu of one argument: export for polygraphy, whose "
            "script has no such limit",
            LISTS[list].flag, word.length, MM_SHELL_ARGUMENT_MAX);
    problems->failed |= word.failed;
    mm_buf_done(&word);
}

static void check(const struct mm_export *export, struct mm_problems *problems)
{
    for (size_t i = 0; i < export->targets->count; i++) {
        check_name(&export->targets->target[i], problems);
        check_flag(export, &export->targets->target[i], problems);
    }
    for (size_t i = 0; i < MM_COUNT(LISTS); i++)
        check_length(export, i, problems);
}

const struct mm_dialect_gone mm_tensorrt_gone[] = {
    {"11",
     "TensorRT 11 builds strongly typed networks only, without precision flags and constraints: export for "
     "modelopt, which writes the types into the model"},
    {NULL, NULL},
};

const struct mm_dialect mm_trtexec = {
    .id = "trtexec",
    .title = "trtexec (TensorRT 10)",
    .documented = "the source of TensorRT 10's trtexec",
    .names = MM_NAME_NODE,
    .precisions = MM_TAKES(MM_PRECISION_I8) | MM_TAKES(MM_PRECISION_F16) | MM_TAKES(MM_PRECISION_BF16) |
                  MM_TAKES(MM_PRECISION_F32),
    .settings = SETTINGS,
    .files = FILES,
    .gone = mm_tensorrt_gone,
    .check = check,
    .read = mm_trtexec_read,
};
