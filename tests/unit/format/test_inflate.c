#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "zip_testing.h"

static char *folder;
static struct archive a;

/* 3 MB of what deflates a little (text of numbers), stored and deflated, and runs that deflate a lot. */
static int make(void **state)
{
    (void)state;
    folder = zip_folder();
    zip_python(folder, "import zipfile\n"
                       "text = ' '.join(str(i * i) for i in range(300000)).encode()\n"
                       "with zipfile.ZipFile('a.zip', 'w') as z:\n"
                       "    z.writestr('stored', text)\n"
                       "    z.writestr('packed', text, zipfile.ZIP_DEFLATED)\n"
                       "    z.writestr('zeros', bytes(5000000), zipfile.ZIP_DEFLATED)\n"
                       "    z.writestr('empty', b'', zipfile.ZIP_DEFLATED)\n"
                       "open('text', 'wb').write(text)\n");
    archive_open(&a, folder, "a.zip");
    return 0;
}

static int drop(void **state)
{
    (void)state;
    archive_done(&a);
    zip_folder_drop(folder);
    return 0;
}

static const uint8_t *bytes_of(const struct zip_member *member)
{
    const uint8_t *bytes = NULL;
    struct mm_err err;
    if (zip_locate(member, a.data + member->offset, (size_t)(member->limit - member->offset), &bytes, &err) <
        0)
        fail_msg("%s", err.text);
    return bytes;
}

/* What Python put in, as Python wrote it beside the archive. */
static struct mm_buf text(void)
{
    struct mm_buf want = {0};
    char path[256];
    snprintf(path, sizeof path, "%s/text", folder);
    assert_int_equal(mm_file_read(path, (size_t)64 << 20, &want, NULL), 0);
    return want;
}

static void the_crc_of_nine_digits(void **state)
{
    (void)state;
    /* the check value of CRC-32 in every table of CRCs */
    assert_int_equal(inflate_crc(0, "123456789", 9), 0xcbf43926);
    assert_int_equal(inflate_crc(inflate_crc(0, "1234", 4), "56789", 5), 0xcbf43926);
    assert_int_equal(inflate_crc(0, NULL, 0), 0);
}

static void all_at_once(void **state)
{
    static const char *const names[] = {"stored", "packed"};
    struct mm_buf want = text();
    (void)state;
    for (size_t i = 0; i < MM_COUNT(names); i++) {
        struct mm_err err;
        const struct zip_member *member = archive_member(&a, names[i]);
        assert_int_equal(member->size, want.length);
        uint8_t *out = malloc(want.length);
        assert_non_null(out);
        if (inflate_whole(member, bytes_of(member), out, &err) < 0)
            fail_msg("%s", err.text);
        assert_memory_equal(out, want.data, want.length);
        free(out);
    }
    mm_buf_done(&want);
}

static void in_pieces(void **state)
{
    static const char *const names[] = {"stored", "packed"};
    static const size_t pieces[] = {100, 4096, 65536, (size_t)10 << 20};
    struct mm_buf want = text();
    uint8_t *out = malloc(want.length + 1);
    (void)state;
    assert_non_null(out);
    for (size_t i = 0; i < MM_COUNT(names) * MM_COUNT(pieces); i++) {
        const struct zip_member *member = archive_member(&a, names[i % MM_COUNT(names)]);
        size_t piece = pieces[i / MM_COUNT(names)], done = 0, got;
        struct inflate_stream *stream;
        struct mm_err err;
        assert_int_equal(inflate_open(&stream, member, bytes_of(member), &err), 0);
        do {
            size_t room = want.length + 1 - done;
            assert_int_equal(inflate_read(stream, out + done, piece < room ? piece : room, &got, &err), 0);
            done += got;
        } while (got > 0);
        assert_int_equal(done, want.length);
        assert_int_equal(inflate_used(stream), member->packed);
        assert_memory_equal(out, want.data, want.length);
        inflate_close(stream);
    }
    free(out);
    mm_buf_done(&want);
}

