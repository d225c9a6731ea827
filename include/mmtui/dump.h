/*
 * dump: dumped tensors in a folder, or in one file - which files belong to it, what their names say, and their
 * order.
 *
 * Opening a dump lists the folder and parses file names. Files that hold many tensors are asked what they have;
 * no other is opened. A struct mm_dump is const once opened, so any number of threads may load its entries.
 */
#ifndef MMTUI_DUMP_H
#define MMTUI_DUMP_H

#include "mmtui/format.h"

/* ---- file names --------------------------------------------------------------------------------------- */

/*
 * Parse ^([0-9]+)_(NAME)(@axis(..)(-N)?)?\.(pb|pbtxt)$ for the MagicMind formats; for .npy the name is the
 * file name without its ending, and leading digits with a '_' behind them are taken for a stamp. One .npy
 * file alone can't tell whether "2_conv" is a tensor "conv" at time 2 or a tensor "2_conv": mm_dump_open
 * takes the stamps back unless every tensor of the dump has one. What follows an "@axis" that is no
 * layout change belongs to the name. False when the file is not a tensor file (out->format is NULL) or memory
 * is out (out->format is set).
 */
bool mm_file_name_parse(const char *file, struct mm_arena *arena, struct mm_file_name *out);

/*
 * The permutation that takes a tensor of `rank` axes, dumped with `axis`, back to its original order:
 * original axis i = dumped axis perm[i]. False when the axis does not fit the rank.
 */
bool mm_axis_undo(const struct mm_axis *axis, int rank, int perm[MM_RANK_MAX]);

/* ---- a dump ------------------------------------------------------------------------------------------- */

struct mm_dump {
    const char *path;
    const struct mm_entry *entries; /* in execution order */
    size_t count;
    size_t skipped;                 /* files, and members of files, that are no tensors */
    bool is_file;                   /* path is one file, not a folder */
    const struct mm_schema *schema; /* for .pb */
    struct mm_arena arena;
};

struct mm_dump_options {
    const struct mm_schema *schema; /* NULL: the project's own numbers; borrowed */
    bool check;                     /* also the checksums of members that are not compressed */
};

/*
 * List a folder, or one file of whatever format, which is known by its content rather than by its name.
 *
 * The order is by time stamp; then by the natural order of file names; members in their file's order. In a folder
 * with MagicMind files (.pb, .pbtxt) the others beside them are skipped and counted. A file with many tensors that
 * can't be listed is one entry, which says why; if there is nothing else it is an error. A folder or a file without
 * tensors is an error (MM_ENOENT, says what was looked for and how much was skipped).
 */
int mm_dump_open(struct mm_dump **dump, const char *path, const struct mm_dump_options *options,
                 struct mm_err *err);
void mm_dump_close(struct mm_dump *dump);

#endif
