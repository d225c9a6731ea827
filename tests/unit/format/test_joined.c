/* Tensors that are put together of parts: shapes, kinds of storage, and what does not go together. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "format_testing.h"

#define PARTS 3

/* Files of a temporary folder as parts of one tensor. */
struct parts {
    char *folder, *path[PARTS];
    struct mm_source source[PARTS];
    struct mm_entry part[PARTS], whole;
    struct mm_given given[PARTS];
    struct mm_joined joined;
    struct mm_load load;
    struct mm_err err;
};

static void begin(struct parts *p, int axis)
{
    *p = (struct parts){.folder = make_folder(), .joined = {.part = p->part, .axis = axis}};
}

static void add(struct parts *p, const char *format, const void *bytes, size_t size, enum mm_dtype dtype,
                struct mm_shape shape)
{
    static const char *const names[PARTS] = {"rank0", "rank1", "rank2"};
    size_t i = p->joined.count++;
    put_file(p->folder, names[i], bytes, size);
    p->path[i] = mm_path_join(p->folder, names[i]);
    p->source[i] = (struct mm_source){.path = p->path[i], .file = names[i], .format = mm_format_find(format)};
    p->given[i] = (struct mm_given){.dtype = dtype, .shaped = true, .shape = shape};
    p->part[i] = (struct mm_entry){.source = &p->source[i], .label = names[i], .given = &p->given[i]};
    p->whole = p->part[0];
    p->whole.label = "x";
    p->whole.joined = &p->joined;
}

static int open_parts(struct parts *p)
{
    return mm_load_open(&p->load, &p->whole, NULL, &p->err);
}

static void end(struct parts *p)
{
    for (size_t i = 0; i < p->joined.count; i++)
        free(p->path[i]);
    drop_folder(p->folder);
}

static void is(struct parts *p, const char *shape, enum mm_dtype dtype, const double *values, size_t count)
{
    char text[200];
    if (open_parts(p) < 0)
        fail_msg("%s", p->err.text);
    assert_int_equal(mm_load_joined(&p->load), MM_JOIN_WHOLE);
    assert_string_equal(mm_shape_text(&p->load.tensor.shape, true, text, sizeof text), shape);
    assert_int_equal(p->load.tensor.dtype, dtype);
    assert_values(&p->load.tensor, values, count);
    assert_int_equal(mm_load_check(&p->load, &p->whole, &p->err), 0);
    mm_load_close(&p->load);
    end(p);
}

static void refused(struct parts *p, const char *sentence)
{
    assert_int_equal(open_parts(p), -1);
    assert_string_equal(p->err.text, sentence);
    end(p);
}

/* np.concatenate([[[1, 2], [3, 4]], [[5], [6]]], 1) and the same along other axes. */
static void along_axes(void **state)
{
    static const uint8_t a[] = {1, 2, 3, 4}, b[] = {5, 6};
    static const double columns[] = {1, 2, 5, 3, 4, 6}, rows[] = {1, 2, 3, 4, 5, 6};
    struct parts p;
    (void)state;
    for (int axis = 1; axis >= -1; axis -= 2) {
        begin(&p, axis);
        add(&p, "raw", a, 4, MM_U8, (struct mm_shape){2, {2, 2}});
        add(&p, "raw", b, 2, MM_U8, (struct mm_shape){2, {2, 1}});
        is(&p, "2x3", MM_U8, columns, 6);
    }
    begin(&p, 0);
    add(&p, "raw", a, 4, MM_U8, (struct mm_shape){2, {2, 2}});
    add(&p, "raw", b, 2, MM_U8, (struct mm_shape){2, {1, 2}});
    is(&p, "3x2", MM_U8, rows, 6);
    begin(&p, 1); /* three, of three axes, one of them empty */
    add(&p, "raw", a, 4, MM_U8, (struct mm_shape){3, {2, 1, 2}});
    add(&p, "raw", b, 0, MM_U8, (struct mm_shape){3, {2, 0, 2}});
    add(&p, "raw", a, 4, MM_U8, (struct mm_shape){3, {2, 1, 2}});
    static const double twice[] = {1, 2, 1, 2, 3, 4, 3, 4};
    is(&p, "2x2x2", MM_U8, twice, 8);
}

