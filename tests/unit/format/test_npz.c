#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "format/packed.h"
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

/* An archive of the folder, listed. */
struct listed {
    char *path;
    struct mm_source source;
    struct mm_arena arena;
    struct mm_members members;
};

static void list_file(struct listed *l, const char *name)
{
    struct mm_err err = {MM_OK, ""};
    *l = (struct listed){.path = mm_path_join(folder, name)};
    assert_non_null(l->path);
    l->source = (struct mm_source){.path = l->path, .file = name, .format = mm_format_find("npz")};
    mm_arena_init(&l->arena);
    if (l->source.format->list(&l->source, &l->arena, &l->members, &err) < 0)
        fail_msg("%s", err.text);
}

static void list_done(struct listed *l)
{
    mm_members_done(&l->members);
    mm_arena_done(&l->arena);
    free(l->path);
}

static const struct mm_entry *member_of(const struct listed *l, const char *key)
{
    for (size_t i = 0; i < l->members.count; i++) {
        if (strcmp(l->members.entry[i].member, key) == 0)
            return &l->members.entry[i];
    }
    fail_msg("no member %s", key);
    return NULL;
}

/* Reading it and checking it at the end must succeed; its values must be these. */
static void assert_member(const struct listed *l, const char *key, struct mm_reader *reader,
                          const double *expected, size_t n)
{
    struct mm_load load;
    struct mm_err err;
    const struct mm_entry *entry = member_of(l, key);
    if (mm_load_open_in(&load, entry, NULL, reader, NULL, &err) < 0)
        fail_msg("%s", err.text);
    assert_values(&load.tensor, expected, n);
    if (mm_load_check(&load, entry, &err) < 0)
        fail_msg("%s", err.text);
    mm_load_close(&load);
}

/* Opening it, or the check when all was read, must fail so. */
static void assert_bad(const struct listed *l, const char *key, enum mm_code code, const char *text)
{
    struct mm_load load;
    struct mm_err err = {MM_OK, ""};
    const struct mm_entry *entry = member_of(l, key);
    int result = mm_load_open(&load, entry, NULL, &err);
    if (result == 0) {
        struct mm_cursor cursor;
        double tile[MM_TILE];
        mm_cursor_init(&cursor, &load.tensor);
        while (mm_cursor_double(&cursor, tile, MM_TILE) > 0) {
        }
        result = mm_load_check(&load, entry, &err);
        mm_load_close(&load);
    }
    assert_int_equal(result, -1);
    if (err.code != code || !strstr(err.text, text))
        fail_msg("expected code %d and '%s', got %d: %s", code, text, err.code, err.text);
}

/* What NumPy can save, stored and deflated, with one reader for all of it and without. */
static void what_numpy_saves(void **state)
{
    (void)state;
    python(folder,
           "import numpy as np, sys, os\n"
           "os.chdir(sys.argv[1])\n"
           "a = {'f4': np.array([1.5, -2], '<f4'), 'big': np.array([[1, 2], [3, 4]], '>f8'),\n"
           "     'fortran': np.asfortranarray(np.arange(6, dtype='i2').reshape(2, 3)),\n"
           "     'scalar': np.array(7, 'i4'), 'empty': np.zeros((0, 3), 'f2'), 'a/b': np.array([True]),\n"
           "     '': np.array([9], 'u1'), '../x': np.array([8], 'u8'), 'half': np.array([0.5], 'f2')}\n"
           "np.savez('s.npz', **a); np.savez_compressed('d.npz', **a)\n");
    struct mm_reader reader = {0};
    for (int i = 0; i < 4; i++) {
        struct mm_reader *with = i < 2 ? &reader : NULL;
        struct listed l;
        list_file(&l, i % 2 ? "d.npz" : "s.npz");
        assert_int_equal(l.members.count, 9);
        assert_member(&l, "f4", with, (double[]){1.5, -2}, 2);
        assert_member(&l, "big", with, (double[]){1, 2, 3, 4}, 4);
        assert_member(&l, "fortran", with, (double[]){0, 1, 2, 3, 4, 5}, 6);
        assert_member(&l, "scalar", with, (double[]){7}, 1);
        assert_member(&l, "empty", with, NULL, 0);
        assert_member(&l, "a/b", with, (double[]){1}, 1);
        assert_member(&l, "", with, (double[]){9}, 1);
        assert_member(&l, "../x", with, (double[]){8}, 1);
        assert_member(&l, "half", with, (double[]){0.5}, 1);
        assert_string_equal(member_of(&l, "a/b")->label,
                            i % 2 ? "d.npz: member 'a/b'" : "s.npz: member 'a/b'");
        assert_int_equal(member_of(&l, "f4")->size, 128 + 8);
        list_done(&l);
    }
    mm_reader_done(&reader);
}

