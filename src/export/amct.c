/*
 * The AMCT dialect: the simplified configuration of Ascend's quantiser, a message in protobuf's text form, whose
 * skip_layers names the operators that stay as the model has them.
 */
#include "export/amct.h"
#include "export/export.h"
#include "export/import.h"

#include "base/quote.h"

#include <ctype.h>

#define SKIP "skip_layers"

/* ---- the file ---- */

static void add_skipped(const struct mm_export *export, struct mm_buf *out)
{
    for (size_t i = 0; i < export->targets->count; i++) {
        const char *name = export->targets->target[i].name;
        if (!mm_quote_is_utf8(name))
            continue;
        mm_buf_puts(out, SKIP ": \"");
        mm_escape_protobuf(out, name, strlen(name));
        mm_buf_puts(out, "\"\n");
    }
}

static const struct mm_export_file FILES[] = {
    {"quant.cfg", "operators that are not quantised: config_defination of create_quant_config", add_skipped,
     false},
    {"overrides.json", "the plan itself with reasons and figures: mmtui loads it again", mm_export_plan,
     false},
    {NULL, NULL, NULL, false},
};

static void check(const struct mm_export *export, struct mm_problems *problems)
{
    for (size_t i = 0; i < export->targets->count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        if (!mm_quote_is_utf8(target->name))
            mm_problems_add(problems, MM_SEVERITY_ERROR, "form", target->override->name,
                            "its name is not UTF-8, which a string of protobuf must be: it is left out");
    }
}

/* ---- reading it back ---- */

/* Over blanks and comments. */
static const char *skip_blanks(const char *at)
{
    for (; isspace((unsigned char)*at) || *at == '#' || *at == ',' || *at == ';'; at++) {
        if (*at == '#')
            at += strcspn(at, "\n") - 1;
    }
    return at;
}

/* Behind an escape, of which at is the character behind the backslash; NULL: it is none. */
static const char *read_escape(const char *at, struct mm_buf *out)
{
    static const char letters[] = "abfnrtv\\'\"?", bytes[] = "\a\b\f\n\r\t\v\\'\"?";
    const char *found = *at ? strchr(letters, *at) : NULL;
    bool hex = *at == 'x' || *at == 'X';
    int value = 0, digits = 0;
    if (found) {
        mm_buf_putc(out, bytes[found - letters]);
        return at + 1;
    }
    at += hex;
    for (; digits < (hex ? 2 : 3) && (hex ? isxdigit((unsigned char)*at) : *at >= '0' && *at <= '7');
         at++, digits++)
        value = value * (hex ? 16 : 8) + (isdigit((unsigned char)*at) ? *at - '0' : (*at | 32) - 'a' + 10);
    if (!digits || value == 0 || value > 255)
        return NULL;
    mm_buf_putc(out, (char)value);
    return at;
}

/* Behind a string, or several that stand one behind the other; NULL: it is none. */
static const char *read_string(const char *at, struct mm_buf *out)
{
    mm_buf_clear(out);
    while (*at == '"' || *at == '\'') {
        char quote = *at++;
        while (*at != quote) {
            if (!*at || *at == '\n')
                return NULL;
            if (*at != '\\')
                mm_buf_putc(out, *at++);
            else if (!(at = read_escape(at + 1, out)))
                return NULL;
        }
        at++;
        while (isspace((unsigned char)*at))
            at++;
    }
    return at;
}

/* Behind a value that is passed over: a word, a string, or what is in brackets. */
static const char *skip_value(const char *at)
{
    struct mm_buf text = {0};
    int depth = 0;
    do {
        if (*at == '"' || *at == '\'')
            at = read_string(at, &text);
        else {
            depth += *at && strchr("{[<", *at) ? 1 : *at && strchr("}]>", *at) ? -1 : 0;
            at += depth || (*at && strchr("}]>", *at)) ? 1 : strcspn(at, " \t\r\n;,#{[<");
        }
        at = at && depth ? skip_blanks(at) : at;
    } while (at && *at && depth > 0);
    mm_buf_done(&text);
    return depth > 0 ? NULL : at;
}

/* One string or a list of them. */
static const char *read_names(struct mm_import *import, const char *at, int *result, struct mm_err *err)
{
    struct mm_buf name = {0};
    bool list = *at == '[';
    at = skip_blanks(at + list);
    do {
        const char *before = at;
        at = list && *at == ']' ? at : read_string(at, &name);
        if (at == before)
            at = list && *at == ']' ? at : NULL;
        else if (at)
            *result =
                mm_import_override(import, MM_NAME_NODE, mm_buf_text(&name), MM_PRECISION_F32, NULL, err);
        at = at ? skip_blanks(at) : NULL;
    } while (at && *result == 0 && list && *at && *at != ']');
    mm_buf_done(&name);
    return at && list ? (*at == ']' ? at + 1 : NULL) : at;
}

static int read_cfg(const struct mm_config *config, struct mm_import *import, struct mm_err *err)
{
    int result = 0;
    for (const char *at = skip_blanks(config->text); at && *at && result == 0;
         at = at ? skip_blanks(at) : NULL) {
        const char *field = at;
        while (isalnum((unsigned char)*at) || *at == '_')
            at++;
        size_t length = (size_t)(at - field);
        at = skip_blanks(at);
        at = *at == ':' ? skip_blanks(at + 1) : at;
        bool skip = length == strlen(SKIP) && strncmp(field, SKIP, length) == 0;
        if (!skip && length)
            mm_import_note(import, "%.*s is nothing that a plan has: it is left out",
                           (int)(length < 80 ? length : 80), field);
        at = !length || !*at ? NULL : skip ? read_names(import, at, &result, err) : skip_value(at);
        if (!at && result == 0)
            return mm_fail(err, MM_ECORRUPT, "%s: no message in protobuf's text form, from \"%.*s\" on",
                           config->path, (int)strcspn(field, "\n") < 60 ? (int)strcspn(field, "\n") : 60,
                           field);
    }
    return result;
}

const struct mm_dialect mm_amct = {
    .id = "amct",
    .title = "Ascend AMCT",
    .documented = "AMCT's simplified quantisation configuration: skip_layers",
    .names = MM_NAME_NODE,
    .precisions = MM_TAKES(MM_PRECISION_F32),
    .settings = mm_no_settings,
    .files = FILES,
    .check = check,
    .read = read_cfg,
};
