/* Which state of the files a pair is: by size, times, inode and device. */
#include "compare/measure.h"

#include <sys/stat.h>
#include <time.h>

#define SECOND INT64_C(1000000000)

static int64_t nanoseconds(struct timespec time)
{
    return (int64_t)((uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec);
}

/*
 * Could the file be written again without getting another time? Times count in ticks of the system's coarse
 * clock, on some file systems in whole seconds or two.
 */
static bool is_settled(int64_t time, int64_t now)
{
    int64_t tick = time % SECOND == 0 ? 2 * SECOND : 1;
    return time <= now - tick || time > now + 2 * SECOND;
}

static bool take_state(const struct mm_entry *entry, const struct mm_file_state *state,
                       struct mm_entry_id *id)
{
    *id = (struct mm_entry_id){.size = state->size,
                               .modified = state->modified,
                               .changed = state->changed,
                               .inode = state->inode,
                               .device = state->device,
                               .offset = entry->offset,
                               .bytes = entry->member ? entry->size : (uint64_t)state->size,
                               .check = entry->check};
    return is_settled(id->modified, state->seen) && is_settled(id->changed, state->seen);
}

static bool take_id(const struct mm_entry *entry, int64_t now, struct mm_entry_id *id);

/* All parts, and how they are put together: what differs in one of them differs. */
static bool take_joined(const struct mm_joined *joined, int64_t now, struct mm_entry_id *id)
{
    bool sure = true;
    *id = (struct mm_entry_id){.offset = (uint64_t)(int64_t)joined->axis};
    for (size_t i = 0; i < joined->count; i++) {
        struct mm_entry_id part = {0};
        sure &= take_id(&joined->part[i], now, &part);
        id->size += part.size;
        id->bytes += part.bytes;
        id->modified = part.modified > id->modified ? part.modified : id->modified;
        id->changed = part.changed > id->changed ? part.changed : id->changed;
        id->inode = (id->inode ^ part.inode ^ (uint64_t)part.modified) * UINT64_C(0x100000001b3);
        id->device = (id->device ^ part.device ^ (uint64_t)part.changed) * UINT64_C(0x100000001b3);
        id->offset = (id->offset ^ part.offset) * UINT64_C(0x100000001b3);
        id->check = (id->check ^ part.check) * UINT32_C(0x01000193);
    }
    return sure;
}

static bool take_id(const struct mm_entry *entry, int64_t now, struct mm_entry_id *id)
{
    if (entry->joined)
        return take_joined(entry->joined, now, id);
    if (entry->source->elsewhere)
        return take_state(entry, entry->source->elsewhere, id);
    struct stat info;
    if (stat(entry->source->path, &info) < 0)
        return false;
    struct mm_file_state state = {.known = true,
                                  .seen = now,
                                  .size = info.st_size,
                                  .modified = nanoseconds(info.st_mtim),
                                  .changed = nanoseconds(info.st_ctim),
                                  .inode = info.st_ino,
                                  .device = info.st_dev};
    return take_state(entry, &state, id);
}

void mm_pair_identify(const struct mm_pair *pair, struct mm_pair_id *id)
{
    struct timespec coarse;
    *id = (struct mm_pair_id){.sure = clock_gettime(CLOCK_REALTIME_COARSE, &coarse) == 0};
    int64_t now = nanoseconds(coarse);
    if (pair->src)
        id->sure &= take_id(pair->src, now, &id->src);
    if (pair->dst)
        id->sure &= take_id(pair->dst, now, &id->dst);
}

static bool opens_whole(const struct mm_entry *entry)
{
    return !entry || (!entry->member && !entry->joined && !entry->source->elsewhere);
}

bool mm_pair_opens_whole(const struct mm_pair *pair)
{
    return opens_whole(pair->src) && opens_whole(pair->dst);
}

void mm_pair_identify_read(const struct mm_worker_scratch *scratch, const struct mm_pair *pair,
                           struct mm_pair_id *id)
{
    const struct mm_file_state *src = &scratch->reader[0].state, *dst = &scratch->reader[1].state;
    if ((pair->src && !src->known) || (pair->dst && !dst->known)) {
        mm_pair_identify(pair, id);
        return;
    }
    *id = (struct mm_pair_id){.sure = true};
    if (pair->src)
        id->sure &= take_state(pair->src, src, &id->src);
    if (pair->dst)
        id->sure &= take_state(pair->dst, dst, &id->dst);
}

static bool same_file(const struct mm_entry_id *a, const struct mm_entry_id *b)
{
    return a->size == b->size && a->modified == b->modified && a->changed == b->changed &&
           a->inode == b->inode && a->device == b->device;
}

bool mm_pair_id_same(const struct mm_pair_id *a, const struct mm_pair_id *b)
{
    return same_file(&a->src, &b->src) && same_file(&a->dst, &b->dst);
}
