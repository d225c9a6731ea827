#include "ui/key.h"

#include "mmtui/base.h"

#include <stdio.h>
#include <string.h>

/* The first name of a key is the one that is shown. */
static const struct {
    const char *name;
    uint32_t key;
} names[] = {
    {"Space", K_SPACE},  {"Enter", K_ENTER},  {"Tab", K_TAB},
    {"Esc", K_ESC},      {"BS", K_BACKSPACE}, {"Up", K_UP},
    {"Down", K_DOWN},    {"Left", K_LEFT},    {"Right", K_RIGHT},
    {"Home", K_HOME},    {"End", K_END},      {"PgUp", K_PGUP},
    {"PgDn", K_PGDN},    {"Ins", K_INSERT},   {"Del", K_DELETE},
    {"Return", K_ENTER}, {"Escape", K_ESC},   {"Backspace", K_BACKSPACE},
};

static const struct {
    const char *prefix;
    uint32_t bit;
} modifiers[] = {{"C-", K_CTRL}, {"M-", K_META}, {"S-", K_SHIFT}};

/* What a terminal sends for these can't be told from the named key. */
static uint32_t normal(uint32_t key)
{
    static const struct {
        uint32_t from, to;
    } same[] = {
        {K_CTRL | 'i', K_TAB}, {K_CTRL | 'm', K_ENTER}, {K_CTRL | '[', K_ESC}, {K_CTRL | 'h', K_BACKSPACE}};
    uint32_t meta = key & K_META;
    for (size_t i = 0; i < MM_COUNT(same); i++) {
        if (same[i].from == (key & ~K_META))
            return same[i].to | meta;
    }
    return key;
}

static uint32_t parse_function_key(const char *name)
{
    int64_t number;
    if (name[0] != 'F' || name[1] < '1' || name[1] > '9' || !mm_parse_i64(name + 1, &number) || number < 1 ||
        number > 12)
        return K_NONE;
    return K_F1 + (uint32_t)number - 1;
}

/* A name without modifiers. */
static uint32_t parse_base(const char *name)
{
    size_t length = strlen(name);
    uint32_t cp;
    for (size_t i = 0; i < MM_COUNT(names); i++) {
        if (strcmp(names[i].name, name) == 0)
            return names[i].key;
    }
    if (length == 0)
        return K_NONE;
    if (mm_text_decode(name, name + length, &cp) == length)
        return cp > ' ' && mm_text_width_cp(cp) > 0 && cp != 0xFFFD ? cp : K_NONE;
    return parse_function_key(name);
}

uint32_t key_parse(const char *name)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < MM_COUNT(modifiers); i++) {
        if (strncmp(name, modifiers[i].prefix, 2) == 0 && name[2] != '\0') {
            bits |= modifiers[i].bit;
            name += 2;
        }
    }
    uint32_t base = parse_base(name);
    if (base == K_NONE)
        return K_NONE;
    if ((bits & K_CTRL) && base >= 'A' && base <= 'Z')
        base += 'a' - 'A'; /* a terminal sends the same for C-a and C-A */
    if ((bits & K_SHIFT) && base < K_ENTER)
        return K_NONE; /* a capital letter is its own key */
    return normal(base | bits);
}

static void base_name(char *out, size_t size, uint32_t key)
{
    for (size_t i = 0; i < MM_COUNT(names); i++) {
        if (names[i].key == key) {
            snprintf(out, size, "%s", names[i].name);
            return;
        }
    }
    if (key >= K_F1 && key <= K_F12) {
        snprintf(out, size, "F%u", (unsigned)(key - K_F1 + 1));
        return;
    }
    char utf8[5] = {0};
    mm_text_encode(key, utf8);
    snprintf(out, size, "%s", utf8);
}

const char *key_label(char out[KEY_NAME_SIZE], uint32_t key)
{
    size_t length = 0;
    uint32_t bits = key & (K_CTRL | K_META | K_SHIFT);
    for (size_t i = 0; i < MM_COUNT(modifiers); i++) {
        if (bits & modifiers[i].bit) {
            memcpy(out + length, modifiers[i].prefix, 2);
            length += 2;
        }
    }
    base_name(out + length, KEY_NAME_SIZE - length, key & ~bits);
    return out;
}

bool key_is_text(uint32_t key)
{
    return key >= ' ' && key < 0x110000 && mm_text_width_cp(key) > 0;
}
