/* The header that is written, by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "format_testing.h"
#include "format/safetensors_header.h"

static struct mm_tensor tensor_of(enum mm_dtype dtype, struct mm_shape shape)
{
    return (struct mm_tensor){.dtype = dtype, .shape = shape, .count = mm_shape_count(&shape)};
}

static void add(struct safetensors_header *header, const char *name, enum mm_dtype dtype,
                struct mm_shape shape)
{
    struct mm_tensor tensor = tensor_of(dtype, shape);
    struct mm_err err;
    if (safetensors_header_add(header, name, &tensor, "x", &err) < 0)
        fail_msg("%s", err.text);
}

static void assert_text(const struct safetensors_header *header, const char *json, size_t length)
{
    const uint8_t *bytes = (const uint8_t *)header->text.data;
    assert_int_equal(header->text.length, 8 + length);
    assert_int_equal(bytes[0] | bytes[1] << 8 | bytes[2] << 16, length);
    assert_memory_equal(bytes + 3, "\0\0\0\0\0", 5);
    assert_memory_equal(bytes + 8, json, strlen(json));
    for (size_t i = strlen(json); i < length; i++)
        assert_int_equal(bytes[8 + i], ' ');
}

#define A "{\"a\": {\"dtype\": \"BF16\", \"shape\": [2, 3], \"data_offsets\": [0, 12]}"
#define B ", \"b\": {\"dtype\": \"F64\", \"shape\": [], \"data_offsets\": [12, 20]}"
#define C ", \"c\": {\"dtype\": \"I8\", \"shape\": [7, 0], \"data_offsets\": [20, 20]}}"

static void one_behind_the_other(void **state)
{
    struct safetensors_header header;
    struct mm_err err;
    (void)state;
    safetensors_header_init(&header);
    add(&header, "a", MM_BF16, shape_of(2, 2, 3, 0));
    add(&header, "b", MM_F64, shape_of(0, 0, 0, 0));
    add(&header, "c", MM_I8, shape_of(2, 7, 0, 0));
    assert_int_equal(header.size, 20);
    size_t length = strlen(A B C);
    assert_true(safetensors_header_fits(&header, 8 + length));
    assert_false(safetensors_header_fits(&header, 8 + length - 1));
    assert_int_equal(safetensors_header_end(&header, 0, &err), 0);
    assert_text(&header, A B C, (length + 7) / 8 * 8);
    safetensors_header_done(&header);
}

/* With more room than it needs, just as much, and less. */
static void rooms(void **state)
{
    static const struct {
        size_t room, length;
    } cases[] = {{4096, 4088}, {80, 72}, {72, 72}, {0, 72}};
    struct mm_err err;
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct safetensors_header header;
        safetensors_header_init(&header);
        add(&header, "a", MM_BF16, shape_of(2, 2, 3, 0));
        assert_int_equal(strlen(A) + 1, 66);
        assert_int_equal(safetensors_header_end(&header, cases[i].room, &err), 0);
        assert_text(&header, A "}", cases[i].length);
        safetensors_header_done(&header);
    }
}

/* As if it had not been: the first one, whose place has no comma, and a later one. */
static void taken_back(void **state)
{
    struct safetensors_header header;
    struct mm_err err;
    (void)state;
    safetensors_header_init(&header);
    add(&header, "not", MM_F32, shape_of(1, 9, 0, 0));
    safetensors_header_take_back(&header);
    add(&header, "a", MM_BF16, shape_of(2, 2, 3, 0));
    add(&header, "not", MM_F32, shape_of(1, 9, 0, 0));
    safetensors_header_take_back(&header);
    assert_int_equal(header.size, 12);
    assert_int_equal(safetensors_header_end(&header, 0, &err), 0);
    assert_text(&header, A "}", 72);
    safetensors_header_done(&header);
}

/* Offsets and sizes beyond 4 GiB. */
static void far(void **state)
{
    static const char json[] = "{\"wide\": {\"dtype\": \"F32\", \"shape\": [3, 1073741824], "
                               "\"data_offsets\": [0, 12884901888]}, "
                               "\"far\": {\"dtype\": \"U8\", \"shape\": [1], "
                               "\"data_offsets\": [12884901888, 12884901889]}}";
    struct safetensors_header header;
    struct mm_err err;
    (void)state;
    safetensors_header_init(&header);
    add(&header, "wide", MM_F32, shape_of(2, 3, 1 << 30, 0));
    add(&header, "far", MM_U8, shape_of(1, 1, 0, 0));
    assert_int_equal(safetensors_header_end(&header, 0, &err), 0);
    assert_text(&header, json, (strlen(json) + 7) / 8 * 8);
    safetensors_header_done(&header);
}

static void refused(void **state)
{
    static const struct {
        const char *name;
        enum mm_dtype dtype;
        int64_t count;
        enum mm_code code;
        const char *part;
    } cases[] = {
        {"b", MM_I4, 4, MM_EUNSUPPORTED, "x: safetensors has no data type for i4"},
        {"b", MM_F4E2M1, 3, MM_EUNSUPPORTED, "x: safetensors has no data type for f4e2m1 that ends within"},
        {"__metadata__", MM_F32, 4, MM_EARG, "x: safetensors has this name for something else"},
    };
    struct safetensors_header header;
    struct mm_err err;
    (void)state;
    safetensors_header_init(&header);
    add(&header, "a", MM_BF16, shape_of(2, 2, 3, 0));
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_tensor tensor = tensor_of(cases[i].dtype, shape_of(1, cases[i].count, 0, 0));
        assert_int_equal(safetensors_header_add(&header, cases[i].name, &tensor, "x", &err), -1);
        assert_int_equal(err.code, cases[i].code);
        assert_int_equal(strncmp(err.text, cases[i].part, strlen(cases[i].part)), 0);
    }
    assert_int_equal(safetensors_header_end(&header, 0, &err), 0);
    assert_text(&header, A "}", 72);
    safetensors_header_done(&header);
}

/* The format's own library reads headers of at most 100 MB: what would be beyond is not added, what is there is good. */
static void too_long(void **state)
{
    const size_t size = 1000000;
    char *name = malloc(size + 1);
    struct mm_tensor tensor = tensor_of(MM_F32, shape_of(1, 1, 0, 0));
    struct safetensors_header header;
    struct mm_err err;
    int added = 0;
    (void)state;
    assert_non_null(name);
    memset(name, 'n', size);
    name[size] = '\0';
    safetensors_header_init(&header);
    while (added < 200 && safetensors_header_add(&header, name, &tensor, "x", &err) == 0)
        added++;
    assert_int_equal(added, 99); /* the hundredth has 60 bytes besides its name */
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    assert_non_null(strstr(err.text, "more tensors than a safetensors header has room for"));
    assert_int_equal(header.size, 99 * 4);
    assert_int_equal(safetensors_header_end(&header, 0, &err), 0);
    assert_true(header.text.length <= 8 + 100000000);
    assert_int_equal(header.text.data[header.text.length - 1] == '}' ||
                         header.text.data[header.text.length - 1] == ' ',
                     true);
    safetensors_header_done(&header);
    free(name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_behind_the_other),
        cmocka_unit_test(rooms),
        cmocka_unit_test(taken_back),
        cmocka_unit_test(far),
        cmocka_unit_test(refused),
        cmocka_unit_test(too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
