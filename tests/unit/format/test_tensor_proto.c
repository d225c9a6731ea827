#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "format/tensor_proto.h"
#include "format_testing.h"

#include <dirent.h>
#include <sys/stat.h>

/* ---- what ONNX's own library makes of the messages ------------------------------------------------------ */

static int setup(void **state)
{
    char tests[4096], command[8192];
    *state = make_folder();
    snprintf(tests, sizeof tests, "%s", __FILE__);
    *strrchr(tests, '/') = '\0';
    snprintf(command, sizeof command, "/usr/bin/python3 -B '%s/make_tensors.py' %s", tests, (char *)*state);
    if (system(command) != 0)
        fail_msg("failed: %s", command);
    return 0;
}

static int teardown(void **state)
{
    drop_folder(*state);
    return 0;
}

/* A message in a block of exactly its size; `file` is where it is said to stand. */
static int open_bytes(struct mm_stored *stored, const char *file, const uint8_t *bytes, size_t size,
                      struct mm_err *err)
{
    return mm_tensor_proto_open(stored, (struct mm_wire){file, bytes, bytes, bytes + size}, err);
}

/* "name dtype [shape]\nhex of the values\n". To be freed. */
static char *text_of(const struct mm_stored *stored)
{
    struct mm_buf out;
    char shape[200];
    const struct mm_tensor *t = &stored->tensor;
    mm_buf_init(&out);
    mm_buf_printf(&out, "%s %s %s\n", stored->name, mm_dtype_info(t->dtype)->name,
                  mm_shape_text(&t->shape, false, shape, sizeof shape));
    assert_true(t->encoding == MM_ENC_RAW && t->stored == t->dtype && t->runs <= 1 && !t->strided);
    assert_true((t->count == 0) == (t->runs == 0));
    for (size_t r = 0; r < t->runs; r++) {
        assert_int_equal(t->run[r].count, t->count);
        assert_int_equal(t->run[r].size, (size_t)t->count * mm_dtype_info(t->dtype)->bytes);
        for (size_t i = 0; i < t->run[r].size; i++)
            mm_buf_printf(&out, "%02x", t->run[r].data[i]);
    }
    mm_buf_putc(&out, '\n');
    return out.data;
}

static void same_as_onnx(const char *folder, const char *name)
{
    size_t size, length;
    char text_name[256], *path = mm_path_join(folder, name);
    snprintf(text_name, sizeof text_name, "%.*stxt", (int)strlen(name) - 2, name);
    uint8_t *bytes = get_file(folder, name, &size), *text = get_file(folder, text_name, &length);
    struct mm_stored stored;
    struct mm_err err;
    if (open_bytes(&stored, path, bytes, size, &err) < 0)
        fail_msg("%s", err.text);
    char *found = text_of(&stored), *expected = strndup((const char *)text, length);
    assert_string_equal(found, expected);
    assert_int_equal(mm_stored_check(&stored, path, &err), 0);
    mm_stored_close(&stored);
    free(found);
    free(expected);
    free(bytes);
    free(text);
    free(path);
}

static void as_onnx_reads_them(void **state)
{
    DIR *dir = opendir(*state);
    int messages = 0;
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        size_t length = strlen(entry->d_name);
        if (length < 4 || strcmp(entry->d_name + length - 3, ".pb") != 0)
            continue;
        same_as_onnx(*state, entry->d_name);
        messages++;
    }
    closedir(dir);
    assert_int_equal(messages, 326);
}

/* ---- messages made byte by byte ------------------------------------------------------------------------- */

static struct mm_buf begin(int64_t type, int64_t dim)
{
    struct mm_buf out;
    uint8_t bytes[MM_WIRE_VARINT_MAX];
    mm_buf_init(&out);
    mm_buf_add(&out, "\x08", 1);
    mm_buf_add(&out, bytes, mm_wire_put(bytes, (uint64_t)dim));
    mm_buf_add(&out, "\x10", 1);
    mm_buf_add(&out, bytes, mm_wire_put(bytes, (uint64_t)type));
    mm_buf_add(&out, "\x42\x01w", 3);
    return out;
}

static void put(struct mm_buf *out, unsigned number, const void *data, size_t size)
{
    uint8_t bytes[MM_WIRE_VARINT_MAX];
    mm_buf_add(out, bytes, mm_wire_put(bytes, number << 3 | MM_WIRE_BYTES));
    mm_buf_add(out, bytes, mm_wire_put(bytes, size));
    mm_buf_add(out, data, size);
}

