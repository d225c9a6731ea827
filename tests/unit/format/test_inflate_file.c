#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "zip_testing.h"

#include <sys/stat.h>

static char *folder;
static struct archive a;

static int make(void **state)
{
    (void)state;
    folder = zip_folder();
    zip_python(folder, "import zipfile\n"
                       "text = ' '.join(str(i * i) for i in range(100000)).encode()\n"
                       "with zipfile.ZipFile('a.zip', 'w') as z:\n"
                       "    z.writestr('packed', text, zipfile.ZIP_DEFLATED)\n"
                       "    z.writestr('round', bytes(1 << 20), zipfile.ZIP_DEFLATED)\n"
                       "    z.writestr('empty', b'', zipfile.ZIP_DEFLATED)\n");
    archive_open(&a, folder, "a.zip");
    return setenv("TMPDIR", folder, 1);
}

static int drop(void **state)
{
    (void)state;
    archive_done(&a);
    zip_folder_drop(folder);
    return 0;
}

static int to_file(const struct zip_member *member, const atomic_bool *cancel, int *fd, struct mm_err *err)
{
    const uint8_t *bytes = NULL;
    assert_int_equal(
        zip_locate(member, a.data + member->offset, (size_t)(member->limit - member->offset), &bytes, err),
        0);
    return inflate_to_file(member, bytes, cancel, fd, err);
}

static void the_file_has_the_bytes_and_no_name(void **state)
{
    static const char *const names[] = {"packed", "round", "empty"};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(names); i++) {
        const struct zip_member *member = archive_member(&a, names[i]);
        struct mm_err err = {0};
        struct stat info;
        int fd = -1;
        if (to_file(member, NULL, &fd, &err) < 0)
            fail_msg("%s", err.text);
        assert_int_equal(fstat(fd, &info), 0);
        assert_int_equal(info.st_nlink, 0);
        assert_int_equal(info.st_size, member->size);
        uint8_t *want = archive_content(&a, member, &err), *have = malloc((size_t)member->size + 1);
        assert_non_null(want);
        assert_non_null(have);
        assert_int_equal(pread(fd, have, (size_t)member->size + 1, 0), member->size);
        assert_memory_equal(have, want, (size_t)member->size);
        free(want);
        free(have);
        close(fd);
    }
}

static void damage_and_cancel(void **state)
{
    struct zip_member member = *archive_member(&a, "packed");
    struct mm_err err;
    atomic_bool stop = true;
    int fd = 7;
    (void)state;
    assert_int_equal(to_file(&member, &stop, &fd, &err), -1);
    assert_int_equal(err.code, MM_ECANCELLED);
    assert_int_equal(fd, -1);
    member.crc ^= 1;
    assert_int_equal(to_file(&member, NULL, &fd, &err), -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    assert_int_equal(fd, -1);
}

/* Room is asked for before any work: 2^62 bytes are on no disk. */
static void no_room(void **state)
{
    struct zip_member member = *archive_member(&a, "packed");
    struct mm_err err;
    int fd = 7;
    (void)state;
    member.size = UINT64_C(1) << 62;
    assert_int_equal(to_file(&member, NULL, &fd, &err), -1);
    assert_int_equal(err.code, MM_EIO);
    assert_non_null(strstr(err.text, "a.zip: member 'packed': no room for its 4611686018427387904 bytes"));
    assert_int_equal(fd, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_has_the_bytes_and_no_name),
        cmocka_unit_test(damage_and_cancel),
        cmocka_unit_test(no_room),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
