#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/pair.h"
#include "unit/fixture.h"

/* Two dumps below one temporary folder. */
struct both {
    char *folder, *src, *dst;
    struct mm_dump *s, *d;
    struct mm_pairs *pairs;
};

static void both_init(struct both *both)
{
    *both = (struct both){.folder = temp_folder()};
    both->src = in_folder(both->folder, "src");
    both->dst = in_folder(both->folder, "dst");
    shell(both->folder, "mkdir '%s/src' '%s/dst'");
}

/* Empty files: pairing by name opens none. The list ends with NULL. */
static void put_names(const char *folder, const char *const *names)
{
    for (; *names; names++)
        put_text(folder, *names, "");
}

static void both_open(struct both *both, enum mm_framework framework)
{
    const struct mm_pairing pairing = {.framework = framework};
    struct mm_err err = {MM_OK, ""};
    if (mm_dump_open(&both->s, both->src, NULL, &err) < 0 ||
        mm_dump_open(&both->d, both->dst, NULL, &err) < 0 ||
        mm_pairs_open(&both->pairs, both->s, both->d, &pairing, &err) < 0)
        fail_msg("%s", err.text);
}

static void both_done(struct both *both)
{
    mm_pairs_close(both->pairs);
    mm_dump_close(both->s);
    mm_dump_close(both->d);
    free(both->src);
    free(both->dst);
    drop_folder(both->folder);
}

/* The pairs, one a line: "src-file dst-file name k/n". */
static void assert_pairs(const struct mm_pairs *pairs, const char *expected)
{
    struct mm_buf buf;
    size_t sides[3] = {0};
    mm_buf_init(&buf);
    for (size_t i = 0; i < pairs->count; i++) {
        const struct mm_pair *pair = &pairs->pair[i];
        mm_buf_printf(&buf, "%s %s %s %u/%u\n", pair->src ? pair->src->label : "-",
                      pair->dst ? pair->dst->label : "-", pair->name, pair->occurrence, pair->occurrences);
        sides[pair->src && pair->dst ? 0 : pair->src ? 1 : 2]++;
    }
    assert_string_equal(mm_buf_text(&buf), expected);
    assert_int_equal(pairs->both, sides[0]);
    assert_int_equal(pairs->src_only, sides[1]);
    assert_int_equal(pairs->dst_only, sides[2]);
    mm_buf_done(&buf);
}

static void pairs_of(const char *const *src, const char *const *dst, enum mm_framework framework,
                     size_t dropped, const char *expected)
{
    struct both both;
    both_init(&both);
    put_names(both.src, src);
    put_names(both.dst, dst);
    both_open(&both, framework);
    assert_pairs(both.pairs, expected);
    assert_int_equal(both.pairs->dropped, dropped);
    both_done(&both);
}

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

static void frameworks(void **state)
{
    (void)state;
    enum mm_framework found = MM_FRAMEWORK_CAFFE;
    assert_true(mm_framework_find("tensorflow", &found));
    assert_int_equal(found, MM_FRAMEWORK_TENSORFLOW);
    assert_true(mm_framework_find("onnx", &found));
    assert_int_equal(found, MM_FRAMEWORK_ONNX);
    assert_true(mm_framework_find("pytorch", &found));
    assert_true(mm_framework_find("caffe", &found));
    assert_int_equal(found, MM_FRAMEWORK_CAFFE);
    assert_false(mm_framework_find("ONNX", &found));
    assert_false(mm_framework_find("", &found));
    assert_int_equal(found, MM_FRAMEWORK_CAFFE);
}

static void leftovers_stand_in_their_places(void **state)
{
    (void)state;
    pairs_of(NAMES("a.npy", "b.npy", "d.npy"), NAMES("a.npy", "c.npy", "d.npy", "e.npy"), MM_FRAMEWORK_ONNX,
             0,
             "a.npy a.npy a 1/1\n"
             "b.npy - b 1/1\n"
             "- c.npy c 1/1\n"
             "d.npy d.npy d 1/1\n"
             "- e.npy e 1/1\n");
    pairs_of(NAMES("1_x.pb", "2_y.pb"), NAMES("1_first.pb", "3_y.pb", "4_x.pb"), MM_FRAMEWORK_ONNX, 0,
             "- 1_first.pb first 1/1\n"
             "1_x.pb 4_x.pb x 1/1\n"
             "2_y.pb 3_y.pb y 1/1\n");
}

