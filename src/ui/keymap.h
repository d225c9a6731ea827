/*
 * The keymap: which key does what in which view. Starts as the action table says; `bind KEY ACTION` changes
 * it.
 */
#ifndef UI_KEYMAP_H
#define UI_KEYMAP_H

#include "mmtui/base.h"
#include "ui/action.h"

struct binding {
    uint32_t key;
    enum action id;
};

struct keymap {
    struct binding *bindings; /* for one key, at most one action in any scope that a view can have */
    size_t count, capacity;
};

/* The table's default keys. 0, or -1 with err (out of memory). */
int keymap_init(struct keymap *map, struct mm_err *err);
void keymap_done(struct keymap *map);

/*
 * Give a key to an action ("none": to nobody). It is taken from every action that shares a scope with the new
 * one; the action keeps its other keys.
 */
int keymap_bind(struct keymap *map, const char *key, const char *action, struct mm_err *err);
/* Read `bind KEY ACTION` lines; `source` stands before the line number in errors. Blank and # lines are
 * skipped. */
int keymap_parse(struct keymap *map, const char *source, const char *text, size_t length, struct mm_err *err);

/* What a key does in a view with these scopes; ACT_NONE for nothing. */
enum action keymap_lookup(const struct keymap *map, uint32_t key, unsigned scopes);
/* Append the keys of an action, " "-separated ("j Down"), at most `limit` of them (0: all). Returns how many.
 */
int keymap_keys(const struct keymap *map, enum action id, int limit, struct mm_buf *out);

#endif
