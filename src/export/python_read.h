/* Reading the dictionaries of names that generated Python scripts have. */
#ifndef MMTUI_EXPORT_PYTHON_READ_H
#define MMTUI_EXPORT_PYTHON_READ_H

#include "export/import.h"

/*
 * What to do with each "key": "value" of a dictionary; both are UTF-8, or the bytes that stand as surrogates (see
 * base/quote.h). -1 ends the reading.
 */
typedef int mm_python_entry(struct mm_import *import, const char *key, const char *value, struct mm_err *err);

/* Read the dictionary that is assigned at the beginning of a line, NAME = {...}, of string literals only, with comments.
 * -1 where there is none or it holds anything else: the sentence has the line. */
int mm_python_read(const struct mm_config *config, const char *name, mm_python_entry *entry,
                   struct mm_import *import, struct mm_err *err);

/* The same where the values are names of precisions ("FLOAT32"): overrides of operators, by the dialect's kind of name. */
int mm_python_overrides(const struct mm_config *config, const char *name, struct mm_import *import,
                        struct mm_err *err);

#endif
