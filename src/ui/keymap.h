/*
 * The keymap: which key does what in which view. Starts as the action table says; `bind KEY ACTION` changes
 * it.
 */
#ifndef MMTUI_UI_KEYMAP_H
#define MMTUI_UI_KEYMAP_H

#include "mmtui/base.h"
#include "ui/action.h"

struct binding {
    uint32_t key;
    int id;
};

struct keymap {
    const struct actions *actions; /* borrowed */
    struct binding *bindings;      /* the first one that is known in a view counts: later binds come first */
    size_t count, capacity;
};

/* The default keys of these actions, which must live as long as the map. 0, or -1 with err (out of memory). */
int keymap_init(struct keymap *map, const struct actions *actions, struct mm_err *err);
void keymap_done(struct keymap *map);

/*
 * Give a key to an action ("none": to nobody). Where both are known it wins over what the key did before;
 * elsewhere the key keeps its old meaning. The action keeps its other keys.
 */
int keymap_bind(struct keymap *map, const char *key, const char *action, struct mm_err *err);
/* Read `bind KEY ACTION` lines; `source` stands before the line number in errors. Blank and # lines are
 * skipped. */
int keymap_parse(struct keymap *map, const char *source, const char *text, size_t length, struct mm_err *err);

/* What a key does in a view with these scopes; ACT_NONE for nothing. */
int keymap_lookup(const struct keymap *map, uint32_t key, uint64_t scopes);
/*
 * Append the keys that reach an action in a view with these scopes, " "-separated ("j Down"), at most `limit`
 * of them (0: all). Returns how many.
 */
int keymap_keys_in(const struct keymap *map, int id, uint64_t scopes, int limit, struct mm_buf *out);
/* The same for wherever the action is known. */
int keymap_keys(const struct keymap *map, int id, int limit, struct mm_buf *out);

#endif
