#include "unit/export/hostile.h"

#define LAYER(name, type, inside)                                                                            \
    "\t\t<layer id=\"1\" name=\"" name "\" type=\"" type "\" version=\"opset1\">\n" inside
#define PORT(names)                                                                                          \
    "\t\t\t<output>\n\t\t\t\t<port id=\"1\" names=\"" names "\" />\n\t\t\t</output>\n\t\t</layer>\n"
#define MARK "\t\t\t\t<attribute name=\"precise\" version=\"0\" />\n"
#define INFO "\t\t\t<rt_info>\n" MARK "\t\t\t</rt_info>\n"

static void check_model(struct mm_export *export, const char *text, const char *expected)
{
    struct mm_config base = {.path = "base.xml", .text = text, .length = strlen(text)};
    export->base = &base;
    char *made = file_of(export, "model.xml");
    assert_string_equal(made, expected);
    free(made);
    export->base = NULL;
}

/* By name, by the name of a split operator, by the tensor; constants are none; what is marked stays; all bytes else. */
static void marks(void **state)
{
    static const char before[] = "<?xml version=\"1.0\"?>\n<net>\n" LAYER("fc", "Const", PORT("v"))
        LAYER("conv/WithoutBiases", "Convolution", PORT("")) LAYER("conv", "Add", PORT("z\\,1,c"))
            LAYER("HSwish_7", "HSwish", PORT("a,r")) LAYER("other", "Relu", PORT("cc"))
                LAYER("fc", "MatMul", INFO PORT("y")) "</net>\n";
    static const char after[] = "<?xml version=\"1.0\"?>\n<net>\n" LAYER("fc", "Const", PORT("v"))
        LAYER("conv/WithoutBiases", "Convolution", INFO PORT("")) LAYER("conv", "Add", INFO PORT("z\\,1,c"))
            LAYER("HSwish_7", "HSwish", INFO PORT("a,r")) LAYER("other", "Relu", PORT("cc"))
                LAYER("fc", "MatMul", INFO PORT("y")) "</net>\n";
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = chain_graph();
    struct mm_export export = export_for("openvino", plan);
    export.graph = graph;
    check_model(&export, before, before);
    choose(plan, "conv", MM_PRECISION_F32);
    choose(plan, "relu", MM_PRECISION_F32);
    choose(plan, "fc", MM_PRECISION_F32);
    check_model(&export, before, after);
    mm_graph_close(graph);
    mm_plan_close(plan);
}

/* An rt_info that is there, a layer without anything, a file in one line, one that is cut off. */
static void other_forms(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("openvino", plan);
    choose(plan, "a", MM_PRECISION_F32);
    check_model(
        &export,
        "\t<layer name=\"a\" type=\"Relu\">\n\t\t<rt_info>\n\t\t\t<attribute name=\"x\" />\n\t\t</rt_info>\n",
        "\t<layer name=\"a\" type=\"Relu\">\n\t\t<rt_info>\n\t\t\t<attribute name=\"precise\" version=\"0\" "
        "/>\n"
        "\t\t\t<attribute name=\"x\" />\n\t\t</rt_info>\n");
    check_model(
        &export, "<layer name='a' type='Relu'/><b/>",
        "<layer name='a' type='Relu'>\n\t<rt_info>\n\t\t<attribute name=\"precise\" version=\"0\" />\n"
        "\t</rt_info></layer><b/>");
    check_model(&export, "<layer name=\"b\"><layer name=\"a>\" /", "<layer name=\"b\"><layer name=\"a>\" /");
    check_model(&export, "<layer name=\"a", "<layer name=\"a");
    check_model(&export, "", "");
    mm_plan_close(plan);
}

static void problems(void **state)
{
    static const char text[] = LAYER("conv", "Convolution", PORT("c"));
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = chain_graph();
    struct mm_config base = {.path = "base.xml", .text = text, .length = sizeof text - 1};
    struct mm_export export = export_for("openvino", plan);
    struct mm_err err = {0};
    export.graph = graph;
    choose(plan, "conv", MM_PRECISION_F32);
    choose(plan, "fc", MM_PRECISION_F32);
    assert_int_equal(mm_export_write(&export, "/nonexistent/x", &err), -1);
    assert_string_equal(err.text, "OpenVINO takes overrides in its own file: give it with --base model.xml");
    export.base = &base;
    assert_limits(
        &export,
        "2 operators (such as \"conv\"): nothing beside it is raised, so that it costs a cast before "
        "and behind it\n"
        "1 operator (\"fc\"): no layer of base.xml has its name or makes its tensor (it was fused, or "
        "renamed): it is left out\n");
    mm_graph_close(graph);
    mm_plan_close(plan);
}

/* Escapes as pugixml writes them. */
static void hostile_names(void **state)
{
    static const char text[] =
        "<net>\n" LAYER("it's &quot;quoted&quot; \\ and&#10;broken&#9;&#27;[31m &quot;&quot;&quot; "
                        "''' # {}",
                        "Relu", "\t\t</layer>\n")
            LAYER("&lt;layer name=&quot;x&quot;/&gt;&amp;amp;&amp;#10;]]&gt;", "Relu",
                  "\t\t</layer>\n") "</net>\n";
    (void)state;
    struct mm_plan *plan = hostile_plan(), *back = plan_new();
    struct mm_config base = {.path = "base.xml", .text = text, .length = sizeof text - 1};
    struct mm_export export = export_for("openvino", plan);
    struct mm_buf notes = {0};
    export.base = &base;
    char *made = file_of(&export, "model.xml"), *path = text_file(made);
    assert_int_equal(mm_plan_import(back, &export, path, &notes, NULL), 0);
    assert_int_equal(mm_plan_count(back), 2);
    assert_non_null(mm_plan_find(back, HOSTILE[1]));
    assert_non_null(mm_plan_find(back, HOSTILE[5]));
    remove_file(path);
    free(made);
    mm_buf_done(&notes);
    mm_plan_close(back);
    mm_plan_close(plan);
}

static void other_files(void **state)
{
    static const struct import_case cases[] = {
        {LAYER("a/WithoutBiases", "Convolution", INFO PORT("")) LAYER("a", "Add", INFO PORT("")), "", 1},
        {LAYER("a", "Add",
               "<rt_info><attribute name=\"DisablePrecisionConversion\" value=\"dynamic:f16\"/></rt_info>"),
         "", 1},
        {LAYER("a", "Add", "<rt_info><attribute name=\"decompression\"/></rt_info>"), "", 0},
        {LAYER("a", "Add", PORT("precise")), "", 0},
        {"<net/>", ": has no <layer>: this is no OpenVINO IR", 0},
        {"{}", ": has no <layer>: this is no OpenVINO IR", 0},
    };
    (void)state;
    check_imports("openvino", cases, MM_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks),         cmocka_unit_test(other_forms), cmocka_unit_test(problems),
        cmocka_unit_test(hostile_names), cmocka_unit_test(other_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