/* Opens what is in `message`, frees it; the result must be this text. */
static void reads(struct mm_buf message, const char *expected)
{
    struct mm_stored stored;
    struct mm_err err;
    uint8_t *bytes = malloc(message.length);
    assert_non_null(bytes);
    memcpy(bytes, message.data, message.length);
    if (open_bytes(&stored, "f", bytes, message.length, &err) < 0)
        fail_msg("%s", err.text);
    char *text = text_of(&stored);
    assert_string_equal(text, expected);
    free(text);
    mm_stored_close(&stored);
    free(bytes);
    mm_buf_done(&message);
}

static void refuses_in(const char *file, struct mm_buf message, enum mm_code code, const char *text)
{
    struct mm_stored stored;
    struct mm_err err = {MM_OK, ""};
    uint8_t *bytes = malloc(message.length ? message.length : 1);
    assert_non_null(bytes);
    memcpy(bytes, mm_buf_text(&message), message.length);
    assert_int_equal(open_bytes(&stored, file, bytes, message.length, &err), -1);
    assert_string_equal(err.text, text);
    assert_int_equal(err.code, code);
    mm_stored_close(&stored); /* nothing is open: may be called */
    assert_int_equal(open_bytes(&stored, file, bytes, message.length, NULL), -1);
    free(bytes);
    mm_buf_done(&message);
}

static void refuses(struct mm_buf message, enum mm_code code, const char *text)
{
    refuses_in("f", message, code, text);
}

static struct mm_buf with(int64_t type, int64_t dim, unsigned number, const void *data, size_t size)
{
    struct mm_buf out = begin(type, dim);
    put(&out, number, data, size);
    return out;
}
#define WITH(type, dim, number, bytes) with(type, dim, number, bytes, sizeof(bytes) - 1)

/* Types that came after the version of ONNX's library that the other test asks. */
static void young_types(void **state)
{
    (void)state;
    reads(WITH(17, 3, 9, "\x01\x80\xff"), "w f8e4m3 [3]\n0180ff\n");
    reads(WITH(17, 3, 5, "\x01\x80\x01\xff\x01"), "w f8e4m3 [3]\n0180ff\n");
    reads(WITH(19, 2, 5, "\x7c\xfc\x01"), "w f8e5m2 [2]\n7cfc\n");
    /* the first value in the lower half: 1, -1, 7, -8, 3 */
    reads(WITH(22, 5, 9, "\xf1\x87\x03"), "w i4 [5]\n01ff07f803\n");
    reads(WITH(22, 5, 5, "\xf1\x01\x87\x01\x03"), "w i4 [5]\n01ff07f803\n");
    reads(WITH(21, 5, 9, "\xf1\x87\x03"), "w u4 [5]\n010f070803\n");
    reads(WITH(21, 4, 5, "\xf1\x01\x87\x01"), "w u4 [4]\n010f0708\n");
    reads(WITH(18, 2, 9, "\x80\x01"), "w f8e4m3fnuz [2]\n8001\n");
    reads(WITH(20, 2, 5, "\x40\x01"), "w f8e5m2fnuz [2]\n4001\n");
    reads(WITH(24, 5, 5, "\x7f\xff\x01\x7f\x7f\x7f"), "w f8e8m0 [5]\n7fff7f7f7f\n");
    /* as onnx 1.23 packs 1, 0, 1, 1, 1: two and four a byte; of 6 bits in raw_data only */
    reads(WITH(23, 5, 9, "\x02\x22\x02"), "w f4e2m1 [5]\n0200020202\n");
    reads(WITH(23, 5, 5, "\x02\x22\x02"), "w f4e2m1 [5]\n0200020202\n");
    reads(WITH(25, 5, 9, "\x51\x01"), "w u2 [5]\n0100010101\n");
    reads(WITH(26, 5, 5, "\x53\x01"), "w i2 [5]\nff00010101\n");
    reads(WITH(27, 5, 9, "\x08\x80\x20\x08"), "w f6e2m3 [5]\n0800080808\n");
    reads(WITH(27, 5, 5, "\x08\x00\x08\x08\x08"), "w f6e2m3 [5]\n0800080808\n");
    reads(WITH(28, 5, 9, "\x0c\xc0\x30\x0c"), "w f6e3m2 [5]\n0c000c0c0c\n");
    reads(WITH(21, 1, 5, "\xf1\xff\xff\xff\xff\xff\xff\xff\xff\x01"), "w u4 [1]\n01\n"); /* a signed byte */
}

