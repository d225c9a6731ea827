#include "unit/export/reading.h"

static void writes_names(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = chain_graph();
    struct mm_export export = export_for("amct", plan);
    export.graph = graph;
    char *text = file_of(&export, "quant.cfg");
    assert_string_equal(text, "");
    free(text);
    mm_plan_begin(plan, "all");
    set(plan, "fc", MM_PRECISION_F32);
    set(plan, "conv", MM_PRECISION_F32);
    set(plan, "relu", MM_PRECISION_F16); /* can't be said */
    mm_plan_commit(plan);
    text = file_of(&export, "quant.cfg");
    assert_string_equal(text, "skip_layers: \"conv\"\nskip_layers: \"fc\"\n");
    free(text);
    mm_graph_close(graph);
    mm_plan_close(plan);
}

static void reads_text_form(void **state)
{
    (void)state;
    struct mm_export export = export_for("amct", NULL);
    check_read(&export, "# all\nskip_layers : \"a\"\nskip_layers: 'b' skip_layers:\"c\" \"d\" # two pieces\n",
               "a:F32 b:F32 cd:F32", "");
    check_read(&export, "skip_layers: [\"a\", \"b\"]\nskip_layers: []\n", "a:F32 b:F32", "");
    check_read(&export, "skip_layers: \"\\x41\\102\\n\\\"\"", "AB\n\":F32", "");
    check_read(
        &export,
        "batch_num: 1\nskip_layer_types: \"Conv\"\ncommon_config { act { num: -1.5e3 # }\n s: \"}\" } }\n"
        "skip_layers: \"a\"\n",
        "a:F32",
        "batch_num is nothing that a plan has: it is left out\n"
        "skip_layer_types is nothing that a plan has: it is left out\n"
        "common_config is nothing that a plan has: it is left out\n");
    check_read(&export, "skip_layers: a\n", "",
               "no message in protobuf's text form, from \"skip_layers: a\" on");
    check_read(&export, "skip_layers: \"a\n", "",
               "no message in protobuf's text form, from \"skip_layers: \"a\" on");
    check_read(&export, "skip_layers: [\"a\"\n", "",
               "no message in protobuf's text form, from \"skip_layers: [\"a\"\" on");
    check_read(&export, "x {\n", "", "no message in protobuf's text form, from \"x {\" on");
    check_read(&export, "{}", "", "no message in protobuf's text form, from \"{}\" on");
    check_read(&export, "skip_layers:", "", "no message in protobuf's text form, from \"skip_layers:\" on");
}

static void hostile_names(void **state)
{
    (void)state;
    check_hostile("amct", MM_PRECISION_F32, 1);
}

/* By protobuf's own parser. */
static void protobuf_reads_it(void **state)
{
    (void)state;
    char folder[64], check[512], command[1200];
    struct mm_plan *plan = hostile_plan(MM_PRECISION_F32);
    struct mm_export export = export_for("amct", plan);
    assert_int_equal(mm_export_write(&export, folder_new(folder), NULL), 0);
    beside(check, sizeof(check), "check_amct.py");
    snprintf(command, sizeof(command), "/usr/bin/python3 -B '%s' %s/quant.cfg > %s/read.json", check, folder,
             folder);
    assert_int_equal(system(command), 0);
    char *read = read_text(folder, "read.json");
    assert_string_equal(read,
                        "[\"\\u001b[31m\", \" blank \", \"#a\", \"- z\", \"Caps.$^?\", \"OpType::Relu\", "
                        "\"a,b+c[0]|(d)*\", \"a: b # c\", \"a::b\", \"a=b\", \"it's \\\"quoted\\\" \\\\\", "
                        "\"line\\nend\\ttab\", \"why?\", \"{x, y}\", \"\\u00e9\\ud83d\\udc80\"]\n");
    free(read);
    mm_folder_remove(folder);
    mm_plan_close(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_names),
        cmocka_unit_test(reads_text_form),
        cmocka_unit_test(hostile_names),
        cmocka_unit_test(protobuf_reads_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
