#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/report.h"
#include "unit/report/layers.h"

#include <cjson/cJSON.h>

static char *report(const struct stage *stage)
{
    struct mm_buf buf;
    struct mm_err err;
    mm_buf_init(&buf);
    assert_int_equal(mm_report_json(stage->session, &buf, &err), 0);
    return buf.data;
}

static const cJSON *at(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    if (!item)
        fail_msg("no \"%s\"", key);
    return item;
}

static double number(const cJSON *object, const char *key)
{
    assert_true(cJSON_IsNumber(at(object, key)));
    return at(object, key)->valuedouble;
}

static const char *string(const cJSON *object, const char *key)
{
    assert_true(cJSON_IsString(at(object, key)));
    return at(object, key)->valuestring;
}

struct parsed {
    char *text;
    cJSON *root;
};

static struct parsed parse(const struct stage *stage)
{
    struct parsed parsed = {.text = report(stage)};
    const char *end;
    parsed.root = cJSON_ParseWithOpts(parsed.text, &end, true);
    if (!parsed.root)
        fail_msg("not JSON from here: %.40s", end);
    return parsed;
}

static void parsed_done(struct parsed *parsed)
{
    cJSON_Delete(parsed->root);
    free(parsed->text);
}

static const cJSON *layer(const struct parsed *parsed, int id)
{
    const cJSON *item = cJSON_GetArrayItem(at(parsed->root, "layers"), id);
    assert_int_equal(number(item, "number"), id + 1);
    return item;
}

static void the_head(void **state)
{
    const struct stage *stage = *state;
    struct parsed parsed = parse(stage);
    const cJSON *root = parsed.root, *totals = at(root, "totals");
    assert_string_equal(string(root, "format"), "mmtui");
    assert_true(number(root, "schema_version") == MM_REPORT_SCHEMA);
    assert_string_equal(string(root, "mmtui_version"), MM_VERSION);
    assert_string_equal(string(root, "src"), stage->src);
    assert_string_equal(string(root, "dst"), stage->dst);
    assert_true(number(at(root, "thresholds"), "diff1") == 0.05);
    assert_true(number(at(root, "thresholds"), "diff2") == 0.05);
    assert_true(number(root, "atol") == 1e-8 && number(root, "rtol") == 1e-5);
    assert_true(number(totals, "layers") == LAYERS && number(totals, "pairs") == LAYERS - 2);
    assert_true(number(totals, "src_only") == 1 && number(totals, "dst_only") == 1);
    assert_true(number(totals, "bad") == 6 && number(totals, "skipped_files") == 1);
    assert_int_equal(cJSON_GetArraySize(at(root, "layers")), LAYERS);
    parsed_done(&parsed);
}

static void a_measured_layer(void **state)
{
    struct parsed parsed = parse(*state);
    const cJSON *conv = layer(&parsed, CONV), *metrics = at(conv, "metrics"), *dst = at(conv, "dst");
    const cJSON *stats = at(dst, "stats");
    assert_string_equal(string(conv, "name"), "conv1_output");
    assert_string_equal(string(conv, "state"), "measured");
    assert_string_equal(string(conv, "pairing"), "same name");
    assert_string_equal(string(conv, "layout"), "same shape");
    assert_string_equal(string(at(conv, "verdict"), "kind"), "over");
    assert_true(cJSON_IsTrue(at(at(conv, "verdict"), "bad")));
    assert_string_equal(string(dst, "file"), "11_conv1_output.pb");
    assert_true(number(dst, "timestamp") == 11 && number(dst, "index") == 1);
    assert_true(cJSON_IsTrue(at(dst, "is_output")) && cJSON_IsFalse(at(at(conv, "src"), "is_output")));
    assert_string_equal(string(dst, "dtype"), "f32");
    assert_string_equal(string(dst, "node_name"), "main/mm.conv2d");
    assert_string_equal(string(dst, "op_type"), "mm.conv2d");
    assert_int_equal(cJSON_GetArraySize(at(dst, "shape")), 2);
    /* dst 1 2 3 5: mean 11/4, variance 39/4 - 121/16 = 35/16 */
    assert_true(number(stats, "min") == 1 && number(stats, "max") == 5 && number(stats, "max_at") == 3);
    assert_true(number(stats, "mean") == 2.75 && fabs(number(stats, "std") - sqrt(35.0) / 4) < 1e-15);
    assert_true(number(stats, "finite") == 4 && number(stats, "nan") == 0 && number(stats, "zero") == 0);
    assert_true(number(metrics, "count") == 4 && number(metrics, "diff1") == 0.1);
    assert_true(fabs(number(metrics, "diff2") - sqrt(1.0 / 30)) < 1e-16);
    assert_true(fabs(number(metrics, "sqnr_db") - 10 * log10(30)) < 1e-12);
    assert_true(number(metrics, "diff3_relative") == 0.25 && number(metrics, "diff3_relative_at") == 3);
    assert_true(number(metrics, "diff3_absolute") == 0 && number(metrics, "diff4_count") == 1);
    assert_true(number(metrics, "diff4_greater") == 1 && number(metrics, "diff4_less") == 0);
    assert_true(number(metrics, "mse") == 0.25 && number(metrics, "rmse") == 0.5 &&
                number(metrics, "mae") == 0.25);
    assert_true(number(metrics, "max_abs") == 1 && number(metrics, "max_abs_at") == 3);
    assert_true(fabs(number(metrics, "cosine") - 34 / sqrt(30.0 * 39)) < 1e-15);
    assert_true(fabs(number(metrics, "cosine_gap") - (1 - 34 / sqrt(30.0 * 39))) < 1e-15);
    assert_true(number(metrics, "beyond_tolerance") == 0.25);
    /* least squares of 1 2 3 5 over 1 2 3 4: slope 1.3, offset -0.5 */
    assert_true(fabs(number(metrics, "fit_scale") - 1.3) < 1e-14 &&
                fabs(number(metrics, "fit_offset") + 0.5) < 1e-14);
    parsed_done(&parsed);
}

