#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/report.h"
#include "unit/report/layers.h"

/* The layers that match: bit id is set. */
static unsigned matching(const struct stage *stage, const char *text)
{
    struct mm_filter *filter = NULL;
    struct mm_err err = {MM_OK, ""};
    unsigned found = 0;
    if (mm_filter_open(&filter, text, &err) < 0)
        fail_msg("%s: %s", text, err.text);
    for (size_t id = 0; id < mm_session_count(stage->session); id++)
        found |= (unsigned)mm_filter_match(filter, stage->session, id) << id;
    mm_filter_close(filter);
    return found;
}

#define ALL ((1u << LAYERS) - 1)

struct row {
    const char *text;
    unsigned layers;
};

static void assert_rows(const struct stage *stage, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        unsigned found = matching(stage, rows[i].text);
        if (found != rows[i].layers)
            fail_msg("\"%s\": layers %x, not %x", rows[i].text, found, rows[i].layers);
    }
}

#define B(id) (1u << (id))

static const unsigned broken = B(NANS) | B(SHAPES) | B(BAD);
static const unsigned no_figure = B(LONE_SRC) | B(LONE_DST) | B(BOTH_INF);

static void everything(void **state)
{
    const struct stage *stage = *state;
    assert_rows(stage, (const struct row[]){{"", ALL}, {"  \t ", ALL}}, 2);
    assert_true(mm_filter_match(NULL, stage->session, CONV)); /* no filter */
    mm_filter_close(NULL);
}

static void numbers(void **state)
{
    const unsigned over = broken | B(FROM_ZERO) | B(CONV) | B(CONV2);
    const struct row rows[] = {
        {"diff2>0.05", over},
        {"diff2>=0.03125", over | B(REP1)},
        {"diff2>0.03125", over},
        {"diff1<0.2", ALL & ~(broken | no_figure | B(CONV2) | B(FROM_ZERO))},
        {"diff1<=0.25", ALL & ~(broken | no_figure | B(FROM_ZERO))},
        {"diff1=0.1", B(CONV)},
        {"diff1==0.1", B(CONV)},
        {"diff2=inf", broken | B(FROM_ZERO)},
        {"cos<0.99", broken | B(FROM_ZERO) | B(CONV2)},
        {"maxabs>=0.5", broken | B(CONV) | B(CONV2) | B(FROM_ZERO)},
        {"number<=2", B(0) | B(1)},
        {"number!=1", ALL & ~B(0)},
        {"nonfinite>0", B(NANS) | B(BOTH_INF)},
        {"beyond=0.25", B(CONV)},
        {"!diff2>0.05", ALL & ~over},
    };
    assert_rows(*state, rows, MM_COUNT(rows));
}

static void texts(void **state)
{
    const struct row rows[] = {
        {"op=Conv", B(CONV2)},
        {"op=conv", B(CONV2)},
        {"op=mm.conv2d", B(CONV) | B(ODD) | B(CONV10)},
        {"op=conv2d", B(CONV) | B(ODD) | B(CONV10)}, /* the last part is enough */
        {"op=Op", B(BAD)},
        {"op=con", 0},
        {"op=mm.*", B(CONV) | B(ODD) | B(CONV10)},
        {"op!=Add", ALL & ~(B(REP1) | B(REP2) | B(BOTH_INF))},
        {"dtype=i8", B(CONV10)},
        {"dtype=F16", B(ODD)},
        {"dtype=[fi]?*", ALL}, /* either side */
        {"dtype!=f32", 0},
        {"verdict=overflow", 0},
        {"verdict=nonfinite", B(NANS)},
        {"verdict=unpaired", B(LONE_SRC) | B(LONE_DST)},
        {"verdict!=ok", broken | B(LONE_SRC) | B(LONE_DST) | B(FROM_ZERO) | B(CONV) | B(CONV2)},
        {"shape=2x2", B(CONV)},
        {"layer=conv2", B(CONV2)},
        {"layer=conv*", B(CONV) | B(CONV2) | B(CONV10)},
    };
    assert_rows(*state, rows, MM_COUNT(rows));
}

/* A regular expression, found anywhere, in any case. */
static void patterns(void **state)
{
    const struct row rows[] = {
        {"name~conv", B(CONV) | B(CONV2) | B(CONV10)},
        {"layer=~CONV", B(CONV) | B(CONV2) | B(CONV10)},
        {"name~^conv[0-9]+$", B(CONV2) | B(CONV10)},
        {"name~^(zero|nans)$", B(ZERO) | B(NANS)},
        {"name!~o",
         B(NANS) | B(SHAPES) | B(BAD) | B(ODD) | B(REP1) | B(REP2)}, /* the name alone, not the op */
        {"!name~o", B(NANS) | B(SHAPES) | B(BAD) | B(ODD) | B(REP1) | B(REP2)},
        {"op~conv", B(CONV) | B(CONV2) | B(ODD) | B(CONV10)},
        {"op~^conv", B(CONV2) | B(CONV) | B(ODD) | B(CONV10)}, /* the last part is enough */
        {"dtype~^[ib]", B(CONV10)},
        {"verdict~differ", B(SHAPES)}, /* of its sentence */
        {"verdict~^un", B(BAD) | B(LONE_SRC) | B(LONE_DST)},
        {"paired~exact|occurrence !op~conv bad", B(FROM_ZERO) | B(NANS) | B(SHAPES) | B(BAD)},
    };
    assert_rows(*state, rows, MM_COUNT(rows));
}