/* An int32 below zero is written in ten bytes, or, by some, in five; truth is anything but 0. */
static void ways_to_write_a_number(void **state)
{
    (void)state;
    reads(WITH(6, 2, 5, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\xff\xff\xff\xff\x0f"),
          "w i32 [2]\nffffffffffffffff\n");
    reads(WITH(9, 3, 5, "\x00\x01\x80\x02"), "w bool [3]\n000101\n");
    reads(WITH(16, 2, 5, "\x80\xff\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), "w bf16 [2]\n80bfffff\n");
    reads(WITH(13, 1, 11, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), "w u64 [1]\nffffffffffffffff\n");
    struct mm_buf empty_raw = begin(7, 1);
    put(&empty_raw, 9, "", 0);
    put(&empty_raw, 7, "\x05", 1);
    reads(empty_raw, "w i64 [1]\n0500000000000000\n");
}

static void types_that_are_not_read(void **state)
{
    (void)state;
    refuses(WITH(8, 1, 6, "text"), MM_EUNSUPPORTED, "f: tensor \"w\": values of type STRING are not read");
    refuses(begin(14, 1), MM_EUNSUPPORTED, "f: tensor \"w\": values of type COMPLEX64 are not read");
    refuses(begin(99, 1), MM_EUNSUPPORTED, "f: tensor \"w\": data type 99 is not known");
    refuses(begin(0, 1), MM_ECORRUPT, "f: tensor \"w\": it has no data type");
    refuses(WITH(1, 1, 3, ""), MM_EUNSUPPORTED, "f: tensor \"w\": a segment of a tensor, which is not read");
}

static void values_that_do_not_fit(void **state)
{
    (void)state;
    refuses(begin(1, 2), MM_ECORRUPT,
            "f: tensor \"w\": float_data has 0 values, but shape [2] of FLOAT needs 2");
    refuses(WITH(1, 2, 9, "1234567"), MM_ECORRUPT,
            "f: tensor \"w\": raw_data has 7 bytes, but shape [2] of FLOAT needs 8");
    refuses(WITH(22, 5, 9, "12"), MM_ECORRUPT,
            "f: tensor \"w\": raw_data has 2 bytes, but shape [5] of INT4 needs 3");
    refuses(WITH(22, 5, 5, "12"), MM_ECORRUPT,
            "f: tensor \"w\": int32_data has 2 bytes, but shape [5] of INT4 needs 3");
    refuses(WITH(7, 0, 9, "12345678"), MM_ECORRUPT,
            "f: tensor \"w\": raw_data has 8 bytes, but shape [0] of INT64 needs 0");
    refuses(WITH(1, 1, 7, "\x01"), MM_ECORRUPT,
            "f: tensor \"w\": it has values in int64_data, but those of FLOAT belong in float_data");
    refuses(WITH(3, 2, 5, "\x01\x80\x01"), MM_ECORRUPT,
            "f: tensor \"w\": value 1 in int32_data is 128, which no INT8 is");
    refuses(WITH(2, 1, 5, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), MM_ECORRUPT,
            "f: tensor \"w\": value 0 in int32_data is -1, which no UINT8 is");
    refuses(WITH(12, 1, 11, "\x80\x80\x80\x80\x10"), MM_ECORRUPT,
            "f: tensor \"w\": value 0 in uint64_data is 4294967296, which no UINT32 is");
    refuses(begin(1, -1), MM_ECORRUPT, "f: tensor \"w\": [-1] is not the shape of a tensor");
    struct mm_buf twice = WITH(1, 1, 9, "1234");
    put(&twice, 4, "1234", 4);
    refuses(twice, MM_ECORRUPT, "f: tensor \"w\": it has values in raw_data and in float_data");
    struct mm_buf wide = begin(2, 1);
    for (int i = 0; i < 16; i++)
        mm_buf_add(&wide, "\x08\x01", 2);
    refuses(wide, MM_EUNSUPPORTED, "f: tensor \"w\": it has 17 dimensions, at most 16 are read");
    struct mm_buf large = begin(11, INT64_MAX);
    put(&large, 9, "12345678", 8);
    refuses(large, MM_ECORRUPT,
            "f: tensor \"w\": raw_data has 8 bytes, but shape [9223372036854775807] of DOUBLE needs "
            "9223372036854775807 values");
}

#define BYTES(text) with_bytes(text, sizeof(text) - 1)
static struct mm_buf with_bytes(const char *bytes, size_t size)
{
    struct mm_buf out;
    mm_buf_init(&out);
    mm_buf_add(&out, bytes, size);
    return out;
}

static void damaged(void **state)
{
    (void)state;
    refuses(BYTES(""), MM_ECORRUPT, "f: it has no data type");
    refuses(BYTES("\x08\x01\x4a\x05"), MM_ECORRUPT,
            "f: byte 2: damaged: a stored tensor has a field that runs past its end, or is none");
    refuses(BYTES("\x0a\x01\x80"), MM_ECORRUPT, "f: byte 2: damaged: dims of a tensor that are cut off");
    refuses(BYTES("\x0d"
                  "1234"),
            MM_ECORRUPT, "f: byte 0: damaged: dims of a tensor that are no integers");
    refuses(BYTES("\x40\x01"), MM_ECORRUPT, "f: byte 0: damaged: a number where a tensor has text or bytes");
    refuses(BYTES("\x22\x03"
                  "123"),
            MM_ECORRUPT, "f: byte 0: damaged: a list of values that is cut off, or is none");
    refuses(BYTES("\x2a\x01\x80"), MM_ECORRUPT,
            "f: byte 0: damaged: a list of values that is cut off, or is none");
    refuses(BYTES("\x29"
                  "12345678"),
            MM_ECORRUPT, "f: byte 0: damaged: a list of values that is cut off, or is none");
    refuses(BYTES("\x10\x08\x42\x03"
                  "a\n\x1b"),
            MM_EUNSUPPORTED, "f: tensor \"a\\n\\x1b\": values of type STRING are not read");
}

/* ---- external data ---------------------------------------------------------------------------------------- */

/* Two floats that are said to be in a file. */
static struct mm_buf outside(const char *location, const char *offset, const char *length)
{
    const char *const entry[][2] = {{"location", location}, {"offset", offset}, {"length", length}};
    struct mm_buf out = begin(1, 2), pair;
    for (int i = 0; i < 3; i++) {
        if (!entry[i][1])
            continue;
        mm_buf_init(&pair);
        put(&pair, 1, entry[i][0], strlen(entry[i][0]));
        put(&pair, 2, entry[i][1], strlen(entry[i][1]));
        put(&out, 13, mm_buf_text(&pair), pair.length);
        mm_buf_done(&pair);
    }
    mm_buf_add(&out, "\x70\x01", 2);
    return out;
}

static void reads_in(const char *file, struct mm_buf message, const char *expected)
{
    struct mm_stored stored;
    struct mm_err err;
    if (open_bytes(&stored, file, (const uint8_t *)message.data, message.length, &err) < 0)
        fail_msg("%s", err.text);
    char *text = text_of(&stored);
    assert_string_equal(text, expected);
    free(text);
    mm_stored_close(&stored);
    mm_buf_done(&message);
}

static void places_of_external_data(void **state)
{
    char *folder = make_folder(), *file = mm_path_join(folder, "model.onnx");
    (void)state;
    put_file(folder, "w.bin", "0123456789abcdef", 16);
    reads_in(file, outside("w.bin", NULL, NULL), "w f32 [2]\n3031323334353637\n");
    reads_in(file, outside("w.bin", "8", NULL), "w f32 [2]\n3839616263646566\n");
    reads_in(file, outside("./w.bin", "3", "8"), "w f32 [2]\n3334353637383961\n");
    char text[4400];
#define FAILS(message, code, what)                                                                           \
    snprintf(text, sizeof text, "%s: tensor \"w\": " what, file), refuses_in(file, message, code, text)
    FAILS(outside("w.bin", "9", NULL), MM_ECORRUPT,
          "its external data \"w.bin\" has 16 bytes, but 8 from byte 9 on are needed");
    FAILS(outside("w.bin", "9223372036854775807", NULL), MM_ECORRUPT,
          "its external data \"w.bin\" has 16 bytes, but 8 from byte 9223372036854775807 on are needed");
    FAILS(outside("w.bin", "0", "16"), MM_ECORRUPT,
          "its external data has a length of 16, but its shape and type need 8 bytes");
    FAILS(outside("w.bin", "-1", NULL), MM_ECORRUPT, "the offset of its external data is not a number");
    FAILS(outside("w.bin", "0", "99999999999999999999"), MM_ECORRUPT,
          "the length of its external data is not a number");
    FAILS(outside("w.bin", "", NULL), MM_ECORRUPT, "the offset of its external data is not a number");
    FAILS(outside(NULL, "0", NULL), MM_ECORRUPT, "its external data has no location");
    FAILS(outside("", NULL, NULL), MM_ECORRUPT, "its external data is \"\", which names no file");
    FAILS(outside("gone.bin", NULL, NULL), MM_ENOENT,
          "its external data is \"gone.bin\", a file that is not there");
    mm_folder_remove(folder);
    free(folder);
    free(file);
}

static void only_in_the_folder(void **state)
{
    char *folder = make_folder(), *file = mm_path_join(folder, "in/model.onnx"), text[4400], path[4400];
    (void)state;
    shell(
        folder,
        "cd %s && mkdir -p in/deep other && printf 01234567 | tee secret in/deep/w.bin other/w.bin >in/w.bin"
        " && ln -s ../secret in/out && ln -s deep/w.bin in/inner && ln -s ../../secret in/deep/out"
        " && ln -s deep in/folder && ln -s ../other in/away && touch in/model.onnx in..bin in/..w"
        " && printf 01234567 >in/..w");
    reads_in(file, outside("inner", NULL, NULL), "w f32 [2]\n3031323334353637\n");
    reads_in(file, outside("folder/w.bin", NULL, NULL), "w f32 [2]\n3031323334353637\n");
    reads_in(file, outside("..w", NULL, NULL), "w f32 [2]\n3031323334353637\n");
    static const char *const upwards[] = {"../secret", "deep/../../secret", "..",
                                          "deep/..",   "/etc/passwd",       "//x"};
    for (size_t i = 0; i < MM_COUNT(upwards); i++) {
        snprintf(text, sizeof text,
                 "%s: tensor \"w\": its external data is \"%s\": only files in the model's folder are read",
                 file, upwards[i]);
        refuses_in(file, outside(upwards[i], NULL, NULL), MM_EUNSUPPORTED, text);
    }
    static const char *const links[] = {"out", "deep/out", "folder/out", "away/w.bin"};
    for (size_t i = 0; i < MM_COUNT(links); i++) {
        snprintf(text, sizeof text,
                 "%s: tensor \"w\": its external data is \"%s\", a link out of the model's folder: it is not "
                 "followed",
                 file, links[i]);
        refuses_in(file, outside(links[i], NULL, NULL), MM_EUNSUPPORTED, text);
    }
    snprintf(path, sizeof path, "%s/in/deep: is not a regular file", folder);
    refuses_in(file, outside("deep", NULL, NULL), MM_EUNSUPPORTED, path);
    drop_folder(folder);
    free(file);
}

/* As download caches lay it out: model and data are links to files that lie side by side somewhere else. */
static void model_that_is_a_link(void **state)
{
    char *folder = make_folder(), *file = mm_path_join(folder, "snapshot/model.onnx");
    (void)state;
    shell(folder, "cd %s && mkdir blobs snapshot && touch blobs/aa && printf 01234567 >blobs/bb"
                  " && ln -s ../blobs/aa snapshot/model.onnx && ln -s ../blobs/bb snapshot/model.onnx.data");
    reads_in(file, outside("model.onnx.data", NULL, NULL), "w f32 [2]\n3031323334353637\n");
    drop_folder(folder);
    free(file);
}

/* Nothing but a name: the present folder. */
static void model_without_folder(void **state)
{
    char *folder = make_folder(), *before = getcwd(NULL, 0);
    (void)state;
    put_file(folder, "w.bin", "01234567", 8);
    assert_int_equal(chdir(folder), 0);
    reads_in("model.onnx", outside("w.bin", NULL, NULL), "w f32 [2]\n3031323334353637\n");
    assert_int_equal(chdir(before), 0);
    free(before);
    drop_folder(folder);
}

static void data_that_becomes_shorter(void **state)
{
    char *folder = make_folder(), *file = mm_path_join(folder, "m"), *data = mm_path_join(folder, "w.bin");
    struct mm_buf message = outside("w.bin", NULL, NULL);
    struct mm_stored stored;
    struct mm_err err;
    (void)state;
    put_file(folder, "w.bin", "01234567", 8);
    assert_int_equal(open_bytes(&stored, file, (const uint8_t *)message.data, message.length, &err), 0);
    assert_int_equal(mm_stored_check(&stored, "m", &err), 0);
    assert_int_equal(truncate(data, 4), 0);
    assert_int_equal(mm_stored_check(&stored, "m", &err), -1);
    assert_string_equal(err.text, "m: became shorter while it was read");
    mm_stored_close(&stored);
    mm_buf_done(&message);
    drop_folder(folder);
    free(file);
    free(data);
}

/* ---- damage ------------------------------------------------------------------------------------------------ */

static void try(const char *file, const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1); /* exactly, so that a sanitizer sees a read beyond it */
    struct mm_stored stored;
    struct mm_err err = {MM_OK, ""};
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    if (open_bytes(&stored, file, copy, size, &err) == 0) {
        free(text_of(&stored));
        mm_stored_close(&stored);
    } else {
        assert_true(err.code != MM_OK && *err.text);
    }
    free(copy);
}

static void every_prefix_and_every_byte(void **state)
{
    static const char *const names[] = {"small_raw.pb", "small_typed.pb", "small_double.pb",
                                        "external_i16.pb", "i64_4_loose.pb"};
    char *file = mm_path_join(*state, "model.onnx");
    for (size_t m = 0; m < MM_COUNT(names); m++) {
        size_t size;
        uint8_t *bytes = get_file(*state, names[m], &size);
        for (size_t length = 0; length <= size; length++)
            try(file, bytes, length);
        for (size_t i = 0; i < size; i++) {
            uint8_t kept = bytes[i];
            for (int value = 0; value < 256; value++) {
                bytes[i] = (uint8_t)value;
                try(file, bytes, size);
            }
            bytes[i] = kept;
        }
        free(bytes);
    }
    free(file);
}

/* ---- numbers of types -------------------------------------------------------------------------------------- */

/* onnx.proto's TensorProto.DataType. */
static void numbers_of_types(void **state)
{
    static const struct {
        int32_t number;
        enum mm_dtype dtype;
    } rows[] = {{1, MM_F32},    {2, MM_U8},   {3, MM_I8},          {4, MM_U16},     {5, MM_I16},
                {6, MM_I32},    {7, MM_I64},  {9, MM_BOOL},        {10, MM_F16},    {11, MM_F64},
                {12, MM_U32},   {13, MM_U64}, {16, MM_BF16},       {17, MM_F8E4M3}, {19, MM_F8E5M2},
                {21, MM_U4},    {22, MM_I4},  {18, MM_F8E4M3FNUZ}, {24, MM_F8E8M0}, {26, MM_I2},
                {28, MM_F6E3M2}};
    static const int32_t none[] = {0, 8, 14, 15, 29, -1, INT32_MAX, INT32_MIN};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        assert_int_equal(mm_tensor_proto_dtype(rows[i].number), rows[i].dtype);
        assert_int_equal(mm_tensor_proto_number(rows[i].dtype), rows[i].number);
    }
    for (size_t i = 0; i < MM_COUNT(none); i++)
        assert_int_equal(mm_tensor_proto_dtype(none[i]), MM_DTYPE_NONE);
    assert_int_equal(mm_tensor_proto_number(MM_DTYPE_NONE), 0);
}

/* ---- is it one? ----------------------------------------------------------------------------------------- */

static bool is(struct mm_buf message)
{
    bool result = mm_tensor_proto_is((const uint8_t *)mm_buf_text(&message), message.length);
    mm_buf_done(&message);
    return result;
}

/* All messages that ONNX's library made are; cut short, they only may be. */
static void those_of_onnx_are(void **state)
{
    DIR *dir = opendir(*state);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        size_t length = strlen(entry->d_name), size;
        if (length < 4 || strcmp(entry->d_name + length - 3, ".pb") != 0)
            continue;
        uint8_t *bytes = get_file(*state, entry->d_name, &size);
        bool odd = strstr(entry->d_name, "loose") || strstr(entry->d_name, "pieces"); /* a field 99 */
        if (mm_tensor_proto_is(bytes, size) == odd)
            fail_msg("%s", entry->d_name);
        free(bytes);
    }
    closedir(dir);
    struct mm_buf message = WITH(1, 2, 9, "12345678");
    const uint8_t *bytes = (const uint8_t *)mm_buf_text(&message);
    assert_true(mm_tensor_proto_is(bytes, message.length));
    assert_false(mm_tensor_proto_is(bytes, message.length - 1));
    assert_true(mm_tensor_proto_may_be(bytes, message.length - 1));
    assert_false(mm_tensor_proto_may_be(bytes, 2)); /* nothing but dims */
    mm_buf_done(&message);
}

