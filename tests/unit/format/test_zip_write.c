#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "format/zip_write.h"
#include "zip_testing.h"

static char *folder;

static int make(void **state)
{
    (void)state;
    folder = zip_folder();
    return 0;
}

static int drop(void **state)
{
    (void)state;
    zip_folder_drop(folder);
    return 0;
}

static void open_in_folder(struct zip_writer *writer, char path[256], const char *name)
{
    struct mm_err err;
    snprintf(path, 256, "%s/%s", folder, name);
    if (zip_write_open(writer, path, true, &err) < 0)
        fail_msg("%s", err.text);
}

static void add(struct zip_writer *writer, const char *name, const void *data, size_t size)
{
    zip_write_begin(writer, name, size);
    zip_write_data(writer, data, size / 2);
    zip_write_data(writer, (const char *)data + size / 2, size - size / 2);
    zip_write_end(writer);
}

/* Python's zipfile reads it and finds every checksum right; so do we; data begin at multiples of 64. */
static void python_reads_it(void **state)
{
    struct zip_writer writer;
    struct mm_err err;
    char path[256];
    size_t large = 300000;
    uint8_t *data = malloc(large);
    (void)state;
    assert_non_null(data);
    for (size_t i = 0; i < large; i++)
        data[i] = (uint8_t)(i * 7 + i / 1000);
    open_in_folder(&writer, path, "w.zip");
    add(&writer, "small", "0123456789", 10);
    add(&writer, "large", data, large);
    add(&writer, "", "no name", 7);
    add(&writer, "/an/../odd name", "", 0);
    add(&writer, "\xc3\xa9", "accent", 6);
    add(&writer, "small2", data, 1000);
    assert_int_equal(zip_write_commit(&writer, &err), 0);
    zip_python(folder, "import zipfile\n"
                       "z = zipfile.ZipFile('w.zip')\n"
                       "assert z.testzip() is None\n"
                       "assert z.namelist() == ['small', 'large', '', '/an/../odd name', '\\xe9', 'small2']\n"
                       "assert z.read('small') == b'0123456789'\n"
                       "assert z.read('large') == bytes((i * 7 + i // 1000) & 255 for i in range(300000))\n"
                       "assert z.read('') == b'no name' and z.read('\\xe9') == b'accent'\n"
                       "assert all(i.compress_type == 0 for i in z.infolist())\n"
                       "assert z.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)\n");
    struct archive a;
    archive_open(&a, folder, "w.zip");
    assert_int_equal(a.zip.count, 6);
    for (size_t i = 0; i < a.zip.count; i++) {
        const struct zip_member *member = &a.zip.member[i];
        const uint8_t *bytes = NULL;
        assert_int_equal(zip_locate(member, a.data + member->offset, (size_t)(member->limit - member->offset),
                                    &bytes, &err),
                         0);
        assert_int_equal((bytes - a.data) % ZIP_ALIGN, 0);
        assert_int_equal(inflate_check(member, bytes, &err), 0);
    }
    archive_done(&a);
    free(data);
}

/* No member, and more than 16 bits count. */
static void few_and_many(void **state)
{
    struct zip_writer writer;
    struct mm_err err;
    char path[256], name[16];
    (void)state;
    open_in_folder(&writer, path, "none.zip");
    assert_int_equal(zip_write_commit(&writer, &err), 0);
    open_in_folder(&writer, path, "many.zip");
    for (int i = 0; i < 66000; i++) {
        snprintf(name, sizeof name, "%d", i);
        add(&writer, name, name, strlen(name));
    }
    assert_int_equal(zip_write_commit(&writer, &err), 0);
    zip_python(folder, "import zipfile\n"
                       "assert zipfile.ZipFile('none.zip').namelist() == []\n"
                       "z = zipfile.ZipFile('many.zip')\n"
                       "assert z.namelist() == [str(i) for i in range(66000)]\n"
                       "assert z.testzip() is None\n");
}

