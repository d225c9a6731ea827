/* x86-64 with AVX2, FMA and F16C (2013 and later). */
#if defined(__AVX2__)
#include "tensor/decode_loops.h"
#include "tensor/kernels_vector.h"

const struct mm_kernels mm_kernels_avx2 = {
    .name = "avx2",
    .measure_float = measure_float,
    .measure_double = measure_double,
    .centre_double = centre_double,
    .hist_float = hist_float,
    .hist_double = hist_double,
    .exp_hist_float = exp_hist_float,
    .exp_hist_double = exp_hist_double,
};

const struct mm_decoders mm_decoders_avx2 = DECODERS;
#else
typedef int nothing_for_this_machine;
#endif