static void others_are_not(void **state)
{
    (void)state;
    assert_false(is((struct mm_buf){0}));
    assert_false(is(WITH(1, 2, 9, "1234567")));   /* too few bytes */
    assert_false(is(WITH(1, 2, 5, "\x01\x02")));  /* another type's list */
    assert_false(is(WITH(99, 2, 9, "12345678"))); /* a type that ONNX has not */
    assert_false(is(WITH(1, 2, 3, "12345678")));  /* a segment */
    assert_false(is(WITH(1, 2, 15, "12345678"))); /* a field that it has not */
    assert_false(is(WITH(1, 2, 99, "12345678")));
    assert_false(is(WITH(1, 2, 2, "12345678"))); /* a type that is text: MagicMind's node_name */
    assert_true(is(WITH(8, 1, 6, "text")));      /* what is no number is a tensor all the same */
    assert_true(is(WITH(14, 1, 9, "12345678")));
    assert_true(is(begin(1, 0)));
}

/* ---- MagicMind's message under any numbers -------------------------------------------------------------- */

static uint32_t roll(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % below;
}

static void put_whole(struct mm_buf *out, unsigned number, uint64_t value)
{
    uint8_t bytes[MM_WIRE_VARINT_MAX];
    mm_buf_add(out, bytes, mm_wire_put(bytes, number << 3 | MM_WIRE_VARINT));
    mm_buf_add(out, bytes, mm_wire_put(bytes, value));
}

