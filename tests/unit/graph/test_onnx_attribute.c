#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "onnx_testing.h"

static void put_attribute_of(struct mm_buf *node, const char *name, const char *reference)
{
    struct mm_buf attribute;
    mm_buf_init(&attribute);
    put_string(&attribute, 1, name);
    if (reference)
        put_string(&attribute, 21, reference);
    put_message(node, 5, &attribute);
}

static struct mm_wire_field field_of(const struct mm_buf *bytes)
{
    return (struct mm_wire_field){.start = (const uint8_t *)bytes->data,
                                  .data = (const uint8_t *)bytes->data,
                                  .size = bytes->length,
                                  .type = MM_WIRE_BYTES};
}

/* The names of a node's attributes, and of what counts in their place, "a=b c". */
static void assert_attributes(struct mm_onnx *onnx, const struct mm_buf *node, const char *expected)
{
    struct mm_wire_field field = field_of(node);
    struct mm_wire wire = mm_onnx_inside(onnx, &field);
    struct mm_onnx_attribute attribute;
    struct mm_arena arena;
    const char *own, *value;
    char text[200] = "";
    int more;
    mm_arena_init(&arena);
    while ((more = mm_onnx_next_attribute(onnx, &wire, &attribute, NULL)) > 0) {
        assert_int_equal(mm_onnx_text(onnx, &attribute.own, 1, &arena, &own, NULL), 0);
        assert_int_equal(mm_onnx_text(onnx, &attribute.value, 1, &arena, &value, NULL), 0);
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s=%s", *text ? " " : "", own, value);
    }
    assert_int_equal(more, 0);
    assert_string_equal(text, expected);
    mm_arena_done(&arena);
}

static void references(void **state)
{
    struct mm_buf node, given;
    struct mm_onnx onnx = {.file = "m"};
    struct mm_onnx_frame around = {.caller = NULL}, frame = {.caller = &around};
    (void)state;
    mm_buf_init(&node);
    mm_buf_init(&given);
    put_string(&node, 4, "Op");
    put_attribute_of(&node, "a", NULL);
    put_attribute_of(&node, "b", "outer");
    put_attribute_of(&node, "c", "not given");
    put_attribute_of(&node, "d", "");
    put_attribute_of(&node, "e", "oute");
    put_string(&given, 1, "first");
    assert_attributes(&onnx, &node, "a=a b=b c=c d=d e=e"); /* not in a function */
    struct mm_wire_field value = field_of(&given);
    struct mm_onnx_bound bound[] = {{"outer", {value, value, &around}}, {"outer", {.own = {.number = 0}}}};
    frame.bound = bound;
    frame.bounds = 2;
    onnx.frame = &frame;
    assert_attributes(&onnx, &node, "a=a b=first d=d"); /* the first of two */
    mm_buf_done(&node);
    mm_buf_done(&given);
}

/* A graph in an attribute is read where the attribute was given. */
static void frames(void **state)
{
    struct mm_buf node;
    struct mm_onnx onnx = {.file = "m"};
    struct mm_onnx_frame around = {.caller = NULL}, frame = {.caller = &around};
    struct mm_onnx_attribute attribute;
    (void)state;
    mm_buf_init(&node);
    put_attribute_of(&node, "a", NULL);
    put_attribute_of(&node, "b", "r");
    struct mm_onnx_bound bound = {"r", {.frame = &around}};
    frame.bound = &bound;
    frame.bounds = 1;
    onnx.frame = &frame;
    struct mm_wire_field field = field_of(&node);
    struct mm_wire wire = mm_onnx_inside(&onnx, &field);
    assert_int_equal(mm_onnx_next_attribute(&onnx, &wire, &attribute, NULL), 1);
    assert_ptr_equal(attribute.frame, &frame);
    assert_int_equal(mm_onnx_next_attribute(&onnx, &wire, &attribute, NULL), 1);
    assert_ptr_equal(attribute.frame, &around);
    assert_int_equal(mm_onnx_next_attribute(&onnx, &wire, &attribute, NULL), 0);
    mm_buf_done(&node);
}

static void texts(void **state)
{
    static const uint8_t twice[] = "\x0a\x01"
                                   "a"
                                   "\x12\x01"
                                   "b"
                                   "\x0a\x02"
                                   "cd",
                         cut[] = "\x0a\x05"
                                 "a";
    struct mm_onnx onnx = {.file = "m", .begin = cut, .size = 3};
    struct mm_wire_field field = {.data = twice, .size = sizeof twice - 1};
    struct mm_arena arena;
    struct mm_err err;
    const char *text;
    (void)state;
    mm_arena_init(&arena);
    assert_int_equal(mm_onnx_text(&onnx, &field, 1, &arena, &text, &err), 0);
    assert_string_equal(text, "cd"); /* the last counts */
    assert_int_equal(mm_onnx_text(&onnx, &field, 3, &arena, &text, &err), 0);
    assert_string_equal(text, "");
    field = (struct mm_wire_field){.data = cut, .size = sizeof cut - 1};
    assert_int_equal(mm_onnx_text(&onnx, &field, 1, &arena, &text, &err), -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    mm_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references),
        cmocka_unit_test(frames),
        cmocka_unit_test(texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
