#include "remote/spool.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "format/temporary.h"

struct spool {
    pthread_mutex_t lock;
    struct spool_item *first;
    size_t size, most;
    uint64_t clock;
};

static void item_free(struct spool_item *item)
{
    if (item->mapped)
        munmap(item->data, item->size);
    else
        free(item->data);
    free(item);
}

struct spool *spool_open(size_t most)
{
    struct spool *spool = calloc(1, sizeof *spool);
    if (!spool)
        return NULL;
    spool->most = most;
    pthread_mutex_init(&spool->lock, NULL);
    return spool;
}

void spool_close(struct spool *spool)
{
    if (!spool)
        return;
    for (struct spool_item *item = spool->first, *next; item; item = next) {
        next = item->next;
        item_free(item);
    }
    pthread_mutex_destroy(&spool->lock);
    free(spool);
}

struct spool_item *spool_find(struct spool *spool, uint64_t key)
{
    pthread_mutex_lock(&spool->lock);
    struct spool_item *item = spool->first;
    while (item && item->key != key)
        item = item->next;
    if (item) {
        item->users++;
        item->used = ++spool->clock;
    }
    pthread_mutex_unlock(&spool->lock);
    return item;
}

static int map_temporary(struct spool_item *item, const char *label, struct mm_err *err)
{
    int fd = mm_temporary_open(err);
    if (fd < 0)
        return -1;
    if (mm_temporary_room(fd, label, item->size, err) < 0) {
        close(fd);
        return -1;
    }
    void *data = mmap(NULL, item->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (data == MAP_FAILED)
        return mm_fail_errno(err, label, "mapping its temporary file");
    item->data = data;
    item->mapped = true;
    return 0;
}

struct spool_item *spool_make(size_t size, const char *label, struct mm_err *err)
{
    struct spool_item *item = calloc(1, sizeof *item);
    if (!item) {
        mm_fail_memory(err);
        return NULL;
    }
    item->size = size;
    item->users = 1;
    if (size <= SPOOL_SMALL)
        item->data = malloc(size + 1);
    else if (map_temporary(item, label, err) < 0) {
        free(item);
        return NULL;
    }
    if (item->data)
        return item;
    free(item);
    mm_fail_memory(err);
    return NULL;
}

/* The one that nobody reads and that was read least lately; NULL: there is none. Under the lock, as the next. */
static struct spool_item **oldest(struct spool *spool)
{
    struct spool_item **found = NULL;
    for (struct spool_item **item = &spool->first; *item; item = &(*item)->next) {
        if ((*item)->users == 0 && (!found || (*item)->used < (*found)->used))
            found = item;
    }
    return found;
}

static void drop(struct spool *spool, struct spool_item **place)
{
    struct spool_item *item = *place;
    *place = item->next;
    spool->size -= item->size;
    item_free(item);
}

static void trim(struct spool *spool)
{
    struct spool_item **item;
    while (spool->size > spool->most && (item = oldest(spool)))
        drop(spool, item);
}

void spool_keep(struct spool *spool, struct spool_item *item, uint64_t key)
{
    pthread_mutex_lock(&spool->lock);
    item->key = key;
    item->kept = true;
    item->used = ++spool->clock;
    item->next = spool->first;
    spool->first = item;
    spool->size += item->size;
    trim(spool);
    pthread_mutex_unlock(&spool->lock);
}

void spool_end(struct spool_item *item)
{
    if (item)
        item_free(item);
}

void spool_release(struct spool *spool, struct spool_item *item)
{
    if (!item || !spool)
        return;
    if (!item->kept) {
        item_free(item);
        return;
    }
    pthread_mutex_lock(&spool->lock);
    item->users--;
    trim(spool);
    pthread_mutex_unlock(&spool->lock);
}

void spool_forget(struct spool *spool, uint32_t upper)
{
    pthread_mutex_lock(&spool->lock);
    for (struct spool_item **item = &spool->first; *item;) {
        if ((*item)->key >> 32 == upper && (*item)->users == 0) {
            drop(spool, item);
            continue;
        }
        if ((*item)->key >> 32 == upper)
            (*item)->key = UINT64_MAX; /* whoever reads it may go on; nobody finds it */
        item = &(*item)->next;
    }
    pthread_mutex_unlock(&spool->lock);
}

size_t spool_size(struct spool *spool)
{
    pthread_mutex_lock(&spool->lock);
    size_t size = spool->size;
    pthread_mutex_unlock(&spool->lock);
    return size;
}
