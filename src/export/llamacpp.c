/*
 * The llama.cpp dialect: a file for llama-quantize --tensor-type-file. It holds words PATTERN=TYPE, parted by blanks; a
 * pattern is an ECMAScript regular expression, made lower-case when it is read and searched for in the name of each weight,
 * which is not. So a pattern here is anchored at both ends and has nothing but letters, digits and what is
 * escaped: a capital letter, a blank or an equals sign as its number, which says the same in lower case.
 */
#include "export/llamacpp.h"
#include "export/export.h"
#include "export/import.h"

#include <ctype.h>
#include <regex.h>

/* Types of ggml that quantise weights. */
static const char *const TYPES[] = {"q4_0",  "q4_1",   "q5_0",    "q5_1",   "q8_0",  "q2_k",
                                    "q3_k",  "q4_k",   "q5_k",    "q6_k",   "tq1_0", "tq2_0",
                                    "iq1_s", "iq1_m",  "iq2_xxs", "iq2_xs", "iq2_s", "iq3_xxs",
                                    "iq3_s", "iq4_nl", "iq4_xs",  "mxfp4",  NULL};
static const struct {
    enum mm_precision precision;
    const char *word;
} FLOATS[] = {{MM_PRECISION_F16, "f16"}, {MM_PRECISION_BF16, "bf16"}, {MM_PRECISION_F32, "f32"}};

static const char *type_of(const struct mm_override *override)
{
    for (size_t i = 0; i < MM_COUNT(FLOATS); i++) {
        if (FLOATS[i].precision == override->precision)
            return FLOATS[i].word;
    }
    return strchr(override->own, ':') + 1;
}

/* ---- the file ---- */

static void put_pattern(struct mm_buf *out, const char *name)
{
    mm_buf_putc(out, '^');
    for (; *name; name++) {
        unsigned char c = (unsigned char)*name;
        if (c < 0x80 && strchr(".[]{}()*+?^$|\\", c))
            mm_buf_printf(out, "\\%c", c);
        else if (c <= ' ' || c == '=' || c == 0x7F || isupper(c))
            mm_buf_printf(out, "\\x%02x", c);
        else
            mm_buf_putc(out, *name);
    }
    mm_buf_putc(out, '$');
}

static void add_types(const struct mm_export *export, struct mm_buf *out)
{
    for (size_t i = 0; i < export->targets->count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        put_pattern(out, target->name);
        mm_buf_printf(out, "=%s\n", type_of(target->override));
    }
}

static const struct mm_export_file FILES[] = {
    {"tensor_types.txt", "types of the chosen weights: llama-quantize --tensor-type-file", add_types, false},
    {"overrides.json", "the plan itself with reasons and figures: mmtui loads it again", mm_export_plan,
     false},
    {NULL, NULL, NULL, false},
};

/* ---- what is wrong with it ---- */

/* Why the quantiser leaves a tensor as it is; NULL: it does not. */
static const char *why_it_stays(const char *name)
{
    size_t length = strlen(name);
    if (length < 6 || strcmp(name + length - 6, "weight") != 0)
        return "llama-quantize changes only tensors whose names end with \"weight\"";
    if (strstr(name, "_norm.weight") || strstr(name, "ffn_gate_inp.weight"))
        return "llama-quantize changes no norms and routers";
    return NULL;
}

static void check(const struct mm_export *export, struct mm_problems *problems)
{
    for (size_t i = 0; i < export->targets->count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        const char *why = why_it_stays(target->name);
        if (why)
            mm_problems_add(problems, MM_SEVERITY_ERROR, "not-quantised", target->override->name,
                            "%s, so nothing is done for it", why);
    }
}

/* ---- reading it back ---- */

static int set_type(struct mm_import *import, const char *name, const char *type, struct mm_err *err)
{
    for (size_t i = 0; i < MM_COUNT(FLOATS); i++) {
        if (strcasecmp(FLOATS[i].word, type) == 0)
            return mm_import_override(import, MM_NAME_WEIGHT, name, FLOATS[i].precision, NULL, err);
    }
    for (size_t i = 0; TYPES[i]; i++) {
        if (strcasecmp(TYPES[i], type) == 0)
            return mm_import_override(import, MM_NAME_WEIGHT, name, MM_PRECISION_OWN, TYPES[i], err);
    }
    mm_import_note(import, "\"%s\": the type \"%s\" is unknown, so it is left out", name, type);
    return 0;
}