/* As np.load: an array under a name without .npy, the last of a name, no other files. */
static void other_members(void **state)
{
    (void)state;
    python(folder, "import numpy as np, sys, os, zipfile, io, warnings\n"
                   "warnings.simplefilter('ignore')\n"
                   "os.chdir(sys.argv[1])\n"
                   "def npy(x):\n"
                   "    f = io.BytesIO(); np.save(f, x); return f.getvalue()\n"
                   "with zipfile.ZipFile('a.npz', 'w') as z:\n"
                   "    z.writestr('x', npy(np.array([1.])))\n"
                   "    z.writestr('y', npy(np.array([2.])), zipfile.ZIP_DEFLATED)\n"
                   "    z.writestr('z.npy', npy(np.array([3.])))\n"
                   "    z.writestr('z.npy', npy(np.array([4.])))\n"
                   "    z.writestr('README', b'\\x93NUM')\n"
                   "    z.writestr('text', b'This is some text', zipfile.ZIP_DEFLATED)\n"
                   "    z.writestr('folder/', b'')\n"
                   "    z.writestr('bad.npy', b'no array')\n"
                   "    z.writestr('o.npy', npy(np.array([None, 1])))\n"
                   "f = np.load('a.npz', allow_pickle=True)\n"
                   "assert f['x'] == 1 and f['y'] == 2 and f['z'] == 4\n");
    struct listed l;
    list_file(&l, "a.npz");
    assert_int_equal(l.members.count, 5);
    assert_int_equal(l.members.skipped, 3);
    assert_member(&l, "x", NULL, (double[]){1}, 1);
    assert_member(&l, "y", NULL, (double[]){2}, 1);
    assert_member(&l, "z", NULL, (double[]){4}, 1);
    assert_bad(&l, "bad", MM_ECORRUPT, "a.npz: member 'bad': does not start as a .npy file does");
    assert_bad(&l, "o", MM_EUNSUPPORTED, "a.npz: member 'o': this is an object array");
    list_done(&l);
}

