/* x86-64 with AVX2, FMA and F16C (2013 and later). */
#if defined(__AVX2__)
#include "tensor/kernels_table.h"
#include "tensor/kernels_vector.h"

KERNEL_TABLES(avx2);
#else
typedef int nothing_for_this_machine;
#endif
