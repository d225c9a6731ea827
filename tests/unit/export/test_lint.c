#include "unit/export/exporting.h"
#include "export/export.h"

static void nothing_to_tell(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = {.dialect = made_up(MM_NAME_LAYER), .plan = plan};
    assert_limits(&export, "");
    choose(plan, "a", MM_PRECISION_F32);
    choose(plan, "b", MM_PRECISION_BF16);
    choose(plan, "c", MM_PRECISION_I8);
    mm_plan_begin(plan, "all");
    set_own(plan, "d", "made:q8_0");
    mm_plan_set_setting(plan, "fusion", "true", NULL);
    mm_plan_commit(plan);
    assert_limits(&export, "");
    assert_int_equal(mm_export_count(&export), 4);
    mm_plan_close(plan);
}

/* A sentence for each precision and for each setting that the runtime can't be told. */
static void one_sentence_each(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = {.dialect = made_up(MM_NAME_LAYER), .plan = plan};
    choose(plan, "b", MM_PRECISION_F16);
    choose(plan, "a", MM_PRECISION_F16);
    choose(plan, "c", MM_PRECISION_I16);
    choose(plan, "fine", MM_PRECISION_F32);
    mm_plan_begin(plan, "all");
    set_own(plan, "d", "other:q8_0");
    set_own(plan, "e", "made:q2");
    mm_plan_set_setting(plan, "fusion", "false", NULL); /* the key is known, this value is not */
    mm_plan_set_setting(plan, "calibration_statistics", "percentile_99.99", NULL);
    mm_plan_commit(plan);
    assert_limits(
        &export,
        "2 operators (such as \"a\"): FLOAT16 is left out: for single operators, Made Up takes INT8, "
        "BFLOAT16 and "
        "FLOAT32 only\n"
        "1 operator (\"c\"): INT16 is left out: for single operators, Made Up takes INT8, BFLOAT16 and "
        "FLOAT32 only\n"
        "2 operators (such as \"d\"): a type of another runtime is left out: for single operators, Made Up "
        "takes INT8, "
        "BFLOAT16 and FLOAT32 only\n"
        "calibration_statistics = percentile_99.99 is left out: there is nothing for it in the files "
        "of Made Up\n"
        "fusion = false is left out: there is nothing for it in the files of Made Up\n");
    assert_int_equal(mm_export_count(&export), 1);
    mm_plan_close(plan);
}

/* Every precision and every setting is in the files of a dialect, or told of. */
static void check_nothing_is_dropped(const struct mm_dialect *dialect)
{
    size_t count, told = 0, rows = 0, taken = 0;
    const struct mm_setting *settings = mm_settings(&count);
    struct mm_plan *plan = plan_new();
    struct mm_buf limits = {0};
    struct mm_export export = {.dialect = dialect, .plan = plan};
    mm_plan_begin(plan, "all");
    for (size_t i = 0; i < count; i++)
        assert_int_equal(mm_plan_set_setting(plan, settings[i].key, settings[i].values[0], NULL), 0);
    for (int p = MM_PRECISION_NONE + 1; p < MM_PRECISION_OWN; p++)
        set(plan, mm_precision_info((enum mm_precision)p)->badge, (enum mm_precision)p);
    mm_plan_commit(plan);
    mm_export_limits(&export, &limits);
    for (const char *p = mm_buf_text(&limits); (p = strstr(p, " is left out: ")); p++)
        told++;
    for (size_t i = 0; i < count; i++) {
        bool has = false;
        for (const struct mm_dialect_setting *row = dialect->settings; row->setting; row++)
            has = has || (strcmp(row->setting, settings[i].key) == 0 &&
                          strcmp(row->value, settings[i].values[0]) == 0);
        rows += has;
    }
    taken = mm_export_count(&export);
    assert_int_equal(told, count - rows + mm_plan_count(plan) - taken);
    mm_buf_done(&limits);
    mm_plan_close(plan);
}

static void nothing_is_dropped(void **state)
{
    (void)state;
    const struct mm_dialect *dialect;
    for (size_t i = 0; (dialect = mm_dialect_at(i)); i++)
        check_nothing_is_dropped(dialect);
    check_nothing_is_dropped(made_up(MM_NAME_LAYER));
}

