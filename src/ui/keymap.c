#include "ui/keymap.h"
#include "ui/key.h"

#include <stdlib.h>
#include <string.h>

#define WORD 64 /* bytes of a key's or an action's name, with its end */

static int add(struct keymap *map, uint32_t key, int id, struct mm_err *err)
{
    void *bindings = map->bindings;
    if (mm_grow(&bindings, &map->capacity, map->count + 1, sizeof(*map->bindings)) < 0)
        return mm_fail_memory(err);
    map->bindings = bindings;
    map->bindings[map->count++] = (struct binding){key, id};
    return 0;
}

/* The next word of text[0..end), cut at WORD - 1 bytes; returns where to go on, or NULL when there is
 * none. */
static const char *next_word(const char *text, const char *end, char out[WORD])
{
    size_t length = 0;
    while (text < end && (*text == ' ' || *text == '\t' || *text == '\r'))
        text++;
    if (text == end)
        return NULL;
    while (text < end && *text != ' ' && *text != '\t' && *text != '\r') {
        if (length < WORD - 1)
            out[length++] = *text;
        text++;
    }
    out[length] = '\0';
    return text;
}

int keymap_init(struct keymap *map, const struct actions *actions, struct mm_err *err)
{
    *map = (struct keymap){.actions = actions};
    /* a program's own come before ui's, so that a screen may give a key of moving another meaning */
    for (int id = actions->top - 1; id > ACT_NONE; id--) {
        const char *keys = action_info(actions, id)->keys;
        const char *end = keys + strlen(keys);
        char word[WORD];
        while ((keys = next_word(keys, end, word))) {
            if (add(map, key_parse(word), id, err) < 0) {
                keymap_done(map);
                return -1;
            }
        }
    }
    return 0;
}

void keymap_done(struct keymap *map)
{
    free(map->bindings);
    *map = (struct keymap){0};
}

/* Take the key from one action, or from all (ACT_NONE). */
static void unbind(struct keymap *map, uint32_t key, int id)
{
    size_t kept = 0;
    for (size_t i = 0; i < map->count; i++) {
        struct binding b = map->bindings[i];
        if (b.key != key || (id != ACT_NONE && b.id != id))
            map->bindings[kept++] = b;
    }
    map->count = kept;
}

int keymap_bind(struct keymap *map, const char *key, const char *action, struct mm_err *err)
{
    uint32_t code = key_parse(key);
    bool nobody = strcmp(action, "none") == 0;
    int id = nobody ? ACT_NONE : action_find(map->actions, action);
    if (code == K_NONE)
        return mm_fail(err, MM_EARG, "unknown key '%s'", key);
    char hint[MM_NEAREST];
    if (id == ACT_NONE && !nobody)
        return mm_fail(err, MM_EARG, "unknown action '%s'%s", action,
                       action_hint(map->actions, action, hint));
    unbind(map, code, id);
    if (nobody)
        return 0;
    if (add(map, code, id, err) < 0)
        return -1;
    struct binding last = map->bindings[map->count - 1];
    memmove(map->bindings + 1, map->bindings, (map->count - 1) * sizeof(last));
    map->bindings[0] = last;
    return 0;
}

static int parse_line(struct keymap *map, const char *line, const char *end, struct mm_err *err)
{
    char words[3][WORD] = {{0}};
    char rest[WORD];
    int count = 0;
    while (count < 3 && (line = next_word(line, end, words[count])))
        count++;
    if (count == 0 || words[0][0] == '#')
        return 0;
    if (strcmp(words[0], "bind") != 0 || count < 3 || next_word(line, end, rest))
        return mm_fail(err, MM_EARG, "expected: bind KEY ACTION");
    return keymap_bind(map, words[1], words[2], err);
}

int keymap_parse(struct keymap *map, const char *source, const char *text, size_t length, struct mm_err *err)
{
    const char *end = text + length;
    for (int number = 1; text < end; number++) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        struct mm_err why = {0};
        if (parse_line(map, text, stop ? stop : end, &why) < 0)
            return mm_fail(err, why.code, "%s:%d: %s", source, number, why.text);
        text = stop ? stop + 1 : end;
    }
    return 0;
}

int keymap_lookup(const struct keymap *map, uint32_t key, uint64_t scopes)
{
    for (size_t i = 0; i < map->count; i++) {
        if (map->bindings[i].key == key && (action_info(map->actions, map->bindings[i].id)->scopes & scopes))
            return map->bindings[i].id;
    }
    return ACT_NONE;
}

int keymap_keys_in(const struct keymap *map, int id, uint64_t scopes, int limit, struct mm_buf *out)
{
    char name[KEY_NAME_SIZE];
    int count = 0;
    for (size_t i = 0; i < map->count && (limit == 0 || count < limit); i++) {
        struct binding b = map->bindings[i];
        if (b.id != id || keymap_lookup(map, b.key, scopes) != id)
            continue;
        if (count++ > 0)
            mm_buf_putc(out, ' ');
        mm_buf_puts(out, key_label(name, b.key));
    }
    return count;
}

int keymap_keys(const struct keymap *map, int id, int limit, struct mm_buf *out)
{
    return keymap_keys_in(map, id, action_info(map->actions, id)->scopes, limit, out);
}
