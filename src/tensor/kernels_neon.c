/* AArch64, where NEON is always there. */
#if defined(__aarch64__)
#include "tensor/decode_loops.h"
#include "tensor/kernels_vector.h"

const struct mm_kernels mm_kernels_neon = {
    .name = "neon",
    .measure_float = measure_float,
    .measure_double = measure_double,
    .centre_double = centre_double,
    .hist_float = hist_float,
    .hist_double = hist_double,
    .exp_hist_float = exp_hist_float,
    .exp_hist_double = exp_hist_double,
};

const struct mm_decoders mm_decoders_neon = DECODERS;
#else
typedef int nothing_for_this_machine;
#endif