static void an_empty_member(void **state)
{
    const struct zip_member *member = archive_member(&a, "empty");
    struct inflate_stream *stream;
    struct mm_err err;
    uint8_t byte;
    size_t got = 1;
    (void)state;
    assert_int_equal(inflate_open(&stream, member, bytes_of(member), &err), 0);
    assert_int_equal(inflate_read(stream, &byte, 1, &got, &err), 0);
    assert_int_equal(got, 0);
    inflate_close(stream);
    inflate_close(NULL);
}

/* How a stream of a member with another size or checksum, or other bytes, ends. */
static void refused(struct zip_member member, const uint8_t *bytes, const char *part)
{
    struct inflate_stream *stream;
    struct mm_err err = {0};
    uint8_t piece[1000];
    size_t got;
    int result;
    assert_int_equal(inflate_open(&stream, &member, bytes, &err), 0);
    do
        result = inflate_read(stream, piece, sizeof piece, &got, &err);
    while (result == 0 && got > 0);
    assert_int_equal(result, -1);
    inflate_close(stream);
    if (!strstr(err.text, part) || strncmp(err.text, "a.zip: member '", 15) != 0)
        fail_msg("stream: %s", err.text);
    uint8_t *out = malloc((size_t)member.size + 1);
    assert_non_null(out);
    err.text[0] = '\0';
    assert_int_equal(inflate_whole(&member, bytes, out, &err), -1);
    if (!strstr(err.text, part))
        fail_msg("whole: %s", err.text);
    free(out);
}

static void what_is_wrong(void **state)
{
    struct zip_member member = *archive_member(&a, "packed"), changed = member;
    const uint8_t *bytes = bytes_of(&member);
    (void)state;
    changed.size++;
    refused(changed, bytes, "does not inflate to the");
    changed.size -= 2;
    refused(changed, bytes, "does not inflate to the");
    changed = member;
    changed.packed--;
    changed.size = 1 << 25; /* runs dry: whatever both libraries call it */
    refused(changed, bytes, "a.zip: member 'packed': ");
    changed = member;
    changed.packed++;
    refused(changed, bytes, "does not inflate to the");
    changed = member;
    changed.crc ^= 1;
    refused(changed, bytes, "checksum (CRC-32) is ");
    uint8_t *other = malloc((size_t)member.packed);
    assert_non_null(other);
    memcpy(other, bytes, (size_t)member.packed);
    other[0] |= 6; /* a kind of block that there is not */
    refused(member, other, "compressed bytes are damaged");
    free(other);
    member = *archive_member(&a, "stored");
    bytes = bytes_of(&member);
    struct mm_err err;
    assert_int_equal(inflate_check(&member, bytes, &err), 0);
    member.crc ^= 1;
    refused(member, bytes, "checksum (CRC-32) is ");
    assert_int_equal(inflate_check(&member, bytes, &err), -1);
}

/* A stream has a few dozen KiB however large the member: of 5 MB of zeros, taken a byte at a time at
 * first. */
static void runs(void **state)
{
    const struct zip_member *member = archive_member(&a, "zeros");
    struct inflate_stream *stream;
    struct mm_err err;
    uint8_t piece[4096];
    size_t got, done = 0;
    (void)state;
    assert_int_equal(inflate_open(&stream, member, bytes_of(member), &err), 0);
    do {
        memset(piece, 1, sizeof piece);
        assert_int_equal(inflate_read(stream, piece, done < 100 ? 1 : sizeof piece, &got, &err), 0);
        for (size_t i = 0; i < got; i++)
            assert_int_equal(piece[i], 0);
        done += got;
    } while (got > 0);
    assert_int_equal(done, 5000000);
    inflate_close(stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_crc_of_nine_digits),
        cmocka_unit_test(all_at_once),
        cmocka_unit_test(in_pieces),
        cmocka_unit_test(an_empty_member),
        cmocka_unit_test(what_is_wrong),
        cmocka_unit_test(runs),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
