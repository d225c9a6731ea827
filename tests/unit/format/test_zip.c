#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

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

static void assert_content(const struct archive *a, const char *name, const void *want, size_t size)
{
    struct mm_err err;
    const struct zip_member *member = archive_member(a, name);
    uint8_t *have = archive_content(a, member, &err);
    if (!have)
        fail_msg("%s", err.text);
    assert_int_equal(member->size, size);
    assert_memory_equal(have, want, size);
    free(have);
}

static void refused(const char *name, enum mm_code code, const char *part)
{
    struct archive a;
    struct mm_err err = {0};
    archive_read(&a, folder, name);
    assert_int_equal(archive_list(&a, &err), -1);
    assert_int_equal(err.code, code);
    if (strncmp(err.text, "a.zip: ", 7) != 0 || !strstr(err.text, part))
        fail_msg("%s", err.text);
    archive_done(&a);
}

/* The archive can be listed, the member can't be read. */
static void member_refused(const char *file, const char *name, enum mm_code code, const char *part)
{
    struct archive a;
    struct mm_err err = {0};
    archive_open(&a, folder, file);
    assert_null(archive_content(&a, archive_member(&a, name), &err));
    assert_int_equal(err.code, code);
    if (strncmp(err.text, "a.zip: member '", 15) != 0 || !strstr(err.text, part))
        fail_msg("%s", err.text);
    archive_done(&a);
}

static void members_of_python(void **state)
{
    struct archive a;
    (void)state;
    zip_python(folder, "import zipfile\n"
                       "with zipfile.ZipFile('a.zip', 'w') as z:\n"
                       "    z.writestr('stored', b'0123456789')\n"
                       "    z.writestr('packed', b'ab' * 1000, zipfile.ZIP_DEFLATED)\n"
                       "    z.writestr('empty', b'')\n"
                       "    z.writestr('emptypacked', b'', zipfile.ZIP_DEFLATED)\n"
                       "    with z.open('big', 'w', force_zip64=True) as f:\n"
                       "        f.write(b'zip64 in the local header')\n"
                       "    z.comment = b'a comment'\n");
    archive_open(&a, folder, "a.zip");
    assert_true(zip_probe(a.data, a.size));
    assert_int_equal(a.zip.count, 5);
    assert_string_equal(a.zip.member[0].name, "stored");
    assert_string_equal(a.zip.member[4].name, "big");
    assert_int_equal(a.zip.member[0].crc, 0xa684c7c6); /* binascii.crc32(b'0123456789') */
    assert_int_equal(archive_member(&a, "packed")->method, ZIP_DEFLATED);
    assert_true(archive_member(&a, "packed")->packed < 100);
    char want[2000];
    for (size_t i = 0; i < sizeof want; i++)
        want[i] = "ab"[i % 2];
    assert_content(&a, "packed", want, sizeof want);
    assert_content(&a, "stored", "0123456789", 10);
    assert_content(&a, "empty", "", 0);
    assert_content(&a, "emptypacked", "", 0);
    assert_content(&a, "big", "zip64 in the local header", 25);
    archive_done(&a);
}

/* np.savez writes zip64 local headers; a stream can't seek, so it gets data descriptors behind its
 * members. */
static void members_of_numpy(void **state)
{
    struct archive a;
    (void)state;
    zip_python(folder, "import io, numpy as np\n"
                       "class Pipe(io.RawIOBase):\n"
                       "    def __init__(self, f): self.f = f\n"
                       "    def writable(self): return True\n"
                       "    def write(self, b): return self.f.write(b)\n"
                       "    def seekable(self): return False\n"
                       "x = np.arange(6, dtype='<f4')\n"
                       "np.savez('a.npz', x=x, **{'a/b': x, '/c': x, '': x, '../d': x})\n"
                       "np.savez_compressed('b.npz', x=x)\n"
                       "np.savez_compressed(Pipe(open('c.npz', 'wb')), x=x, y=x)\n"
                       "np.savez(Pipe(open('d.npz', 'wb')), x=x, y=x)\n");
    static const struct {
        const char *file;
        size_t count;
    } cases[] = {{"a.npz", 5}, {"b.npz", 1}, {"c.npz", 2}, {"d.npz", 2}};
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_err err;
        archive_open(&a, folder, cases[i].file);
        assert_int_equal(a.zip.count, cases[i].count);
        for (size_t k = 0; k < a.zip.count; k++) {
            uint8_t *have = archive_content(&a, &a.zip.member[k], &err);
            if (!have)
                fail_msg("%s", err.text);
            static const float want[] = {0, 1, 2, 3, 4, 5};
            assert_int_equal(a.zip.member[k].size, 128 + sizeof want);
            assert_memory_equal(have, "\x93NUMPY", 6);
            assert_memory_equal(have + 128, want, sizeof want);
            free(have);
        }
        archive_done(&a);
    }
    archive_open(&a, folder, "a.npz");
    archive_member(&a, "a/b.npy");
    archive_member(&a, "/c.npy");
    archive_member(&a, ".npy");
    archive_member(&a, "../d.npy");
    archive_done(&a);
}

