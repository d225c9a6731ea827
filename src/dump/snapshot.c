/* Two dumps, or three, in one folder: what RKNN's accuracy analysis leaves. */
#include <stdlib.h>
#include <sys/stat.h>

#include "mmtui/dump.h"

/* The path of a folder in a folder; NULL if there is none. */
static const char *find(struct mm_snapshot *snapshot, const char *path, const char *name)
{
    struct stat info;
    char *joined = mm_path_join(path, name);
    const char *found = NULL;
    if (joined && stat(joined, &info) == 0 && S_ISDIR(info.st_mode))
        found = mm_arena_strdup(&snapshot->arena, joined);
    free(joined);
    return found;
}

bool mm_snapshot_find(struct mm_snapshot *snapshot, const char *path)
{
    *snapshot = (struct mm_snapshot){.src = NULL};
    mm_arena_init(&snapshot->arena);
    snapshot->src = find(snapshot, path, "golden");
    snapshot->dst = find(snapshot, path, "runtime");
    snapshot->sim = find(snapshot, path, "simulator");
    if (!snapshot->dst) {
        snapshot->dst = snapshot->sim;
        snapshot->sim = NULL;
    }
    if (snapshot->src && snapshot->dst)
        return true;
    mm_snapshot_done(snapshot);
    return false;
}

void mm_snapshot_done(struct mm_snapshot *snapshot)
{
    mm_arena_done(&snapshot->arena);
    *snapshot = (struct mm_snapshot){.src = NULL};
}
