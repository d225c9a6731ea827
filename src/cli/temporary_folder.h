/*
 * temporary_folder: where a command keeps what it needs while it runs. It is locked while its command lives, and
 * removed with it, whatever signal ends it; after a SIGKILL the next such command of the same user removes it.
 */
#ifndef MMTUI_CLI_TEMPORARY_FOLDER_H
#define MMTUI_CLI_TEMPORARY_FOLDER_H

#include "mmtui/base.h"

struct temporary_folder {
    char *path; /* NULL: there is none */
    int lock;   /* its descriptor */
};

/* A new folder "mmtui-NAME-..." under TMPDIR (default: /tmp), for this user alone. Removes those of that name whose
 * command is gone. */
int temporary_folder_open(struct temporary_folder *folder, const char *name, struct mm_err *err);
/* Remove it with all that is in it. Fine with one that is zeroed. */
void temporary_folder_close(struct temporary_folder *folder);

#endif
