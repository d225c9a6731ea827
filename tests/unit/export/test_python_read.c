#include "export/python_read.h"
#include "unit/export/exporting.h"

/* "a=FLOAT32 b=INT8", or the sentence without its file. */
static void check(const char *text, const char *expected)
{
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("polygraphy", plan);
    struct mm_buf notes = {0}, found = {0};
    struct mm_err err = {0};
    char *path = text_file(text);
    if (mm_plan_import(plan, &export, path, &notes, &err) < 0)
        mm_buf_puts(&found, err.text + strlen(path) + 2);
    for (size_t i = 0; i < mm_plan_count(plan); i++) {
        const struct mm_override *override = mm_plan_at(plan, i);
        mm_buf_printf(&found, "%s%s=%s", i ? " " : "", override->name, mm_override_precision(override));
    }
    assert_string_equal(mm_buf_text(&found), expected);
    assert_string_equal(mm_buf_text(&notes), "");
    remove_file(path);
    mm_buf_done(&notes);
    mm_buf_done(&found);
    mm_plan_close(plan);
}

static void dictionaries(void **state)
{
    (void)state;
    check("PRECISIONS = {}", "");
    check("x = 1\nPRECISIONS={'a':'FLOAT32'}", "a=FLOAT32");
    check(
        "PRECISIONS = {  # first\n  \"a\" : # second }\n \"fp32\",\n\n 'b': 'INT8',  # \"c\": \"INT8\"\n}\n",
        "a=FLOAT32 b=INT8");
    check("  PRECISIONS = {'no': 'INT8'}\nPRECISIONS_2 = {'no': 'INT8'}\nPRECISIONS = {'yes': 'INT8'}",
          "yes=INT8");
    check("PRECISIONS = {'\\x41\\u00e9\\U0001f480\\\\\\'\\\"\\udcff': 'F16'}",
          "A\xc3\xa9\xf0\x9f\x92\x80\\'\"\xff=FLOAT16");
    check("PRECISIONS = {'a': 'F16', 'a': 'F32'}", "a=FLOAT32"); /* as Python has it */
}

static void what_is_none(void **state)
{
    static const char strings[] = "line 1: PRECISIONS: must be string literals only";
    static const char escape[] = "line 1: PRECISIONS: an escape that can't be read";
    static const char open[] = "line 1: PRECISIONS: a string literal without its end";
    (void)state;
    check("", "has no PRECISIONS = {...}, as the script that mmtui writes has");
    check("precisions = {}", "has no PRECISIONS = {...}, as the script that mmtui writes has");
    check("PRECISIONS = [1]", "has no PRECISIONS = {...}, as the script that mmtui writes has");
    check("PRECISIONS", "has no PRECISIONS = {...}, as the script that mmtui writes has");
    check("PRECISIONS = {", strings);
    check("PRECISIONS = {1: 'INT8'}", strings);
    check("PRECISIONS = {'a': INT8}", strings);
    check("PRECISIONS = {'a': 'INT8'", "line 1: PRECISIONS: a comma is missing");
    check("PRECISIONS = {'a': 'INT8' 'b'}", "line 1: PRECISIONS: a comma is missing");
    check("PRECISIONS = {'a', 'b'}", "line 1: PRECISIONS: a colon is missing");
    check("PRECISIONS = {\n'a\n'}", "line 2: PRECISIONS: a string literal without its end");
    check("PRECISIONS = {'a", open);
    check("PRECISIONS = {'a\\", escape);
    check("PRECISIONS = {'\\x0g': ''}", escape);
    check("PRECISIONS = {'\\x00': ''}", escape);
    check("PRECISIONS = {'\\ud800': ''}", escape);
    check("PRECISIONS = {'\\U00110000': ''}", escape);
    check("PRECISIONS = {'\\N{DASH}': ''}", escape);
    check("PRECISIONS = {'': 'INT8'}", "\"INT8\" is no precision, or of no name");
    check("PRECISIONS = {'a': 'FLOAT8'}", "\"FLOAT8\" is no precision, or of no name");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dictionaries),
        cmocka_unit_test(what_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
