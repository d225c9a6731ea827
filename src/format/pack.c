/* Many tensors, one after the other into one file: what does not depend on the format. */
#include "format/pack.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- names ---- */

int pack_names_add(struct pack_names *names, const struct mm_store *store, const char *path,
                   const char **name, struct mm_err *err)
{
    char number[32];
    size_t count = names->set.count;
    const char *text = store->name ? store->name : number;
    snprintf(number, sizeof number, "arr_%zu", count);
    mm_buf_clear(&names->label);
    mm_buf_printf(&names->label, "%s: tensor '%.120s'", path, text);
    int place = names->label.failed ? -1 : mm_names_add(&names->set, &names->arena, text, strlen(text));
    if (place < 0)
        return mm_fail_memory(err);
    if (names->set.count == count)
        return mm_fail(err, MM_EARG,
                       "%s: another one has the same name: a file can't hold both, a folder can",
                       mm_buf_text(&names->label));
    *name = names->set.name[place].text;
    return 0;
}

void pack_names_done(struct pack_names *names)
{
    mm_names_done(&names->set);
    mm_arena_done(&names->arena);
    mm_buf_done(&names->label);
}

/* ---- the file ---- */

static void release(struct mm_pack *pack)
{
    pack_names_done(&pack->names);
    free(pack->path);
    free(pack);
}

static int open_kind(struct mm_pack **pack, const struct mm_pack_kind *kind, const char *path,
                     struct mm_err *err)
{
    struct mm_pack *made = calloc(1, kind->size);
    *pack = NULL;
    if (!made)
        return mm_fail_memory(err);
    made->kind = kind;
    made->path = strdup(path);
    if ((made->path ? kind->open(made, err) : mm_fail_memory(err)) < 0) {
        release(made);
        return -1;
    }
    *pack = made;
    return 0;
}

int mm_pack_open(struct mm_pack **pack, const struct mm_format *format, const char *path, struct mm_err *err)
{
    *pack = NULL;
    if (!format->pack)
        return mm_fail(err, MM_EARG,
                       "%s: %s is no format that many tensors are written into: end the name in .npz or "
                       ".safetensors",
                       path, format->name);
    return open_kind(pack, format->pack, path, err);
}

int mm_pack_add(struct mm_pack *pack, const struct mm_store *store, struct mm_err *err)
{
    const char *name;
    size_t count = pack->names.set.count;
    if (pack_names_add(&pack->names, store, pack->path, &name, err) < 0)
        return -1;
    bool unsynced = pack->out->unsynced;
    pack->out->unsynced = store->unsynced && (count == 0 || unsynced);
    if (pack->kind->add(pack, store, name, mm_buf_text(&pack->names.label), err) == 0)
        return 0;
    pack->out->unsynced = unsynced;
    mm_names_take_back(&pack->names.set);
    return -1;
}

int mm_pack_commit(struct mm_pack *pack, struct mm_err *err)
{
    int result = pack->kind->commit(pack, err);
    release(pack);
    return result;
}

void mm_pack_abort(struct mm_pack *pack)
{
    if (!pack)
        return;
    pack->kind->abort(pack);
    release(pack);
}

int pack_write_all(const struct mm_pack_kind *kind, const struct mm_store *stores, size_t count,
                   const char *path, struct mm_err *err)
{
    struct mm_pack *pack;
    if (open_kind(&pack, kind, path, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (mm_pack_add(pack, &stores[i], err) < 0) {
            mm_pack_abort(pack);
            return -1;
        }
    }
    return mm_pack_commit(pack, err);
}
