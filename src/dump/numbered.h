/*
 * numbered: folders with a number and the operator's type for a name, one an operator in the order of execution, those of
 * the operators that it calls inside ("2_add/1_fill_/cnnl_result"): what Cambricon CATCH's dump tool leaves.
 */
#ifndef MMTUI_DUMP_NUMBERED_H
#define MMTUI_DUMP_NUMBERED_H

#include "mmtui/dump.h"

/* The operator that the folder of `file` (a path from the dump's root on) is called after; NULL: its name has no number
 * before it. *length: of the type. */
const char *numbered_operator(const char *file, size_t *length);
/* Which of two files was written first: by the numbers of the folders; in one the arguments ("mlu_input") come first, the
 * folders in it next, then the results. As strcmp. */
int numbered_compare(const char *a, const char *b);
/* Is a file called so a result of its operator: the CPU's ("cpu_result"), or the accelerator's ("cnnl_result")? */
bool numbered_is_result(const char *file, enum mm_results whose);
/* Do the two lie in one folder? */
bool numbered_same_folder(const char *a, const char *b);

#endif