/* version 1, node, op, index, is_output, dtype, a shape of two and its values, by these numbers; floats, or integers
 * below 100 (one byte each). */
static struct mm_buf magicmind(const unsigned number[8], uint32_t *seed, bool packed)
{
    static const uint8_t values[64] = {1, 2, 3};
    struct mm_buf out;
    uint8_t dims[] = {(uint8_t)(1 + roll(seed, 4)), (uint8_t)(1 + roll(seed, 4))};
    mm_buf_init(&out);
    put_whole(&out, number[0], 1);
    put(&out, number[1], "main/mm.conv2d", roll(seed, 2) ? 14 : 12);
    put(&out, number[2], "mm.conv2d", roll(seed, 2) ? 9 : 8);
    if (roll(seed, 2))
        put_whole(&out, number[3], roll(seed, 3));
    if (roll(seed, 2))
        put_whole(&out, number[4], 1);
    put_whole(&out, number[5], 1 + roll(seed, 14));
    if (packed)
        put(&out, number[6], dims, 2);
    for (int i = 0; i < 2 && !packed; i++)
        put_whole(&out, number[6], dims[i]);
    put(&out, number[7], values, (size_t)dims[0] * dims[1] * (roll(seed, 2) ? 4 : 1));
    return out;
}

/* Whatever the vendor's numbers are: in their own order or by number makes no difference to the test. */
static void magicmind_is_not(void **state)
{
    uint32_t seed = 7;
    (void)state;
    for (int round = 0; round < 50000; round++) {
        unsigned number[16], most = round % 2 ? 16 : 8 + roll(&seed, 8);
        for (unsigned i = 0; i < most; i++) { /* a shuffle of 1 .. most */
            unsigned place = roll(&seed, i + 1);
            number[i] = number[place];
            number[place] = i + 1;
        }
        if (is(magicmind(number, &seed, round % 4 < 2)))
            fail_msg("round %d", round);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_onnx_reads_them),
        cmocka_unit_test(young_types),
        cmocka_unit_test(ways_to_write_a_number),
        cmocka_unit_test(types_that_are_not_read),
        cmocka_unit_test(values_that_do_not_fit),
        cmocka_unit_test(damaged),
        cmocka_unit_test(places_of_external_data),
        cmocka_unit_test(only_in_the_folder),
        cmocka_unit_test(model_that_is_a_link),
        cmocka_unit_test(model_without_folder),
        cmocka_unit_test(data_that_becomes_shorter),
        cmocka_unit_test(every_prefix_and_every_byte),
        cmocka_unit_test(numbers_of_types),
        cmocka_unit_test(those_of_onnx_are),
        cmocka_unit_test(others_are_not),
        cmocka_unit_test(magicmind_is_not),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
