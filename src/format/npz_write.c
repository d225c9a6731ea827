/* NumPy's archive, as np.savez writes it: stored members; each array begins at a multiple of 64. */
#include "format/formats.h"
#include "format/zip_write.h"

#include <stdio.h>
#include <stdlib.h>

/* The member's name: the key with ".npy" behind it; malloc'ed. */
static char *member_name(const struct mm_store *store, size_t number)
{
    size_t size = (store->name ? strlen(store->name) : 32) + sizeof ".npy";
    char *name = malloc(size);
    if (name && store->name)
        snprintf(name, size, "%s.npy", store->name);
    else if (name)
        snprintf(name, size, "arr_%zu.npy", number);
    return name;
}

static void put_data(void *context, const void *data, size_t size)
{
    zip_write_data(context, data, size);
}

static int put_member(struct zip_writer *writer, const struct mm_store *store, size_t number,
                      struct mm_err *err)
{
    uint64_t size;
    char *name = member_name(store, number);
    int result = name ? mm_npy_size(store->tensor, writer->path, &size, err) : mm_fail_memory(err);
    if (result == 0) {
        zip_write_begin(writer, name, size);
        result = mm_npy_emit(store->tensor, writer->path, put_data, writer, err);
    }
    if (result == 0)
        zip_write_end(writer);
    free(name);
    return result;
}

int mm_npz_write_all(const struct mm_store *stores, size_t count, const char *path, struct mm_err *err)
{
    struct zip_writer writer;
    if (zip_write_open(&writer, path, count > 0 && stores->unsynced, err) < 0)
        return -1;
    for (size_t i = 0; i < count && !zip_write_failed(&writer); i++) {
        if (put_member(&writer, &stores[i], i, err) < 0) {
            zip_write_abort(&writer);
            return -1;
        }
    }
    return zip_write_commit(&writer, err);
}

int mm_npz_write(const struct mm_store *store, const char *path, struct mm_err *err)
{
    return mm_npz_write_all(store, 1, path, err);
}
