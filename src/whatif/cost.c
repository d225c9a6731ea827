/* The two sums that a what-if's cost is made of. */
#include "whatif/cost.h"

#include <string.h>

/* Four values at once, in what registers there are. */
typedef float four_floats __attribute__((vector_size(16)));
typedef double four __attribute__((vector_size(32)));

void mm_cost_floats(const float *x, const float *rounded, size_t n, double *square, double *error)
{
    four ss = {0}, ee = {0};
    size_t i = 0;

    for (; i + 4 <= n; i += 4) {
        four_floats x_here, y_here;

        memcpy(&x_here, x + i, sizeof(x_here));
        memcpy(&y_here, rounded + i, sizeof(y_here));
        four s = __builtin_convertvector(x_here, four), e = s - __builtin_convertvector(y_here, four);
        ss += s * s;
        ee += e * e;
    }
    for (; i < n; i++) {
        double s = (double)x[i], e = s - (double)rounded[i];

        ss[0] += s * s;
        ee[0] += e * e;
    }
    *square += (ss[0] + ss[1]) + (ss[2] + ss[3]);
    *error += (ee[0] + ee[1]) + (ee[2] + ee[3]);
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
