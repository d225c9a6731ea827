/* Rules that a person gives: `src = dst`, and s/re/with/ on names of dst. */
#include "pair/rename.h"

#include <ctype.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"

#define FILE_LIMIT   ((size_t)64 << 20)
#define GROUPS       10
#define LONGEST_NAME 65536 /* what a rule may make of a name */

struct rule {
    const char *text; /* as it was given */
    const char *src;  /* of `src = dst`; NULL: a pattern */
    const char *with; /* of a pattern */
    regex_t pattern;
    bool all; /* flag g */
};

/* A line `src != dst`. */
struct apart {
    const char *src, *dst;
};

struct mm_renames {
    struct mm_arena arena;
    struct apart *apart;
    size_t aparts, apart_room;
    struct rule *rule;
    size_t count, capacity;
    struct mm_names dst, src; /* of the lines `src = dst` */
    size_t *of_dst, *of_src;  /* by number of the name: the rule */
    size_t dst_room, src_room;
};

int mm_renames_open(struct mm_renames **out, struct mm_err *err)
{
    struct mm_renames *renames = calloc(1, sizeof *renames);
    if (!renames)
        return mm_fail_memory(err);
    mm_arena_init(&renames->arena);
    mm_names_init(&renames->dst);
    mm_names_init(&renames->src);
    *out = renames;
    return 0;
}

void mm_renames_close(struct mm_renames *renames)
{
    if (!renames)
        return;
    for (size_t i = 0; i < renames->count; i++) {
        if (!renames->rule[i].src)
            regfree(&renames->rule[i].pattern);
    }
    mm_names_done(&renames->dst);
    mm_names_done(&renames->src);
    mm_arena_done(&renames->arena);
    free(renames->rule);
    free(renames->apart);
    free(renames->of_dst);
    free(renames->of_src);
    free(renames);
}

size_t mm_renames_count(const struct mm_renames *renames)
{
    return renames ? renames->count : 0;
}

/* ---- reading rules ---------------------------------------------------------------------------------------------- */

static bool is_pattern(const char *text)
{
    return text[0] == 's' && text[1] && !isalnum((unsigned char)text[1]) && !strchr(" _.\\\t=,\"", text[1]);
}

/* The part up to the mark; "\/" is the mark itself. *text goes behind it; NULL: there is none, or no memory. */
static char *take_part(const char **text, char mark, struct mm_arena *arena)
{
    char *part = mm_arena_strdup(arena, *text);
    size_t n = 0;
    const char *p = *text;
    for (; part && *p && *p != mark; p++) {
        if (p[0] == '\\' && p[1] == mark)
            p++;
        else if (p[0] == '\\' && p[1])
            part[n++] = *p++;
        part[n++] = *p;
    }
    if (!part || *p != mark)
        return NULL;
    part[n] = '\0';
    *text = p + 1;
    return part;
}

/* A \N behind the last group of the pattern? */
static bool has_groups(const struct rule *rule)
{
    for (const char *p = rule->with; *p; p++) {
        if (p[0] != '\\' || !p[1])
            continue;
        p++;
        if (isdigit((unsigned char)*p) && (size_t)(*p - '0') > rule->pattern.re_nsub)
            return false;
    }
    return true;
}

static int compile(struct rule *rule, const char *pattern, const char *flags, struct mm_err *err)
{
    int how = REG_EXTENDED;
    for (; *flags; flags++) {
        if (*flags != 'g' && *flags != 'i')
            return mm_fail(err, MM_EARG, "\"%s\": after the last mark only g and i may stand", rule->text);
        rule->all |= *flags == 'g';
        how |= *flags == 'i' ? REG_ICASE : 0;
    }
    int failed = regcomp(&rule->pattern, pattern, how);
    if (failed) {
        char why[128];
        regerror(failed, &rule->pattern, why, sizeof why);
        return mm_fail(err, MM_EARG, "\"%s\" has no regular expression: %s", rule->text, why);
    }
    if (has_groups(rule))
        return 0;
    regfree(&rule->pattern);
    return mm_fail(err, MM_EARG, "\"%s\" names a group \\N that its regular expression does not have",
                   rule->text);
}

int mm_renames_rule(struct mm_renames *renames, const char *text, struct mm_err *err)
{
    if (mm_grow((void **)&renames->rule, &renames->capacity, renames->count + 1, sizeof *renames->rule) < 0)
        return mm_fail_memory(err);
    struct rule *rule = &renames->rule[renames->count];
    *rule = (struct rule){.text = mm_arena_strdup(&renames->arena, text)};
    if (!rule->text)
        return mm_fail_memory(err);
    const char *rest = text + 2;
    const char *pattern = is_pattern(text) ? take_part(&rest, text[1], &renames->arena) : NULL;
    rule->with = pattern ? take_part(&rest, text[1], &renames->arena) : NULL;
    if (!rule->with)
        return mm_fail(err, MM_EARG, "\"%s\" is not of the form s/REGEX/WITH/", text);
    if (compile(rule, pattern, rest, err) < 0)
        return -1;
    renames->count++;
    return 0;
}

