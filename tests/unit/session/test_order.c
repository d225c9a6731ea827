#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>

#include "unit/session/session_testing.h"

/* Five tensors on both sides; with stamps they are in the reverse of the order of their names. */
static const char *const tensors[] = {"a", "b", "c", "d", "e"};

static void put_tensors(struct stage *stage, bool stamps)
{
    stage_init(stage);
    for (size_t i = 0; i < MM_COUNT(tensors); i++) {
        char file[64];
        snprintf(file, sizeof file, "%zu_%s.npy", 100 - i, tensors[i]);
        const char *name = stamps ? file : strchr(file, '_') + 1;
        put_floats(stage->src, name, FLOATS(1, 2), 2);
        put_floats(stage->dst, name, FLOATS(1, 2), 2);
    }
}

/* The source and the names in their order. */
static void assert_order(struct stage *stage, enum mm_order_source source, const char *expected)
{
    struct mm_buf names = {0};
    stage_open(stage);
    for (size_t id = 0; id < mm_session_count(stage->session); id++)
        mm_buf_puts(&names, mm_session_layer(stage->session, id)->pair->name);
    assert_string_equal(mm_buf_text(&names), expected);
    assert_int_equal(mm_session_order(stage->session), source);
    mm_buf_done(&names);
}

/* b -> d -> a -> c -> e. */
static struct mm_graph *graph_bdace(void)
{
    struct mm_graph *graph;
    struct mm_graph_builder *builder = mm_graph_new();
    const char *const chain[] = {"b", "d", "a", "c", "e"};
    for (size_t i = 1; i < MM_COUNT(chain); i++)
        mm_graph_add_node(builder, "", "Op", &chain[i - 1], 1, &chain[i], 1);
    assert_int_equal(mm_graph_finish(builder, &graph, "test", NULL), 0);
    return graph;
}

static void given_beats_stamps(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_buf text = {0};
    put_tensors(&stage, true);
    put_text(stage.folder, "order", "c\na\n/e\nb\nd\n");
    char *path = in_folder(stage.folder, "order");
    stage.options.order = path;
    assert_order(&stage, MM_ORDER_GIVEN, "caebd");
    mm_session_order_text(stage.session, &text);
    assert_non_null(strstr(mm_buf_text(&text), "that of the file given with --order"));
    assert_null(mm_session_notice(stage.session));
    mm_buf_done(&text);
    free(path);
    stage_done(&stage);
}

static void stamps_beat_the_model(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_graph *graph = graph_bdace();
    size_t known, asked;
    put_tensors(&stage, true);
    stage.options.graph = graph;
    assert_order(&stage, MM_ORDER_STAMPS, "edcba");
    assert_ptr_equal(mm_session_graph(stage.session), graph);
    mm_session_model(stage.session, &known, &asked);
    assert_true(known == 5 && asked == 5);
    stage_done(&stage);
    mm_graph_close(graph);
}

/* Only dst has stamps: its order is that of the pairs; what only src has stands last. */
static void stamps_of_dst(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    put_floats(stage.src, "a.npy", FLOATS(1), 1);
    put_floats(stage.src, "b.npy", FLOATS(1), 1);
    put_floats(stage.src, "c.npy", FLOATS(1), 1);
    put_floats(stage.dst, "7_b.npy", FLOATS(1), 1);
    put_floats(stage.dst, "5_c.npy", FLOATS(1), 1);
    assert_order(&stage, MM_ORDER_STAMPS, "cba");
    stage_done(&stage);
}

/* The numbers of files that a list names are no time stamps: the list tells. */
static void a_list_beats_numbers(void **state)
{
    (void)state;
    static const char text[] = "{\"tensors\": [{\"name\": \"e\", \"files\": {\"numpy\": \"96_e.npy\"}},"
                               "{\"name\": \"d\", \"files\": {\"numpy\": \"97_d.npy\"}},"
                               "{\"name\": \"c\", \"files\": {\"numpy\": \"98_c.npy\"}}]}";
    struct stage stage;
    put_tensors(&stage, true);
    put_text(stage.src, "tensor_summary.json", text);
    put_text(stage.dst, "tensor_summary.json", text);
    assert_order(&stage, MM_ORDER_LIST, "edcba");
    stage_done(&stage);
}

