#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "format/formats.h"
#include "format_testing.h"

/* np.save of float32 [1, 2]: 136 bytes. */
#define ONE_TWO                                                                                              \
    "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAg"           \
    "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAIA/AAAAQA=="
#define ARRAY        "{\"values\": {\"array\": \"" ONE_TWO "\"}}"
#define ITERATION(x) "{\"outputs\": {" x "}, \"runtime\": null}"

static char *folder;

static int make(void **state)
{
    (void)state;
    folder = make_folder();
    return 0;
}

static int drop(void **state)
{
    (void)state;
    drop_folder(folder);
    return 0;
}

struct listed {
    char *path;
    struct mm_source source;
    struct mm_arena arena;
    struct mm_members members;
    struct mm_err err;
    int result;
};

static void list(struct listed *l, const char *text, size_t length, struct mm_runner_choice choice)
{
    *l = (struct listed){.path = mm_path_join(folder, "x.json")};
    put_file(folder, "x.json", text, length);
    l->source = (struct mm_source){
        .path = l->path, .file = "x.json", .format = mm_format_find("polygraphy"), .choice = choice};
    mm_arena_init(&l->arena);
    l->result = l->source.format->list(&l->source, &l->arena, &l->members, &l->err);
}

static void done(struct listed *l)
{
    mm_members_done(&l->members);
    mm_arena_done(&l->arena);
    free(l->path);
}

/* The names, and that each is [1, 2]. */
static void assert_lists(const char *text, struct mm_runner_choice choice, const char *names)
{
    static const double expected[] = {1, 2};
    struct listed l;
    char found[200] = "";
    list(&l, text, strlen(text), choice);
    if (l.result != 0)
        fail_msg("%s", l.err.text);
    for (size_t i = 0; i < l.members.count; i++) {
        struct mm_load load;
        snprintf(found + strlen(found), sizeof found - strlen(found), "%s%s", i ? " " : "",
                 l.members.entry[i].member);
        if (mm_load_open(&load, &l.members.entry[i], NULL, &l.err) < 0)
            fail_msg("%s", l.err.text);
        assert_values(&load.tensor, expected, 2);
        mm_load_close(&load);
    }
    assert_string_equal(found, names);
    assert_true(mm_polygraphy_probe((const uint8_t *)text, strlen(text)));
    done(&l);
}

static void assert_fails(const char *text, struct mm_runner_choice choice, enum mm_code code,
                         const char *sentence)
{
    struct listed l;
    list(&l, text, strlen(text), choice);
    assert_int_equal(l.result, -1);
    assert_string_equal(l.err.text, sentence);
    assert_int_equal(l.err.code, code);
    done(&l);
}

static const struct mm_runner_choice none;

#define TWO                                                                                                  \
    "{\"lst\": [[\"ort-N0\", [" ITERATION("\"a\": " ARRAY) ", " ITERATION(                                   \
        "\"b\": " ARRAY) "]], [\"trt-N0\", [" ITERATION("\"c\": " ARRAY) ", " ITERATION("\"d\": " ARRAY) "]" \
                                                                                                         "]" \
                                                                                                         "]" \
                                                                                                         "," \
                                                                                                         " " \
                                                                                                         "\"polygraphy_class\": \"RunResults\"}"

static void runners_and_iterations(void **state)
{
    (void)state;
    assert_lists(TWO, (struct mm_runner_choice){.runner = "ort-N0"}, "a");
    assert_lists(TWO, (struct mm_runner_choice){.runner = "trt", .iterated = true}, "c");
    assert_lists(TWO, (struct mm_runner_choice){.runner = "trt", .iterated = true, .iteration = 1}, "d");
    assert_lists(TWO, (struct mm_runner_choice){.pair = true}, "a");
    assert_lists(TWO, (struct mm_runner_choice){.pair = true, .other = true}, "c");
    assert_lists(TWO, (struct mm_runner_choice){.pair = true, .other = true, .runner = "trt"}, "a");
    assert_fails(
        TWO, none, MM_EARG,
        "x.json: it holds the outputs of 2 runners: choose with --runner (of dst: --dst-runner): ort-N0, "
        "trt-N0");
    assert_fails(TWO, (struct mm_runner_choice){.runner = "cpu"}, MM_ENOENT,
                 "x.json: --runner cpu: it has no such runner, but: ort-N0, trt-N0");
    assert_fails(TWO, (struct mm_runner_choice){.runner = ""}, MM_EARG,
                 "x.json: --runner : 2 runners begin so: ort-N0, trt-N0");
    assert_fails(TWO, (struct mm_runner_choice){.pair = true, .iterated = true, .iteration = 2}, MM_EARG,
                 "x.json: --iteration 2: there are 2, from 0 to 1, of runner ort-N0");
}

