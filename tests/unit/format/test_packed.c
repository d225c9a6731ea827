#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "format/packed.h"
#include "format_testing.h"

#include <dirent.h>

static char *folder;
static struct mm_source source;
static struct mm_arena arena;
static struct mm_members members;

#define LARGE 9000000 /* floats: 36 MB, beyond what is unpacked into memory */

/* Element i is i % 1000 in each of them, in row-major order. */
static int make(void **state)
{
    struct mm_err err = {MM_OK, ""};
    (void)state;
    folder = make_folder();
    python(folder,
           "import numpy as np, sys, os\n"
           "os.chdir(sys.argv[1])\n"
           "x = (np.arange(9000000) % 1000).astype('<f4')\n"
           "np.savez_compressed('a.npz', large=x, middle=x[:100000], small=x[:1000],\n"
           "                    fortran=np.asfortranarray(x.reshape(1000, 9000)), swapped=x.astype('>f4'),\n"
           "                    whole=x[:4500000].astype('<i8'), exact=np.arange(4400000) + 2**60)\n"
           "b = open('a.npz', 'rb').read()\n"
           "os.mkdir('tmp')\n");
    source.path = mm_path_join(folder, "a.npz");
    source.file = "a.npz";
    source.format = mm_format_find("npz");
    if (source.format->list(&source, &arena, &members, &err) < 0)
        fail_msg("%s", err.text);
    char *temporary = mm_path_join(folder, "tmp");
    setenv("TMPDIR", temporary, 1);
    free(temporary);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    mm_members_done(&members);
    mm_arena_done(&arena);
    free((char *)(uintptr_t)source.path);
    drop_folder(folder);
    return 0;
}

static struct mm_entry *member_of(const char *key)
{
    for (size_t i = 0; i < members.count; i++) {
        if (strcmp(members.entry[i].member, key) == 0)
            return &members.entry[i];
    }
    fail_msg("no member %s", key);
    return NULL;
}

static void open_load(struct mm_load *load, const char *key)
{
    struct mm_err err;
    if (mm_load_open(load, member_of(key), NULL, &err) < 0)
        fail_msg("%s", err.text);
}

static void assert_checked(struct mm_load *load, const char *key)
{
    struct mm_err err;
    if (mm_load_check(load, member_of(key), &err) < 0)
        fail_msg("%s", err.text);
}

static void assert_tile(struct mm_cursor *cursor, size_t n)
{
    float tile[MM_TILE];
    size_t got;
    int64_t index = cursor->index;
    const float *values = mm_cursor_floats(cursor, tile, n, &got);
    assert_int_equal(got, n);
    for (size_t i = 0; i < n; i++) {
        if (values[i] != (float)((index + (int64_t)i) % 1000))
            fail_msg("element %lld is %g", (long long)(index + (int64_t)i), values[i]);
    }
}

/* KiB of memory that is this process's own. */
static long own_memory(void)
{
    char line[128];
    long size = -1;
    FILE *file = fopen("/proc/self/status", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) && sscanf(line, "RssAnon: %ld", &size) != 1) {
    }
    fclose(file);
    assert_true(size >= 0);
    return size;
}

/* From front to back: what is held is a window, and nothing is written. */
static void in_order(void **state)
{
    static const char *const keys[] = {"large", "swapped"};
    (void)state;
    for (size_t k = 0; k < MM_COUNT(keys); k++) {
        struct mm_load load;
        struct mm_cursor cursor;
        long before = own_memory(), most = 0;
        open_load(&load, keys[k]);
        assert_false(mm_tensor_settled(&load.tensor));
        mm_cursor_init(&cursor, &load.tensor);
        for (int64_t left = LARGE; left > 0; left -= MM_TILE) {
            assert_tile(&cursor, left < MM_TILE ? (size_t)left : MM_TILE);
            if (left % 16 == 0)
                most = own_memory() > most ? own_memory() : most;
        }
        assert_int_equal(cursor.index, LARGE);
        assert_checked(&load, keys[k]);
        assert_null(load.supply->whole);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* whose own memory would count */
        assert_true(most - before < 2048);
#endif
        (void)before;
        mm_load_close(&load);
    }
}