/* ---- rules ---- */

/* As exported, for a dialect that goes by names of nodes unless said otherwise; the step is still open. */
static struct mm_export rules_for(struct mm_plan *plan, const struct mm_graph *graph, enum mm_name_kind kind)
{
    mm_plan_begin(plan, "all");
    return (struct mm_export){.dialect = made_up(kind), .plan = plan, .graph = graph};
}

/* How many problems of a rule there are, and what the last one is about. */
static size_t found(const struct mm_export *export, const char *rule, enum mm_severity severity,
                    const char *name)
{
    struct mm_problems problems = {0};
    size_t count = 0;
    mm_lint(export, &problems);
    assert_false(problems.failed);
    for (size_t i = 0; i < problems.count; i++) {
        const struct mm_problem *problem = &problems.problem[i];
        if (strcmp(problem->rule, rule) != 0)
            continue;
        count++;
        assert_int_equal(problem->severity, severity);
        if (name)
            assert_string_equal(problem->name, name);
    }
    mm_problems_done(&problems);
    return count;
}

static void unknown_names_and_kinds(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = chain_graph();
    struct mm_export export = rules_for(plan, graph, MM_NAME_NODE);
    set_on(plan, "relo", "gone");
    set_on(plan, "w", "w");
    set_on(plan, "x", "x");
    set_on(plan, "entirely-else", "gone");
    set_on(plan, "fc", "y");
    mm_plan_commit(plan);
    assert_limits(
        &export,
        "1 operator (\"entirely-else\"): not in the model, so nothing is done for it\n"
        "1 operator (\"relo\"): not in the model, so nothing is done for it; the nearest name is \"relu\"\n"
        "1 operator (\"w\"): is a weight of the model, but Made Up goes by the name of the model's node\n"
        "1 operator (\"x\"): is an input of the model, but Made Up goes by the name of the model's node\n"
        "1 operator (\"fc\"): nothing beside it is raised, so that it costs a cast before and behind it\n");
    assert_int_equal(found(&export, "unknown-name", MM_SEVERITY_ERROR, NULL), 2);
    assert_int_equal(found(&export, "kind-of-name", MM_SEVERITY_ERROR, NULL), 2);
    mm_graph_close(graph);
    mm_plan_close(plan);
}

/* Without a graph, a list of names does. */
static void names_of_a_list(void **state)
{
    static const char *const list[] = {"blk.0.attn_q.weight", "blk.0.attn_v.weight", "token_embd.weight"};
    (void)state;
    struct mm_known known = {.name = list, .count = MM_COUNT(list), .what = "model.gguf"};
    struct mm_plan *plan = plan_new();
    struct mm_export export = rules_for(plan, NULL, MM_NAME_WEIGHT);
    export.known = &known;
    set_on(plan, "blk_0_attn_q_weight", ""); /* as a file name has it */
    set_on(plan, "blk.0.attn_w.weight", "");
    mm_plan_commit(plan);
    assert_string_equal(mm_export_name(&export, mm_plan_at(plan, 1), NULL), "blk.0.attn_q.weight");
    assert_limits(
        &export,
        "1 operator (\"blk.0.attn_w.weight\"): not in model.gguf, so nothing is done for it; the nearest "
        "name is \"blk.0.attn_q.weight\"\n");
    mm_plan_close(plan);
}

/* What stands beside an override: alone, a hole, a reader that stays, values that are only moved. */
static void neighbours(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = chain_graph();
    struct mm_export export = rules_for(plan, graph, MM_NAME_NODE);
    set_on(plan, "conv", "c");
    set_on(plan, "shape", "s");
    mm_plan_commit(plan);
    assert_int_equal(found(&export, "hole", MM_SEVERITY_WARNING, "relu"), 1);
    assert_int_equal(found(&export, "alone", MM_SEVERITY_NOTE, "conv"), 1);
    assert_int_equal(found(&export, "moves-only", MM_SEVERITY_WARNING, "shape"), 1);
    assert_int_equal(found(&export, "reader-stays", MM_SEVERITY_NOTE, NULL), 0);
    export.dialect = made_up(MM_NAME_TENSOR);
    assert_int_equal(found(&export, "reader-stays", MM_SEVERITY_NOTE, NULL), 2);
    choose(plan, "relu", MM_PRECISION_F32);
    choose(plan, "fc", MM_PRECISION_F32);
    export.dialect = made_up(MM_NAME_NODE);
    assert_limits(&export, "");
    mm_graph_close(graph);
    mm_plan_close(plan);
}

