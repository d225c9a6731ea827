/* The file of a model, opened once for all who ask for values. */
#include "graph/graph.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>

/* ---- is it still the same file? ----------------------------------------------------------------------------- */

static int look(const struct mm_map *map, const char *path, struct mm_graph_source *now, struct mm_err *err)
{
    struct stat info;
    *now = (struct mm_graph_source){.path = path};
    if (!map->base)
        return 0;
    if (fstat(map->fd, &info) < 0)
        return mm_fail_errno(err, path, "reading its size");
    now->device = info.st_dev;
    now->file = info.st_ino;
    now->size = (uint64_t)info.st_size;
    now->seconds = info.st_mtim.tv_sec;
    now->nanoseconds = info.st_mtim.tv_nsec;
    return 0;
}

int mm_source_note(struct mm_graph_source *source, const struct mm_map *map, struct mm_err *err)
{
    struct mm_graph_source now;
    if (look(map, source->path, &now, err) < 0)
        return -1;
    now.value = source->value;
    *source = now;
    return 0;
}

int mm_source_check(const struct mm_graph_source *source, const struct mm_map *map, struct mm_err *err)
{
    struct mm_graph_source now;
    if (look(map, source->path, &now, err) < 0)
        return -1;
    if (now.device == source->device && now.file == source->file && now.size == source->size &&
        now.seconds == source->seconds && now.nanoseconds == source->nanoseconds)
        return 0;
    return mm_fail(err, MM_EIO, "%s: has changed since its graph was read: start again to use the new one",
                   source->path);
}

/* ---- weights -------------------------------------------------------------------------------------------------- */

struct mm_graph_weights {
    const struct mm_graph *graph;
    pthread_mutex_t lock; /* while the file is opened */
    bool is_open;
    struct mm_map map;
};

int mm_graph_weights_open(struct mm_graph_weights **weights, const struct mm_graph *graph, struct mm_err *err)
{
    *weights = NULL;
    if (!graph->source->path)
        return mm_fail(err, MM_EARG, "the graph was not read from a file: it has no weights");
    struct mm_graph_weights *new = calloc(1, sizeof *new);
    if (!new || pthread_mutex_init(&new->lock, NULL) != 0) {
        free(new);
        return mm_fail_memory(err);
    }
    new->graph = graph;
    *weights = new;
    return 0;
}

void mm_graph_weights_close(struct mm_graph_weights *weights)
{
    if (!weights)
        return;
    mm_map_close(&weights->map);
    pthread_mutex_destroy(&weights->lock);
    free(weights);
}

/* A file that could not be opened, or is another one, is tried again by who asks next. */
static int open_file(struct mm_graph_weights *weights, struct mm_err *err)
{
    const struct mm_graph_source *source = weights->graph->source;
    if (weights->is_open)
        return mm_source_check(source, &weights->map, err);
    if (mm_map_open(&weights->map, source->path, err) < 0)
        return -1;
    if (mm_source_check(source, &weights->map, err) < 0) {
        mm_map_close(&weights->map);
        return -1;
    }
    weights->is_open = true;
    return 0;
}

int mm_graph_constant(struct mm_graph_weights *weights, int tensor, struct mm_stored *stored,
                      struct mm_err *err)
{
    *stored = (struct mm_stored){.name = ""};
    pthread_mutex_lock(&weights->lock);
    int result = open_file(weights, err);
    pthread_mutex_unlock(&weights->lock);
    if (result < 0)
        return -1;
    const struct mm_map *map = &weights->map;
    struct mm_wire model = {weights->graph->source->path, map->data, map->data, map->data + map->size};
    return mm_graph_value_read(weights->graph, tensor, model, stored, err);
}

int mm_graph_weights_check(struct mm_graph_weights *weights, const struct mm_stored *stored,
                           struct mm_err *err)
{
    const struct mm_graph_source *source = weights->graph->source;
    pthread_mutex_lock(&weights->lock);
    int result = weights->is_open ? mm_source_check(source, &weights->map, err) : 0;
    if (result == 0 && weights->is_open)
        result = mm_map_check(&weights->map, source->path, err);
    pthread_mutex_unlock(&weights->lock);
    return result == 0 && stored ? mm_stored_check(stored, source->path, err) : result;
}
