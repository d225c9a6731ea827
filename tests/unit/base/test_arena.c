#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/base.h"

#include <stdalign.h>
#include <string.h>

/* Under the sanitizers too, what can't be allocated gives NULL. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static bool is_zero(const unsigned char *memory, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (memory[i])
            return false;
    }
    return true;
}

/* Sizes around the alignment and around a block; what was written into each piece must stay. */
static void pieces_are_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 15, 16, 17, 100, 16383, 16384, 16385, 1, 50000, 8, 16300, 200};
    unsigned char *piece[MM_COUNT(sizes) * 20];
    size_t n = 0;
    struct mm_arena arena;
    mm_arena_init(&arena);
    for (size_t round = 0; round < 20; round++) {
        for (size_t i = 0; i < MM_COUNT(sizes); i++, n++) {
            piece[n] = mm_arena_alloc(&arena, sizes[i]);
            assert_non_null(piece[n]);
            assert_int_equal((uintptr_t)piece[n] % alignof(max_align_t), 0);
            assert_true(is_zero(piece[n], sizes[i]));
            memset(piece[n], (int)(n % 255 + 1), sizes[i]);
        }
    }
    for (size_t k = 0; k < n; k++) {
        for (size_t i = 0; i < sizes[k % MM_COUNT(sizes)]; i++)
            assert_int_equal(piece[k][i], k % 255 + 1);
    }
    mm_arena_done(&arena);
}

static void empty_pieces_differ(void **state)
{
    (void)state;
    struct mm_arena arena = {0};
    void *a = mm_arena_alloc(&arena, 0);
    void *b = mm_arena_array(&arena, 0, 8);
    assert_non_null(a);
    assert_non_null(b);
    assert_ptr_not_equal(a, b);
    mm_arena_done(&arena);
}

static void hostile_sizes_give_null(void **state)
{
    (void)state;
    struct mm_arena arena;
    mm_arena_init(&arena);
    assert_null(mm_arena_alloc(&arena, SIZE_MAX));
    assert_null(mm_arena_alloc(&arena, SIZE_MAX - 8));
    assert_null(mm_arena_alloc(&arena, SIZE_MAX - 64));
    assert_null(mm_arena_array(&arena, SIZE_MAX / 2, 3));
    assert_null(mm_arena_array(&arena, (size_t)1 << 32, (size_t)1 << 32));
    assert_null(mm_arena_strndup(&arena, "x", SIZE_MAX));
    assert_non_null(mm_arena_alloc(&arena, 8)); /* still usable */
    mm_arena_done(&arena);
}

static void copies_strings(void **state)
{
    (void)state;
    struct mm_arena arena;
    mm_arena_init(&arena);
    char text[] = "conv1";
    char *whole = mm_arena_strdup(&arena, text);
    char *part = mm_arena_strndup(&arena, text, 4);
    char *none = mm_arena_strndup(&arena, text, 0);
    memset(text, 'x', 5);
    assert_string_equal(whole, "conv1");
    assert_string_equal(part, "conv");
    assert_string_equal(none, "");
    mm_arena_done(&arena);
}

static void done_twice_and_on_zeros(void **state)
{
    (void)state;
    struct mm_arena arena = {0};
    mm_arena_done(&arena);
    assert_non_null(mm_arena_alloc(&arena, 3));
    mm_arena_done(&arena);
    mm_arena_done(&arena);
    assert_null(arena.first);
}

/* One block is kept, and gives zeros again; large ones are let go. */
static void reset_starts_again(void **state)
{
    (void)state;
    struct mm_arena arena;
    mm_arena_init(&arena);
    mm_arena_reset(&arena);
    assert_non_null(mm_arena_alloc(&arena, 1 << 20));
    mm_arena_reset(&arena);
    assert_null(arena.first);
    unsigned char *first = mm_arena_alloc(&arena, 100);
    memset(first, 0xff, 100);
    assert_non_null(mm_arena_alloc(&arena, 1 << 20));
    assert_non_null(mm_arena_alloc(&arena, 16000));
    assert_non_null(mm_arena_alloc(&arena, 16000));
    mm_arena_reset(&arena);
    assert_non_null(arena.first);
    unsigned char *again = mm_arena_alloc(&arena, 15000);
    for (size_t i = 0; i < 15000; i++)
        assert_int_equal(again[i], 0);
    mm_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(empty_pieces_differ),
        cmocka_unit_test(hostile_sizes_give_null),
        cmocka_unit_test(copies_strings),
        cmocka_unit_test(done_twice_and_on_zeros),
        cmocka_unit_test(reset_starts_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
