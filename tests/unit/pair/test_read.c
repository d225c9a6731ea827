/* The one reader of a pair. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/pair.h"
#include "unit/pair/pair_files.h"
#include "unit/pair/odd_text.h"

/* What the reader calls, and what it is to do: adds up all values of the views. */
struct adding {
    double s, d;           /* of the last call */
    int headers, values;   /* calls */
    bool has_src, has_dst; /* when the headers were there */
    enum mm_shape_match match;
    enum mm_code fail;       /* of every call, if not MM_OK */
    atomic_bool *cancel;     /* set by the first call, which then can't read a value */
    bool src_only, no_views; /* no_views: the headers came before the views */
};

static int headers(void *context, const struct mm_pair_tensors *tensors, bool *failed_dst, struct mm_err *err)
{
    struct adding *adding = context;
    (void)failed_dst, (void)err;

    adding->headers++;
    adding->has_src = tensors->has_src;
    adding->has_dst = tensors->has_dst;
    adding->match = tensors->match;
    adding->no_views = !tensors->s.run && !tensors->d.run;
    return 0;
}

static int add(const struct mm_tensor *tensor, double *sum, struct mm_err *err)
{
    double *value = mm_tensor_decode(tensor, false, NULL, err);

    *sum = 0;
    if (!value)
        return -1;
    for (int64_t i = 0; i < tensor->count; i++)
        *sum += value[i];
    free(value);
    return 0;
}

static int values(void *context, const struct mm_pair_tensors *tensors, bool *failed_dst, struct mm_err *err)
{
    struct adding *adding = context;

    adding->values++;
    if (adding->cancel) {
        atomic_store(adding->cancel, true);
        return mm_fail(err, MM_ECORRUPT, "can't be read");
    }
    if (adding->fail != MM_OK)
        return mm_fail(err, adding->fail, "as told");
    if (tensors->has_src && add(&tensors->s, &adding->s, err))
        return -1;
    if (!tensors->has_dst || adding->src_only)
        return 0;
    *failed_dst = true;
    return add(&tensors->d, &adding->d, err);
}

static int read_pair(struct pair_files *files, struct adding *adding, bool *failed_dst, struct mm_err *err)
{
    const struct mm_pair_reading reading = {.pair = &files->pair,
                                            .cancel = adding->cancel,
                                            .src_only = adding->src_only,
                                            .headers = headers,
                                            .values = values,
                                            .context = adding};

    return mm_pair_read(&reading, failed_dst, err);
}

static int setup(void **state)
{
    static struct pair_files files;

    pair_files_init(&files);
    *state = &files;
    return 0;
}

static int teardown(void **state)
{
    pair_files_done(*state);
    return 0;
}

static void put(struct pair_files *files, int side, const char *file, const char *shape, int scale, bool odd)
{
    char *text = odd_text(shape, scale, odd);

    pair_files_bytes(files, side, file, text);
    free(text);
}

#define SUM ((double)ODD_COUNT * (ODD_COUNT - 1) / 2) /* 0 + 1 + ... + 5999 */

/* Each odd side costs one more call; the error of a call that was made good is nobody's. */
static void odd_sides(void **state)
{
    struct pair_files *files = *state;

    for (int odd = 0; odd < 4; odd++) {
        struct mm_err err = {MM_EARG, "of something before"};
        struct adding adding = {0};
        bool failed_dst = false;

        put(files, 0, "1_a.pbtxt", "6000", 1, odd & 1);
        put(files, 1, "2_a.pbtxt", "6000", 3, odd & 2);
        assert_int_equal(read_pair(files, &adding, &failed_dst, &err), 0);
        assert_true(adding.s == SUM && adding.d == 3 * SUM);
        assert_int_equal(adding.headers, 1);
        assert_int_equal(adding.values, 1 + (odd & 1) + (odd >> 1));
        assert_true(adding.no_views && adding.match == MM_MATCH_SAME);
        assert_int_equal(err.code, MM_EARG);
        assert_string_equal(err.text, "of something before");
    }
}

/* Undoing an axis reads all values before anybody is called. */
static void odd_sides_with_an_axis(void **state)
{
    struct pair_files *files = *state;

    for (int odd = 0; odd < 4; odd++) {
        struct mm_err err = {MM_OK, ""};
        struct adding adding = {0};

        put(files, 0, "1_a@axis0to-1.pbtxt", "[60, 100]", 1, odd & 1);
        put(files, 1, "2_a@axis0to-1.pbtxt", "[60, 100]", 2, odd & 2);
        if (read_pair(files, &adding, NULL, &err))
            fail_msg("%s", err.text);
        assert_true(adding.s == SUM && adding.d == 2 * SUM && adding.match == MM_MATCH_UNDO_BOTH);
        assert_int_equal(adding.values, 1);
    }
}

static void one_side(void **state)
{
    struct pair_files *files = *state;
    struct adding adding = {0};
    struct mm_err err;

    assert_int_equal(read_pair(files, &adding, NULL, &err), -1);
    assert_int_equal(err.code, MM_EARG);
    put(files, 1, "2_a.pbtxt", "6000", 1, true);
    assert_int_equal(read_pair(files, &adding, NULL, &err), 0);
    assert_true(adding.d == SUM && !adding.has_src && adding.has_dst && adding.match == MM_MATCH_NONE);
}

