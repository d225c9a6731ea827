/* The MagicMind dialect: what its three writers and the table of dialects share. */
#ifndef MMTUI_EXPORT_MAGICMIND_H
#define MMTUI_EXPORT_MAGICMIND_H

#include "mmtui/export.h"

extern const struct mm_export_file mm_magicmind_files[];
void mm_magicmind_limits(const struct mm_plan *plan, struct mm_buf *out);
int mm_magicmind_write(const struct mm_plan *plan, const struct mm_export_options *options,
                       const char *folder, struct mm_err *err);

/* Append the text of apply_overrides.py and apply_overrides.cc. */
void mm_magicmind_python(const struct mm_plan *plan, struct mm_buf *out);
void mm_magicmind_cpp(const struct mm_plan *plan, struct mm_buf *out);

#endif
