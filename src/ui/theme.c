#include "ui/theme.h"
#include "ui/theme_text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_LIMIT 256             /* bytes of a line, end included */
#define FILE_LIMIT (64 * 1024)     /* bytes of a theme file */
#define DEPTH      4               /* themes that inherit each other */
#define STOPS      ROLE_HEAT_STEPS /* more stops than steps would not be seen */

/* What a file says about one role; what it leaves out is inherited. */
struct entry {
    bool has_fg, has_bg, has_attrs;
    struct style style;
};

struct reader {
    struct entry entries[ROLE_COUNT];
    bool begun; /* a role was read: nothing can be inherited any more */
    int depth;  /* themes that inherit the one that is read */
};

static int read_theme(struct reader *reader, const char *name, struct mm_err *err);

/* ---- words ---- */

static char *trim(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    size_t length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        text[--length] = '\0';
    return text;
}

static int named_colour(const char *word)
{
    static const char *const names[8] = {"black", "red",     "green", "yellow",
                                         "blue",  "magenta", "cyan",  "white"};
    int bright = strncmp(word, "bright", 6) == 0 ? 8 : 0;
    if (strcmp(word, "gray") == 0 || strcmp(word, "grey") == 0)
        return 8;
    if (bright)
        word += 6;
    for (int i = 0; i < 8; i++) {
        if (strcmp(word, names[i]) == 0)
            return i + bright;
    }
    return -2;
}

static int parse_hex(const char *digits, struct mm_err *err)
{
    int rgb = 0;
    if (strlen(digits) != 6 || strspn(digits, "0123456789abcdefABCDEF") != 6)
        return mm_fail(err, MM_EARG, "'#%s' is no colour: #rrggbb has six digits", digits), -2;
    for (int i = 0; i < 6; i++)
        rgb = rgb * 16 + (isdigit((unsigned char)digits[i]) ? digits[i] - '0' : (digits[i] | 32) - 'a' + 10);
    return THEME_RGB | rgb;
}

/* A colour, or -2 with err. */
static int parse_colour(const char *word, struct mm_err *err)
{
    int64_t number;
    if (strcmp(word, "default") == 0)
        return THEME_TERMINAL;
    if (word[0] == '#')
        return parse_hex(word + 1, err);
    if (mm_parse_i64(word, &number)) {
        if (number >= 0 && number <= 255)
            return (int)number;
        return mm_fail(err, MM_EARG, "colour %s is not in 0..255", word), -2;
    }
    int colour = named_colour(word);
    if (colour == -2)
        mm_fail(err, MM_EARG, "no colour is called '%s'", word);
    return colour;
}

static int parse_attrs(char *text, unsigned *attrs, struct mm_err *err)
{
    static const struct {
        const char *name;
        unsigned bit;
    } names[] = {{"none", 0},
                 {"bold", ATTR_BOLD},
                 {"dim", ATTR_DIM},
                 {"italic", ATTR_ITALIC},
                 {"underline", ATTR_UNDERLINE},
                 {"reverse", ATTR_REVERSE}};
    char *rest = NULL;
    *attrs = 0;
    for (char *word = strtok_r(text, "+ \t", &rest); word; word = strtok_r(NULL, "+ \t", &rest)) {
        size_t i = 0;
        while (i < MM_COUNT(names) && strcmp(names[i].name, word) != 0)
            i++;
        if (i == MM_COUNT(names))
            return mm_fail(err, MM_EARG, "no attribute is called '%s'", word);
        *attrs |= names[i].bit;
    }
    return 0;
}

/* Cut at commas into at most `limit` trimmed parts; returns how many there are, limit + 1 for more. */
static int split(char *text, char **parts, int limit)
{
    int count = 0;
    for (char *next; text; text = next) {
        next = strchr(text, ',');
        if (next)
            *next++ = '\0';
        if (count == limit)
            return limit + 1;
        parts[count++] = trim(text);
    }
    return count;
}

/* ---- lines ---- */

static int parse_style(struct entry *entry, char *value, struct mm_err *err)
{
    char *parts[3] = {NULL, NULL, NULL};
    int count = split(value, parts, 3);
    if (count > 3)
        return mm_fail(err, MM_EARG, "expected at most fg,bg,attributes");
    if (parts[0][0]) {
        entry->has_fg = true;
        if ((entry->style.fg = parse_colour(parts[0], err)) == -2)
            return -1;
    }
    if (count > 1 && parts[1][0]) {
        entry->has_bg = true;
        if ((entry->style.bg = parse_colour(parts[1], err)) == -2)
            return -1;
    }
    if (count > 2 && parts[2][0]) {
        entry->has_attrs = true;
        return parse_attrs(parts[2], &entry->style.attrs, err);
    }
    return 0;
}

static int mix(int a, int b, int shift, double t)
{
    double from = a >> shift & 255, to = b >> shift & 255;
    return (int)(from + (to - from) * t + 0.5) << shift;
}

