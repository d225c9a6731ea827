/*
 * Walking JSON text without building a tree, so that pieces of it can be passed on byte for byte. Only where
 * a piece ends is found here; whether it is JSON is for a parser to say.
 */
#ifndef MMTUI_REPORT_JSON_WALK_H
#define MMTUI_REPORT_JSON_WALK_H

#include <stdbool.h>
#include <stddef.h>

struct json_span {
    const char *at, *end;
};

struct json_walk {
    const char *at, *end;
    char close; /* what ends this object or array */
    bool first, bad;
};

/* Walk the members of an object ('{') or the elements of an array ('['). bad when the text does not begin so.
 */
struct json_walk json_walk_into(struct json_span text, char open);
/* The next member (key NULL: element), without blanks around it. False at the end, or when bad. */
bool json_walk_next(struct json_walk *walk, struct json_span *key, struct json_span *value);
/* Nothing but blanks from where the walk has ended to the end of the text. */
bool json_walk_at_end(const struct json_walk *walk);

#endif
