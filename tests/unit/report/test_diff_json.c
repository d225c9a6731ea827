#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/report.h"
#include "unit/report/layers.h"

static char *diff_json(const struct stage *stage)
{
    struct mm_buf buf;
    struct mm_err err;
    mm_buf_init(&buf);
    assert_int_equal(mm_report_diff_json(stage->session, &buf, &err), 0);
    return buf.data;
}

/* The formulas once more, in Python, over the values that layers.h writes; json.dump decides every byte. */
static const char program[] =
    "import json, math, sys\n"
    "nan, inf = math.nan, math.inf\n"
    "def ratio(a, b): return 0.0 if a == 0 else inf if b == 0 else a / b\n"
    "def results(s, d):\n"
    "    if len(s) != len(d):\n"
    "        return {'diff1': 999, 'diff2': 999, 'diff3': [999, 999], 'diff4': [999, 999, 999]}\n"
    "    if any((x - x) != (y - y) and not (x != x and y != y) for x, y in zip(s, d)):\n"
    "        return {'diff1': nan, 'diff2': nan, 'diff3': [nan, nan], 'diff4': [nan, nan, nan]}\n"
    "    e = [abs(x - y) for x, y in zip(s, d)]\n"
    "    n = sum(x != y for x, y in zip(s, d))\n"
    "    up, down = sum(y > x for x, y in zip(s, d)), sum(y < x for x, y in zip(s, d))\n"
    "    return {'diff1': ratio(sum(e), sum(map(abs, s))),\n"
    "            'diff2': math.sqrt(ratio(sum(x * x for x in e), sum(x * x for x in s))),\n"
    "            'diff3': [max((x / abs(y) for x, y in zip(e, s) if abs(y) > 1e-6), default=0.0),\n"
    "                      max((x for x, y in zip(e, s) if abs(y) <= 1e-6), default=0.0)],\n"
    "            'diff4': [up / max(n, 1), down / max(n, 1), float(n)]}\n"
    "def model(stamp, node, op, index=0):\n"
    "    return {'Timestamp': stamp, 'NodeName': node, 'OpType': op, 'Index': index}\n"
    "def layer(stamp, name, node, op, s, d, shape=None):\n"
    "    dst = model(stamp, node, op)\n"
    "    return {'TensorName': name, 'TensorShape': [len(s)] if shape is None else shape,\n"
    "            'SrcModelInfo': model(stamp, 'src_node', 'onnx::Op'), 'DstModelInfo': dst, 'Valid': True,\n"
    "            'Results': results(s, d)}\n"
    "def conv(src, dst, name, s, d, shape):\n"
    "    one = layer(src, name, '', '', s, d, shape)\n"
    "    one['SrcModelInfo'] = model(src, 'conv1', 'aten::_convolution')\n"
    "    one['DstModelInfo'] = model(dst, 'main/mm.conv2d', 'mm.conv2d', 1)\n"
    "    return one\n"
    "layers = [\n"
    "    conv('100', '100', 'é\\x1b\"[0]', [1.], [1.], []),\n"
    "    conv('10', '11', 'conv1_output', [1., 2., 3., 4.], [1., 2., 3., 5.], [2, 2]),\n"
    "    conv('110', '110', 'conv10', [1., -2.], [1., -2.], [2]),\n"
    "    layer('120', 'rep', 'rep', 'Add', [1.], [1.03125]),\n"
    "    layer('130', 'rep', 'rep', 'Add', [1.], [1.]),\n"
    "    layer('20', 'conv2', 'conv2', 'Conv', [1., 1.], [1., 1.5]),\n"
    "    layer('30', 'zero', 'zero', 'Relu', [0., 0.], [0., 0.]),\n"
    "    layer('40', 'from_zero', 'from_zero', 'Relu', [0., 0.], [0., .5]),\n"
    "    layer('50', 'nans', 'nans', 'Pow', [1., 2.], [1., nan]),\n"
    "    layer('60', 'shapes', 'lone', 'Lone', [1., 2.], [1., 2., 3.]),\n"
    "    {'TensorName': 'bad', 'Valid': False},\n"
    "    {'TensorName': 'lone_src', 'Valid': False},\n"
    "]\n"
    "json.dump(layers, sys.stdout, indent=4)\n";