/* Beyond 4 GiB, in a sparse file: the place is moved on as if so much had been written. */
static void far_members(void **state)
{
    struct zip_writer writer;
    struct mm_err err;
    char path[256];
    (void)state;
    open_in_folder(&writer, path, "far.zip");
    add(&writer, "near", "near", 4);
    zip_write_begin(&writer, "wide", UINT64_C(5) << 30);
    uint64_t hole = (UINT64_C(5) << 30) - 4;
    /* what was written so far goes out first, then a hole */
    struct mm_buf *pending = &writer.out.pending;
    assert_int_equal(write(writer.out.fd, pending->data, pending->length), pending->length);
    writer.out.written += (int64_t)(pending->length + hole);
    mm_buf_clear(pending);
    assert_true(lseek(writer.out.fd, (off_t)hole, SEEK_CUR) > 0);
    writer.at += hole;
    writer.left -= hole;
    zip_write_data(&writer, "tail", 4);
    zip_write_end(&writer);
    add(&writer, "far", "far away", 8);
    assert_int_equal(zip_write_commit(&writer, &err), 0);
    zip_python(folder, "import zipfile\n"
                       "z = zipfile.ZipFile('far.zip')\n"
                       "i = {i.filename: i for i in z.infolist()}\n"
                       "assert i['wide'].file_size == i['wide'].compress_size == 5 << 30\n"
                       "assert i['far'].header_offset > 5 << 30\n"
                       "assert z.read('near') == b'near' and z.read('far') == b'far away'\n"
                       "f = z.open('wide'); assert f.read(4) == bytes(4)\n");
    struct mm_map map;
    struct mm_arena arena;
    struct zip zip;
    mm_arena_init(&arena);
    assert_int_equal(mm_map_open(&map, path, &err), 0);
    if (zip_list(&zip, map.data, map.size, "far.zip", &arena, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(zip.count, 3);
    const uint8_t *bytes = NULL;
    for (size_t i = 0; i < zip.count; i++) {
        const struct zip_member *member = &zip.member[i];
        if (zip_locate(member, map.data + member->offset, (size_t)(member->limit - member->offset), &bytes,
                       &err) < 0)
            fail_msg("%s", err.text);
        assert_int_equal((bytes - map.data) % ZIP_ALIGN, 0);
    }
    assert_memory_equal(bytes, "far away", 8);
    assert_int_equal(zip.member[1].size, UINT64_C(5) << 30);
    mm_map_close(&map);
    mm_arena_done(&arena);
}

/* What was begun and dropped leaves no trace, neither where it was handed to the system already nor where it was not. */
static void dropped(void **state)
{
    struct zip_writer writer;
    struct mm_err err;
    struct archive with, without;
    char path[256];
    size_t large = 300000;
    uint8_t *data = calloc(1, large);
    (void)state;
    assert_non_null(data);
    for (int drops = 0; drops < 2; drops++) {
        open_in_folder(&writer, path, drops ? "with.zip" : "without.zip");
        add(&writer, "a", "1", 1);
        if (drops) {
            zip_write_begin(&writer, "b", large + 1);
            zip_write_data(&writer, data, large);
            zip_write_drop(&writer);
            zip_write_begin(&writer, "c", 3);
            zip_write_data(&writer, data, 2);
            zip_write_drop(&writer);
        }
        add(&writer, "b", "23", 2);
        assert_int_equal(zip_write_commit(&writer, &err), 0);
    }
    archive_open(&with, folder, "with.zip");
    archive_open(&without, folder, "without.zip");
    assert_int_equal(with.size, without.size);
    assert_memory_equal(with.data, without.data, with.size);
    archive_done(&with);
    archive_done(&without);
    free(data);
}

/* A name that is not UTF-8 is not called so: Python would refuse the archive. It takes the bytes for code page 437. */
static void names_of_other_bytes(void **state)
{
    struct zip_writer writer;
    struct mm_err err;
    char path[256];
    (void)state;
    open_in_folder(&writer, path, "bytes.zip");
    add(&writer, "caf\xe9", "1", 1);
    add(&writer, "caf\xc3\xa9", "2", 1);
    assert_int_equal(zip_write_commit(&writer, &err), 0);
    zip_python(folder, "import zipfile\n"
                       "z = zipfile.ZipFile('bytes.zip')\n"
                       "assert z.namelist() == [b'caf\\xe9'.decode('cp437'), 'caf\\u00e9']\n"
                       "assert z.read('caf\\u00e9') == b'2' and z.testzip() is None\n");
}

static void not_as_announced(void **state)
{
    struct zip_writer writer;
    struct mm_err err;
    char path[256];
    (void)state;
    open_in_folder(&writer, path, "not.zip");
    zip_write_begin(&writer, "x", 3);
    zip_write_data(&writer, "1234", 4);
    assert_true(zip_write_failed(&writer));
    zip_write_end(&writer);
    add(&writer, "y", "1", 1);
    assert_int_equal(zip_write_commit(&writer, &err), -1);
    assert_non_null(strstr(err.text, "not.zip: member 'x' is larger than announced"));
    assert_int_equal(access(path, F_OK), -1);
    open_in_folder(&writer, path, "not.zip");
    zip_write_begin(&writer, "x", 3);
    zip_write_end(&writer);
    assert_int_equal(zip_write_commit(&writer, &err), -1);
    assert_non_null(strstr(err.text, "is smaller than announced"));
    open_in_folder(&writer, path, "not.zip");
    add(&writer, "x", "1", 1);
    zip_write_abort(&writer);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(zip_write_open(&writer, "/dev/null", true, &err), -1);
    assert_int_equal(err.code, MM_EARG);
    assert_non_null(strstr(err.text, "pipe or device"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(python_reads_it),      cmocka_unit_test(few_and_many),
        cmocka_unit_test(far_members),          cmocka_unit_test(dropped),
        cmocka_unit_test(names_of_other_bytes), cmocka_unit_test(not_as_announced),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