static int hex(char c)
{
    return isdigit((unsigned char)c)    ? c - '0'
           : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
                                        : -1;
}

/* The only name that an anchored pattern fits. false: it fits several. */
static bool only_name(const char *pattern, size_t length, struct mm_buf *name)
{
    if (length < 2 || pattern[0] != '^' || pattern[length - 1] != '$')
        return false;
    for (const char *p = pattern + 1, *end = pattern + length - 1; p < end; p++) {
        char c = *p;
        if (c != '\\' && strchr(".[]{}()*+?^$|", c))
            return false;
        if (c == '\\' && ++p >= end)
            return false;
        if (c == '\\' && *p == 'x' && end - p > 2 && hex(p[1]) >= 0 && hex(p[2]) >= 0) {
            mm_buf_putc(name, (char)(hex(p[1]) * 16 + hex(p[2])));
            p += 2;
        } else if (c == '\\' && isalnum((unsigned char)*p))
            return false;
        else
            mm_buf_putc(name, *p);
    }
    return name->length > 0;
}

/* All names of the model that the pattern is found in. Escaped letters mean other things to POSIX: they are told. */
static int read_pattern(struct mm_import *import, const char *pattern, const char *type, struct mm_err *err)
{
    const struct mm_known *known = import->from->known;
    regex_t regex;
    bool letters = false;
    for (const char *p = pattern; (p = strchr(p, '\\')) && p[1]; p += 2)
        letters |= isalnum((unsigned char)p[1]) != 0;
    if (!known || letters || regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0) {
        mm_import_note(import, "the pattern \"%s\" is left out: %s", pattern,
                       known ? "it is not understood"
                             : "which weights it fits, only --model MODEL.gguf tells");
        return 0;
    }
    int result = 0;
    for (size_t i = 0; result == 0 && i < known->count; i++) {
        if (regexec(&regex, known->name[i], 0, NULL, 0) == 0 && !why_it_stays(known->name[i]))
            result = set_type(import, known->name[i], type, err);
    }
    regfree(&regex);
    return result;
}

static int read_word(struct mm_import *import, const char *word, size_t length, struct mm_err *err)
{
    const char *sign = memchr(word, '=', length);
    struct mm_buf pattern = {0}, type = {0}, name = {0};
    if (!sign || sign == word || sign == word + length - 1)
        return mm_fail(err, MM_ECORRUPT, "%s: \"%.*s\": must be PATTERN=TYPE", import->path,
                       (int)(length < 80 ? length : 80), word);
    for (const char *p = word; p < sign; p++)
        mm_buf_putc(&pattern, (char)tolower((unsigned char)*p)); /* as llama-quantize does */
    mm_buf_add(&type, sign + 1, (size_t)(word + length - sign) - 1);
    int result = only_name(mm_buf_text(&pattern), pattern.length, &name)
                     ? set_type(import, mm_buf_text(&name), mm_buf_text(&type), err)
                     : read_pattern(import, mm_buf_text(&pattern), mm_buf_text(&type), err);
    mm_buf_done(&pattern);
    mm_buf_done(&type);
    mm_buf_done(&name);
    return result;
}

static int read_types(const struct mm_config *config, struct mm_import *import, struct mm_err *err)
{
    static const char blanks[] = " \t\n\v\f\r";
    const char *at = config->text + strspn(config->text, blanks);
    while (*at) {
        size_t length = strcspn(at, blanks);
        if (read_word(import, at, length, err) < 0)
            return -1;
        at += length;
        at += strspn(at, blanks);
    }
    return 0;
}

const struct mm_dialect mm_llamacpp = {
    .id = "llamacpp",
    .title = "llama.cpp",
    .run = "llama.cpp 0.4.0's library",
    .documented = "llama.cpp, tools/quantize/quantize.cpp",
    .names = MM_NAME_WEIGHT,
    .precisions = MM_TAKES(MM_PRECISION_F16) | MM_TAKES(MM_PRECISION_BF16) | MM_TAKES(MM_PRECISION_F32),
    .types = TYPES,
    .settings = mm_no_settings,
    .files = FILES,
    .check = check,
    .read = read_types,
};
