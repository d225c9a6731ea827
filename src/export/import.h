/* What a dialect's reader puts together: overrides and settings of the plan that a file becomes. */
#ifndef MMTUI_EXPORT_IMPORT_H
#define MMTUI_EXPORT_IMPORT_H

#include "base/json_read.h"
#include "export/export.h"

/* Values of a JSON file that are read at most: for mm_json_read. */
#define MM_CONFIG_VALUES 4000000

struct mm_import {
    const struct mm_export *from; /* dialect, model */
    struct mm_plan *plan;         /* a fresh one, in a step */
    struct mm_buf *notes;         /* a sentence a line */
    const char *path;             /* of the file, for sentences */
};

/*
 * One operator, by the name that the file has for it, of a kind of name (as a rule the dialect's). In the plan it gets the
 * name of the model's node, its type and tensor where the model has it, else that name. `own` is the type of
 * MM_PRECISION_OWN without the dialect's id, else NULL. The same operator again: the later one holds.
 */
int mm_import_override(struct mm_import *import, enum mm_name_kind kind, const char *name,
                       enum mm_precision precision, const char *own, struct mm_err *err);
/* A value of the file, as JSON, under its key ("extra_options.ActivationSymmetric"): true when a row of the dialect's
 * settings has it, and the plan now has it. */
bool mm_import_setting(struct mm_import *import, const char *key, const char *json);
/* All members of an object by the rows of the dialect's settings, those inside of objects too; members that no row has,
 * but for those of `known` (ending with NULL), are noted. */
int mm_import_settings(struct mm_import *import, struct mm_json_value object, const char *const *known,
                       struct mm_err *err);
/* Names of a JSON list (absent: none) as operators that stay in FLOAT32; `key`, where it stands, is for sentences. */
int mm_import_names(struct mm_import *import, struct mm_json_value list, const char *key, struct mm_err *err);
/* What of the file a plan does not have: one sentence, without its line end. */
void mm_import_note(struct mm_import *import, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
