/* All loops for one lane: included by kernels_vector.h for floats (LANE_FLOAT 1) and for doubles. */
#if LANE_FLOAT
#define REAL     float
#define REAL_MAX FLT_MAX
#define WIDE     F32_LANES /* elements of a vector in the source's own numbers */
#define VECTOR   f32v
#define COUNTS   i32v
#define MIN      MIN_F32
#define MAX      MAX_F32
#define ABS      ABS_F32
#define KEEP     KEEP_F32
#define PICK     PICK_F32
#define NAME(x)  x##_float
/* The product of two floats is exact in a double: fused or not is the same. */
#define ADD_PRODUCT(a, b, sum) FMA_F64(a, b, sum)
#else
#define REAL                   double
#define REAL_MAX               DBL_MAX
#define WIDE                   F64_LANES
#define VECTOR                 f64v
#define COUNTS                 i64v
#define MIN                    MIN_F64
#define MAX                    MAX_F64
#define ABS                    ABS_F64
#define KEEP                   KEEP_F64
#define PICK                   PICK_F64
#define NAME(x)                x##_double
#define ADD_PRODUCT(a, b, sum) ((sum) + (a) * (b))
#endif

#include "tensor/kernels_sums.h"
#include "tensor/kernels_extremes.h"
#include "tensor/kernels_errors.h"
#if LANE_FLOAT
#include "tensor/kernels_ends.h"
#include "tensor/kernels_look.h"
#endif
#include "tensor/kernels_taint.h"
#include "tensor/kernels_block.h"
#include "tensor/kernels_hist.h"
#include "tensor/kernels_exp_hist.h"

#undef REAL
#undef REAL_MAX
#undef WIDE
#undef VECTOR
#undef COUNTS
#undef MIN
#undef MAX
#undef ABS
#undef KEEP
#undef PICK
#undef NAME
#undef ADD_PRODUCT
