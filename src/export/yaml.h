/*
 * A mapping of names to words in a YAML file that another program wrote: found, read, and written anew without
 * touching any other byte of the file, since programs compare the rest with what they wrote.
 *
 * Understood are mappings in lines and in braces, scalars without quotes and with either kind; no anchors, tags, block
 * scalars or explicit keys ("? ").
 */
#ifndef MMTUI_EXPORT_YAML_H
#define MMTUI_EXPORT_YAML_H

#include "mmtui/base.h"

struct mm_yaml_map {
    size_t begin, end; /* of the text: from its key up to the end of its last line, the line end included */
    size_t at, stop;   /* where its entries are */
    bool flow;         /* in braces */
};
/* The mapping of a key of the file's top level. false: there is none, or its brace is not closed. */
bool mm_yaml_find(const char *text, size_t length, const char *key, struct mm_yaml_map *map);
/*
 * The next entry, from map->at on: 1, and the key and the value without their quotes and escapes; 0 behind the last. A value that
 * is no scalar is empty. -1: this is no such entry; err has the line.
 */
int mm_yaml_next(const char *path, const char *text, struct mm_yaml_map *map, struct mm_buf *key,
                 struct mm_buf *value, struct mm_err *err);

/* Append a name as a key: without quotes where every reader of YAML takes it for that text, else in double quotes. */
void mm_yaml_key(struct mm_buf *out, const char *name);
/* Can a key be this name? Not what is not UTF-8, nor what takes more than the 1024 characters of a key of one line. */
bool mm_yaml_holds(const char *name);

#endif
