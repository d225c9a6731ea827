/* place: HOST:DIR taken apart. */
#ifndef REMOTE_PLACE_H
#define REMOTE_PLACE_H

#include "mmtui/remote.h"

/* The host as ssh takes it, malloc'ed, and where the path begins. -1: MM_ENOMEM, or MM_EARG: no host can be called so. */
int place_parse(const char *text, char **host, const char **path, struct mm_err *err);

#endif