static int note(struct mm_renames *renames, struct mm_names *names, size_t **of, size_t *room,
                const char *name)
{
    int number = mm_names_add(names, &renames->arena, name, strlen(name));
    if (number < 0 || mm_grow((void **)of, room, names->count, sizeof **of) < 0)
        return -1;
    (*of)[number] = renames->count;
    return 0;
}

static int add_pair(struct mm_renames *renames, const char *src, const char *dst, struct mm_err *err)
{
    struct mm_buf text = {0};
    if (!*src || !*dst)
        return mm_fail(err, MM_EARG, "a name is empty");
    if (mm_names_find(&renames->dst, dst, strlen(dst)) >= 0)
        return mm_fail(err, MM_EARG, "\"%s\" of dst was given before", dst);
    if (mm_names_find(&renames->src, src, strlen(src)) >= 0)
        return mm_fail(err, MM_EARG, "\"%s\" of src was given before", src);
    mm_buf_printf(&text, "%s = %s", src, dst);
    struct rule rule = {.text = mm_arena_strdup(&renames->arena, mm_buf_text(&text)),
                        .src = mm_arena_strdup(&renames->arena, src)};
    mm_buf_done(&text);
    if (!rule.text || !rule.src ||
        mm_grow((void **)&renames->rule, &renames->capacity, renames->count + 1, sizeof rule) < 0 ||
        note(renames, &renames->dst, &renames->of_dst, &renames->dst_room, dst) < 0 ||
        note(renames, &renames->src, &renames->of_src, &renames->src_room, src) < 0)
        return mm_fail_memory(err);
    renames->rule[renames->count++] = rule;
    return 0;
}

static int add_apart(struct mm_renames *renames, const char *src, const char *dst, struct mm_err *err)
{
    if (!*src || !*dst)
        return mm_fail(err, MM_EARG, "a name is empty");
    struct apart apart = {mm_arena_strdup(&renames->arena, src), mm_arena_strdup(&renames->arena, dst)};
    if (!apart.src || !apart.dst ||
        mm_grow((void **)&renames->apart, &renames->apart_room, renames->aparts + 1, sizeof apart) < 0)
        return mm_fail_memory(err);
    renames->apart[renames->aparts++] = apart;
    return 0;
}

static char *trimmed(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    size_t length = strlen(text);
    while (length && isspace((unsigned char)text[length - 1]))
        text[--length] = '\0';
    return text;
}

/* What stands in quotes at *text, in place; *text goes behind them and blanks. NULL: they do not end. */
static char *quoted(char **text)
{
    char *p = *text, *out = p, *field = p;
    for (p++; *p && !(p[0] == '"' && p[1] != '"'); *out++ = *p++)
        p += *p == '"';
    if (*p != '"')
        return NULL;
    *out = '\0';
    *text = p + 1 + strspn(p + 1, " \t");
    return field;
}

/* A field of a CSV line, in place; *text goes behind its comma, NULL at the end. NULL: a quote does not end. */
static char *csv_field(char **text)
{
    char *p = trimmed(*text);
    if (*p != '"') {
        *text = strchr(p, ',');
        if (*text)
            *(*text)++ = '\0';
        return trimmed(p);
    }
    char *field = quoted(&p);
    if (!field || (*p && *p != ','))
        return NULL;
    *text = *p ? p + 1 : NULL;
    return field;
}

/* Where != stands behind the quoted name that a line begins with; NULL: it does not. */
static char *behind_quoted(char *line)
{
    char *p = line + 1;
    while (*p && (p[0] != '"' || p[1] == '"'))
        p += *p == '"' ? 2 : 1;
    p += *p ? 1 + strspn(p + 1, " \t") : 0;
    return *line == '"' && strncmp(p, "!=", 2) == 0 ? p : NULL;
}

/* `"src" != "dst"`, the second in quotes or not. */
static int quoted_apart(struct mm_renames *renames, char *line, char *apart, struct mm_err *err)
{
    char *src = quoted(&line), *rest = trimmed(apart + 2), *dst = rest;
    if (*rest == '"')
        dst = quoted(&rest);
    if (!src || !dst || (dst != rest && *rest))
        return mm_fail(err, MM_EARG, "of a name in quotes, the quotes do not end where the name does");
    return add_apart(renames, src, dst, err);
}

static int csv_line(struct mm_renames *renames, char *line, bool first, struct mm_err *err)
{
    char *rest = line, *src = csv_field(&rest), *dst = src && rest ? csv_field(&rest) : NULL;
    if (!dst || rest)
        return mm_fail(err, MM_EARG,
                       "this is neither SRC = DST nor SRC,DST nor SRC != DST nor s/REGEX/WITH/");
    if (first && strcmp(src, "src") == 0 && strcmp(dst, "dst") == 0)
        return 0; /* titles */
    return add_pair(renames, src, dst, err);
}