/* Where floats lie as they are wanted, they are not copied. */
static void in_place(void **state)
{
    struct mm_load load;
    struct mm_cursor cursor;
    float tile[MM_TILE];
    size_t got;
    (void)state;
    open_load(&load, "large");
    mm_cursor_init(&cursor, &load.tensor);
    for (int i = 0; i < 100; i++)
        assert_ptr_not_equal(mm_cursor_floats(&cursor, tile, MM_TILE, &got), tile);
    mm_load_close(&load);
}

static void back_and_forth(void **state)
{
    struct mm_load load;
    struct mm_cursor cursor, again;
    (void)state;
    open_load(&load, "large");
    mm_cursor_init(&cursor, &load.tensor);
    assert_tile(&cursor, 100);
    mm_cursor_seek(&cursor, 2000001); /* ahead is still in order */
    again = cursor;
    assert_tile(&cursor, MM_TILE);
    assert_tile(&again, MM_TILE); /* so is a tile again */
    assert_null(load.supply->whole);
    mm_cursor_seek(&cursor, 1);
    assert_tile(&cursor, 100); /* this is not */
    assert_non_null(load.supply->whole);
    assert_true(mm_tensor_settled(&load.tensor));
    assert_true(mm_tensor_at(&load.tensor, LARGE - 1) == 999);
    assert_tile(&again, 10);
    assert_checked(&load, "large");
    mm_load_close(&load);
}

/* A second pass is as good as the first; the third is over a file. So is one that begins elsewhere. */
static void passes(void **state)
{
    struct mm_load load;
    struct mm_cursor cursor;
    (void)state;
    open_load(&load, "large");
    for (int pass = 0; pass < 3; pass++) {
        mm_cursor_init(&cursor, &load.tensor);
        for (int64_t left = LARGE; left > 0; left -= MM_TILE)
            assert_tile(&cursor, left < MM_TILE ? (size_t)left : MM_TILE);
        assert_int_equal(mm_tensor_settled(&load.tensor), pass == 2);
        assert_checked(&load, "large");
    }
    mm_load_close(&load);
}

/* A writer reads a tile again whose integers are too large for doubles. */
static void exact_integers(void **state)
{
    struct mm_load load;
    struct mm_err err;
    (void)state;
    open_load(&load, "exact");
    struct mm_store store = {.tensor = &load.tensor, .unsynced = true};
    char *path = mm_path_join(folder, "exact.npy");
    if (mm_format_find("npy")->write(&store, path, &err) < 0)
        fail_msg("%s", err.text);
    assert_null(load.supply->whole);
    assert_checked(&load, "exact");
    mm_load_close(&load);
    free(path);
    python(folder, "import numpy as np, sys\n"
                   "assert (np.load(sys.argv[1] + '/exact.npy') == np.arange(4400000) + 2**60).all()\n");
}

/* The temporary file has no name, and its folder is full of nothing afterwards. */
static void nothing_stays(void **state)
{
    (void)state;
    DIR *tmp = opendir(getenv("TMPDIR"));
    assert_non_null(tmp);
    for (struct dirent *entry; (entry = readdir(tmp));)
        assert_true(entry->d_name[0] == '.');
    closedir(tmp);
}

static void other_orders(void **state)
{
    struct mm_load load;
    struct mm_cursor cursor;
    struct mm_tensor view;
    struct mm_err err;
    (void)state;
    open_load(&load, "fortran");
    assert_true(load.tensor.strided);
    mm_cursor_init(&cursor, &load.tensor);
    for (int i = 0; i < 10; i++)
        assert_tile(&cursor, MM_TILE);
    assert_checked(&load, "fortran");
    mm_load_close(&load);
    open_load(&load, "large");
    load.tensor.shape = (struct mm_shape){2, {1000, 9000}};
    assert_int_equal(mm_tensor_permute(&load.tensor, (const int[]){1, 0}, &view, &err), 0);
    assert_true(mm_tensor_at(&view, 1) == 0 && mm_tensor_at(&view, 1000) == 1 &&
                mm_tensor_at(&view, 1001) == 1);
    mm_load_close(&load);
}

