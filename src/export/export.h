/* What the dialects share: the pieces that their files and sentences are made of. */
#ifndef MMTUI_EXPORT_EXPORT_H
#define MMTUI_EXPORT_EXPORT_H

#include "base/json_write.h"
#include "mmtui/export.h"

/* ---- files ---- */

/* The plan itself: overrides.json, which mmtui loads again. */
void mm_export_plan(const struct mm_export *export, struct mm_buf *out);
/* How the JSON files of an export are written: names with all their bytes, a member a line. */
#define MM_EXPORT_JSON ((struct mm_json_style){.indent = 2, .keep_bytes = true})
/* Put the chosen settings that the dialect has, as members of the object that is open. */
void mm_export_settings(const struct mm_export *export, struct mm_json *json);

/* Of a dialect whose files hold no setting of the network. */
extern const struct mm_dialect_setting mm_no_settings[];

#endif