/* Integers, and types that the runtime can't raise. */
static void types(void **state)
{
    static const char *const fixed[] = {"Relu", NULL};
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = NULL;
    struct mm_graph_builder *b = mm_graph_new();
    mm_graph_add_tensor(b, "x", MM_GRAPH_INPUT, MM_F32, NULL);
    mm_graph_add_node(b, "relu", "Relu", (const char *const[]){"x"}, 1, (const char *const[]){"r"}, 1);
    mm_graph_add_node(b, "best", "ArgMax", (const char *const[]){"r"}, 1, (const char *const[]){"i"}, 1);
    mm_graph_add_tensor(b, "i", MM_GRAPH_OUTPUT, MM_I64, NULL);
    assert_int_equal(mm_graph_finish(b, &graph, "graph", NULL), 0);
    struct mm_export export = rules_for(plan, graph, MM_NAME_NODE);
    struct mm_dialect dialect = *export.dialect;
    dialect.fixed_types = fixed;
    export.dialect = &dialect;
    set_on(plan, "relu", "r");
    set_on(plan, "best", "i");
    mm_plan_commit(plan);
    assert_int_equal(found(&export, "type", MM_SEVERITY_ERROR, "relu"), 1);
    assert_int_equal(found(&export, "integers", MM_SEVERITY_WARNING, "best"), 1);
    mm_graph_close(graph);
    mm_plan_close(plan);
}

static void settings_that_contradict(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = rules_for(plan, NULL, MM_NAME_LAYER);
    mm_plan_set_setting(plan, "network_precision", "bfloat16", NULL);
    mm_plan_set_setting(plan, "weight_granularity", "per_tensor", NULL);
    set(plan, "b", MM_PRECISION_BF16);
    set(plan, "f", MM_PRECISION_F32);
    mm_plan_commit(plan);
    assert_limits(
        &export, "network_precision = bfloat16 is left out: there is nothing for it in the files of Made Up\n"
                 "weight_granularity = per_tensor is about quantising, but network_precision = bfloat16 "
                 "quantises nothing\n"
                 "1 operator (\"b\"): BFLOAT16 is what network_precision = bfloat16 gives it anyway\n");
    mm_plan_begin(plan, "quantised");
    mm_plan_set_setting(plan, "network_precision", "int8_float32", NULL);
    mm_plan_commit(plan);
    assert_int_equal(found(&export, "contradiction", MM_SEVERITY_WARNING, NULL), 0);
    mm_plan_close(plan);
}

/* Two tensors of one node with two precisions: the higher one is written, and that is told. */
static void one_node_two_precisions(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = chain_graph();
    struct mm_export export = rules_for(plan, graph, MM_NAME_NODE);
    struct mm_targets targets;
    set_on(plan, "main/a", "c");
    struct mm_override low = make_override("main/b", MM_PRECISION_BF16);
    low.tensor = "c";
    assert_int_equal(mm_plan_set(plan, &low, NULL), 0);
    mm_plan_commit(plan);
    assert_int_equal(mm_export_targets(&export, &targets, NULL), 0);
    assert_int_equal(targets.count, 1);
    assert_int_equal(targets.target[0].override->precision, MM_PRECISION_F32);
    assert_int_equal(found(&export, "contradiction", MM_SEVERITY_WARNING, "main/b"), 1);
    mm_targets_done(&targets);
    mm_graph_close(graph);
    mm_plan_close(plan);
}