/* The gradient at t in 0..1: blended between #rrggbb stops, else the nearer stop (a palette can't be
 * blended). */
static int gradient(const int *stops, int count, double t)
{
    double place = t * (count - 1);
    int left = (int)place < count - 1 ? (int)place : count - 1;
    int right = left + 1 < count ? left + 1 : left;
    double part = place - left;
    int a = stops[left], b = stops[right];
    if (a >= 0 && b >= 0 && (a & THEME_RGB) && (b & THEME_RGB))
        return THEME_RGB | mix(a, b, 16, part) | mix(a, b, 8, part) | mix(a, b, 0, part);
    return part < 0.5 ? a : b;
}

static int parse_heat(struct reader *reader, char *value, struct mm_err *err)
{
    char *parts[STOPS];
    int stops[STOPS];
    int count = split(value, parts, STOPS);
    if (count > STOPS)
        return mm_fail(err, MM_EARG, "a gradient has at most %d colours", STOPS);
    for (int i = 0; i < count; i++) {
        stops[i] = parse_colour(parts[i], err);
        if (stops[i] == -2)
            return -1;
    }
    for (int i = 0; i < ROLE_HEAT_STEPS; i++) {
        struct entry *entry = &reader->entries[ROLE_HEAT_0 + i];
        entry->has_fg = true;
        entry->style.fg = gradient(stops, count, (double)i / (ROLE_HEAT_STEPS - 1));
    }
    return 0;
}

/* What the theme `name` says is said first; what follows beats it. */
static int inherit(struct reader *reader, const char *name, struct mm_err *err)
{
    if (reader->begun)
        return mm_fail(err, MM_EARG, "inherit stands before the roles");
    if (reader->depth == DEPTH)
        return mm_fail(err, MM_EARG, "themes inherit each other more than %d deep", DEPTH);
    reader->depth++;
    int result = read_theme(reader, name, err);
    reader->depth--;
    reader->begun = false;
    return result;
}

static int fail_role(const char *name, struct mm_err *err)
{
    struct mm_nearest nearest;
    char hint[MM_NEAREST];
    mm_nearest_init(&nearest, name);
    for (int i = 0; i < ROLE_COUNT; i++)
        mm_nearest_look(&nearest, role_name((enum role)i));
    return mm_fail(err, MM_EARG, "no role is called '%s'%s", name, mm_nearest_hint(&nearest, hint));
}

static int parse_line(struct reader *reader, const char *start, size_t length, struct mm_err *err)
{
    char copy[LINE_LIMIT];
    enum role role;
    if (length >= sizeof(copy))
        return mm_fail(err, MM_EARG, "the line is too long");
    memcpy(copy, start, length);
    copy[length] = '\0';
    char *line = trim(copy);
    if (line[0] == '\0' || line[0] == '#')
        return 0;
    char *value = strchr(line, '=');
    if (!value)
        return mm_fail(err, MM_EARG, "expected: role = fg,bg,attributes");
    *value++ = '\0';
    line = trim(line);
    if (strcmp(line, "inherit") == 0)
        return inherit(reader, trim(value), err);
    reader->begun = true;
    if (strcmp(line, "heat") == 0)
        return parse_heat(reader, value, err);
    if (!role_find(line, &role))
        return fail_role(line, err);
    return parse_style(&reader->entries[role], value, err);
}

/* ---- the whole ---- */

/* Parents stand before their children in the enum, so one pass is enough. */
static void resolve(const struct reader *reader, struct theme *theme)
{
    for (int i = 0; i < ROLE_COUNT; i++) {
        const struct entry *entry = &reader->entries[i];
        struct style base = {THEME_TERMINAL, THEME_TERMINAL, 0};
        if (i != ROLE_DEFAULT)
            base = theme->styles[role_parent((enum role)i)];
        theme->styles[i].fg = entry->has_fg ? entry->style.fg : base.fg;
        theme->styles[i].bg = entry->has_bg ? entry->style.bg : base.bg;
        theme->styles[i].attrs = entry->has_attrs ? entry->style.attrs : base.attrs;
    }
}

static int parse_text(struct reader *reader, const char *source, const char *text, size_t length,
                      struct mm_err *err)
{
    const char *end = text + length;
    for (int number = 1; text < end; number++) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        struct mm_err why = {0};
        if (parse_line(reader, text, (size_t)((stop ? stop : end) - text), &why) < 0)
            return mm_fail(err, why.code, "%s:%d: %s", source, number, why.text);
        text = stop ? stop + 1 : end;
    }
    return 0;
}

static void finish(const struct reader *reader, struct theme *theme, const char *source)
{
    resolve(reader, theme);
    snprintf(theme->name, sizeof(theme->name), "%s", mm_path_base(source));
}

