/*
 * The config file, $XDG_CONFIG_HOME/mmtui/config (default ~/.config/mmtui/config): `name = value` for some of
 * the options, `bind KEY ACTION` for keys, # comments. It is read before the command line, which wins. Never
 * written.
 */
#ifndef MMTUI_CLI_CONFIG_H
#define MMTUI_CLI_CONFIG_H

#include "cli/options.h"

/*
 * Read it into options. No file is fine; an error names file and line. `text` keeps the file's text, which
 * options points into: it must outlive them.
 */
int config_load(struct cli_options *options, struct mm_buf *text, struct mm_err *err);

/*
 * Print a config file: each setting with what it is and its default; what was given (by the config or the command line) as a
 * setting, all else as a comment; the bindings, and as comments the keys that are there anyway. -1 with err: a binding is
 * wrong, or memory is out.
 */
int config_print(const struct cli_options *options, struct mm_err *err);

#endif
