/* The MagicMind dialect: its row, and the writers of its longer files. */
#ifndef MMTUI_EXPORT_MAGICMIND_H
#define MMTUI_EXPORT_MAGICMIND_H

#include "mmtui/export.h"

extern const struct mm_dialect mm_magicmind;

/* Append the text of apply_overrides.py and apply_overrides.cc. */
void mm_magicmind_python(const struct mm_export *export, struct mm_buf *out);
void mm_magicmind_cpp(const struct mm_export *export, struct mm_buf *out);

#endif
