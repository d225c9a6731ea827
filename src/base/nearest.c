#include "mmtui/base.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LONGEST 256  /* bytes: longer names are not looked at */
#define ENTRIES 4096 /* of a folder, at most */

void mm_nearest_init(struct mm_nearest *nearest, const char *wanted)
{
    size_t length = wanted ? strlen(wanted) : 0;
    /* More than a third of the name is no likeness; of "cso" it is one letter, of "a" none. */
    *nearest = (struct mm_nearest){.wanted = wanted, .distance = length / 3 + 1 + (length == 2)};
    if (length == 0 || length > LONGEST)
        nearest->distance = 0;
}

static size_t apart(const char *wanted, const char *name, size_t least)
{
    size_t length = strlen(name), of_wanted = strlen(wanted);
    size_t longer = length > of_wanted ? length - of_wanted : of_wanted - length;
    if (length == 0 || length > LONGEST)
        return SIZE_MAX;
    if (strcasecmp(wanted, name) == 0)
        return 0;
    if (of_wanted >= 3 && strncasecmp(wanted, name, of_wanted) == 0)
        return 1;
    return longer < least ? mm_text_distance(wanted, name) : SIZE_MAX;
}

bool mm_nearest_look(struct mm_nearest *nearest, const char *name)
{
    if (nearest->distance == 0)
        return false;
    size_t distance = apart(nearest->wanted, name, nearest->distance);
    if (distance >= nearest->distance)
        return false;
    nearest->distance = distance;
    nearest->name = name;
    return true;
}

const char *mm_nearest_hint(const struct mm_nearest *nearest, char out[MM_NEAREST])
{
    struct mm_buf shown = {0};
    out[0] = '\0';
    if (nearest->name) {
        mm_text_escape(&shown, nearest->name, strlen(nearest->name));
        if (!shown.failed && shown.length < MM_NEAREST - 20)
            snprintf(out, MM_NEAREST, "; did you mean %s?", mm_buf_text(&shown));
    }
    mm_buf_done(&shown);
    return out;
}

/* ---- files ---- */

/* The entry of the folder that is called most like `wanted`, malloc'ed; NULL. */
static char *nearest_entry(DIR *folder, const char *wanted)
{
    struct mm_nearest nearest;
    struct dirent *entry;
    char *found = NULL;
    mm_nearest_init(&nearest, wanted);
    for (int i = 0; i < ENTRIES && (entry = readdir(folder)); i++) {
        bool self = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        if (self || !mm_nearest_look(&nearest, entry->d_name))
            continue;
        free(found);
        nearest.name = found = strdup(entry->d_name);
        if (!found)
            break;
    }
    return found;
}

/* `path` without blame for a / at its end; where its folder is not there either, that is what is looked for. */
char *mm_path_nearest(const char *path)
{
    char *copy = strdup(path), *result = NULL;
    DIR *folder = NULL;
    while (copy && *copy && !folder) {
        size_t length = strlen(copy);
        while (length > 1 && copy[length - 1] == '/')
            copy[--length] = '\0';
        char *slash = strrchr(copy, '/');
        char *parent = !slash          ? strdup(".")
                       : slash == copy ? strdup("/")
                                       : strndup(copy, (size_t)(slash - copy));
        folder = parent ? opendir(parent) : NULL;
        if (folder) {
            char *name = nearest_entry(folder, slash ? slash + 1 : copy);
            result = name && slash ? mm_path_join(parent, name) : name ? strdup(name) : NULL;
            free(name);
        }
        free(parent);
        if (!slash)
            break;
        *slash = '\0';
    }
    if (folder)
        closedir(folder);
    free(copy);
    return result;
}