static int read_line(struct mm_renames *renames, char *line, bool first, struct mm_err *err)
{
    line = trimmed(line);
    if (!*line || *line == '#')
        return 0;
    char *equals = strstr(line, " = "), *apart = strstr(line, " != "), *behind = behind_quoted(line);
    if (behind)
        return quoted_apart(renames, line, behind, err);
    if (apart && *line != '"' && (!equals || apart < equals)) {
        *apart = '\0';
        return add_apart(renames, trimmed(line), trimmed(apart + 4), err);
    }
    if (is_pattern(line))
        return mm_renames_rule(renames, line, err);
    if (!equals || *line == '"')
        return csv_line(renames, line, first, err);
    *equals = '\0';
    return add_pair(renames, trimmed(line), trimmed(equals + 3), err);
}

int mm_renames_read(struct mm_renames *renames, const char *path, struct mm_err *err)
{
    struct mm_buf text = {0};
    struct mm_err why;
    int result = mm_file_read(path, FILE_LIMIT, &text, err), number = 1;
    if (result == 0 && (text.failed || memchr(text.data ? text.data : "", '\0', text.length)))
        result = mm_fail(err, MM_EARG, "%s: not a text file", path);
    char *line = result == 0 && text.length ? text.data + mm_text_mark(text.data, text.length) : NULL;
    for (char *end; line && result == 0; line = end, number++) {
        end = strchr(line, '\n');
        if (end)
            *end++ = '\0';
        result = read_line(renames, line, number == 1, &why);
        if (result < 0)
            mm_fail(err, why.code, "%s, line %d: %s", path, number, why.text);
    }
    mm_buf_done(&text);
    return result;
}

/* ---- using them ------------------------------------------------------------------------------------------------- */

static void put_with(struct mm_buf *out, const char *with, const char *from, const regmatch_t *group)
{
    for (; *with; with++) {
        if (with[0] != '\\' || !with[1]) {
            mm_buf_putc(out, *with);
            continue;
        }
        with++;
        if (!isdigit((unsigned char)*with)) {
            mm_buf_putc(out, *with);
            continue;
        }
        const regmatch_t *g = &group[*with - '0'];
        if (g->rm_so >= 0)
            mm_buf_add(out, from + g->rm_so, (size_t)(g->rm_eo - g->rm_so));
    }
}

/* False: the pattern is nowhere in the name, or what comes out is no name. */
static bool substitute(const struct rule *rule, const char *name, struct mm_buf *out)
{
    regmatch_t group[GROUPS];
    const char *from = name;
    bool found = false;
    mm_buf_clear(out);
    while (out->length < LONGEST_NAME &&
           regexec(&rule->pattern, from, GROUPS, group, from > name ? REG_NOTBOL : 0) == 0) {
        found = true;
        mm_buf_add(out, from, (size_t)group[0].rm_so);
        put_with(out, rule->with, from, group);
        bool empty = group[0].rm_eo == group[0].rm_so;
        from += group[0].rm_eo;
        if (empty && *from)
            mm_buf_putc(out, *from++);
        if (!rule->all || !*from)
            break;
    }
    mm_buf_puts(out, from);
    return found && !out->failed && out->length > 0 && out->length < LONGEST_NAME;
}

const char *rename_name(const struct mm_renames *renames, const char *name, bool *used,
                        struct mm_arena *arena)
{
    int number = mm_names_find(&renames->dst, name, strlen(name));
    struct mm_buf out = {0};
    if (number >= 0) {
        size_t rule = renames->of_dst[number];
        used[rule] = true;
        return renames->rule[rule].src;
    }
    for (size_t i = 0; i < renames->count && name; i++) {
        if (renames->rule[i].src || !substitute(&renames->rule[i], name, &out))
            continue;
        used[i] = true;
        name = mm_arena_strdup(arena, mm_buf_text(&out));
    }
    mm_buf_done(&out);
    return name;
}

bool rename_is_given(const struct mm_renames *renames, const char *name, const bool *used)
{
    int number = mm_names_find(&renames->src, name, strlen(name));
    return number >= 0 && used[renames->of_src[number]];
}

void rename_say_unused(const struct mm_renames *renames, const bool *used, struct mm_buf *out)
{
    size_t unused = 0, first = 0;
    for (size_t i = renames->count; i-- > 0;) {
        unused += !used[i];
        first = used[i] ? first : i;
    }
    if (unused == 0)
        return;
    mm_buf_printf(out, "%zu of %zu rules of --map and --rename %s no name of dst: \"", unused, renames->count,
                  unused == 1 ? "fits" : "fit");
    mm_text_escape(out, renames->rule[first].text, strlen(renames->rule[first].text));
    mm_buf_printf(out, unused == 1 ? "\"." : "\" and others.");
}

bool rename_any_apart(const struct mm_renames *renames)
{
    return renames && renames->aparts > 0;
}

bool rename_apart(const struct mm_renames *renames, const char *src, const char *dst)
{
    for (size_t i = 0; renames && i < renames->aparts; i++) {
        if (strcmp(renames->apart[i].src, src) == 0 && strcmp(renames->apart[i].dst, dst) == 0)
            return true;
    }
    return false;
}