/* Up to 32 MiB: in memory as soon as a value is asked for, not when the header is read. */
static void in_memory(void **state)
{
    struct mm_load load;
    struct mm_cursor cursor;
    (void)state;
    open_load(&load, "middle");
    assert_non_null(load.supply);
    assert_false(mm_tensor_settled(&load.tensor));
    mm_cursor_init(&cursor, &load.tensor);
    assert_tile(&cursor, 10);
    assert_true(mm_tensor_settled(&load.tensor));
    assert_true(mm_tensor_at(&load.tensor, 99999) == 999);
    assert_checked(&load, "middle");
    mm_load_close(&load);
    open_load(&load, "small");
    assert_null(load.supply);
    assert_true(mm_tensor_settled(&load.tensor));
    mm_load_close(&load);
}

/* Headers alone: nothing is unpacked that is not needed, and nothing is wrong. */
static void headers_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < members.count; i++) {
        struct mm_load load;
        open_load(&load, members.entry[i].member);
        assert_true(load.tensor.count >= 1000);
        assert_checked(&load, members.entry[i].member);
        mm_load_close(&load);
    }
}

static void raw_bytes(void **state)
{
    struct mm_load load;
    (void)state;
    open_load(&load, "whole");
    for (int64_t i = 1000000; i < 1000005; i++) {
        int64_t value;
        const uint8_t *bytes = mm_tensor_bytes(&load.tensor, 0, (size_t)i * 8, 8);
        assert_non_null(bytes);
        memcpy(&value, bytes, 8);
        assert_int_equal(value, i % 1000);
    }
    mm_load_close(&load);
}

static void cancelled(void **state)
{
    atomic_bool stop = false;
    struct mm_load load;
    struct mm_cursor cursor;
    struct mm_err err;
    float tile[MM_TILE];
    (void)state;
    assert_int_equal(mm_load_open_in(&load, member_of("large"), NULL, NULL, &stop, &err), 0);
    mm_cursor_init(&cursor, &load.tensor);
    assert_tile(&cursor, 1000);
    stop = true;
    while (mm_cursor_float(&cursor, tile, MM_TILE) > 0) {
    }
    assert_true(cursor.bad && cursor.index < LARGE);
    assert_int_equal(mm_load_check(&load, member_of("large"), &err), -1);
    assert_int_equal(err.code, MM_ECANCELLED);
    mm_load_close(&load);
}

/* A bit flipped in the middle of the packed bytes: read to where it is, or never. */
static void damaged(void **state)
{
    struct mm_entry *entry = member_of("large");
    struct zip_member member = *(const struct zip_member *)entry->detail;
    const void *detail = entry->detail;
    struct mm_load load;
    struct mm_cursor cursor;
    struct mm_err err;
    float tile[MM_TILE];
    (void)state;
    member.crc ^= 1;
    entry->detail = &member;
    for (int backwards = 0; backwards < 2; backwards++) {
        open_load(&load, "large");
        mm_cursor_init(&cursor, &load.tensor);
        if (backwards) {
            mm_cursor_seek(&cursor, 1000000);
            mm_cursor_float(&cursor, tile, 1);
            mm_cursor_seek(&cursor, 1);
        }
        while (mm_cursor_float(&cursor, tile, MM_TILE) > 0) {
        }
        assert_true(cursor.bad);
        assert_int_equal(mm_load_check(&load, entry, &err), -1);
        assert_int_equal(err.code, MM_ECORRUPT);
        assert_non_null(strstr(err.text, "a.npz: member 'large': its checksum (CRC-32) is "));
        mm_load_close(&load);
    }
    entry->detail = detail;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_order),     cmocka_unit_test(in_place),       cmocka_unit_test(back_and_forth),
        cmocka_unit_test(other_orders), cmocka_unit_test(in_memory),      cmocka_unit_test(headers_only),
        cmocka_unit_test(raw_bytes),    cmocka_unit_test(cancelled),      cmocka_unit_test(damaged),
        cmocka_unit_test(passes),       cmocka_unit_test(exact_integers), cmocka_unit_test(nothing_stays),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