/* A fused layer is about all operators that its name joins; one that joins what is not there is unknown. */
static void fused_names(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = chain_graph();
    struct mm_export export = rules_for(plan, graph, MM_NAME_NODE);
    struct mm_targets targets;
    set_on(plan, "conv + relu", "");
    set_on(plan, "shape||fc", "");
    set_on(plan, "fc + nobody", "");
    mm_plan_commit(plan);
    assert_int_equal(mm_export_targets(&export, &targets, NULL), 0);
    assert_int_equal(targets.count, 5);
    static const char *const names[] = {"conv", "fc", "fc + nobody", "relu", "shape"};
    for (size_t i = 0; i < targets.count; i++) {
        assert_string_equal(targets.target[i].name, names[i]);
        assert_int_equal(targets.target[i].sure, i != 2);
    }
    assert_string_equal(mm_target_name(&export, &targets.target[1], MM_NAME_WEIGHT), "v");
    assert_string_equal(mm_target_name(&export, &targets.target[1], MM_NAME_TENSOR), "y");
    assert_null(mm_target_name(&export, &targets.target[3], MM_NAME_WEIGHT));
    assert_int_equal(found(&export, "unknown-name", MM_SEVERITY_ERROR, "fc + nobody"), 1);
    mm_targets_done(&targets);
    mm_graph_close(graph);
    mm_plan_close(plan);
}

/* By number, not by text: 10.12 is behind 10.9. */
static void versions(void **state)
{
    static const struct mm_dialect_gone gone[] = {{"10.12", "old flags are gone"}, {NULL, NULL}};
    static const struct {
        const char *version;
        size_t count;
    } cases[] = {{NULL, 0},      {"10.9", 0},  {"9", 0},  {"10.12", 1},
                 {"10.12.0", 1}, {"10.13", 1}, {"11", 1}, {"10", 0}};
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_dialect dialect = *made_up(MM_NAME_LAYER);
    dialect.gone = gone;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_export export = {.dialect = &dialect, .plan = plan, .version = cases[i].version};
        assert_int_equal(found(&export, "version", MM_SEVERITY_ERROR, NULL), cases[i].count);
    }
    mm_plan_close(plan);
}

/* A plan of another model: the first names have a nearest one, the others are one sentence. */
static void many_unknown_names(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = chain_graph();
    struct mm_export export = rules_for(plan, graph, MM_NAME_NODE);
    struct mm_buf limits = {0};
    for (int i = 10; i < 90; i++) {
        char name[16];
        snprintf(name, sizeof name, "relu%d", i); /* two edits of six characters away from relu */
        set_on(plan, name, "gone");
    }
    mm_plan_commit(plan);
    assert_int_equal(found(&export, "unknown-name", MM_SEVERITY_ERROR, NULL), 80);
    mm_export_limits(&export, &limits);
    assert_non_null(strstr(mm_buf_text(&limits),
                           "50 operators (such as \"relu10\"): not in the model, so nothing is done "
                           "for it; the nearest name is \"relu\"\n"));
    assert_non_null(
        strstr(mm_buf_text(&limits),
               "30 operators (such as \"relu60\"): not in the model, so nothing is done for it\n"));
    mm_buf_done(&limits);
    mm_graph_close(graph);
    mm_plan_close(plan);
}

/* A name in a sentence is escaped for a terminal, whoever put it there; problems themselves have it as it is. */
static void sentences_are_escaped(void **state)
{
    (void)state;
    struct mm_problems problems = {0};
    struct mm_buf text = {0};
    mm_problems_add(&problems, MM_SEVERITY_ERROR, "rule", "a\nb", "about \"%s\"", "c\x1b[2J\nd");
    mm_problems_text(&problems, true, &text);
    assert_string_equal(mm_buf_text(&text), "error: 1 operator (\"a\\nb\"): about \"c\\x1b[2J\\nd\"\n");
    assert_string_equal(problems.problem[0].what, "about \"c\x1b[2J\nd\"");
    mm_buf_done(&text);
    mm_problems_done(&problems);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_to_tell),
        cmocka_unit_test(one_sentence_each),
        cmocka_unit_test(nothing_is_dropped),
        cmocka_unit_test(unknown_names_and_kinds),
        cmocka_unit_test(names_of_a_list),
        cmocka_unit_test(neighbours),
        cmocka_unit_test(types),
        cmocka_unit_test(settings_that_contradict),
        cmocka_unit_test(one_node_two_precisions),
        cmocka_unit_test(fused_names),
        cmocka_unit_test(versions),
        cmocka_unit_test(many_unknown_names),
        cmocka_unit_test(sentences_are_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
