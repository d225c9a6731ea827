#include "export/shell.h"
#include "unit/export/exporting.h"

/* All words, each in brackets. */
static void check(const char *text, const char *expected)
{
    struct mm_buf word = {0}, found = {0};
    const char *at = text, *end = text + strlen(text);
    while (mm_shell_next(&at, end, &word))
        mm_buf_printf(&found, "[%s]", mm_buf_text(&word));
    assert_string_equal(mm_buf_text(&found), expected);
    mm_buf_done(&word);
    mm_buf_done(&found);
}

static void words(void **state)
{
    (void)state;
    check("", "");
    check(" \n\t# nothing\n;", "");
    check("a b\tc\nd;e", "[a][b][c][d][e]");
    check("'a b'\"c d\"e\\ f", "[a bc de f]");
    check("'it'\\''s' \"\" ''", "[it's][][]");
    check("a \\\n  b c\\\nd", "[a][b][cd]");
    check("\"\\\"\\\\\\$\\a\\\nb\"", "[\"\\$\\ab]");
    check("a#b #c\nd", "[a#b][d]");
    check("'\\n\n'", "[\\n\n]");
    check("\"$@\" ${X:-y}", "[$@][${X:-y}]");
    check("'open", "[open]"); /* no shell takes it: what is there */
    check("\"open", "[open]");
    check("end\\", "[end]");
}

static void puts_what_comes_back(void **state)
{
    static const struct {
        const char *word, *written;
    } cases[] = {
        {"--flag=/a/b.c:fp32,d+e_f@g%h", "--flag=/a/b.c:fp32,d+e_f@g%h"},
        {"", "''"},
        {"a b", "'a b'"},
        {"it's", "'it'\\''s'"},
        {"$x `y` \\ \" # * ? [ ] { } ~ ! & | < > ( ) ;\n\t",
         "'$x `y` \\ \" # * ? [ ] { } ~ ! & | < > ( ) ;\n\t'"},
        {"'", "''\\'''"},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_buf out = {0}, word = {0};
        mm_shell_put(&out, cases[i].word);
        assert_string_equal(mm_buf_text(&out), cases[i].written);
        const char *at = out.data;
        assert_true(mm_shell_next(&at, out.data + out.length, &word));
        assert_string_equal(mm_buf_text(&word), cases[i].word);
        assert_false(mm_shell_next(&at, out.data + out.length, &word));
        mm_buf_done(&out);
        mm_buf_done(&word);
    }
}

/* The same command by a real shell: arguments a line, as long as none has line ends. */
static void as_the_shell_has_it(void **state)
{
    static const char command[] =
        "'a b'\"c d\"e\\ f 'it'\\''s' \"\" a \\\n  b c\\\nd \"\\\"\\\\\\$\\a\\\nb\" a#b #c\n";
    (void)state;
    char script[400], line[200];
    struct mm_buf word = {0};
    snprintf(script, sizeof script, "printf '%%s\\n' %s", command);
    char *path = text_file(script), run[200];
    snprintf(run, sizeof run, "/bin/sh %s", path);
    FILE *shell = popen(run, "r");
    assert_non_null(shell);
    const char *at = command, *end = command + strlen(command);
    while (mm_shell_next(&at, end, &word)) {
        assert_non_null(fgets(line, sizeof line, shell));
        line[strcspn(line, "\n")] = '\0';
        assert_string_equal(mm_buf_text(&word), line);
    }
    assert_null(fgets(line, sizeof line, shell));
    assert_int_equal(pclose(shell), 0);
    mm_buf_done(&word);
    remove_file(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),
        cmocka_unit_test(puts_what_comes_back),
        cmocka_unit_test(as_the_shell_has_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