static void the_last_of_a_name(void **state)
{
    struct archive a;
    (void)state;
    zip_python(folder, "import zipfile\n"
                       "with zipfile.ZipFile('a.zip', 'w') as z:\n"
                       "    z.writestr('x', b'first')\n"
                       "    z.writestr('y', b'other')\n"
                       "    z.writestr('x', b'second')\n"
                       "    z.writestr('x', b'third')\n"
                       "assert zipfile.ZipFile('a.zip').read('x') == b'third'\n");
    archive_open(&a, folder, "a.zip");
    assert_int_equal(a.zip.count, 2);
    assert_int_equal(a.zip.repeated, 2);
    assert_string_equal(a.zip.member[0].name, "y");
    assert_content(&a, "x", "third", 5);
    assert_content(&a, "y", "other", 5);
    archive_done(&a);
}

/* More members than 16 bits count: the zip64 record has their number. Behind something else: places are
 * counted from where the archive begins. */
static void ends(void **state)
{
    struct archive a;
    (void)state;
    zip_python(folder, "import zipfile, struct\n"
                       "with zipfile.ZipFile('many.zip', 'w') as z:\n"
                       "    for i in range(65600): z.writestr(str(i), b'')\n"
                       "b = open('many.zip', 'rb').read()\n"
                       "assert b'PK\\6\\6' in b\n"
                       "open('behind64.zip', 'wb').write(b'something else' + b)\n"
                       "with zipfile.ZipFile('few.zip', 'w') as z: z.writestr('x', b'content')\n"
                       "b = open('few.zip', 'rb').read()\n"
                       "open('behind.zip', 'wb').write(b'something else' + b)\n"
                       "open('before.zip', 'wb').write(b + b'something else')\n"
                       "zipfile.ZipFile('none.zip', 'w').close()\n"
                       "e = b.rindex(b'PK\\5\\6')\n"
                       "open('cut.zip', 'wb').write(b[:e])\n"
                       "open('split.zip', 'wb').write(b[:e + 4] + b'\\1' + b[e + 5:])\n"
                       "open('count.zip', 'wb').write(b[:e + 10] + b'\\2' + b[e + 11:])\n"
                       "open('early.zip', 'wb').write(b[:e + 19] + b'\\1' + b[e + 20:])\n"
                       "open('long.zip', 'wb').write(b[:e + 14] + b'\\1' + b[e + 15:])\n");
    archive_open(&a, folder, "many.zip");
    assert_int_equal(a.zip.count, 65600);
    assert_content(&a, "65599", "", 0);
    archive_done(&a);
    archive_open(&a, folder, "behind64.zip");
    assert_int_equal(a.zip.count, 65600);
    archive_done(&a);
    static const char *const good[] = {"few.zip", "behind.zip", "before.zip"};
    for (size_t i = 0; i < MM_COUNT(good); i++) {
        archive_open(&a, folder, good[i]);
        assert_content(&a, "x", "content", 7);
        archive_done(&a);
    }
    archive_open(&a, folder, "none.zip");
    assert_true(zip_probe(a.data, a.size));
    assert_int_equal(a.zip.count, 0);
    archive_done(&a);
    refused("cut.zip", MM_ECORRUPT, "directory at the end of the archive is missing");
    refused("split.zip", MM_EUNSUPPORTED, "split over several files");
    refused("count.zip", MM_ECORRUPT, "should have 2 members, its directory has 1");
    refused("early.zip", MM_ECORRUPT, "before the file does");
    refused("long.zip", MM_ECORRUPT, "before the file does");
}

