/* How far a computation is. The counters order nothing: who looks sees figures, not results. */
#include "mmtui/compare.h"

void mm_progress_expect(struct mm_progress *progress, int64_t more)
{
    if (progress)
        atomic_store_explicit(&progress->whole,
                              atomic_load_explicit(&progress->done, memory_order_relaxed) + more,
                              memory_order_relaxed);
}

void mm_progress_add(struct mm_progress *progress, int64_t n)
{
    if (progress)
        atomic_fetch_add_explicit(&progress->done, n, memory_order_relaxed);
}

double mm_progress_share(struct mm_progress *progress)
{
    long long whole = atomic_load_explicit(&progress->whole, memory_order_relaxed);
    long long done = atomic_load_explicit(&progress->done, memory_order_relaxed);

    if (whole <= 0)
        return -1.0;
    return done < whole ? (double)done / (double)whole : 1.0;
}
