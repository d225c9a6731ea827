/* The connections of the near side, one a host. */
#include "remote/remotes.h"

#include <stdlib.h>
#include <string.h>

int mm_remotes_open(struct mm_remotes **out, const struct mm_remote_options *options, struct mm_err *err)
{
    struct mm_remotes *remotes = calloc(1, sizeof *remotes);
    *out = remotes;
    if (remotes && !(remotes->spool = spool_open(SPOOL_MOST))) {
        free(remotes);
        *out = NULL;
    }
    if (!*out)
        return mm_fail_memory(err);
    remotes->options = *options;
    remotes->measurer = (struct mm_pair_measurer){.measure = remotes_measure, .context = remotes};
    pthread_mutex_init(&remotes->lock, NULL);
    return 0;
}

static void close_host(struct remote_host *host)
{
    link_close(host->link);
    for (size_t i = 0; i < host->old_count; i++)
        link_close(host->old[i]);
    free(host->old);
    free(host->name);
    free(host);
}

void mm_remotes_close(struct mm_remotes *remotes)
{
    if (!remotes)
        return;
    for (struct remote_host *host = remotes->hosts, *next; host; host = next) {
        next = host->next;
        close_host(host);
    }
    spool_close(remotes->spool);
    pthread_mutex_destroy(&remotes->lock);
    free(remotes);
}

const struct mm_pair_measurer *mm_remotes_measurer(const struct mm_remotes *remotes)
{
    return &remotes->measurer;
}

void mm_remotes_bytes(struct mm_remotes *remotes, uint64_t *sent, uint64_t *received)
{
    *sent = *received = 0;
    pthread_mutex_lock(&remotes->lock);
    for (struct remote_host *host = remotes->hosts; host; host = host->next) {
        for (size_t i = 0; i <= host->old_count; i++) {
            struct link *link = i < host->old_count ? host->old[i] : host->link;
            uint64_t out = 0, in = 0;
            if (link)
                link_bytes(link, &out, &in);
            *sent += out;
            *received += in;
        }
    }
    pthread_mutex_unlock(&remotes->lock);
}

int mm_remotes_allow(const struct mm_remotes *remotes, const char *src, const char *dst, struct mm_err *err)
{
    if (!remotes || !remotes->options.figures_only || !mm_remote_is(src) || !mm_remote_is(dst) ||
        mm_remote_same(src, dst))
        return 0;
    return mm_fail(
        err, MM_EARG,
        "--figures-only: %s and %s are on two machines, and neither may give its values to the other: copy "
        "one beside the other, or run mmtui on one of them",
        src, dst);
}

/* ---- hosts ---- */

static struct remote_host *find_host(struct mm_remotes *remotes, const char *name)
{
    struct remote_host *host = remotes->hosts;
    while (host && strcmp(host->name, name) != 0)
        host = host->next;
    return host;
}

struct remote_host *remotes_host(struct mm_remotes *remotes, const char *name)
{
    pthread_mutex_lock(&remotes->lock);
    struct remote_host *host = find_host(remotes, name);
    if (!host && (host = calloc(1, sizeof *host))) {
        host->name = strdup(name);
        host->next = remotes->hosts;
        if (host->name)
            remotes->hosts = host;
        else
            free(host), host = NULL;
    }
    pthread_mutex_unlock(&remotes->lock);
    return host;
}

int remotes_attach(struct mm_remotes *remotes, const char *name, struct link *link)
{
    struct remote_host *host = remotes_host(remotes, name);
    if (host)
        host->link = link;
    else
        link_close(link);
    return host ? 0 : -1;
}

/* Under the lock. */
static int connect_host(struct mm_remotes *remotes, struct remote_host *host, struct mm_err *err)
{
    struct link *link;
    bool again = host->link;
    if (mm_grow((void **)&host->old, &host->old_room, host->old_count + 1, sizeof *host->old) < 0)
        return mm_fail_memory(err);
    if (link_open(&link, host->name, &remotes->options, again, err) < 0)
        return -1;
    if (again)
        host->old[host->old_count++] = host->link;
    host->link = link;
    return 0;
}

struct link *remotes_link(struct mm_remotes *remotes, struct remote_host *host, bool again,
                          struct mm_err *err)
{
    int result = 0;
    pthread_mutex_lock(&remotes->lock);
    if (!host->link || (again && link_lost(host->link)))
        result = connect_host(remotes, host, err);
    struct link *link = result < 0 ? NULL : host->link;
    pthread_mutex_unlock(&remotes->lock);
    return link;
}