/* dst's header says how src lies; its values may be anything. */
static void src_only(void **state)
{
    static const char bad[] = "float_val: nonsense\n";
    struct pair_files *files = *state;
    struct adding adding = {.src_only = true};
    char *text = odd_text("[60, 100]", 1, false);
    struct mm_err err;

    put(files, 0, "1_a@axis0to-1.pbtxt", "[100, 60]", 1, true);
    memcpy(strstr(text, "float_val: 3000"), bad, sizeof(bad) - 1);
    pair_files_bytes(files, 1, "2_a.pbtxt", text);
    free(text);
    if (read_pair(files, &adding, NULL, &err))
        fail_msg("%s", err.text);
    assert_true(adding.s == SUM && adding.match == MM_MATCH_UNDO_SRC);
    adding.src_only = false;
    assert_int_equal(read_pair(files, &adding, NULL, &err), -1);
    assert_int_equal(err.code, MM_ECORRUPT);
}

/* The line, and the side, whichever side was thought to be at fault. */
static void bad_values(void **state)
{
    static const char *const file[] = {"1_a.pbtxt", "2_a.pbtxt"};
    struct pair_files *files = *state;

    for (int side = 0; side < 2; side++) {
        char *text = odd_text("6000", 1, false), wanted[100];
        struct adding adding = {0};
        bool failed_dst = !side;
        struct mm_err err;

        put(files, !side, file[!side], "6000", 1, true);
        *(strstr(text, "float_val: 3000") + 11) = '-';
        *(strstr(text, "float_val: -000") + 12) = '-';
        pair_files_bytes(files, side, file[side], text);
        free(text);
        assert_int_equal(read_pair(files, &adding, &failed_dst, &err), -1);
        assert_int_equal(err.code, MM_ECORRUPT);
        assert_int_equal(failed_dst, side);
        snprintf(wanted, sizeof(wanted), "%s: line 3004: ", file[side]); /* behind three lines of header */
        if (strncmp(err.text, wanted, strlen(wanted)))
            fail_msg("%s", err.text);
    }
}

/* One file that can't be opened: the other's header is there all the same. */
static void bad_files(void **state)
{
    struct pair_files *files = *state;

    for (int side = 0; side < 2; side++) {
        struct adding adding = {0};
        bool failed_dst = !side;
        struct mm_err err;

        put(files, !side, side ? "1_a.pbtxt" : "2_a.pbtxt", "6000", 1, false);
        pair_files_bytes(files, side, "3_b.npy", "nonsense");
        assert_int_equal(read_pair(files, &adding, &failed_dst, &err), -1);
        assert_int_equal(failed_dst, side);
        assert_memory_equal(err.text, "3_b.npy", 7);
        assert_true(adding.headers == 1 && adding.values == 0);
        assert_true(adding.has_src == side && adding.has_dst == !side);
        assert_int_equal(read_pair(files, &adding, NULL, NULL), -1); /* nobody wants to know */
    }
}

/* What no closer look at a file helps with is not tried again. */
static void other_failures(void **state)
{
    struct pair_files *files = *state;
    struct adding adding = {.fail = MM_ENOMEM};
    struct mm_err err;

    put(files, 0, "1_a.pbtxt", "6000", 1, true);
    assert_int_equal(read_pair(files, &adding, NULL, &err), -1);
    assert_int_equal(err.code, MM_ENOMEM);
    assert_int_equal(adding.values, 1);
    adding.fail = MM_ECORRUPT; /* whatever it reads: once more, and no end of it */
    assert_int_equal(read_pair(files, &adding, NULL, &err), -1);
    assert_string_equal(err.text, "as told");
    assert_int_equal(adding.values, 3);
}

static void cancelled(void **state)
{
    struct pair_files *files = *state;
    atomic_bool cancel = false;
    struct adding adding = {.cancel = &cancel};
    struct mm_err err;

    put(files, 0, "1_a.pbtxt", "6000", 1, true);
    assert_int_equal(read_pair(files, &adding, NULL, &err), -1);
    assert_int_equal(err.code, MM_ECANCELLED); /* while the file was read through */
    assert_int_equal(adding.values, 1);
}

/* Whatever else is said about a file that became shorter. */
static void cut_files(void **state)
{
    static const char *const names[][2] = {{"1_a.npy", "2_a.npy"}, {"1_a.pbtxt", "2_a.pbtxt"}};
    static float zeros[ODD_COUNT];
    struct pair_files *files = *state;

    for (int way = 0; way < 8; way++) {
        const char *const *name = names[way % 2];
        enum mm_code fail = way & 4 ? MM_EARG : MM_OK;
        struct adding adding = {.fail = fail};
        bool victim = way & 2, failed_dst = !victim;
        char wanted[100];
        struct mm_err err;

        for (int side = 0; side < 2; side++) {
            if (way % 2)
                put(files, side, name[side], "6000", 1, false);
            else
                pair_files_put(files, side, name[side], MM_F32, (struct mm_shape){1, {ODD_COUNT}}, zeros);
        }
        cut_when_opened(&files->source[1], files->source[victim].path);
        assert_int_equal(read_pair(files, &adding, &failed_dst, &err), -1);
        if (err.code != MM_EIO)
            fail_msg("%d: %s", way, err.text);
        snprintf(wanted, sizeof(wanted), "%s: became shorter while it was read", name[victim]);
        assert_string_equal(err.text, wanted);
        assert_int_equal(failed_dst, victim);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(odd_sides), TEST(odd_sides_with_an_axis), TEST(one_side),  TEST(src_only),  TEST(bad_values),
        TEST(bad_files), TEST(other_failures),         TEST(cancelled), TEST(cut_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