int theme_parse(struct theme *theme, const char *source, const char *text, size_t length, struct mm_err *err)
{
    struct reader reader = {0};
    if (parse_text(&reader, source, text, length, err) < 0)
        return -1;
    finish(&reader, theme, source);
    return 0;
}

static int read_file(struct reader *reader, const char *path, struct mm_err *err)
{
    struct mm_buf text;
    mm_buf_init(&text);
    int result = mm_file_read(path, FILE_LIMIT, &text, err);
    if (result == 0)
        result = parse_text(reader, path, mm_buf_text(&text), text.length, err);
    mm_buf_done(&text);
    return result;
}

/* Try FOLDER/mmtui[/themes]/NAME: 0 read, -1 with err, 1 not there. */
static int try_folder(struct reader *reader, const char *folder, size_t length, const char *inside,
                      const char *name, struct mm_err *err)
{
    struct mm_buf path;
    struct mm_err why = {0};
    mm_buf_init(&path);
    mm_buf_add(&path, folder, length);
    mm_buf_printf(&path, "%s/mmtui/themes/%s", inside, name);
    int result = read_file(reader, mm_buf_text(&path), &why);
    mm_buf_done(&path);
    if (result < 0 && why.code == MM_ENOENT)
        return 1;
    if (result < 0 && err)
        *err = why;
    return result;
}

static int try_home(struct reader *reader, const char *name, struct mm_err *err)
{
    const char *config = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    if (config && config[0] == '/')
        return try_folder(reader, config, strlen(config), "", name, err);
    if (home && home[0])
        return try_folder(reader, home, strlen(home), "/.config", name, err);
    return 1;
}

static int try_shared(struct reader *reader, const char *name, struct mm_err *err)
{
    const char *folders = getenv("XDG_DATA_DIRS");
    if (!folders || !folders[0])
        folders = "/usr/local/share:/usr/share";
    int result = 1;
    while (result == 1 && *folders) {
        size_t length = strcspn(folders, ":");
        if (length > 0)
            result = try_folder(reader, folders, length, "", name, err);
        folders += length + (folders[length] == ':');
    }
    return result;
}

static int read_compiled(struct reader *reader, const struct theme_text *theme, struct mm_err *err)
{
    struct mm_buf text = {0};
    for (size_t i = 0; i < theme->count; i++)
        mm_buf_puts(&text, theme->lines[i]);
    int result = text.failed ? mm_fail_memory(err)
                             : parse_text(reader, theme->name, mm_buf_text(&text), text.length, err);
    mm_buf_done(&text);
    return result;
}

static int fail_name(const char *name, struct mm_err *err)
{
    struct mm_nearest nearest;
    char hint[MM_NEAREST];
    mm_nearest_init(&nearest, name);
    for (int i = 0; i < theme_text_count; i++)
        mm_nearest_look(&nearest, theme_texts[i].name);
    return mm_fail(err, MM_ENOENT, "no theme is called '%s'%s", name, mm_nearest_hint(&nearest, hint));
}

static int read_theme(struct reader *reader, const char *name, struct mm_err *err)
{
    for (int i = 0; i < theme_text_count; i++) {
        if (strcmp(theme_texts[i].name, name) == 0)
            return read_compiled(reader, &theme_texts[i], err);
    }
    if (strchr(name, '/'))
        return read_file(reader, name, err);
    int result = name[0] ? try_home(reader, name, err) : 1;
    if (result == 1 && name[0])
        result = try_shared(reader, name, err);
    return result == 1 ? fail_name(name, err) : result;
}

int theme_load(struct theme *theme, const char *name, struct mm_err *err)
{
    struct reader reader = {0};
    if (read_theme(&reader, name, err) < 0)
        return -1;
    finish(&reader, theme, name);
    return 0;
}

const char *theme_shipped(int index)
{
    return index >= 0 && index < theme_text_count ? theme_texts[index].name : NULL;
}

void theme_default(struct theme *theme)
{
    struct reader none = {0};
    if (theme_load(theme, "default", NULL) < 0) /* can't be: a test reads it */
        resolve(&none, theme);
}

bool theme_heat_is_coloured(const struct theme *theme)
{
    return theme->styles[ROLE_HEAT_0].fg != theme->styles[ROLE_HEAT_7].fg;
}

struct style theme_style(const struct theme *theme, enum role role, enum role backdrop)
{
    struct style style = theme->styles[role];
    if (backdrop == ROLE_DEFAULT)
        return style;
    struct style under = theme->styles[backdrop];
    if (backdrop >= ROLE_HEAT_0 && backdrop <= ROLE_HEAT_7) {
        style.bg = under.fg;
        return style;
    }
    if (under.fg != THEME_TERMINAL)
        style.fg = under.fg;
    if (under.bg != THEME_TERMINAL)
        style.bg = under.bg;
    style.attrs |= under.attrs;
    return style;
}