/* What stands in quotes is one value, whatever is in it. */
static void quotes(void **state)
{
    const struct row rows[] = {
        {"verdict~\"shapes differ\"", B(SHAPES)},
        {"verdict~'only in dst'", B(LONE_DST)},
        {"\"_zero\" bad", B(FROM_ZERO)},
        {"!'conv'", ALL & ~(B(CONV) | B(CONV2) | B(CONV10) | B(ODD))},
        {"'bad'", B(BAD)}, /* a name, not the flag */
        {"'a=b'", 0},
        {"layer=\"rep (1)\"", B(REP1)},
    };
    assert_rows(*state, rows, MM_COUNT(rows));
}

/* Shares as they are shown, places with their #, every metric, other names of columns. */
static void figures_as_they_are_shown(void **state)
{
    const struct row rows[] = {
        {"beyond=25%", B(CONV)},
        {"beyond>=50% beyond<=100% maxabs<1", B(CONV2) | B(FROM_ZERO) | B(REP1)},
        {"number=#2", B(1)},
        {"#<3", B(0) | B(1)},
        {"cosine<0.99", broken | B(FROM_ZERO) | B(CONV2)},
        {"mae=0.25", B(CONV) | B(CONV2) | B(FROM_ZERO)},
        {"scale>1.2 !bad", 0},
        {"differ>0", B(NANS)},
        {"elements=4", B(CONV)},
        {"diff2>0.05 op=Conv !name~pool dtype=f32 verdict=over", B(CONV2)},
    };
    assert_rows(*state, rows, MM_COUNT(rows));
}

static void words(void **state)
{
    const struct row rows[] = {
        {"CONV", B(CONV) | B(CONV2) | B(CONV10) | B(ODD)}, /* name or op */
        {"lone", B(LONE_SRC) | B(LONE_DST) | B(SHAPES)},
        {"nothing-like-it", 0},
        {"conv*", B(CONV) | B(CONV2) | B(CONV10)},
        {"Conv*", 0}, /* patterns: case and the name only */
        {"conv?", B(CONV2)},
        {"*_*", B(CONV) | B(FROM_ZERO) | B(LONE_SRC) | B(LONE_DST) | B(BOTH_INF)},
        {"[0]", B(ODD)}, /* a part of a name, no class */
        {"é", B(ODD)},
        {"\\x1b", B(ODD)},
        {"!conv", ALL & ~(B(CONV) | B(CONV2) | B(CONV10) | B(ODD))},
        {"!conv*", ALL & ~(B(CONV) | B(CONV2) | B(CONV10))},
        {"!", 0},
    };
    assert_rows(*state, rows, MM_COUNT(rows));
}

static void flags(void **state)
{
    const struct stage *stage = *state;
    const unsigned bad = broken | B(FROM_ZERO) | B(CONV) | B(CONV2);
    const size_t chosen = REP1;
    mm_session_tag(stage->session, ZERO, true);
    mm_session_set_precision(stage->session, &chosen, 1, MM_PRECISION_F32, NULL, NULL);
    const struct row rows[] = {
        {"tagged", B(ZERO)},
        {"!tagged", ALL & ~B(ZERO)},
        {"bad", bad},
        {"!bad", ALL & ~bad},
        {"chosen", B(REP1) | B(REP2)}, /* one node */
        {"bad conv", B(CONV) | B(CONV2)},
        {"  bad \t !diff1>0.2 ", B(CONV)},
        {"bad tagged", 0},
    };
    assert_rows(stage, rows, MM_COUNT(rows));
    mm_session_untag_all(stage->session);
    mm_plan_undo(mm_session_plan(stage->session));
}

static void before_anything_is_read(void **state)
{
    (void)state;
    struct stage stage;
    stage_unread(&stage);
    const struct row rows[] = {
        {"diff2>0", 0}, {"diff2<1", 0},   {"bad", 0}, {"conv", B(CONV) | B(CONV2) | B(CONV10)},
        {"op=Add", 0},  {"dtype=f32", 0},
    };
    assert_rows(&stage, rows, MM_COUNT(rows));
    stage_done(&stage);
}

