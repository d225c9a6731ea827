#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/format.h"
#include "unit/format/format_testing.h"

static int write_npy(const char *folder, const char *name, const struct mm_tensor *tensor, struct mm_err *err)
{
    struct mm_store store = {.tensor = tensor};
    char *path = mm_path_join(folder, name);
    int result = mm_format_find("npy")->write(&store, path, err);
    free(path);
    return result;
}

static const char header_program[] =
    "import sys, numpy as np\n"
    "d = sys.argv[1]\n"
    "for n, s in [('scalar', ()), ('one', (3,)), ('two', (2, 3)), ('empty', (0, 3))]:\n"
    "    file = d + '/' + n + '.npy'\n"
    "    a = np.load(file)\n"
    "    assert a.shape == s and a.dtype == np.dtype('<f4') and a.flags.c_contiguous, n\n"
    "    assert (a.ravel() == np.arange(a.size) + 1).all(), n\n"
    "    np.save(d + '/again.npy', a)\n"
    "    assert open(d + '/again.npy', 'rb').read()[:128] == open(file, 'rb').read()[:128], n\n";

static void shapes_as_numpy_writes_them(void **state)
{
    static const float data[6] = {1, 2, 3, 4, 5, 6};
    static const struct {
        const char *file;
        struct mm_shape shape;
    } cases[] = {{"scalar.npy", {0, {0}}},
                 {"one.npy", {1, {3}}},
                 {"two.npy", {2, {2, 3}}},
                 {"empty.npy", {2, {0, 3}}}};
    char *folder = make_folder();
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_tensor tensor;
        struct mm_run run;
        mm_tensor_raw(&tensor, MM_F32, &cases[i].shape, data, &run);
        assert_int_equal(write_npy(folder, cases[i].file, &tensor, NULL), 0);
    }
    python(folder, header_program);
    drop_folder(folder);
}

/* NumPy writes arrays of every kind; they are read, written again, and NumPy compares. */
static const char make_program[] =
    "import sys, numpy as np\n"
    "from numpy.lib import format as f\n"
    "r = np.random.RandomState(2)\n"
    "n = 0\n"
    "for t in 'f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 b1'.split():\n"
    "    for o in '<>':\n"
    "        for m in 'CF':\n"
    "            a = np.frombuffer(r.bytes(8 * 60), dtype=o + t if t != 'b1' else 'u1')[:60].reshape(3, 4, "
    "5)\n"
    "            if t == 'b1': a = (a & 1).astype('b1')\n"
    "            np.save('%s/in%d.npy' % (sys.argv[1], n), np.array(a, order=m))\n"
    "            n += 1\n";
static const char compare_program[] =
    "import sys, numpy as np\n"
    "for n in range(48):\n"
    "    a, b = (np.load('%s/%s%d.npy' % (sys.argv[1], k, n)) for k in ('in', 'out'))\n"
    "    assert b.dtype == a.dtype.newbyteorder('<') and b.shape == a.shape, n\n"
    "    if a.dtype.kind == 'f': assert ((a == b) | (np.isnan(a) & np.isnan(b))).all(), n\n"
    "    else: assert (a == b).all(), n\n";

static void every_dtype_there_and_back(void **state)
{
    char *folder = make_folder();
    (void)state;
    python(folder, make_program);
    for (int i = 0; i < 48; i++) {
        char name[32];
        size_t size;
        struct memory_load m;
        struct mm_err err;
        snprintf(name, sizeof name, "in%d.npy", i);
        uint8_t *bytes = get_file(folder, name, &size);
        assert_int_equal(memory_open(&m, "npy", NULL, bytes, size, &err), 0);
        snprintf(name, sizeof name, "out%d.npy", i);
        if (write_npy(folder, name, &m.load.tensor, &err) < 0)
            fail_msg("%s", err.text);
        memory_close(&m);
        free(bytes);
    }
    python(folder, compare_program);
    drop_folder(folder);
}

static void what_is_refused(void **state)
{
    static const uint16_t data[2];
    static const enum mm_dtype lacking[] = {MM_F8E4M3, MM_I4, MM_U4, MM_DTYPE_NONE};
    struct mm_shape shape = shape_of(1, 2, 0, 0);
    char *folder = make_folder();
    struct mm_tensor tensor;
    struct mm_run run;
    struct mm_err err;
    (void)state;
    for (size_t i = 0; i < MM_COUNT(lacking); i++) {
        mm_tensor_raw(&tensor, lacking[i], &shape, data, &run);
        assert_int_equal(write_npy(folder, "x.npy", &tensor, &err), -1);
        assert_int_equal(err.code, MM_EUNSUPPORTED);
    }
    mm_tensor_raw(&tensor, MM_I8, &shape, data, &run);
    assert_int_equal(write_npy(folder, "missing/x.npy", &tensor, &err), -1);
    assert_int_equal(err.code, MM_ENOENT);
    /* a value that the dtype can't hold leaves no file behind */
    run = (struct mm_run){(const uint8_t *)"1 300", 5, 2, 0};
    tensor.encoding = MM_ENC_TEXT;
    assert_int_equal(write_npy(folder, "x.npy", &tensor, &err), -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    shell(folder, "test -z \"$(ls -A %s)\"");
    drop_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_as_numpy_writes_them),
        cmocka_unit_test(every_dtype_there_and_back),
        cmocka_unit_test(what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
