/* NumPy's archive, as np.savez writes it: stored members; each array begins at a multiple of 64. */
#include "format/formats.h"
#include "format/pack.h"
#include "format/zip_write.h"

#include <stdlib.h>

#define ENDING ".npy" /* of a member, behind the tensor's name */

struct npz_pack {
    struct mm_pack pack;
    struct zip_writer writer;
};

static int pack_open(struct mm_pack *pack, struct mm_err *err)
{
    struct npz_pack *npz = (struct npz_pack *)pack;
    pack->out = &npz->writer.out;
    return zip_write_open(&npz->writer, pack->path, false, err);
}

static void put_data(void *context, const void *data, size_t size)
{
    zip_write_data(context, data, size);
}

static int put_member(struct zip_writer *writer, const struct mm_store *store, const char *member,
                      const char *label, struct mm_err *err)
{
    uint64_t size;
    if (mm_npy_size(store->tensor, label, &size, err) < 0)
        return -1;
    zip_write_begin(writer, member, size);
    if (mm_npy_emit(store->tensor, label, put_data, writer, err) < 0) {
        zip_write_drop(writer);
        return -1;
    }
    zip_write_end(writer);
    if (zip_write_failed(writer) && err)
        *err = writer->error;
    return zip_write_failed(writer) ? -1 : 0;
}

static int pack_add(struct mm_pack *pack, const struct mm_store *store, const char *name, const char *label,
                    struct mm_err *err)
{
    struct npz_pack *npz = (struct npz_pack *)pack;
    size_t length = strlen(name);
    if (length > ZIP_NAME_MOST - strlen(ENDING))
        return mm_fail(err, MM_EARG, "%s: the name has %zu bytes, %zu are possible in .npz", label, length,
                       ZIP_NAME_MOST - strlen(ENDING));
    char *member = malloc(length + sizeof ENDING);
    if (!member)
        return mm_fail_memory(err);
    memcpy(member, name, length);
    memcpy(member + length, ENDING, sizeof ENDING);
    int result = put_member(&npz->writer, store, member, label, err);
    free(member);
    return result;
}

static int pack_commit(struct mm_pack *pack, struct mm_err *err)
{
    return zip_write_commit(&((struct npz_pack *)pack)->writer, err);
}

static void pack_abort(struct mm_pack *pack)
{
    zip_write_abort(&((struct npz_pack *)pack)->writer);
}

const struct mm_pack_kind mm_npz_pack = {.size = sizeof(struct npz_pack),
                                         .open = pack_open,
                                         .add = pack_add,
                                         .commit = pack_commit,
                                         .abort = pack_abort};

int mm_npz_write_all(const struct mm_store *stores, size_t count, const char *path, struct mm_err *err)
{
    return pack_write_all(&mm_npz_pack, stores, count, path, err);
}

int mm_npz_write(const struct mm_store *store, const char *path, struct mm_err *err)
{
    return mm_npz_write_all(store, 1, path, err);
}
