#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "format_testing.h"

static char *folder;

static int make(void **state)
{
    (void)state;
    folder = make_folder();
    return 0;
}

static int drop(void **state)
{
    (void)state;
    drop_folder(folder);
    return 0;
}

struct held {
    struct mm_tensor tensor;
    struct mm_run run;
};

static struct mm_store store_of(struct held *held, const char *name, enum mm_dtype dtype,
                                struct mm_shape shape, const void *data)
{
    mm_tensor_raw(&held->tensor, dtype, &shape, data, &held->run);
    return (struct mm_store){.tensor = &held->tensor, .name = name, .unsynced = true};
}

static int write_all(const char *file, const struct mm_store *stores, size_t count, struct mm_err *err)
{
    char *path = mm_path_join(folder, file);
    int result = mm_format_find("npz")->write_all(stores, count, path, err);
    free(path);
    return result;
}

/* np.load finds the arrays, in this order, and the checksums are right. */
static void numpy_reads_it(void **state)
{
    static const float x[] = {1.5f, -2, 3, 4, 5, 6};
    static const int64_t large[] = {INT64_MAX, INT64_MIN, (INT64_C(1) << 60) + 1};
    struct held held[5];
    struct mm_err err;
    const struct mm_store stores[] = {
        store_of(&held[0], "net/x", MM_F32, (struct mm_shape){2, {2, 3}}, x),
        store_of(&held[1], "large", MM_I64, (struct mm_shape){1, {3}}, large),
        store_of(&held[2], NULL, MM_F32, (struct mm_shape){0, {0}}, x),
        store_of(&held[3], "", MM_U8, (struct mm_shape){1, {4}}, x),
        store_of(&held[4], "empty", MM_F64, (struct mm_shape){2, {0, 3}}, x),
    };
    (void)state;
    mm_tensor_fortran(&held[0].tensor);
    if (write_all("a.npz", stores, MM_COUNT(stores), &err) < 0)
        fail_msg("%s", err.text);
    python(folder, "import numpy as np, sys, zipfile\n"
                   "path = sys.argv[1] + '/a.npz'\n"
                   "a = np.load(path)\n"
                   "assert a.files == ['net/x', 'large', 'arr_2', '', 'empty'], a.files\n"
                   "assert (a['net/x'] == [[1.5, 3, 5], [-2, 4, 6]]).all() and a['net/x'].dtype == 'f4'\n"
                   "assert list(a['large']) == [2**63 - 1, -2**63, 2**60 + 1]\n"
                   "assert a['arr_2'].shape == () and a['arr_2'] == 1.5\n"
                   "assert list(a['']) == [0, 0, 192, 63]\n"
                   "assert a['empty'].shape == (0, 3)\n"
                   "assert zipfile.ZipFile(path).testzip() is None\n");
    size_t size;
    uint8_t *bytes = get_file(folder, "a.npz", &size), *array = memmem(bytes, size, x, 4);
    assert_non_null(array);
    assert_int_equal((array - bytes) % 64, 0); /* can be mapped and used where it is */
    free(bytes);
}

static void one_tensor(void **state)
{
    static const float x[] = {1, 2};
    struct held held;
    struct mm_store store = store_of(&held, NULL, MM_F32, (struct mm_shape){1, {2}}, x);
    struct mm_err err;
    (void)state;
    char *path = mm_path_join(folder, "one.npz");
    assert_int_equal(mm_format_find("npz")->write(&store, path, &err), 0);
    free(path);
    python(folder, "import numpy as np, sys\n"
                   "a = np.load(sys.argv[1] + '/one.npz')\n"
                   "assert a.files == ['arr_0'] and list(a['arr_0']) == [1, 2]\n");
    assert_int_equal(write_all("none.npz", NULL, 0, &err), 0);
    python(folder, "import numpy as np, sys\n"
                   "assert np.load(sys.argv[1] + '/none.npz').files == []\n");
}

/* One that can't be written: no file, and an old one stays as it is. */
static void all_or_nothing(void **state)
{
    static const uint16_t x[] = {1, 2};
    struct held held[2];
    struct mm_err err;
    size_t size;
    const struct mm_store stores[] = {store_of(&held[0], "a", MM_F16, (struct mm_shape){1, {2}}, x),
                                      store_of(&held[1], "b", MM_I4, (struct mm_shape){1, {2}}, x)};
    (void)state;
    put_text(folder, "old.npz", "old");
    assert_int_equal(write_all("old.npz", stores, 2, &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    assert_non_null(strstr(err.text, "old.npz: tensor 'b': .npy has no data type for i4"));
    uint8_t *bytes = get_file(folder, "old.npz", &size);
    assert_int_equal(size, 3);
    assert_memory_equal(bytes, "old", 3);
    free(bytes);
    assert_int_equal(write_all("no/folder.npz", stores, 1, &err), -1);
    assert_int_equal(err.code, MM_ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numpy_reads_it, make, drop),
        cmocka_unit_test_setup_teardown(one_tensor, make, drop),
        cmocka_unit_test_setup_teardown(all_or_nothing, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