/* One thing wrong with one of two members: the other can be read. */
static void one_bad_member(void **state)
{
    (void)state;
    zip_python(folder, "import zipfile, struct\n"
                       "with zipfile.ZipFile('a.zip', 'w', zipfile.ZIP_DEFLATED) as z:\n"
                       "    z.writestr('bad', b'0123456789' * 100)\n"
                       "    z.writestr('good', b'good')\n"
                       "b = open('a.zip', 'rb').read()\n"
                       "c = b.index(b'PK\\1\\2')\n"
                       "def put(name, place, format, value):\n"
                       "    d = bytearray(b)\n"
                       "    struct.pack_into(format, d, place, value)\n"
                       "    open(name, 'wb').write(d)\n"
                       "put('encrypted', c + 8, '<H', 1)\n"
                       "for m in 12, 14, 93, 9, 77: put('method%d' % m, c + 10, '<H', m)\n"
                       "put('crc', c + 16, '<I', 1)\n"
                       "put('packed', c + 20, '<I', 1 << 30)\n"
                       "put('ratio', c + 24, '<I', 1 << 30)\n"
                       "put('size', c + 24, '<I', 1001)\n"
                       "put('smaller', c + 24, '<I', 999)\n"
                       "put('place', c + 42, '<I', 1 << 30)\n"
                       "put('inside', c + 42, '<I', 5)\n"
                       "put('gap', c + 42, '<I', 1)\n"
                       "put('local', 0, '<I', 0)\n"
                       "put('name', 30, '<B', 65)\n"
                       "put('extra', 28, '<H', 60000)\n"
                       "put('stored', c + 10, '<H', 0)\n"
                       "put('data', 40, '<B', b[40] ^ 255)\n");
    static const struct {
        const char *file;
        enum mm_code code;
        const char *part;
    } cases[] = {
        {"encrypted", MM_EUNSUPPORTED, "is encrypted"},
        {"method12", MM_EUNSUPPORTED, "bzip2"},
        {"method14", MM_EUNSUPPORTED, "LZMA"},
        {"method93", MM_EUNSUPPORTED, "Zstandard"},
        {"method9", MM_EUNSUPPORTED, "Deflate64"},
        {"method77", MM_EUNSUPPORTED, "a method that is not read"},
        {"crc", MM_ECORRUPT, "checksum (CRC-32) is "},
        {"packed", MM_ECORRUPT, "does not lie inside"},
        {"ratio", MM_ECORRUPT, "more than its bytes can inflate to"},
        {"size", MM_ECORRUPT, "does not inflate to the 1001 bytes"},
        {"smaller", MM_ECORRUPT, "does not inflate to the 999 bytes"},
        {"place", MM_ECORRUPT, "does not lie inside"},
        {"inside", MM_ECORRUPT, "is not where the archive's directory says"},
        {"gap", MM_ECORRUPT, "there is no member at byte 1"},
        {"local", MM_ECORRUPT, "there is no member at byte 0"},
        {"name", MM_ECORRUPT, "leads to another member"},
        {"extra", MM_ECORRUPT, "more bytes than the archive has"},
        {"stored", MM_ECORRUPT, "two different sizes"},
        {"data", MM_ECORRUPT, "damaged"},
    };
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct archive a;
        member_refused(cases[i].file, "bad", cases[i].code, cases[i].part);
        archive_open(&a, folder, cases[i].file);
        assert_content(&a, "good", "good", 4);
        archive_done(&a);
    }
}

/* A thousand names for the same bytes: only the first may have them. */
static void members_on_top_of_each_other(void **state)
{
    (void)state;
    zip_python(folder,
               "import struct, zlib\n"
               "n = 1000\n"
               "body = zlib.compress(bytes(100000), 9)[2:-4]\n"
               "crc = zlib.crc32(bytes(100000))\n"
               "rest = struct.pack('<HHHHHIIIHH', 20, 0, 8, 0, 33, crc, len(body), 100000, 4, 0)\n"
               "local = b'PK\\3\\4' + rest + b'0000' + body\n"
               "cd = b''.join(b'PK\\1\\2' + b'\\x14\\0' + rest + bytes(14) + b'%04d' % i for i in range(n))\n"
               "end = struct.pack('<IHHHHIIH', 0x06054b50, 0, 0, n, n, len(cd), len(local), 0)\n"
               "open('bomb.zip', 'wb').write(local + cd + end)\n");
    struct archive a;
    struct mm_err err;
    archive_open(&a, folder, "bomb.zip");
    assert_int_equal(a.zip.count, 1000);
    uint8_t *first = archive_content(&a, archive_member(&a, "0000"), &err);
    assert_non_null(first);
    free(first);
    archive_done(&a);
    member_refused("bomb.zip", "0001", MM_ECORRUPT, "lies over another member");
    member_refused("bomb.zip", "0999", MM_ECORRUPT, "lies over another member");
}

/* List it, read every member: whatever happens, it is an error or the right bytes. */
static size_t read_all(struct archive *a)
{
    struct mm_err err;
    size_t read = 0;
    if (archive_list(a, &err) == 0) {
        for (size_t i = 0; i < a->zip.count; i++) {
            uint8_t *content = archive_content(a, &a->zip.member[i], &err);
            assert_true(content || err.text[0]);
            read += content != NULL;
            free(content);
        }
    } else {
        assert_memory_equal(err.text, "a.zip: ", 7);
    }
    mm_arena_done(&a->arena);
    return read;
}