static void nothing_in_common(void **state)
{
    (void)state;
    pairs_of(NAMES("b.npy"), NAMES("a.npy"), MM_FRAMEWORK_ONNX, 0, "b.npy - b 1/1\n- a.npy a 1/1\n");
}

static void kth_with_kth(void **state)
{
    (void)state;
    pairs_of(NAMES("10_a.pb", "20_b.pb", "30_a.pb", "100_a.pb"), NAMES("7_b.pb", "5_a.pb", "60_a.pb"),
             MM_FRAMEWORK_PYTORCH, 0,
             "10_a.pb 5_a.pb a 1/3\n"
             "20_b.pb 7_b.pb b 1/1\n"
             "30_a.pb 60_a.pb a 2/3\n"
             "100_a.pb - a 3/3\n");
    /* more in dst: each leftover after what dst has before it */
    pairs_of(NAMES("1_a.pb", "9_z.pb"), NAMES("1_a.pb", "2_a.pb", "3_z.pb", "4_a.pb"), MM_FRAMEWORK_CAFFE, 0,
             "1_a.pb 1_a.pb a 1/3\n"
             "- 2_a.pb a 2/3\n"
             "9_z.pb 3_z.pb z 1/1\n"
             "- 4_a.pb a 3/3\n");
}

static void formats_and_axes_may_differ(void **state)
{
    (void)state;
    pairs_of(NAMES("1_conv_0.pbtxt"), NAMES("1_conv_0@axis1to-1.pb"), MM_FRAMEWORK_ONNX, 0,
             "1_conv_0.pbtxt 1_conv_0@axis1to-1.pb conv_0 1/1\n");
}

static void names_are_taken_as_they_are(void **state)
{
    (void)state;
    pairs_of(NAMES("1_x@_functionalize_1.pb"), NAMES("1_x.pb", "2_cnnl_x.pb"), MM_FRAMEWORK_ONNX, 0,
             "1_x@_functionalize_1.pb - x@_functionalize_1 1/1\n"
             "- 1_x.pb x 1/1\n"
             "- 2_cnnl_x.pb cnnl_x 1/1\n");
}

/* Against the quadratic and the recursive: many names, each many times. */
static void many_files(void **state)
{
    (void)state;
    struct both both;
    both_init(&both);
    shell(both.folder,
          "cd '%s/src' && for i in $(seq 0 2999); do echo $((i * 10))_n$((i %% 3)).pb; done | xargs touch "
          "&& cp * ../dst");
    both_open(&both, MM_FRAMEWORK_ONNX);
    assert_int_equal(both.pairs->count, 3000);
    assert_int_equal(both.pairs->both, 3000);
    for (size_t i = 0; i < 3000; i++) {
        assert_int_equal(both.pairs->pair[i].occurrence, i / 3 + 1);
        assert_int_equal(both.pairs->pair[i].occurrences, 1000);
        assert_string_equal(both.pairs->pair[i].src->label, both.pairs->pair[i].dst->label);
    }
    both_done(&both);
}

/* ---- the tensorflow rules ---- */

static void tensorflow_names(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"1_conv_0.pb", "conv_0"},
        {"1_conv_0@axis1to-1.pb", "conv:0"},
        {"1_conv_12@axis[0,2,3,1]-7.pb", "conv:12"},
        {"1_conv_a@axis1to-1.pb", "conv_a"},
        {"1_conv_@axis1to-1.pb", "conv_"},
        {"1_conv@axis1to-1.pb", "conv"},
        {"1_a_1_2@axis1to-1.pbtxt", "a_1:2"},
        {"1_conv_0@axisodd.pb", "conv:0"},
        {"1_x@_functionalize_3.pb", "x"},
        {"1_x_1@_functionalize_3@axis1to-1.pb", "x:1"},
        {"1_x@__inference_call_12.pb", "x"},
        {"1_x@else@more.pb", "x"},
        {"1_StatefulPartitionedCall_StatefulPartitionedCall_model_relu.pb", "model_relu"},
        {"1_StatefulPartitionedCall_StatefulPartitionedCall_m_0@axis1to-1.pb", "m:0"},
        {"1_StatefulPartitionedCall_x.pb", "StatefulPartitionedCall_x"},
        {"1_@only.pb", "@only"}, /* no name would be left: it keeps its own */
    };
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct both both;
        both_init(&both);
        put_text(both.src, rows[i][0], "");
        put_text(both.dst, rows[i][0], "");
        both_open(&both, MM_FRAMEWORK_TENSORFLOW);
        assert_int_equal(both.pairs->count, 1);
        assert_string_equal(both.pairs->pair[0].name, rows[i][1]);
        both_done(&both);
    }
}

