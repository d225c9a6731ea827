/* Files and folders for Tab. */
#ifndef MMTUI_UI_COMPLETE_PATH_H
#define MMTUI_UI_COMPLETE_PATH_H

#include "ui/complete.h"

/* The whole text is a path: what its folder has. Names that begin with a point only where one was typed. */
void complete_path(struct completions *out, bool folders_only);

#endif
