/* x86-64 baseline: SSE2, which every such machine has. */
#if defined(__x86_64__)
#include "tensor/kernels_table.h"
#include "tensor/kernels_vector.h"

KERNEL_TABLES(sse2);
#else
typedef int nothing_for_this_machine;
#endif