/* Of the deflated always, of the stored where the source says so. */
static void checksums(void **state)
{
    (void)state;
    python(folder, "import numpy as np, sys, os\n"
                   "os.chdir(sys.argv[1])\n"
                   "x = np.arange(300000, dtype='<f4')\n"
                   "def crc(name, save):\n"
                   "    save(name, small=x[:10], middle=x[:50000], large=x)\n"
                   "    b = bytearray(open(name, 'rb').read())\n"
                   "    at = 0\n"
                   "    while (at := b.find(b'PK\\1\\2', at)) >= 0:\n"
                   "        b[at + 16] ^= 1; at += 46\n"
                   "    open(name, 'wb').write(b)\n"
                   "crc('s.npz', np.savez); crc('d.npz', np.savez_compressed)\n");
    static const char *const keys[] = {"small", "middle", "large"};
    struct listed l;
    list_file(&l, "d.npz");
    for (size_t i = 0; i < MM_COUNT(keys); i++)
        assert_bad(&l, keys[i], MM_ECORRUPT, "its checksum (CRC-32) is ");
    list_done(&l);
    list_file(&l, "s.npz");
    assert_member(&l, "small", NULL, (double[]){0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 10);
    l.source.check = true;
    for (size_t i = 0; i < MM_COUNT(keys); i++)
        assert_bad(&l, keys[i], MM_ECORRUPT, "its checksum (CRC-32) is ");
    list_done(&l);
}

/* A header of 40,000 bytes, and one that is longer than any array's. */
static void long_headers(void **state)
{
    (void)state;
    python(
        folder,
        "import numpy as np, sys, os, zipfile\n"
        "os.chdir(sys.argv[1])\n"
        "def npy(length, version):\n"
        "    h = b\"{'descr': '<f4', 'fortran_order': False, 'shape': (40000,), }\".ljust(length - 1) + "
        "b'\\n'\n"
        "    b = b'\\x93NUMPY' + bytes([version, 0]) + length.to_bytes(2 if version == 1 else 4, 'little')\n"
        "    return b + h + np.arange(40000, dtype='<f4').tobytes()\n"
        "with zipfile.ZipFile('a.npz', 'w', zipfile.ZIP_DEFLATED) as z:\n"
        "    z.writestr('long.npy', npy(40000, 1))\n"
        "    z.writestr('longer.npy', npy(1000000, 2))\n"
        "    z.writestr('cut.npy', npy(60000, 1)[:70000])\n"
        "    z.writestr('lies.npy', b'\\x93NUMPY\\x02\\0\\xff\\xff\\xff\\xff' + bytes(100000))\n");
    struct listed l;
    struct mm_load load;
    struct mm_err err;
    list_file(&l, "a.npz");
    if (mm_load_open(&load, member_of(&l, "long"), NULL, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(load.tensor.count, 40000);
    assert_true(mm_tensor_at(&load.tensor, 39999) == 39999);
    assert_int_equal(mm_load_check(&load, member_of(&l, "long"), &err), 0);
    mm_load_close(&load);
    assert_bad(&l, "longer", MM_EUNSUPPORTED, "member 'longer': a header of 1000012 bytes is not read");
    assert_bad(&l, "cut", MM_ECORRUPT, "header says [40000] f32 = 160000 bytes, 9990 are there");
    assert_bad(&l, "lies", MM_EUNSUPPORTED, "a header of 4294967307 bytes is not read");
    list_done(&l);
}

/* The archive gives way to another between listing and reading. */
static void an_archive_that_changes(void **state)
{
    (void)state;
    python(folder, "import numpy as np, sys, os\n"
                   "os.chdir(sys.argv[1])\n"
                   "np.savez('a.npz', w=np.zeros(99), x=np.zeros(2000))\n");
    struct listed l;
    list_file(&l, "a.npz");
    shell(folder, "truncate -s 5000 %s/a.npz");
    assert_bad(&l, "x", MM_EIO, "became shorter while it was read");
    shell(folder, "truncate -s 500000 %s/a.npz && dd if=/dev/zero of=%s/a.npz bs=1000 count=2 conv=notrunc "
                  "2>/dev/null");
    assert_bad(&l, "x", MM_ECORRUPT, "there is no member at byte ");
    list_done(&l);
}

/* Every byte of a small archive changed: an error, or tensors that can be read to the end. */
static void every_byte_changed(void **state)
{
    size_t size;
    (void)state;
    python(folder, "import numpy as np, sys, os\n"
                   "os.chdir(sys.argv[1])\n"
                   "np.savez_compressed('a.npz', x=np.arange(3.), y=np.zeros((2, 0)))\n");
    uint8_t *bytes = get_file(folder, "a.npz", &size);
    size_t read = 0;
    for (size_t i = 0; i < 3 * size; i++) {
        struct mm_source source = {.file = "b.npz", .format = mm_format_find("npz")};
        struct mm_members members = {0};
        struct mm_arena arena = {0};
        struct mm_err err;
        char *path = mm_path_join(folder, "b.npz");
        source.path = path;
        bytes[i / 3] ^= (uint8_t[]){1, 0x80, 0xff}[i % 3];
        put_file(folder, "b.npz", bytes, size);
        bytes[i / 3] ^= (uint8_t[]){1, 0x80, 0xff}[i % 3];
        bool listed = source.format->list(&source, &arena, &members, &err) == 0;
        for (size_t k = 0; listed && k < members.count; k++) {
            struct mm_load load;
            if (mm_load_open(&load, &members.entry[k], NULL, &err) < 0)
                continue;
            for (int64_t at = 0; at < load.tensor.count && at < 10; at++)
                read += mm_tensor_at(&load.tensor, at) == (double)at;
            mm_load_check(&load, &members.entry[k], &err);
            mm_load_close(&load);
        }
        mm_members_done(&members);
        mm_arena_done(&arena);
        free(path);
    }
    assert_true(read > 0); /* dates and the like may be anything */
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_numpy_saves, make, drop),
        cmocka_unit_test_setup_teardown(other_members, make, drop),
        cmocka_unit_test_setup_teardown(checksums, make, drop),
        cmocka_unit_test_setup_teardown(long_headers, make, drop),
        cmocka_unit_test_setup_teardown(an_archive_that_changes, make, drop),
        cmocka_unit_test_setup_teardown(every_byte_changed, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