static void errors(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said;
    } rows[] = {
        {"difff>0.05", "no column \"difff\""},
        {"conv diff2>", "\"\" is not a number"},
        {"diff2>abc", "\"abc\" is not a number"},
        {"diff2=>0.05", "\">0.05\" is not a number"},
        {"diff2>0.05x", "\"0.05x\" is not a number"},
        {"diff2>0,05", "\"0,05\" is not a number"},
        {"op>Conv", "= and !="},
        {"verdict<ok", "= and !="},
        {"!nosuch=1", "no column \"nosuch\""},
        {"a=b=c", "no column \"a\""},
        {"conv dif2>0.05", "filter, character 6: there is no column \"dif2\"; did you mean diff2?"},
        {"é op>1", "filter, character 5: op is text: it is compared with = and !=, or ~ and !~"},
        {"diff2~1", "filter, character 6: diff2 is a figure: it is compared with < <= > >= = and !="},
        {"bad diff2>5%%", "filter, character 11: \"5%%\" is not a number"},
        {"diff2>%", "\"%\" is not a number"},
        {"name~(a", "filter, character 6: \"(a\" is no regular expression: "},
        {"name~*pool", "filter, character 6: a regular expression can't be \"*pool\""},
        {"name~", "can't be \"\""},
        {"name~\"a b", "filter, character 6: the quote that opens here is not closed"},
        {"'a'b", "filter, character 1: a blank must follow the closing quote"},
        {"!verdict=setings",
         "filter, character 10: no verdict is called \"setings\"; did you mean settings?"},
        {"verdict=perfectly-fine", "no verdict is called \"perfectly-fine\" (ok, noise ...)"},
        {"cause=overflw", "did you mean overflow?"},
        {"certainty!=sure", "no certainty is called \"sure\""},
    };
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct mm_filter *filter = NULL;
        struct mm_err err = {MM_OK, ""};
        assert_int_equal(mm_filter_open(&filter, rows[i].text, &err), -1);
        assert_null(filter);
        assert_int_equal(err.code, MM_EARG);
        if (!strstr(err.text, rows[i].said))
            fail_msg("%s: %s", rows[i].text, err.text);
    }
}

/* A chain: 1 is equal, 2 and 3 are off by 3 of sqrt(30), 4 overflows in f16. */
static void by_triage(void **state)
{
    static const char *const names[] = {"a", "b", "c", "d"};
    static const float src[] = {1, 2, 3, 4}, off[] = {1, 2, 3, 7};
    const struct pb_head head = {"d", "Op", 0, false};
    const struct mm_shape two = {.rank = 1, .dim = {2}};
    struct mm_graph_builder *builder = mm_graph_new();
    struct mm_graph *graph = NULL;
    struct stage stage;
    (void)state;
    stage_init(&stage);
    put_both(&stage, "1_a.pb", "a", "Op", src, src, 4);
    put_both(&stage, "2_b.pb", "b", "Op", src, off, 4);
    put_both(&stage, "3_c.pb", "c", "Op", src, off, 4);
    put_tensor(stage.src, "4_d.pb", "pb", &head, MM_F32, &two, FLOATS(1, 70000));
    put_tensor(stage.dst, "4_d.pb", "pb", &head, MM_F16, &two, (const uint16_t[]){0x3C00, 0x7C00});
    for (size_t i = 1; i < MM_COUNT(names); i++)
        mm_graph_add_node(builder, names[i], "Op", &names[i - 1], 1, &names[i], 1);
    assert_int_equal(mm_graph_finish(builder, &graph, "chain", NULL), 0);
    stage.options.triage = true;
    stage.options.graph = graph;
    stage_measure(&stage);
    const struct row rows[] = {
        {"verdict=inherited", B(2)},
        {"from=2", B(2)},
        {"from!=2", B(0) | B(1) | B(3)},
        {"root=2", B(1) | B(2)},
        {"root=2 !from=2", B(1)},
        {"root>2", B(3)},
        {"bad !verdict=inherited", B(1) | B(3)},
        {"cause=overflow", B(3)},
        {"cause=over*", B(3)},
    };
    assert_rows(&stage, rows, MM_COUNT(rows));
    stage_done(&stage);
    mm_graph_close(graph);
}

/* As many terms as a text can have, and text that is nothing but signs: an answer or an error, no crash. */
static void odd_texts(void **state)
{
    const struct stage *stage = *state;
    char text[2001];
    for (size_t i = 0; i < 1000; i++)
        memcpy(text + 2 * i, "o ", 3);
    assert_int_equal(matching(stage, text), matching(stage, "o"));
    static const char *const odd[] = {"=",   "==", "<",   ">=",  "!=",    "!!",     "!!x",  "!=x", "=x",
                                      "a!b", "[",  "*[",  "a!",  "!=",    "~",      "!~",   "=~",  "\"",
                                      "'",   "''", "!''", "~\"", "name~", "name~[", "name!"};
    for (size_t i = 0; i < MM_COUNT(odd); i++) {
        struct mm_filter *filter = NULL;
        if (mm_filter_open(&filter, odd[i], NULL) == 0)
            mm_filter_match(filter, stage->session, CONV);
        mm_filter_close(filter);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything), cmocka_unit_test(numbers), cmocka_unit_test(texts),
        cmocka_unit_test(patterns),   cmocka_unit_test(quotes),  cmocka_unit_test(figures_as_they_are_shown),
        cmocka_unit_test(words),      cmocka_unit_test(flags),   cmocka_unit_test(before_anything_is_read),
        cmocka_unit_test(by_triage),  cmocka_unit_test(errors),  cmocka_unit_test(odd_texts),
    };
    return cmocka_run_group_tests(tests, setup_layers, teardown_layers);
}