/* All but the last (both sides -Inf): its figures are not what the vendor writes. */
static void as_python_writes_it(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    put_layers(&stage);
    shell(stage.folder, "rm '%s/src/140_both_inf.pb' '%s/dst/140_both_inf.pb'");
    stage_measure(&stage);
    char *found = diff_json(&stage);
    char *expected = python(stage.folder, program);
    assert_string_equal(found, expected);
    free(found);
    free(expected);
    stage_done(&stage);
}

/* The example of the contract, to the letter. */
static void a_layer_as_the_vendors_tool_writes_it(void **state)
{
    (void)state;
    struct stage stage;
    const struct mm_shape shape = {.rank = 4, .dim = {1, 1, 1, 2}};
    stage_init(&stage);
    put_tensor(stage.src, "1001_conv1_output.pb", "pb",
               &(struct pb_head){"conv1", "aten::_convolution", 0, false}, MM_F32, &shape, FLOATS(1, 3));
    put_tensor(stage.dst, "2001_conv1_output.pbtxt", "pbtxt",
               &(struct pb_head){"main/mm.conv2d", "mm.conv2d", 0, true}, MM_F32, &shape, FLOATS(1.5f, 2.5f));
    stage_measure(&stage);
    char *found = diff_json(&stage);
    assert_string_equal(found, "[\n"
                               "    {\n"
                               "        \"TensorName\": \"conv1_output\",\n"
                               "        \"TensorShape\": [\n"
                               "            1,\n"
                               "            1,\n"
                               "            1,\n"
                               "            2\n"
                               "        ],\n"
                               "        \"SrcModelInfo\": {\n"
                               "            \"Timestamp\": \"1001\",\n"
                               "            \"NodeName\": \"conv1\",\n"
                               "            \"OpType\": \"aten::_convolution\",\n"
                               "            \"Index\": 0\n"
                               "        },\n"
                               "        \"DstModelInfo\": {\n"
                               "            \"Timestamp\": \"2001\",\n"
                               "            \"NodeName\": \"main/mm.conv2d\",\n"
                               "            \"OpType\": \"mm.conv2d\",\n"
                               "            \"Index\": 0\n"
                               "        },\n"
                               "        \"Valid\": true,\n"
                               "        \"Results\": {\n"
                               "            \"diff1\": 0.25,\n"
                               "            \"diff2\": 0.22360679774997896,\n"
                               "            \"diff3\": [\n"
                               "                0.5,\n"
                               "                0.0\n"
                               "            ],\n"
                               "            \"diff4\": [\n"
                               "                0.5,\n"
                               "                0.5,\n"
                               "                2.0\n"
                               "            ]\n"
                               "        }\n"
                               "    }\n"
                               "]");
    free(found);
    stage_done(&stage);
}

/* .npy: the name is the file's; no stamp, no node. An empty tensor is a list with a 0. */
static void numpy_files(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    put_npy(stage.src, "b.npy", "<f4", "(0, 3)", NULL, 0);
    put_npy(stage.dst, "b.npy", "<f4", "(0, 3)", NULL, 0);
    put_floats(stage.src, "a.npy", FLOATS(1), 1);
    stage_measure(&stage);
    char *found = diff_json(&stage);
    char *expected = python(
        stage.folder, "import json, sys\n"
                      "info = {'Timestamp': '', 'NodeName': '', 'OpType': '', 'Index': 0}\n"
                      "json.dump([{'TensorName': 'a', 'Valid': False},\n"
                      "  {'TensorName': 'b', 'TensorShape': [0, 3], 'SrcModelInfo': info,\n"
                      "   'DstModelInfo': info, 'Valid': True, 'Results': {'diff1': 0.0, 'diff2': 0.0,\n"
                      "   'diff3': [0.0, 0.0], 'diff4': [0.0, 0.0, 0.0]}}], sys.stdout, indent=4)\n");
    assert_string_equal(found, expected);
    free(found);
    free(expected);
    stage_done(&stage);
}

/* What is only in dst is left out: nothing else there, nothing in the list. */
static void nothing_to_say(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    put_text(stage.src, "1_x.pb", "");
    put_floats(stage.dst, "y.npy", FLOATS(1), 1);
    stage_measure(&stage);
    char *found = diff_json(&stage);
    assert_string_equal(found,
                        "[\n    {\n        \"TensorName\": \"x\",\n        \"Valid\": false\n    }\n]");
    free(found);
    stage_done(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_python_writes_it),
        cmocka_unit_test(a_layer_as_the_vendors_tool_writes_it),
        cmocka_unit_test(numpy_files),
        cmocka_unit_test(nothing_to_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
