/* The inside of a session, for the files of this folder. */
#ifndef SESSION_STATE_H
#define SESSION_STATE_H

#include "mmtui/session.h"
#include "requests.h"

struct mm_session {
    struct mm_session_options options;
    char *src_path, *dst_path;
    struct mm_dump *src, *dst;
    struct mm_pairs *pairs;
    struct mm_layer *layers;
    struct mm_arena arena; /* labels */
    struct mm_pool *pool;
    struct mm_scan *scan;
    struct mm_cache *cache; /* NULL: none */
    struct mm_plan *plan;
    struct requests hist, whatif;
    const char *notice;
    uint64_t revision;
    size_t measured, cached, bad, tagged;
    size_t changed; /* layers changed in the apply under way */
    double started, seconds;
};

/* Judge a layer whose result or thresholds changed; keeps the count of bad ones. */
void session_judge(struct mm_session *session, struct mm_layer *layer);
/* Take a collected job back if it is a histogram's (a what-if table's). */
bool hist_collect(struct mm_job *job);
bool whatif_collect(struct mm_job *job);

#endif