static void the_model_beats_a_list(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_graph *graph = graph_bdace();
    put_tensors(&stage, false);
    put_text(stage.dst, "layer_output_name_order.json", "[\"e\", \"a\", \"d\", \"c\"]");
    stage.options.graph = graph;
    assert_order(&stage, MM_ORDER_MODEL, "bdace");
    mm_session_close(stage.session);
    stage.options.graph = NULL;
    assert_order(&stage, MM_ORDER_LIST, "eadcb"); /* b is not in it: last */
    stage_done(&stage);
    mm_graph_close(graph);
}

/* Less than half of the tensors: said, and what comes next tells. */
static void lists_of_others(void **state)
{
    (void)state;
    struct stage stage;
    put_tensors(&stage, false);
    put_text(stage.src, "tensor_summary.json", "[\"e\", \"a\", \"other\"]");
    assert_order(&stage, MM_ORDER_UNKNOWN, "abcde");
    assert_non_null(strstr(mm_session_notice(stage.session),
                           "names 2 of 5 tensors, less than half (\"b\", \"c\" and \"d\""));
    mm_session_close(stage.session);
    put_text(stage.src, "tensor_summary.json", "no JSON"); /* nobody asked for it */
    assert_order(&stage, MM_ORDER_UNKNOWN, "abcde");
    mm_session_close(stage.session);
    stage.session = NULL;
    stage.options.order = "/nonexistent/order";
    struct mm_err err = {MM_OK, ""};
    assert_int_equal(mm_session_open(&stage.session, &stage.options, &err), -1);
    assert_non_null(strstr(err.text, "/nonexistent/order"));
    stage_done(&stage);
}

/* Nothing tells, also where numbers are names. */
static void unknown(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_buf text = {0};
    stage_init(&stage);
    for (int i = 1; i <= 4; i++) {
        char file[32];
        snprintf(file, sizeof file, "%d_conv.npy", i);
        put_floats(stage.src, file, FLOATS(1), 1);
        if (i != 2)
            put_floats(stage.dst, file, FLOATS(1), 1);
    }
    assert_order(&stage, MM_ORDER_UNKNOWN, "1_conv2_conv3_conv4_conv");
    mm_session_order_text(stage.session, &text);
    assert_non_null(strstr(mm_buf_text(&text),
                           "is not known: give the model (--model FILE), or a file with a name a line "
                           "(--order FILE)."));
    mm_buf_done(&text);
    stage_done(&stage);
}

/* ---- modification times ---- */

static void set_times(const char *folder, const char *order)
{
    for (long i = 0; order[i]; i++) {
        char file[] = "?.npy";
        file[0] = order[i];
        char *path = in_folder(folder, file);
        struct timespec times[2] = {{1600000000, 0}, {1600000000, i + 1}};
        assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
        free(path);
    }
}

/* Both sides say the same; the folders' listings can't be both of the two orders, forwards and backwards. */
static void times_of_both(void **state)
{
    (void)state;
    static const char *const orders[] = {"caebd", "caedb", "cebad"};
    struct stage stage;
    size_t told = 0;
    put_tensors(&stage, false);
    for (size_t i = 0; i < MM_COUNT(orders); i++) {
        set_times(stage.src, orders[i]);
        set_times(stage.dst, orders[i]);
        stage_open(&stage);
        told += mm_session_order(stage.session) == MM_ORDER_TIMES;
        mm_session_close(stage.session);
        if (told == 1) {
            assert_order(&stage, MM_ORDER_TIMES, orders[i]);
            break;
        }
    }
    assert_int_equal(told, 1);
    stage_done(&stage);
}

static void times_that_differ(void **state)
{
    (void)state;
    struct stage stage;
    put_tensors(&stage, false);
    set_times(stage.src, "caebd");
    set_times(stage.dst, "caedb");
    assert_order(&stage, MM_ORDER_UNKNOWN, "abcde");
    stage_done(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(given_beats_stamps),
        cmocka_unit_test(stamps_beat_the_model),
        cmocka_unit_test(stamps_of_dst),
        cmocka_unit_test(a_list_beats_numbers),
        cmocka_unit_test(the_model_beats_a_list),
        cmocka_unit_test(lists_of_others),
        cmocka_unit_test(unknown),
        cmocka_unit_test(times_of_both),
        cmocka_unit_test(times_that_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