/* A name that another one begins with is a name all the same. */
static void a_whole_name_comes_first(void **state)
{
    static const char text[] = "{\"lst\": [[\"trt2\", [" ITERATION(
        "\"a\": " ARRAY) "]], [\"trt\", [" ITERATION("\"b\": " ARRAY) "]]]}";
    (void)state;
    assert_lists(text, (struct mm_runner_choice){.runner = "trt"}, "b");
}

static void which_was_taken(void **state)
{
    struct listed l;
    (void)state;
    list(&l, TWO, strlen(TWO), (struct mm_runner_choice){.runner = "trt", .iterated = true, .iteration = 1});
    assert_int_equal(l.result, 0);
    assert_string_equal(l.members.taken.runner, "trt-N0");
    assert_int_equal(l.members.taken.runners, 2);
    assert_int_equal(l.members.taken.place, 1);
    assert_int_equal(l.members.taken.iterations, 2);
    assert_int_equal(l.members.taken.iteration, 1);
    done(&l);
}

/* Blanks anywhere, members in any order, classes marked in either way, escapes in names, arrays without "values". */
static void other_layouts(void **state)
{
    (void)state;
    assert_lists("\n {\r\n\t\"polygraphy_class\" : \"RunResults\" , \"lst\":[ [\"A\" ,[ "
                 "{\"runner_name\":\"A\",\"runtime\":1e-3,"
                 "\"outputs\":{ \"x\\u0041\\/\\\"\" "
                 ":{\"polygraphy_class\":\"LazyNumpyArray\",\"values\":{\"polygraphy_class\":"
                 "\"ndarray\", \"array\" : \"" ONE_TWO "\" } } } } ] ] ] } \n",
                 none, "xA/\"");
    assert_lists("{\"lst\":[[\"A\",[{\"outputs\":{\"y\":{\"values\":{\"array\":\"" ONE_TWO
                 "\",\"__polygraphy_encoded_ndarray\":\"polygraphy_serialized_json_type\"}},\"z\":{\"array\":"
                 "\"" ONE_TWO "\"}},\"n\":[NaN,-Infinity,true,null,{},[]]}]]]}",
                 none, "y z");
}

static void feed_dicts(void **state)
{
    static const char text[] =
        "[{\"x\": {\"array\": \"" ONE_TWO "\", \"polygraphy_class\": \"ndarray\"}}, "
        "{\"y\": {\"polygraphy_class\": \"ndarray\", \"array\": \"" ONE_TWO "\"}, \"z\": " ARRAY "}]";
    (void)state;
    assert_lists(text, none, "x");
    assert_lists(text, (struct mm_runner_choice){.iterated = true, .iteration = 1}, "y z");
    assert_fails(text, (struct mm_runner_choice){.runner = "A"}, MM_EARG,
                 "x.json: --runner A: these are inputs (--save-inputs), which have no runner");
}

static void nothing_in_it(void **state)
{
    (void)state;
    assert_fails("{\"lst\": []}", none, MM_ENOENT, "x.json: there is no runner in it, and so no tensor");
    assert_fails("{\"lst\": [[\"A\", []]]}", none, MM_ENOENT,
                 "x.json: there is no iteration in it, and so no tensor");
    assert_lists("{\"lst\": [[\"A\", [{\"outputs\": null}]]]}", none, "");
}

/* What is wrong with one tensor is that tensor's row. */
static void a_bad_tensor(void **state)
{
    static const struct {
        const char *value, *sentence;
    } cases[] = {
        {"{\"array\": \"" ONE_TWO "A\"}", "its base64 text has 185 characters, which is no multiple of 4"},
        {"{\"array\": \"\"}", "its text is empty"},
        {"{\"array\": \"AAAA\"}", "does not start as a .npy file does"},
        {"{\"array\": \"k05VTVBZAQB2AHsn\"}", "the header should have 118 bytes, the file has 2 more"},
        /* .npy's first bytes, and no more of its header */
        {"{\"array\": \"k05VTVBZ\"}", "ends inside its header, after 6 bytes"},
        {"{\"array\": \"k05VTVBZAQB2\"}", "ends inside its header, after 9 bytes"},
        {"{\"array\": \"k05VTVBZAQB2////\\\\\"}",
         "its base64 text has 18 characters, which is no multiple of 4"},
        {"{\"array\": \"AAA\\n\"}", "its base64 text has 5 characters, which is no multiple of 4"},
        {"{\"array\": \"AA\\/A===\"}", "its base64 text has '\\' at character 2, where none can be"},
        {"{\"tensor\": \"AAAA\"}",
         "is a PyTorch tensor, as torch.save writes it: save the outputs as NumPy arrays"},
        {"5", "is no array"},
        {"{\"values\": [1, 2]}", "is no array"},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct listed l;
        struct mm_load load;
        char text[2000], sentence[200];
        snprintf(text, sizeof text, "{\"lst\": [[\"A\", [{\"outputs\": {\"bad\": %s, \"good\": %s}}]]]}",
                 cases[i].value, ARRAY);
        snprintf(sentence, sizeof sentence, "x.json: tensor 'bad': %s", cases[i].sentence);
        list(&l, text, strlen(text), none);
        assert_int_equal(l.result, 0);
        assert_int_equal(l.members.count, 2);
        assert_int_equal(mm_load_open(&load, &l.members.entry[0], NULL, &l.err), -1);
        assert_string_equal(l.err.text, sentence);
        assert_int_equal(mm_load_open(&load, &l.members.entry[1], NULL, &l.err), 0);
        mm_load_close(&load);
        done(&l);
    }
}