static void tensorflow_pairs_by_the_new_name(void **state)
{
    (void)state;
    pairs_of(NAMES("1_conv_0@_functionalize_1@axis1to-1.pb", "2_relu.pb"),
             NAMES("1_StatefulPartitionedCall_StatefulPartitionedCall_conv_0@axis[0,3,1,2].pb",
                   "2_relu@__inference_9.pb"),
             MM_FRAMEWORK_TENSORFLOW, 0,
             "1_conv_0@_functionalize_1@axis1to-1.pb "
             "1_StatefulPartitionedCall_StatefulPartitionedCall_conv_0@axis[0,3,1,2].pb conv:0 1/1\n"
             "2_relu.pb 2_relu@__inference_9.pb relu 1/1\n");
}

static void tensorflow_skips_cnnl_in_dst(void **state)
{
    (void)state;
    pairs_of(NAMES("1_cnnl_t.pb", "2_y.pb"), NAMES("1_cnnl_t.pb", "2_y.pb", "3_y@cnnl_4.pb"),
             MM_FRAMEWORK_TENSORFLOW, 2,
             "1_cnnl_t.pb - cnnl_t 1/1\n"
             "2_y.pb 2_y.pb y 1/1\n");
    pairs_of(NAMES("1_y.pb"), NAMES("1_cnnl_t.pb"), MM_FRAMEWORK_TENSORFLOW, 1, "1_y.pb - y 1/1\n");
}

static void put_output(const char *folder, const char *name, bool is_output)
{
    static const float value[] = {1};
    put_pb(folder, name, &(struct pb_head){"node", "op", 0, is_output}, value, 1);
}

/* Outputs within 2000 of an earlier file of their name go; the limit counts from what was kept. */
static void put_repeats(struct both *both)
{
    put_output(both->src, "1000_a.pb", true);
    put_output(both->src, "1200_a.pb", false); /* no output: stays */
    put_output(both->src, "2500_a.pb", true);  /* goes */
    put_output(both->src, "3200_a.pb", true);  /* 2000 behind 1200: goes */
    put_output(both->src, "3201_a.pb", true);  /* 2001 behind 1200: stays */
    put_output(both->src, "3300_b.pb", true);  /* another name */
    put_text(both->src, "3301_b.pb", "\xff");  /* unreadable: stays, its row will say so */
    put_output(both->dst, "1_a.pb", false);
    put_output(both->dst, "2_a.pb", true); /* goes */
    put_output(both->dst, "9_b.pb", true);
}

static void tensorflow_drops_repeated_outputs(void **state)
{
    (void)state;
    struct both both;
    both_init(&both);
    put_repeats(&both);
    both_open(&both, MM_FRAMEWORK_TENSORFLOW);
    assert_pairs(both.pairs, "1000_a.pb 1_a.pb a 1/3\n"
                             "1200_a.pb - a 2/3\n"
                             "3201_a.pb - a 3/3\n"
                             "3300_b.pb 9_b.pb b 1/2\n"
                             "3301_b.pb - b 2/2\n");
    assert_int_equal(both.pairs->dropped, 3);
    both_done(&both);
}

static void others_drop_nothing(void **state)
{
    (void)state;
    struct both both;
    both_init(&both);
    put_repeats(&both);
    both_open(&both, MM_FRAMEWORK_ONNX);
    assert_int_equal(both.pairs->count, 7);
    assert_int_equal(both.pairs->both, 3);
    assert_int_equal(both.pairs->dropped, 0);
    both_done(&both);
}

/* ---- in words ---- */

static void assert_how(struct mm_pair pair, const char *expected)
{
    struct mm_buf buf;
    mm_buf_init(&buf);
    mm_pair_how(&pair, &buf);
    assert_string_equal(mm_buf_text(&buf), expected);
    mm_buf_done(&buf);
}

