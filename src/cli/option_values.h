/* option_values: what a word behind an option becomes. Private to the table of options. */
#ifndef MMTUI_CLI_OPTION_VALUES_H
#define MMTUI_CLI_OPTION_VALUES_H

#include "cli/options.h"

/* A number that is not negative. -1 with MM_EARG: it is none. */
int number_of(const struct option_info *info, const char *text, double *out, struct mm_err *err);

/* One more of "NAME=FILE", or, if there is a file of the whole name, of FILE. `text` is borrowed. */
int add_path(struct cli_options *options, struct cli_paths *paths, const char *text, struct mm_err *err);

/* The index-th word of --precision-mode; NULL behind the last. */
const char *precision_mode_name(size_t index);
/* The themes that come with the program, alike. */
const char *theme_name(size_t index);
/* What --to takes: the index-th; NULL behind the last. */
const char *dialect_id(size_t index);

/* Each puts what `text` says into the options. MM_EARG, with a sentence that names the option: it says nothing that fits;
 * MM_ENOMEM; or what reading a file gives. */
typedef int option_setter(struct cli_options *options, const struct option_info *info, const char *text,
                          struct mm_err *err);
option_setter set_colour, set_threshold, set_jobs, set_limit, set_framework, set_map, set_rename,
    set_occurrence, set_no_pair_by, set_dtype, set_shape, set_step, set_rank, set_iteration, set_concat,
    set_schema, set_dialects, set_from, set_for, set_shard, set_fail_if, set_sort, set_columns, set_kind,
    set_lang, set_rule, set_axes, set_precision_mode, set_int_ops, set_calibrate, set_quantize_algorithm,
    set_rounding, set_scale_by, set_overflow, set_format, set_mode, set_size, set_input, set_dump_mode,
    set_tensor, set_seed, set_threads, set_level, set_autosave;

#endif