/* The header says [3], and there are two. */
static void less_than_the_header_says(void **state)
{
    char text[] = "{\"lst\": [[\"A\", [{\"outputs\": {\"a\": {\"array\": \"" ONE_TWO "\"}}}]]]}";
    struct listed l;
    struct mm_load load;
    (void)state;
    char *two = strstr(text, "KDIs"); /* "(2," */
    memcpy(two, "KDMs", 4);           /* "(3," */
    list(&l, text, strlen(text), none);
    assert_int_equal(l.result, 0);
    assert_int_equal(mm_load_open(&load, &l.members.entry[0], NULL, &l.err), -1);
    assert_string_equal(l.err.text, "x.json: tensor 'a': header says [3] f32 = 12 bytes, 8 are there");
    done(&l);
}

static void a_bad_file(void **state)
{
    (void)state;
    assert_fails("{\"lst\": 5}", none, MM_ECORRUPT, "x.json: line 1: a list of runners was expected");
    assert_fails("{\n\"lst\": [5]}", none, MM_ECORRUPT,
                 "x.json: line 2: a runner's name and iterations were expected");
    assert_fails("{\"lst\": [[\"A\"]]}", none, MM_ECORRUPT,
                 "x.json: line 1: the iterations of a runner were expected");
    assert_fails("{\"lst\": [[\"A\", 5]]}", none, MM_ECORRUPT,
                 "x.json: line 1: a list of iterations was expected");
    assert_fails("{\"lst\": [[\"A\", [], 5]]}", none, MM_ECORRUPT,
                 "x.json: line 1: more than a runner's name and its iterations");
    assert_fails("{\"lst\": [[\"A\" []]]}", none, MM_ECORRUPT,
                 "x.json: line 1: the iterations of a runner were expected");
    assert_fails("{\"lst\": [[\"\\ud800\", []]]}", none, MM_ECORRUPT,
                 "x.json: line 1: a name that is no text");
    assert_fails("{\"a\": 1 \"b\": 2}", none, MM_ECORRUPT, "x.json: line 1: a comma or } was expected");
    assert_fails("{\"a\" 1}", none, MM_ECORRUPT, "x.json: line 1: a colon was expected");
    assert_fails("{\"lst\": [[\"A\", [{}]]]}\n]", none, MM_ECORRUPT,
                 "x.json: line 2: something stands behind the end");
    assert_fails("{\"a\": !}", none, MM_ECORRUPT, "x.json: line 1: a value was expected");
}

/* Every prefix says that it was cut, or that nothing is in it; none is taken for good. */
static void cut_anywhere(void **state)
{
    (void)state;
    for (size_t length = 1; length + 1 < strlen(TWO); length++) {
        struct listed l;
        list(&l, TWO, length, (struct mm_runner_choice){.pair = true});
        assert_int_equal(l.result, -1);
        assert_true(l.err.code == MM_ECORRUPT);
        assert_non_null(strstr(l.err.text, "the file was cut"));
        done(&l);
    }
}

/* Other JSON files of tools, and those that lie beside tensors. */
static void what_is_none(void **state)
{
    static const char *const texts[] = {
        "",
        "{}",
        "[]",
        "{\"lst\": 5}",
        "{\"lst\": [5]}",
        "[{\"name\": \"x\"}]",
        "[[1, 2]]",
        "[{\"x\": {\"shape\": [1]}}]",
        "{\"conv\": {\"scale\": 0.5}}",
        "{\"tensors\": [{\"name\": \"a\"}]}",
        "{\"weight_map\": {\"a\": \"b\"}}",
        "{\"schema\": 1, \"layers\": [{\"lst\": [[\"A\", []]]}]}",
        "\"lst\"",
        "{\"directed_graph\": 1",
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(texts); i++)
        assert_false(mm_polygraphy_probe((const uint8_t *)texts[i], strlen(texts[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runners_and_iterations),
        cmocka_unit_test(a_whole_name_comes_first),
        cmocka_unit_test(which_was_taken),
        cmocka_unit_test(other_layouts),
        cmocka_unit_test(feed_dicts),
        cmocka_unit_test(nothing_in_it),
        cmocka_unit_test(a_bad_tensor),
        cmocka_unit_test(less_than_the_header_says),
        cmocka_unit_test(a_bad_file),
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(what_is_none),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
