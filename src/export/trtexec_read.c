/*
 * Reading a trtexec command back: the lists as trtexec takes them apart. The types of outputs are what a plan's precision
 * means, so --layerOutputTypes is only compared with --layerPrecisions.
 */
#include "base/names.h"
#include "export/shell.h"
#include "export/trtexec.h"

struct reading {
    struct mm_import *import;
    struct mm_arena arena;
    struct mm_names pairs; /* "NAME:WORD" of --layerPrecisions */
    struct mm_buf types;   /* the value of --layerOutputTypes */
    struct mm_buf shown;   /* for sentences */
    bool fp16, bf16, int8; /* flags */
};

static const char *shown(struct reading *reading, const char *text, size_t length)
{
    mm_buf_clear(&reading->shown);
    mm_text_escape(&reading->shown, text, length);
    return mm_buf_text(&reading->shown);
}

/* ---- lists ---- */

/* One NAME:VALUE of a list, split at the last colon, the name without single quotes. */
struct pair {
    struct mm_buf name, value;
};

static void pair_done(struct pair *pair)
{
    mm_buf_done(&pair->name);
    mm_buf_done(&pair->value);
}

/* Up to the next comma; *at is behind it then. */
static bool next_pair(const char **at, struct pair *pair)
{
    mm_buf_clear(&pair->name);
    mm_buf_clear(&pair->value);
    *at += strspn(*at, ",");
    if (!**at)
        return false;
    const char *begin = *at, *end = begin + strcspn(begin, ","), *colon = end;
    while (colon > begin && *colon != ':')
        colon--;
    for (const char *p = begin; p < colon; p++) {
        if (*p != '\'')
            mm_buf_putc(&pair->name, *p);
    }
    if (*colon == ':')
        mm_buf_add(&pair->value, colon + 1, (size_t)(end - colon - 1));
    *at = end;
    return true;
}

static enum mm_precision precision_of(const char *word)
{
    for (const struct trtexec_word *row = trtexec_words; row->word; row++) {
        if (strcmp(row->word, word) == 0)
            return row->precision;
    }
    return MM_PRECISION_NONE;
}

static int take_precision(struct reading *reading, const struct pair *pair, struct mm_err *err)
{
    const char *name = mm_buf_text(&pair->name), *word = mm_buf_text(&pair->value);
    enum mm_precision precision = precision_of(word);
    struct mm_buf key = {0};
    if (strchr(name, '*') || !*name) {
        mm_import_note(reading->import,
                       "\"%s\" is about any number of layers, and a plan names each: it is left out",
                       shown(reading, name, pair->name.length));
        return 0;
    }
    if (precision == MM_PRECISION_NONE) {
        mm_import_note(reading->import, "\"%s\" is no precision that a plan has: it is left out",
                       shown(reading, word, pair->value.length));
        return 0;
    }
    mm_buf_printf(&key, "%s:%s", name, word);
    bool failed =
        key.failed || mm_names_add(&reading->pairs, &reading->arena, mm_buf_text(&key), key.length) < 0;
    mm_buf_done(&key);
    return failed ? mm_fail_memory(err)
                  : mm_import_override(reading->import, MM_NAME_NODE, name, precision, NULL, err);
}

static int take_precisions(struct reading *reading, const char *list, struct mm_err *err)
{
    struct pair pair = {{0}, {0}};
    int result = 0;
    while (result == 0 && next_pair(&list, &pair))
        result =
            pair.name.failed || pair.value.failed ? mm_fail_memory(err) : take_precision(reading, &pair, err);
    pair_done(&pair);
    return result;
}

/* What the types of outputs say beyond the precisions: noted. (Without memory for a key, it is taken as said.) */
static void note_types(struct reading *reading)
{
    const char *list = mm_buf_text(&reading->types);
    struct pair pair = {{0}, {0}};
    struct mm_buf key = {0};
    while (next_pair(&list, &pair)) {
        mm_buf_clear(&key);
        mm_buf_printf(&key, "%s:%s", mm_buf_text(&pair.name), mm_buf_text(&pair.value));
        if (mm_names_find(&reading->pairs, mm_buf_text(&key), key.length) < 0)
            mm_import_note(reading->import,
                           "the output type of \"%s\" alone is nothing that a plan has: it is left out",
                           shown(reading, mm_buf_text(&pair.name), pair.name.length));
    }
    mm_buf_done(&key);
    pair_done(&pair);
}

/* ---- flags ---- */

static int take_flag(struct reading *reading, const char *flag, struct mm_err *err)
{
    static const char precisions[] = "--layerPrecisions=", types[] = "--layerOutputTypes=";
    if (strncmp(flag, precisions, sizeof precisions - 1) == 0)
        return take_precisions(reading, flag + sizeof precisions - 1, err);
    if (strncmp(flag, types, sizeof types - 1) == 0) {
        mm_buf_printf(&reading->types, "%s,", flag + sizeof types - 1);
        return 0;
    }
    bool *const on[] = {&reading->fp16, &reading->bf16, &reading->int8};
    static const char *const flags[] = {"--fp16", "--bf16", "--int8"};
    bool known = strcmp(flag, "--precisionConstraints=obey") == 0;
    for (size_t i = 0; i < MM_COUNT(flags); i++) {
        if (strcmp(flag, flags[i]) == 0)
            known = *on[i] = true;
    }
    if (!known)
        mm_import_note(reading->import, "\"%s\" is nothing that a plan has: it is left out",
                       shown(reading, flag, strnlen(flag, 200)));
    return 0;
}

static void take_network(struct reading *reading)
{
    const char *network = reading->int8   ? reading->fp16 ? "int8_float16" : "int8_float32"
                          : reading->fp16 ? "float16"
                          : reading->bf16 ? "bfloat16"
                                          : NULL;
    if (network)
        mm_plan_set_setting(reading->import->plan, "network_precision", network, NULL);
    if (reading->bf16 && (reading->fp16 || reading->int8))
        mm_import_note(reading->import,
                       "--bf16 beside other precisions is nothing that a plan has: it is left out");
}

int mm_trtexec_read(const struct mm_config *config, struct mm_import *import, struct mm_err *err)
{
    struct reading reading = {.import = import};
    struct mm_buf word = {0};
    const char *at = config->text, *end = config->text + config->length;
    bool any = false;
    int result = 0;
    mm_names_init(&reading.pairs);
    while (result == 0 && mm_shell_next(&at, end, &word)) {
        const char *text = mm_buf_text(&word);
        bool flag = strncmp(text, "--", 2) == 0;
        any |= flag || strstr(text, "trtexec"); /* a script of an empty plan has the program alone */
        if (word.failed)
            result = mm_fail_memory(err);
        else if (flag)
            result = take_flag(&reading, text, err);
    }
    if (result == 0 && !any)
        result = mm_fail(err, MM_ECORRUPT,
                         "%s: has no flags of trtexec, such as --layerPrecisions=", config->path);
    if (result == 0) {
        note_types(&reading);
        take_network(&reading);
    }
    if (result == 0 && (reading.types.failed || reading.shown.failed))
        result = mm_fail_memory(err);
    mm_buf_done(&word);
    mm_buf_done(&reading.types);
    mm_buf_done(&reading.shown);
    mm_names_done(&reading.pairs);
    mm_arena_done(&reading.arena);
    return result;
}
