/*
 * The Hailo dialect: commands of a model script (.alls) that give layers 16 bits, by the names that the parsed model (the
 * HAR) has for them; a name is one word there, without quotes.
 */
#include "export/hailo.h"
#include "export/export.h"
#include "export/import.h"

#include <ctype.h>

#define COMMAND "quantization_param"

static const char *const OWN[] = {"a8_w4", NULL};

static const char *mode_of(const struct mm_override *override)
{
    return override->precision == MM_PRECISION_OWN ? strchr(override->own, ':') + 1 : "a16_w16";
}

static bool is_word(const char *name)
{
    for (const char *p = name; *p; p++) {
        if (!isalnum((unsigned char)*p) && *p != '_' && *p != '/')
            return false;
    }
    return true;
}

/* ---- the file ---- */

static void put_command(const struct mm_export *export, const char *mode, struct mm_buf *out)
{
    const char *between = COMMAND "([";
    for (size_t i = 0; i < export->targets->count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        if (!is_word(target->name) || strcmp(mode_of(target->override), mode) != 0)
            continue;
        mm_buf_printf(out, "%s%s", between, target->name);
        between = ", ";
    }
    if (*between == ',')
        mm_buf_printf(out, "], precision_mode=%s)\n", mode);
}

static void add_commands(const struct mm_export *export, struct mm_buf *out)
{
    put_command(export, "a16_w16", out);
    for (size_t i = 0; OWN[i]; i++)
        put_command(export, OWN[i], out);
}

static const struct mm_export_file FILES[] = {
    {"precision.alls", "commands for the model script: to be put behind its own", add_commands, false},
    {"overrides.json", "the plan itself with reasons and figures: mmtui loads it again", mm_export_plan,
     false},
    {NULL, NULL, NULL, false},
};

static void check(const struct mm_export *export, struct mm_problems *problems)
{
    for (size_t i = 0; i < export->targets->count; i++) {
        const struct mm_target *target = &export->targets->target[i];
        if (!is_word(target->name))
            mm_problems_add(
                problems, MM_SEVERITY_ERROR, "form", target->override->name,
                "layers of a model script have letters, digits, \"_\" and \"/\" only: it is left out");
    }
}

/* ---- reading it back ---- */

static int set_layer(struct mm_import *import, const char *name, const char *mode, struct mm_err *err)
{
    if (!*name || !is_word(name)) {
        mm_import_note(import, "\"%s\": a pattern, or no layer: it is left out", name);
        return 0;
    }
    if (strcmp(mode, "a16_w16") == 0)
        return mm_import_override(import, MM_NAME_LAYER, name, MM_PRECISION_I16, NULL, err);
    for (size_t i = 0; OWN[i]; i++) {
        if (strcmp(mode, OWN[i]) == 0)
            return mm_import_override(import, MM_NAME_LAYER, name, MM_PRECISION_OWN, OWN[i], err);
    }
    mm_import_note(import, "\"%s\": a plan has nothing for %s, so it is left out", name, mode);
    return 0;
}

/* Append what is no blank of [text, end). */
static const char *word(struct mm_buf *out, const char *text, const char *end)
{
    mm_buf_clear(out);
    for (; text < end; text++) {
        if (!isspace((unsigned char)*text))
            mm_buf_putc(out, *text);
    }
    return mm_buf_text(out);
}

/* The layers of a command whose parentheses hold [text, end). */
static int read_command(struct mm_import *import, const char *text, const char *end, struct mm_err *err)
{
    static const char key[] = "precision_mode";
    const char *mode = memmem(text, (size_t)(end - text), key, strlen(key));
    struct mm_buf name = {0}, value = {0};
    int result = 0;
    if (!mode) {
        mm_import_note(import, "%.*s is nothing that a plan has: it is left out",
                       (int)(end - text < 80 ? end - text : 80), text);
        return 0;
    }
    const char *last = memchr(mode, ',', (size_t)(end - mode));
    mode = mode + strlen(key) + strspn(mode + strlen(key), " \t=");
    word(&value, mode < end ? mode : end, last && last > mode ? last : end);
    while (text < end && isspace((unsigned char)*text))
        text++;
    bool list = *text == '[';
    const char *stop = memchr(text, list ? ']' : ',', (size_t)(end - text));
    for (text += list; stop && text <= stop && result == 0;) {
        const char *comma = memchr(text, ',', (size_t)(stop - text));
        result = set_layer(import, word(&name, text, comma ? comma : stop), mm_buf_text(&value), err);
        text = (comma ? comma : stop) + 1;
    }
    mm_buf_done(&name);
    mm_buf_done(&value);
    return stop ? result
                : mm_fail(err, MM_ECORRUPT, "%s: " COMMAND ": must be a layer, or a list of them",
                          import->path);
}

static int read_script(const struct mm_config *config, struct mm_import *import, struct mm_err *err)
{
    bool others = false;
    int result = 0;
    for (const char *at = config->text; *at && result == 0;) {
        at += strspn(at, " \t\r");
        if (strncmp(at, COMMAND, strlen(COMMAND)) == 0) {
            const char *open = at + strlen(COMMAND) + strspn(at + strlen(COMMAND), " \t");
            const char *close = *open == '(' ? strchr(open, ')') : NULL;
            if (!close)
                return mm_fail(err, MM_ECORRUPT, "%s: " COMMAND ": its parenthesis is not closed",
                               import->path);
            result = read_command(import, open + 1, close, err);
            at = close;
        } else
            others |= *at != '\n' && *at != '#' && *at;
        size_t length = strcspn(at, "\n");
        at += length + (at[length] == '\n');
    }
    if (others && result == 0)
        mm_import_note(import, "other commands of the script are nothing that a plan has: keep it");
    return result;
}

const struct mm_dialect mm_hailo = {
    .id = "hailo",
    .title = "Hailo",
    .documented = "model scripts of the Dataflow Compiler: quantization_param",
    .names = MM_NAME_LAYER,
    .precisions = MM_TAKES(MM_PRECISION_I16),
    .types = OWN,
    .settings = mm_no_settings,
    .files = FILES,
    .check = check,
    .read = read_script,
};
