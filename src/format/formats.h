/*
 * The functions behind the rows of the format table (formats.c): what every reader and writer looks like is
 * said at struct mm_format.
 */
#ifndef MMTUI_FORMAT_FORMATS_H
#define MMTUI_FORMAT_FORMATS_H

#include "mmtui/format.h"

int mm_npy_read(struct mm_load *load, const struct mm_schema *schema, const char *file, struct mm_err *err);
int mm_npy_write(const struct mm_store *store, const char *path, struct mm_err *err);

int mm_pb_read(struct mm_load *load, const struct mm_schema *schema, const char *file, struct mm_err *err);
int mm_pb_write(const struct mm_store *store, const char *path, struct mm_err *err);

int mm_pbtxt_read(struct mm_load *load, const struct mm_schema *schema, const char *file, struct mm_err *err);
int mm_pbtxt_write(const struct mm_store *store, const char *path, struct mm_err *err);

#endif
