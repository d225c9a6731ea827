/* AArch64, where NEON is always there. */
#if defined(__aarch64__)
#include "tensor/kernels_table.h"
#include "tensor/kernels_vector.h"

KERNEL_TABLES(neon);
#else
typedef int nothing_for_this_machine;
#endif
