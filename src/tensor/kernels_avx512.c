/* x86-64 with AVX-512 VL, DQ and BW: 32 registers, still of 32 bytes. */
#if defined(__AVX512VL__)
#include "tensor/kernels_table.h"
#include "tensor/kernels_vector.h"

KERNEL_TABLES(avx512);
#else
typedef int nothing_for_this_machine;
#endif
