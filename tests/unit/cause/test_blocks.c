#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

enum { CHANNELS = 3, SIDE = 2, ROWS = 12, COLUMNS = 10 };

/* DepthToSpace as ONNX defines it, of one image: in [c r r][h][w], out [c][h r][w r]. */
static void shuffle(const double *in, double *out, bool crd)
{
    for (int c = 0; c < CHANNELS; c++)
        for (int y = 0; y < ROWS * SIDE; y++)
            for (int x = 0; x < COLUMNS * SIDE; x++) {
                int block = y % SIDE * SIDE + x % SIDE;
                int from = crd ? c * SIDE * SIDE + block : block * CHANNELS + c;
                out[(c * ROWS * SIDE + y) * COLUMNS * SIDE + x] =
                    in[(from * ROWS + y / SIDE) * COLUMNS + x / SIDE];
            }
}

static void either_way(void **state)
{
    (void)state;
    for (size_t n = 0; n < 2 * NOISES; n++) {
        struct fault f;
        fault_init(&f, shape_of(4, 1, CHANNELS, ROWS * SIDE, COLUMNS * SIDE), 3 + n);
        double *in = malloc((size_t)f.count * sizeof *in);
        assert_non_null(in);
        memcpy(in, f.s, (size_t)f.count * sizeof *in);
        shuffle(in, f.s, n % 2 == 0);
        shuffle(in, f.d, n % 2 == 1);
        add_noise(&f, (enum noise)(n / 2));
        f.c.op_type = "DepthToSpace";
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_BLOCKS, 0.9,
                     n % 2 == 0 ? "blocks of 2x2 in the other order (DCR for CRD)"
                                : "blocks of 2x2 in the other order (CRD for DCR)");
        free(in);
        fault_done(&f);
    }
}

/* Other values, and one channel, of which both orders are the same. */
static void nothing_else(void **state)
{
    (void)state;
    uint64_t seed = 11;
    struct fault f;
    fault_init(&f, shape_of(4, 1, 4, 8, 8), 5);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = normal(&seed);
    fault_find(&f);
    assert_unexplained(&f, 0.3);
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(either_way), cmocka_unit_test(nothing_else)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
