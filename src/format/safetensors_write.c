/*
 * safetensors: the tensors in the order in which they are given; the data begins at a multiple of 8.
 *
 * The header stands before the data. Of tensors that come one at a time it is known only at the end: their data is
 * written behind room for it, and what is left of the room is blanks. Where the header needs more room, and where so little
 * data came that the blanks would be much of the file, the data is copied behind a header of the right length.
 */
#include "format/safetensors_header.h"
#include "format/elements_write.h"
#include "format/formats.h"
#include "format/pack.h"

#define ROOM       ((size_t)4 << 20)     /* some 30000 tensors */
#define DATA_LEAST ((uint64_t)16 * ROOM) /* of it the room is little */

static void put(void *context, const void *data, size_t size)
{
    mm_atomic_write(context, data, size);
}

/* ---- one at a time ---- */

struct safetensors_pack {
    struct mm_pack pack;
    struct mm_atomic out;
    struct safetensors_header header;
};

static int pack_open(struct mm_pack *pack, struct mm_err *err)
{
    struct safetensors_pack *file = (struct safetensors_pack *)pack;
    struct mm_buf room = {0};
    pack->out = &file->out;
    mm_buf_fill(&room, ' ', ROOM);
    int result = room.failed ? mm_fail_memory(err) : mm_atomic_open_file(&file->out, pack->path, err);
    if (result == 0) {
        mm_atomic_write(&file->out, room.data, room.length);
        safetensors_header_init(&file->header);
    }
    mm_buf_done(&room);
    return result;
}

static int pack_add(struct mm_pack *pack, const struct mm_store *store, const char *name, const char *label,
                    struct mm_err *err)
{
    struct safetensors_pack *file = (struct safetensors_pack *)pack;
    uint64_t before = ROOM + file->header.size;
    if (safetensors_header_add(&file->header, name, store->tensor, label, err) < 0)
        return -1;
    if (mm_elements_write(store->tensor, true, label, put, &file->out, err) == 0)
        return 0;
    safetensors_header_take_back(&file->header);
    mm_atomic_cut(&file->out, (int64_t)before);
    return -1;
}

/* The header, and behind it the data, into another file beside the first one. */
static int commit_copy(struct safetensors_pack *file, struct mm_err *err)
{
    struct mm_atomic out;
    int result = mm_atomic_open_file(&out, file->pack.path, err);
    if (result == 0) {
        out.unsynced = file->out.unsynced;
        mm_atomic_write(&out, file->header.text.data, file->header.text.length);
        mm_atomic_copy(&out, &file->out, ROOM);
        result = mm_atomic_commit(&out, err);
    }
    mm_atomic_abort(&file->out);
    return result;
}

static void pack_abort(struct mm_pack *pack)
{
    struct safetensors_pack *file = (struct safetensors_pack *)pack;
    safetensors_header_done(&file->header);
    mm_atomic_abort(&file->out);
}

static int pack_commit(struct mm_pack *pack, struct mm_err *err)
{
    struct safetensors_pack *file = (struct safetensors_pack *)pack;
    struct safetensors_header *header = &file->header;
    bool keep = header->size >= DATA_LEAST && safetensors_header_fits(header, ROOM);
    int result = safetensors_header_end(header, keep ? ROOM : 0, err);
    if (result == 0 && keep) {
        mm_atomic_patch(&file->out, 0, header->text.data, header->text.length);
        result = mm_atomic_commit(&file->out, err);
    } else if (result == 0) {
        result = commit_copy(file, err);
    }
    pack_abort(pack); /* what was committed is not touched */
    return result;
}

const struct mm_pack_kind mm_safetensors_pack = {.size = sizeof(struct safetensors_pack),
                                                 .open = pack_open,
                                                 .add = pack_add,
                                                 .commit = pack_commit,
                                                 .abort = pack_abort};

/* ---- all at once: from front to back, so that it can go into a pipe, too ---- */

static int make_header(struct safetensors_header *header, const struct mm_store *stores, size_t count,
                       const char *path, struct mm_err *err)
{
    struct pack_names names = {0};
    int result = 0;
    for (size_t i = 0; i < count && result == 0; i++) {
        const char *name;
        result = pack_names_add(&names, &stores[i], path, &name, err);
        if (result == 0)
            result = safetensors_header_add(header, name, stores[i].tensor, mm_buf_text(&names.label), err);
    }
    pack_names_done(&names);
    return result < 0 ? -1 : safetensors_header_end(header, 0, err);
}

int mm_safetensors_write_all(const struct mm_store *stores, size_t count, const char *path,
                             struct mm_err *err)
{
    struct safetensors_header header;
    struct mm_atomic out;
    safetensors_header_init(&header);
    int result = make_header(&header, stores, count, path, err);
    if (result == 0)
        result = mm_atomic_open(&out, path, err);
    if (result == 0) {
        out.unsynced = count > 0 && stores->unsynced;
        mm_atomic_write(&out, header.text.data, header.text.length);
        for (size_t i = 0; i < count && result == 0; i++)
            result = mm_elements_write(stores[i].tensor, true, path, put, &out, err);
        if (result == 0)
            result = mm_atomic_commit(&out, err);
        else
            mm_atomic_abort(&out);
    }
    safetensors_header_done(&header);
    return result;
}

int mm_safetensors_write(const struct mm_store *store, const char *path, struct mm_err *err)
{
    return mm_safetensors_write_all(store, 1, path, err);
}
