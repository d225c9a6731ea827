/* The two sums that a what-if's cost is made of. */
#include "whatif/cost.h"
#include "tensor/rounders.h"

void mm_cost_floats(const float *x, const float *rounded, size_t n, double *square, double *error)
{
    mm_rounders()->cost_float(x, rounded, n, square, error);
}

void mm_cost_doubles(const double *x, const double *rounded, size_t n, double *square, double *error)
{
    double ss = 0, ee = 0;

    for (size_t i = 0; i < n; i++) {
        double e = x[i] - rounded[i];

        ss += x[i] * x[i];
        ee += e * e;
    }
    *square += ss;
    *error += ee;
}