/* Two files that were asked for by name: what is in them is paired by name, one tensor alone with one alone. */
static void two_files(void **state)
{
    static const char make[] = "import numpy as np, sys\n"
                               "x = np.zeros(3)\n"
                               "np.savez(sys.argv[1] + '/a.npz', x=x, y=x)\n"
                               "np.savez(sys.argv[1] + '/b.npz', z=x, y=x)\n"
                               "np.savez(sys.argv[1] + '/one.npz', only=x)\n"
                               "np.save(sys.argv[1] + '/z.npy', x)\n";
    static const struct {
        const char *src, *dst, *pairs, *how;
    } cases[] = {
        {"a.npz", "b.npz",
         "a.npz: member 'x' - x 1/1\n- b.npz: member 'z' z 1/1\na.npz: member 'y' b.npz: member 'y' y 1/1\n",
         "only in src"},
        {"one.npz", "z.npy", "one.npz: member 'only' z.npy only 1/1\n", "the only tensor of each file"},
        {"z.npy", "z.npy", "z.npy z.npy z 1/1\n", "same name"},
        {"z.npy", "b.npz", "z.npy b.npz: member 'z' z 1/1\n- b.npz: member 'y' y 1/1\n", "same name"},
    };
    char *folder = temp_folder();
    (void)state;
    free(python(folder, make));
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct both both = {.src = in_folder(folder, cases[i].src), .dst = in_folder(folder, cases[i].dst)};
        both_open(&both, MM_FRAMEWORK_ONNX);
        assert_pairs(both.pairs, cases[i].pairs);
        struct mm_buf how = {0};
        mm_pair_how(&both.pairs->pair[0], &how);
        assert_string_equal(mm_buf_text(&how), cases[i].how);
        mm_buf_done(&how);
        both.folder = temp_folder();
        both_done(&both);
    }
    drop_folder(folder);
}

static void how_in_words(void **state)
{
    (void)state;
    static const struct mm_entry entry;
    assert_how((struct mm_pair){.src = &entry, .dst = &entry, .occurrence = 1, .occurrences = 1},
               "same name");
    assert_how((struct mm_pair){.src = &entry, .dst = &entry, .occurrence = 2, .occurrences = 3},
               "same name, occurrence 2 of 3");
    assert_how((struct mm_pair){.src = &entry, .occurrence = 1, .occurrences = 1}, "only in src");
    assert_how((struct mm_pair){.dst = &entry, .occurrence = 3, .occurrences = 3},
               "only in dst, occurrence 3 of 3");
}

/* Equal names come before any number is taken for a stamp: dst lacks the second, and no other moves up. */
static void numbers_that_are_names(void **state)
{
    (void)state;
    struct both both;
    both_init(&both);
    put_names(both.src, NAMES("1_conv.npy", "2_conv.npy", "3_conv.npy", "4_conv.npy"));
    put_names(both.dst, NAMES("1_conv.npy", "3_conv.npy", "4_conv.npy"));
    both_open(&both, MM_FRAMEWORK_ONNX);
    assert_pairs(both.pairs, "1_conv.npy 1_conv.npy 1_conv 1/1\n"
                             "2_conv.npy - 2_conv 1/1\n"
                             "3_conv.npy 3_conv.npy 3_conv 1/1\n"
                             "4_conv.npy 4_conv.npy 4_conv 1/1\n");
    assert_true(both.pairs->numbered);
    both_done(&both);
}

/* One file without a number, and dst's numbers are names; so src's are. */
static void one_file_without_a_number(void **state)
{
    (void)state;
    pairs_of(NAMES("1_conv.npy", "2_conv.npy"), NAMES("1_conv.npy", "2_conv.npy", "extra.npy"),
             MM_FRAMEWORK_ONNX, 0,
             "1_conv.npy 1_conv.npy 1_conv 1/1\n"
             "2_conv.npy 2_conv.npy 2_conv 1/1\n"
             "- extra.npy extra 1/1\n");
}

/* Where both ways pair the same tensors, or the numbers of the two differ, they are stamps. */
static void numbers_that_are_stamps(void **state)
{
    (void)state;
    struct both both;
    both_init(&both);
    put_names(both.src, NAMES("10_x.npy", "20_a.npy", "30_x.npy"));
    put_names(both.dst, NAMES("10_x.npy", "20_a.npy", "30_x.npy"));
    both_open(&both, MM_FRAMEWORK_ONNX);
    assert_pairs(both.pairs, "10_x.npy 10_x.npy x 1/2\n"
                             "20_a.npy 20_a.npy a 1/1\n"
                             "30_x.npy 30_x.npy x 2/2\n");
    assert_false(both.pairs->numbered);
    both_done(&both);
    pairs_of(NAMES("10_x.npy", "20_x.npy", "30_x.npy"), NAMES("20_x.npy", "30_x.npy", "40_x.npy"),
             MM_FRAMEWORK_ONNX, 0,
             "10_x.npy 20_x.npy x 1/3\n"
             "20_x.npy 30_x.npy x 2/3\n"
             "30_x.npy 40_x.npy x 3/3\n");
    pairs_of(NAMES("7_x.npy", "8_y.npy"), NAMES("x.npy", "y.npy"), MM_FRAMEWORK_ONNX, 0,
             "7_x.npy x.npy x 1/1\n"
             "8_y.npy y.npy y 1/1\n");
}

