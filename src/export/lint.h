/* The rules that look for what goes wrong with an export: a function a theme, with export->targets set. */
#ifndef MMTUI_EXPORT_LINT_H
#define MMTUI_EXPORT_LINT_H

#include "export/export.h"

/* What the runtime's version no longer takes. */
void lint_version(const struct mm_export *export, struct mm_problems *problems);
/* Names that the model does not have, that it has as another kind, or that an operator lacks. */
void lint_names(const struct mm_export *export, struct mm_problems *problems);
/* Types of operators whose precision the runtime can't change; operators that hold integers. */
void lint_types(const struct mm_export *export, struct mm_problems *problems);
/* Overrides that are undone by what stands beside them: casts around a single one. */
void lint_neighbours(const struct mm_export *export, struct mm_problems *problems);
/* Settings of the network that contradict each other or an override. */
void lint_settings(const struct mm_export *export, struct mm_problems *problems);

#endif