static struct archive small(void)
{
    struct archive a;
    zip_python(folder, "import zipfile\n"
                       "z = zipfile.ZipFile('s.zip', 'w')\n"
                       "z.writestr('s', b'stored')\n"
                       "z.writestr('d', b'deflated' * 20, zipfile.ZIP_DEFLATED)\n"
                       "with z.open('z', 'w', force_zip64=True) as f: f.write(b'zip64')\n"
                       "z.close()\n");
    archive_read(&a, folder, "s.zip");
    return a;
}

static void every_prefix(void **state)
{
    struct archive whole = small();
    (void)state;
    for (size_t size = 0; size < whole.size; size++) {
        struct archive a = {.data = malloc(size ? size : 1), .size = size};
        assert_non_null(a.data);
        memcpy(a.data, whole.data, size);
        assert_int_equal(read_all(&a), 0); /* the directory is at the end */
        free(a.data);
    }
    assert_int_equal(read_all(&whole), 3);
    free(whole.data);
}

static void every_byte_changed(void **state)
{
    static const uint8_t change[] = {0x01, 0x80, 0xff, 0x10};
    struct archive a = small();
    (void)state;
    for (size_t i = 0; i < a.size; i++) {
        for (size_t k = 0; k < MM_COUNT(change); k++) {
            a.data[i] ^= change[k];
            assert_in_range(read_all(&a), 0, 3);
            a.data[i] ^= change[k];
        }
    }
    free(a.data);
}

/* A zip64 entry: sizes and place stand in the extra field, 32 bits are all ones. */
static void zip64_entries(void **state)
{
    struct archive a;
    (void)state;
    zip_python(
        folder,
        "import struct, zlib\n"
        "crc = zlib.crc32(b'content')\n"
        "x = struct.pack('<HHQQ', 1, 16, 7, 7)\n"
        "local = struct.pack('<IHHHHHIIIHH', 0x04034b50, 45, 0, 0, 0, 33, crc, 0xffffffff, 0xffffffff, 1,\n"
        "                    len(x)) + b'x' + x + b'content'\n"
        "def archive(name, x):\n"
        "    cd = struct.pack('<IHHHHHHIIIHHHHHII', 0x02014b50, 45, 45, 0, 0, 0, 33, crc, 0xffffffff,\n"
        "                     0xffffffff, 1, len(x), 0, 0, 0, 0, 0xffffffff) + b'x' + x\n"
        "    end = struct.pack('<IQHHIIQQQQ', 0x06064b50, 44, 45, 45, 0, 0, 1, 1, len(cd), len(local))\n"
        "    end += struct.pack('<IIQI', 0x07064b50, 0, len(local) + len(cd), 1)\n"
        "    end += struct.pack('<IHHHHIIH', 0x06054b50, 0, 0, 1, 1, 0xffffffff, 0xffffffff, 0)\n"
        "    open(name, 'wb').write(local + cd + end)\n"
        "other = struct.pack('<HHI', 0x5455, 4, 0)\n"
        "archive('a.zip', other + struct.pack('<HHQQQ', 1, 24, 7, 7, 0))\n"
        "archive('short.zip', struct.pack('<HHQQ', 1, 16, 7, 7))\n"
        "archive('huge.zip', struct.pack('<HHQQQ', 1, 24, 2**64 - 1, 2**64 - 1, 0))\n"
        "archive('far.zip', struct.pack('<HHQQQ', 1, 24, 7, 7, 2**64 - 1))\n"
        "archive('lying.zip', struct.pack('<HHQQQ', 1, 99, 7, 7, 0))\n");
    archive_open(&a, folder, "a.zip");
    assert_content(&a, "x", "content", 7);
    archive_done(&a);
    member_refused("short.zip", "x", MM_ECORRUPT, "does not lie inside");
    member_refused("huge.zip", "x", MM_ECORRUPT, "does not lie inside");
    member_refused("far.zip", "x", MM_ECORRUPT, "does not lie inside");
    member_refused("lying.zip", "x", MM_ECORRUPT, "does not lie inside");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_of_python),  cmocka_unit_test(members_of_numpy),
        cmocka_unit_test(the_last_of_a_name), cmocka_unit_test(ends),
        cmocka_unit_test(one_bad_member),     cmocka_unit_test(members_on_top_of_each_other),
        cmocka_unit_test(every_prefix),       cmocka_unit_test(every_byte_changed),
        cmocka_unit_test(zip64_entries),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