/* 64-bit integers stay what they are, beyond what a double holds; half precision from text and bytes. */
static void kinds(void **state)
{
    static const int64_t large[] = {INT64_C(9007199254740993), -7};
    static const uint16_t halves[] = {0x3c00, 0x4000}; /* 1, 2 */
    static const double mixed[] = {1, 2, 3, 4.5};
    struct parts p;
    (void)state;
    begin(&p, 0);
    add(&p, "raw", large, 16, MM_I64, (struct mm_shape){1, {2}});
    add(&p, "raw", large, 8, MM_I64, (struct mm_shape){1, {1}});
    assert_int_equal(open_parts(&p), 0);
    const uint8_t *bytes = mm_tensor_bytes(&p.load.tensor, 0, 0, 24);
    assert_non_null(bytes);
    assert_memory_equal(bytes, large, 16);
    assert_memory_equal(bytes + 16, large, 8);
    mm_load_close(&p.load);
    end(&p);
    begin(&p, 0);
    add(&p, "raw", halves, 4, MM_F16, (struct mm_shape){1, {2}});
    add(&p, "text", "3\n4.5\n", 6, MM_F16, (struct mm_shape){1, {2}});
    is(&p, "4", MM_F16, mixed, 4);
}

static void what_does_not_go_together(void **state)
{
    static const uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct parts p;
    (void)state;
    begin(&p, 0);
    add(&p, "raw", bytes, 4, MM_U8, (struct mm_shape){2, {2, 2}});
    add(&p, "raw", bytes, 6, MM_U8, (struct mm_shape){2, {2, 3}});
    refused(&p, "x: can't be joined along axis 0: rank0 is [2, 2], rank1 is [2, 3]");
    begin(&p, 0);
    add(&p, "raw", bytes, 4, MM_U8, (struct mm_shape){2, {2, 2}});
    add(&p, "raw", bytes, 4, MM_U8, (struct mm_shape){1, {4}});
    refused(&p, "x: can't be joined along axis 0: rank0 is [2, 2], rank1 is [4]");
    begin(&p, 0);
    add(&p, "raw", bytes, 4, MM_U8, (struct mm_shape){1, {4}});
    add(&p, "raw", bytes, 4, MM_I8, (struct mm_shape){1, {4}});
    refused(&p, "x: can't be joined: rank0 is u8, rank1 is i8");
    begin(&p, 0);
    add(&p, "raw", bytes, 4, MM_U8, (struct mm_shape){1, {4}});
    add(&p, "raw", bytes, 4, MM_U8, (struct mm_shape){1, {5}});
    refused(&p, "rank1: has 4 bytes, which is not what [5] of u8 takes: see --shape, --dtype");
}

/* Of parts without the axis the first is taken; a part may be taken for the whole, and other axes asked about. */
static void copies(void **state)
{
    static const uint8_t bytes[4] = {1, 2, 3, 4};
    static const double values[] = {1, 2, 3, 4};
    struct parts p;
    (void)state;
    begin(&p, 1);
    add(&p, "raw", bytes, 4, MM_U8, (struct mm_shape){1, {4}});
    add(&p, "raw", bytes, 4, MM_U8, (struct mm_shape){1, {4}});
    assert_int_equal(open_parts(&p), 0);
    assert_int_equal(mm_load_joined(&p.load), MM_JOIN_NO_AXIS);
    assert_values(&p.load.tensor, values, 4);
    mm_load_close(&p.load);
    end(&p);
    begin(&p, 0);
    add(&p, "raw", bytes, 4, MM_U8, (struct mm_shape){2, {2, 2}});
    add(&p, "raw", bytes, 4, MM_U8, (struct mm_shape){2, {2, 2}});
    assert_int_equal(open_parts(&p), 0);
    assert_true(mm_load_fits_along(&p.load, 1, &(struct mm_shape){2, {2, 4}}));
    assert_false(mm_load_fits_along(&p.load, 0, &(struct mm_shape){2, {2, 4}}));
    assert_false(mm_load_fits_along(&p.load, 2, &(struct mm_shape){2, {2, 4}}));
    mm_load_take_first(&p.load);
    assert_int_equal(mm_load_joined(&p.load), MM_JOIN_COPIES);
    assert_values(&p.load.tensor, values, 4);
    mm_load_close(&p.load);
    end(&p);
}

/* A value that can't be read is its part's, with the line. */
static void damaged(void **state)
{
    struct parts p;
    double tile[8];
    struct mm_cursor cursor;
    (void)state;
    begin(&p, 0);
    add(&p, "text", "1\n2\n", 4, MM_U8, (struct mm_shape){1, {2}});
    add(&p, "text", "1\n300\n", 6, MM_U8, (struct mm_shape){1, {2}});
    assert_int_equal(open_parts(&p), 0);
    mm_cursor_init(&cursor, &p.load.tensor);
    mm_cursor_double(&cursor, tile, 8);
    assert_true(cursor.bad);
    assert_int_equal(mm_load_check(&p.load, &p.whole, &p.err), -1);
    assert_string_equal(p.err.text, "rank1: line 2: element 1 of 2 can't be read as u8");
    mm_load_close(&p.load);
    end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(along_axes), cmocka_unit_test(kinds),
                                       cmocka_unit_test(what_does_not_go_together), cmocka_unit_test(copies),
                                       cmocka_unit_test(damaged)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
