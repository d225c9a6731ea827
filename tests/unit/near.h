/* Figures that must be close. cmocka's own assertions of floats let NaN and infinities pass against anything; this one
 * fails for a NaN on either side, and an infinity is close to itself alone. Include it behind cmocka.h. */
#ifndef UNIT_NEAR_H
#define UNIT_NEAR_H

#include <math.h>

static inline void assert_near_at(double value, double expected, double tolerance, const char *file, int line)
{
    if (value == expected || fabs(value - expected) <= tolerance)
        return;
    print_error("%.17g is not within %g of %.17g\n", value, tolerance, expected);
    _fail(file, line);
}

#define assert_near(value, expected, tolerance) assert_near_at(value, expected, tolerance, __FILE__, __LINE__)

#endif