/* MagicMind's numbers are stamps by the format. */
static void stamps_of_the_format(void **state)
{
    (void)state;
    pairs_of(NAMES("1_conv.pb", "2_conv.pb", "3_conv.pb"), NAMES("1_conv.pb", "3_conv.pb"), MM_FRAMEWORK_ONNX,
             0,
             "1_conv.pb 1_conv.pb conv 1/3\n"
             "2_conv.pb 3_conv.pb conv 2/3\n"
             "3_conv.pb - conv 3/3\n");
}

static void close_nothing(void **state)
{
    (void)state;
    mm_pairs_close(NULL);
}

/* Integers and what they stand for, by the names that quantisers give: where dst has nothing else of the tensor, and
 * where it has all three. */
static void quantisers_names(void **state)
{
    (void)state;
    pairs_of(NAMES("a.npy", "b.npy", "c.npy", "d.npy", "x.npy"),
             NAMES("a_quantized.npy", "b.npy", "b_quantized.npy", "c_QuantizeLinear_Output.npy",
                   "d_DequantizeLinear_Output.npy", "d_QuantizeLinear_Output.npy", "x.npy"),
             MM_FRAMEWORK_ONNX, 0,
             "a.npy a_quantized.npy a 1/1\n"
             "b.npy b.npy b 1/1\n"
             "- b_quantized.npy b_quantized 1/1\n"
             "c.npy c_QuantizeLinear_Output.npy c 1/1\n"
             "d.npy d_DequantizeLinear_Output.npy d 1/1\n"
             "- d_QuantizeLinear_Output.npy d_QuantizeLinear_Output 1/1\n"
             "x.npy x.npy x 1/1\n");
    pairs_of(NAMES("a.npy", "b.npy"),
             NAMES("a.npy", "a_DequantizeLinear_Output.npy", "a_QuantizeLinear_Output.npy", "b.npy",
                   "b_DequantizeLinear_Output.npy"),
             MM_FRAMEWORK_ONNX, 0,
             "- a.npy a_QuantizeLinear_Input 1/1\n"
             "a.npy a_DequantizeLinear_Output.npy a 1/1\n"
             "- a_QuantizeLinear_Output.npy a_QuantizeLinear_Output 1/1\n"
             "b.npy b.npy b 1/1\n"
             "- b_DequantizeLinear_Output.npy b_DequantizeLinear_Output 1/1\n");
    struct both both;
    struct mm_buf how = {0};
    both_init(&both);
    put_names(both.src, NAMES("a.npy", "b.npy"));
    put_names(both.dst, NAMES("a_quantized.npy", "b.npy"));
    both_open(&both, MM_FRAMEWORK_ONNX);
    mm_pair_how(&both.pairs->pair[0], &how);
    assert_string_equal(mm_buf_text(&how), "same name but for _quantized");
    mm_buf_done(&how);
    both_done(&both);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frameworks),
        cmocka_unit_test(leftovers_stand_in_their_places),
        cmocka_unit_test(nothing_in_common),
        cmocka_unit_test(kth_with_kth),
        cmocka_unit_test(two_files),
        cmocka_unit_test(formats_and_axes_may_differ),
        cmocka_unit_test(names_are_taken_as_they_are),
        cmocka_unit_test(many_files),
        cmocka_unit_test(tensorflow_names),
        cmocka_unit_test(tensorflow_pairs_by_the_new_name),
        cmocka_unit_test(tensorflow_skips_cnnl_in_dst),
        cmocka_unit_test(tensorflow_drops_repeated_outputs),
        cmocka_unit_test(others_drop_nothing),
        cmocka_unit_test(how_in_words),
        cmocka_unit_test(numbers_that_are_names),
        cmocka_unit_test(one_file_without_a_number),
        cmocka_unit_test(numbers_that_are_stamps),
        cmocka_unit_test(stamps_of_the_format),
        cmocka_unit_test(quantisers_names),
        cmocka_unit_test(close_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
