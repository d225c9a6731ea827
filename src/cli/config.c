#include "cli/config.h"

#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"

/* A config is a page of text. */
#define CONFIG_LIMIT (1024 * 1024)

/* malloc'ed; NULL when neither variable is there (or memory is out). */
static char *config_path(void)
{
    const char *folder = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (folder && folder[0] == '/')
        return mm_path_join(folder, "mmtui/config");
    return home && *home ? mm_path_join(home, ".config/mmtui/config") : NULL;
}

/* Cut blanks at both ends, in place. */
static char *trim(char *text)
{
    text += strspn(text, " \t\r");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\r", text[length - 1]))
        text[--length] = '\0';
    return text;
}

/* The nearest setting, or where all of them are. */
static int fail_name(const char *name, struct mm_err *err)
{
    struct mm_nearest nearest;
    char hint[MM_NEAREST];
    mm_nearest_init(&nearest, name);
    for (int id = OPT_NONE + 1; id < OPT_COUNT; id++) {
        const struct option_info *info = option_info((enum option)id);
        if (info->in_config)
            mm_nearest_look(&nearest, info->name);
    }
    return mm_fail(err, MM_EARG, "there is no setting \"%s\"%s%s", name, mm_nearest_hint(&nearest, hint),
                   nearest.name ? "" : " (mmtui --dump-config lists them)");
}

static int set(struct cli_options *options, char *line, struct mm_err *err)
{
    char *equals = strchr(line, '=');
    if (!equals)
        return mm_fail(err, MM_EARG, "\"%s\" is neither NAME = VALUE nor bind KEY ACTION", line);
    *equals = '\0';
    const char *name = trim(line), *value = trim(equals + 1);
    for (int id = OPT_NONE + 1; id < OPT_COUNT; id++) {
        const struct option_info *info = option_info((enum option)id);
        /* LANG=C is English and ASCII, so that scripts get what they expect */
        if (id == OPT_LANG && !term_locale_utf8() && strcmp(name, "lang") == 0) {
            options->given_value[id] = value;
            return 0;
        }
        if (info->in_config && strcmp(info->name, name) == 0)
            return cli_options_set(options, (enum option)id, value, err);
    }
    return fail_name(name, err);
}

static bool is_binding(const char *line)
{
    return strncmp(line, "bind", 4) == 0 && (line[4] == ' ' || line[4] == '\t');
}

/* Bindings go to the keymap, line for line, so that it can name the line of a wrong one. */
static int read_lines(struct cli_options *options, const char *path, char *text, struct mm_err *err)
{
    char *rest = text;
    int number = 0;
    for (char *line; (line = strsep(&rest, "\n"));) {
        struct mm_err why = {0};
        number++;
        line = trim(line);
        bool binding = is_binding(line);
        mm_buf_puts(&options->bindings, binding ? line : "");
        mm_buf_putc(&options->bindings, '\n');
        if (!binding && *line && *line != '#' && set(options, line, &why) < 0)
            return mm_fail(err, why.code, "%s:%d: %s", path, number, why.text);
    }
    return options->bindings.failed ? mm_fail_memory(err) : 0;
}

int config_load(struct cli_options *options, struct mm_buf *text, struct mm_err *err)
{
    char *path = config_path();
    struct mm_err why = {0};
    int result = 0;
    if (path && mm_file_read(path, CONFIG_LIMIT, text, &why) < 0) {
        /* its absence is the usual case; anything else is worth a word, but nothing to give up for */
        struct mm_buf note = {0};
        if (why.code != MM_ENOENT)
            mm_buf_printf(&note, "%s; going on without the config", why.text);
        cli_note(&note);
    } else if (path && text->data) {
        mm_buf_printf(&options->bindings_source, "%s", path);
        result = read_lines(options, path, text->data + mm_text_mark(text->data, text->length), err);
        options->theme_wished = options->theme;
        options->theme = NULL;
    }
    free(path);
    return result;
}
