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

#endif
