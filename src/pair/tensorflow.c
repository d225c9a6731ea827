/* Whose rules names follow, and those of TensorFlow. */
#include "pair/tensorflow.h"

#include <stdlib.h>
#include <string.h>

/* A file with is_output this close in time to one of the same name is a repetition (FILE NAMES of mmtui-formats(5)). */
#define TF_REPEAT_STAMPS 2000

bool mm_framework_find(const char *name, enum mm_framework *out)
{
    static const char *const names[] = {
        [MM_FRAMEWORK_ONNX] = "onnx",
        [MM_FRAMEWORK_PYTORCH] = "pytorch",
        [MM_FRAMEWORK_CAFFE] = "caffe",
        [MM_FRAMEWORK_TENSORFLOW] = "tensorflow",
    };
    for (size_t i = 0; i < MM_COUNT(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            *out = (enum mm_framework)i;
            return true;
        }
    }
    return false;
}

const char *tensorflow_name(const struct mm_entry *entry, struct mm_arena *arena)
{
    static const char prefix[] = "StatefulPartitionedCall_StatefulPartitionedCall_";
    static const char axis[] = "@axis";
    const char *from = entry->parsed.name;
    if (strncmp(from, prefix, sizeof prefix - 1) == 0)
        from += sizeof prefix - 1;
    size_t length = strcspn(from, "@");
    if (length == 0)
        return entry->parsed.name;
    char *name = mm_arena_strndup(arena, from, length);
    bool moved =
        entry->parsed.axis.kind != MM_AXIS_NONE || strncmp(from + length, axis, sizeof axis - 1) == 0;
    char *under = name && moved ? strrchr(name, '_') : NULL;
    if (under && under[1] && under[1 + strspn(under + 1, "0123456789")] == '\0')
        *under = ':';
    return name;
}

static bool is_output(const struct candidate *candidate, const struct mm_dump *dump)
{
    struct mm_load load;
    if (mm_load_open(&load, candidate->entry, dump->schema, NULL) < 0)
        return false; /* unreadable: it stays, and its row will say why */
    bool output = load.is_output;
    mm_load_close(&load);
    return output;
}

/* Is there a file of the same name, not itself a repetition, so shortly before the i-th? */
static bool is_near_earlier(const struct side *side, size_t i)
{
    const struct candidate *here = side->sorted[i];
    for (size_t k = i; k-- > 0 && strcmp(side->sorted[k]->name, here->name) == 0;) {
        if (here->entry->parsed.stamp - side->sorted[k]->entry->parsed.stamp > TF_REPEAT_STAMPS)
            return false;
        if (!side->sorted[k]->dropped)
            return true;
    }
    return false;
}

void tensorflow_drop_repeats(struct side *side)
{
    for (size_t i = 1; i < side->count; i++)
        side->sorted[i]->dropped = is_near_earlier(side, i) && is_output(side->sorted[i], side->dump);
}