static void figures_that_are_no_numbers(void **state)
{
    struct parsed parsed = parse(*state);
    assert_string_equal(string(at(layer(&parsed, FROM_ZERO), "metrics"), "diff1"), "Infinity");
    assert_string_equal(string(at(layer(&parsed, FROM_ZERO), "metrics"), "sqnr_db"), "-Infinity");
    assert_string_equal(string(at(layer(&parsed, ZERO), "metrics"), "sqnr_db"), "Infinity");
    assert_string_equal(string(at(layer(&parsed, BOTH_INF), "metrics"), "diff2"), "NaN");
    /* one NaN does not hide what the finite positions say */
    const cJSON *nans = at(layer(&parsed, NANS), "metrics");
    assert_true(number(nans, "diff1") == 0 && number(nans, "nonfinite_differ") == 1);
    assert_true(number(nans, "differ_at") == 1 && number(nans, "finite") == 1);
    assert_true(number(at(at(layer(&parsed, NANS), "dst"), "stats"), "nan") == 1);
    parsed_done(&parsed);
}

static void layers_without_figures(void **state)
{
    struct parsed parsed = parse(*state);
    const cJSON *shapes = layer(&parsed, SHAPES), *bad = layer(&parsed, BAD),
                *lone = layer(&parsed, LONE_SRC);
    assert_string_equal(string(shapes, "state"), "mismatch");
    assert_string_equal(string(shapes, "layout"), "shapes differ");
    assert_null(cJSON_GetObjectItem(shapes, "metrics"));
    assert_null(cJSON_GetObjectItem(shapes, "error"));
    assert_string_equal(string(bad, "state"), "failed");
    assert_int_equal(strncmp(string(bad, "error"), "70_bad.pb: ", 11), 0);
    assert_string_equal(string(at(bad, "verdict"), "kind"), "unreadable");
    assert_null(cJSON_GetObjectItem(at(bad, "dst"), "dtype"));
    assert_string_equal(string(lone, "state"), "single");
    assert_string_equal(string(lone, "pairing"), "only in src");
    assert_true(cJSON_IsNull(at(lone, "dst")));
    assert_true(number(at(at(lone, "src"), "stats"), "mean") == 1.5);
    assert_true(cJSON_IsFalse(at(at(lone, "verdict"), "bad")));
    assert_true(cJSON_IsNull(at(layer(&parsed, LONE_DST), "src")));
    assert_string_equal(string(layer(&parsed, REP2), "pairing"), "same name, occurrence 2 of 2");
    assert_int_equal(cJSON_GetArraySize(at(at(layer(&parsed, ODD), "dst"), "shape")), 0);
    assert_string_equal(string(layer(&parsed, ODD), "name"),
                        "é\x1b\"[0]"); /* the true name, not the shown one */
    parsed_done(&parsed);
}

static void assert_python_accepts(const struct stage *stage)
{
    char *text = report(stage);
    put_text(stage->folder, "mmtui.json", text);
    char *printed =
        python(stage->folder, "import json, sys\n"
                              "def refuse(word): raise ValueError(word)\n"
                              "def once(pairs):\n"
                              "    assert len(dict(pairs)) == len(pairs), pairs\n"
                              "    return dict(pairs)\n"
                              "text = open(sys.argv[1] + '/mmtui.json', 'rb').read().decode('ascii')\n"
                              "report = json.loads(text, parse_constant=refuse, object_pairs_hook=once)\n"
                              "print(len(report['layers']), text.endswith('\\n'))\n");
    char expected[32];
    snprintf(expected, sizeof expected, "%zu True\n", mm_session_count(stage->session));
    assert_string_equal(printed, expected);
    free(printed);
    free(text);
}

static void strictly_valid(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    put_layers(&stage);
    put_floats(stage.src, "\xff\x01\\.npy", FLOATS(1), 1); /* beside .pb files: skipped */
    put_both(&stage, "150_\xff\x01\\.pb", "n\xc3\xa9", "o\"\n", FLOATS(1e-30f), FLOATS(1e30f), 1);
    stage.options.measure.rtol = INFINITY;
    stage_measure(&stage);
    assert_python_accepts(&stage);
    stage_done(&stage);
}

static void before_anything_is_read(void **state)
{
    (void)state;
    struct stage stage;
    stage_unread(&stage);
    assert_python_accepts(&stage);
    struct parsed parsed = parse(&stage);
    assert_string_equal(string(layer(&parsed, CONV), "state"), "pending");
    parsed_done(&parsed);
    stage_done(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_head),
        cmocka_unit_test(a_measured_layer),
        cmocka_unit_test(figures_that_are_no_numbers),
        cmocka_unit_test(layers_without_figures),
        cmocka_unit_test(strictly_valid),
        cmocka_unit_test(before_anything_is_read),
    };
    return cmocka_run_group_tests(tests, setup_layers, teardown_layers);
}
