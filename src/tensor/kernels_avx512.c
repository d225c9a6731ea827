/* x86-64 with AVX-512 VL, DQ and BW: 32 registers, still of 32 bytes. */
#if defined(__AVX512VL__)
#include "tensor/decode_loops.h"
#include "tensor/kernels_vector.h"

const struct mm_kernels mm_kernels_avx512 = {
    .name = "avx512",
    .measure_float = measure_float,
    .measure_double = measure_double,
    .centre_double = centre_double,
    .hist_float = hist_float,
    .hist_double = hist_double,
    .exp_hist_float = exp_hist_float,
    .exp_hist_double = exp_hist_double,
};

const struct mm_decoders mm_decoders_avx512 = DECODERS;
#else
typedef int nothing_for_this_machine;
#endif
