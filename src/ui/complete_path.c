#include "ui/complete_path.h"

#include <stdlib.h>
#include <string.h>

#define ENTRIES 20000 /* of a folder, at most: somebody waits */

struct looking {
    struct completions *out;
    bool folders_only;
    int seen;
};

static int look(void *context, const char *name, enum mm_folder_kind kind)
{
    struct looking *looking = context;
    bool folder = kind == MM_FOLDER_FOLDER || kind == MM_FOLDER_LINK;
    bool hidden = name[0] == '.' && completions_word(looking->out)[0] != '.';
    if (!hidden && (folder || !looking->folders_only)) {
        char *shown = folder ? mm_path_join(name, "") : strdup(name);
        if (shown)
            completions_add(looking->out, shown, NULL);
        free(shown);
    }
    return ++looking->seen == ENTRIES;
}

void complete_path(struct completions *out, bool folders_only)
{
    struct looking looking = {.out = out, .folders_only = folders_only};
    const char *slash = strrchr(out->text, '/');
    size_t length = slash ? (size_t)(slash + 1 - out->text) : 0;
    char *folder = length ? strndup(out->text, length) : strdup(".");
    completions_from(out, length);
    if (folder)
        mm_folder_scan(folder, look, &looking, NULL); /* what can't be read has no entries */
    if (looking.seen == ENTRIES)
        out->more = true;
    completions_sort(out);
    free(folder);
}
