/* Two dumps, or three, in one folder: what RKNN's accuracy analysis leaves, or Cambricon CATCH with use_cpu. */
#include <stdlib.h>
#include <sys/stat.h>

#include "dump/numbered.h"

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

/* Is there an operator with the CPU's result and the accelerator's? */
static bool has_both(const char *path)
{
    struct mm_dump *dump;
    const char *of[2] = {NULL, NULL}; /* the last results of the CPU, of the accelerator */
    bool both = false;
    if (mm_dump_open(&dump, path, NULL, NULL) < 0)
        return false;
    for (size_t i = 0; i < dump->count && dump->numbered && !both;
         i++) { /* results of one folder stand together */
        const char *file = dump->entries[i].source->file;
        if (numbered_is_result(file, MM_RESULTS_CPU))
            of[0] = file;
        if (numbered_is_result(file, MM_RESULTS_DEVICE))
            of[1] = file;
        both = of[0] && of[1] && numbered_same_folder(of[0], of[1]);
    }
    mm_dump_close(dump);
    return both;
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
    if (!(snapshot->src && snapshot->dst) && has_both(path)) {
        snapshot->src = snapshot->dst = mm_arena_strdup(&snapshot->arena, path);
        snapshot->results[0] = MM_RESULTS_CPU;
        snapshot->results[1] = MM_RESULTS_DEVICE;
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
