#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/session/session_testing.h"
#include "mmtui/report.h"
#include "report/triage.h"

#include <cjson/cJSON.h>
#include <math.h>

enum { ELEMENTS = 64 };

/* x is good; a is 1.5 times what it should be, and its readers b and c inherit that; d is good. */
static void put_network(struct stage *stage)
{
    static const struct {
        const char *file, *op;
        float factor;
    } rows[] = {{"1_x.pb", "input", 1},
                {"2_a.pb", "conv", 1.5f},
                {"3_b.pb", "relu", 1.5f},
                {"4_c.pb", "relu", 1.5f},
                {"5_d.pb", "add", 1}};
    float s[ELEMENTS], d[ELEMENTS];
    for (size_t row = 0; row < MM_COUNT(rows); row++) {
        for (int i = 0; i < ELEMENTS; i++) {
            s[i] = sinf((float)(i + 1) * (float)(row + 1));
            d[i] = s[i] * rows[row].factor;
        }
        put_both(stage, rows[row].file, "node", rows[row].op, s, d, ELEMENTS);
    }
}

static struct mm_graph *graph_of_network(void)
{
    struct mm_graph *graph;
    struct mm_graph_builder *builder = mm_graph_new();
    const char *x = "x", *a = "a", *b = "b", *c = "c", *d = "d";
    mm_graph_add_tensor(builder, x, MM_GRAPH_INPUT, MM_F32, NULL);
    mm_graph_add_node(builder, "", "Conv", &x, 1, &a, 1);
    mm_graph_add_node(builder, "", "Relu", &a, 1, &b, 1);
    mm_graph_add_node(builder, "", "Relu", &a, 1, &c, 1);
    mm_graph_add_node(builder, "", "Add", &x, 1, &d, 1);
    mm_graph_add_tensor(builder, d, MM_GRAPH_OUTPUT, MM_F32, NULL);
    assert_int_equal(mm_graph_finish(builder, &graph, "test", NULL), 0);
    return graph;
}

static void stage_triage(struct stage *stage, struct mm_graph *graph)
{
    stage_init(stage);
    put_network(stage);
    stage->options.graph = graph;
    stage->options.triage = true;
    stage_measure(stage);
}

/* One starts it, and explains itself and two others; two are good, the worst of them by 0. */
static void digest(void **state)
{
    (void)state;
    struct stage stage;
    struct triage_digest digest;
    struct mm_graph *graph = graph_of_network();
    stage_triage(&stage, graph);
    assert_int_equal(triage_digest_init(&digest, stage.session), 0);
    assert_int_equal(digest.starts, 1);
    assert_int_equal(digest.start[0].id, 1);
    assert_int_equal(digest.start[0].explains, 3);
    assert_int_equal(digest.good, 2);
    assert_true(digest.worst_good == 0);
    assert_int_equal(digest.of_kind[MM_VERDICT_INHERITED], 2);
    assert_int_equal(digest.of_kind[MM_VERDICT_OK], 2);
    triage_digest_done(&digest);
    stage_done(&stage);
    mm_graph_close(graph);
}

static void assert_has(const struct mm_buf *text, const char *part)
{
    if (!strstr(mm_buf_text(text), part))
        fail_msg("\"%s\" is not in:\n%s", part, mm_buf_text(text));
}

static void page(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_buf text = {0};
    struct mm_graph *graph = graph_of_network();
    stage_triage(&stage, graph);
    assert_int_equal(mm_report_triage(stage.session, MM_TRIAGE_COLUMNS, &text, NULL), 0);
    assert_has(
        &text,
        "The order of execution is that of the time stamps. Layer connections are those of the model's "
        "graph,\nwhich knows 5 of 5 tensors.\n");
    assert_has(&text, "\nFirst layer that introduces an error\n  #2  a  conv");
    assert_has(&text, "      implementation, certain: dst = 1.5 x src");
    assert_has(&text, "      2 other layers over the threshold inherit this error.\n");
    assert_has(&text, "\nAll verdicts\n  2 inherited, 1 implementation\n");
    assert_has(&text,
               "  2 layers are within the thresholds. Input x: the same on both sides. Output d: 0.\n");
    for (const char *line = mm_buf_text(&text); *line;) {
        size_t length = strcspn(line, "\n");
        assert_true(length <= 100 || strncmp(line, "5 pairs", 7) == 0);
        line += length + (line[length] == '\n');
    }
    mm_buf_done(&text);
    stage_done(&stage);
    mm_graph_close(graph);
}

static double number_of(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_true(cJSON_IsNumber(item));
    return item->valuedouble;
}

static void json(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_buf text = {0};
    struct mm_graph *graph = graph_of_network();
    stage_triage(&stage, graph);
    assert_int_equal(mm_report_triage_json(stage.session, &text, NULL), 0);
    cJSON *root = cJSON_Parse(mm_buf_text(&text));
    assert_non_null(root);
    assert_true(number_of(root, "schema_version") == MM_TRIAGE_SCHEMA);
    assert_true(number_of(root, "first_culprit") == 2);
    assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(root, "first_nonfinite")));
    const cJSON *layers = cJSON_GetObjectItemCaseSensitive(root, "layers");
    assert_int_equal(cJSON_GetArraySize(layers), 5);
    const cJSON *b = cJSON_GetArrayItem(layers, 2);
    assert_string_equal(cJSON_GetObjectItemCaseSensitive(b, "verdict")->valuestring, "inherited");
    assert_true(number_of(b, "from") == 2 && number_of(b, "root") == 2 && number_of(b, "worst_input") == 2);
    assert_true(fabs(number_of(b, "error") - 0.5) < 1e-6);
    cJSON_Delete(root);
    mm_buf_done(&text);
    stage_done(&stage);
    mm_graph_close(graph);
}

/* Nothing wrong: the page says so, and names no culprit. */
/* In a narrow terminal. */
static void narrow(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_buf text = {0};
    struct mm_graph *graph = graph_of_network();
    stage_triage(&stage, graph);
    assert_int_equal(mm_report_triage(stage.session, 40, &text, NULL), 0);
    assert_has(&text, "The order of execution is that of the\ntime stamps. Layer connections are those\n"
                      "of the model's graph, which knows 5 of 5\ntensors.\n");
    assert_has(&text, "      2 other layers over the threshold\n      inherit this error.\n");
    mm_buf_done(&text);
    stage_done(&stage);
    mm_graph_close(graph);
}

static void clean(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_buf text = {0};
    stage_init(&stage);
    put_both(&stage, "1_x.pb", "node", "input", FLOATS(1, 2, 3), FLOATS(1, 2, 3), 3);
    stage.options.triage = true;
    stage_measure(&stage);
    assert_int_equal(mm_report_triage(stage.session, MM_TRIAGE_COLUMNS, &text, NULL), 0);
    assert_has(&text, "\nNothing is over the threshold.\n");
    assert_null(strstr(mm_buf_text(&text), "What is wrong"));
    mm_buf_done(&text);
    stage_done(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(digest), cmocka_unit_test(page),
                                       cmocka_unit_test(json), cmocka_unit_test(narrow),
                                       cmocka_unit_test(clean)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
