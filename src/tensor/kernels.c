/* Which instruction set is used. A new one is one file and one row here. */
#include "tensor/decode.h"
#include "tensor/kernels.h"
#include "tensor/rounders.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) && defined(__clang__) && __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>
#endif

static bool always(void)
{
    return true;
}

#if defined(__x86_64__)
/* clang does not know this one by name; the C library remembers it. (Asking the processor itself takes long
 * in a virtual machine.) */
static bool has_f16c(void)
{
#if !defined(__clang__)
    return __builtin_cpu_supports("f16c");
#elif __has_include(<sys/platform/x86.h>)
    return CPU_FEATURE_ACTIVE(F16C);
#else
    return false;
#endif
}

static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && has_f16c();
}

static bool has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
}
#endif

/* From the plainest to the best. */
static const struct mm_isa list[] = {
    {&mm_kernels_scalar, &mm_decoders_scalar, &mm_rounders_scalar, always},
#if defined(__x86_64__)
    {&mm_kernels_sse2, &mm_decoders_sse2, &mm_rounders_sse2, always},
    {&mm_kernels_avx2, &mm_decoders_avx2, &mm_rounders_avx2, has_avx2},
    {&mm_kernels_avx512, &mm_decoders_avx512, &mm_rounders_avx512, has_avx512},
#elif defined(__aarch64__)
    {&mm_kernels_neon, &mm_decoders_neon, &mm_rounders_neon, always},
#endif
};

const struct mm_isa *mm_isa_list(size_t *count)
{
    *count = MM_COUNT(list);
    return list;
}

/* Looked up afresh each time (a few times a pair, some ns) so that there is no mutable state to guard. */
static const struct mm_isa *chosen(void)
{
    const char *wanted = getenv("MMTUI_CPU");
    const struct mm_isa *best = &list[0];

    for (size_t i = 0; i < MM_COUNT(list); i++) {
        if (!list[i].runs_here())
            continue;
        if (wanted && strcmp(wanted, list[i].kernels->name) == 0)
            return &list[i];
        best = &list[i];
    }
    return best;
}

const struct mm_kernels *mm_kernels(void)
{
    return chosen()->kernels;
}

const struct mm_decoders *mm_decoders(void)
{
    return chosen()->decoders;
}

const struct mm_rounders *mm_rounders(void)
{
    return chosen()->rounders;
}

void mm_hist_map_init(struct mm_hist_map *map, const struct mm_hist *hist)
{
    double width = hist->high - hist->low;

    map->f = !isfinite(width) ? 0.5 : width < 0x1p-900 ? 0x1p512 : 1.0;
    map->low = hist->low * map->f;
    width = hist->high * map->f - map->low;
    map->scale = width > 0.0 ? (double)hist->bins / width : 0.0;
}
