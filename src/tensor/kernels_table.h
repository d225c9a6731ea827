/* The three tables of a kernels_ISA.c, from the functions that it has in the same names as every other. */
#ifndef MMTUI_TENSOR_KERNELS_TABLE_H
#define MMTUI_TENSOR_KERNELS_TABLE_H

#include "tensor/decode_loops.h"
#include "tensor/kernels.h"
#include "tensor/round_loops.h"

#define KERNEL_TABLES(isa)                                                                                   \
    const struct mm_kernels mm_kernels_##isa = {                                                             \
        .name = #isa,                                                                                        \
        .measure_float = measure_float,                                                                      \
        .measure_double = measure_double,                                                                    \
        .centre_double = centre_double,                                                                      \
        .hist_float = hist_float,                                                                            \
        .hist_double = hist_double,                                                                          \
        .exp_hist_float = exp_hist_float,                                                                    \
        .exp_hist_double = exp_hist_double,                                                                  \
    };                                                                                                       \
    const struct mm_decoders mm_decoders_##isa = DECODERS;                                                   \
    const struct mm_rounders mm_rounders_##isa = ROUNDERS

#endif
