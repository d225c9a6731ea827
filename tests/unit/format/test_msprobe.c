/* Statistics in msprobe's dump.json. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "format_testing.h"

#define TENSOR(figures)                                                                                      \
    "{\"type\": \"torch.Tensor\", \"dtype\": \"torch.float32\", \"shape\": [2,\n 3], " figures "}"
#define FILE_OF(data) "{\"task\": \"statistics\", \"level\": \"L1\", \"data\": {" data "}}"

/* "NAME: KEPT_OF: VALUE VALUE ...\n" of each member, and how many were skipped. */
static void listed(const char *text, const char *expected, size_t skipped)
{
    char *folder = make_folder(), *path = mm_path_join(folder, "dump.json");
    struct mm_source source = {.path = path, .file = "dump.json", .format = mm_format_find("msprobe")};
    struct mm_members members = {0};
    struct mm_arena arena;
    struct mm_buf found = {0};
    struct mm_load load;
    struct mm_err err;
    put_text(folder, "dump.json", text);
    assert_true(source.format->probe((const uint8_t *)text, strlen(text)));
    mm_arena_init(&arena);
    if (source.format->list(&source, &arena, &members, &err) < 0)
        fail_msg("%s", err.text);
    for (size_t i = 0; i < members.count; i++) {
        const struct mm_entry *entry = &members.entry[i];
        mm_buf_printf(&found, "%s: %s:", entry->member, entry->kept_of);
        assert_int_equal(entry->kept, MM_KEPT_STATISTICS);
        assert_int_equal(mm_load_open(&load, entry, NULL, &err), 0);
        for (int64_t k = 0; k < load.tensor.count; k++)
            mm_buf_printf(&found, " %g", mm_tensor_at(&load.tensor, k));
        mm_buf_putc(&found, '\n');
        mm_load_close(&load);
    }
    assert_string_equal(mm_buf_text(&found), expected);
    assert_int_equal(members.skipped, skipped);
    mm_buf_done(&found);
    mm_members_done(&members);
    mm_arena_done(&arena);
    free(path);
    drop_folder(folder);
}

static void figures(void **state)
{
    (void)state;
    listed(FILE_OF("\"relu.0.forward\": {\"input_args\": [" TENSOR(
               "\"Max\": 2.5, \"Min\": -1, \"Mean\": 0.5, \"Norm\": 3") "]}"),
           "relu.0.forward.input.0: Max, Min, Mean, RMS of torch.float32 [2,3]: 2.5 -1 0.5 1.22474\n", 0);
    listed(FILE_OF("\"a\": {\"output\": [" TENSOR(
               "\"Max\": true, \"Min\": false, \"Mean\": null, \"Norm\": null") "]}"),
           "a.output.0: Max, Min of torch.float32 [2,3]: 1 0\n", 0);
    listed(FILE_OF("\"a\": {\"output\": [" TENSOR(
               "\"Max\": NaN, \"Min\": -Infinity, \"Mean\": Infinity, \"Norm\": NaN") "]}"),
           "a.output.0: Max, Min, Mean, RMS of torch.float32 [2,3]: nan -inf inf nan\n", 0);
    listed(FILE_OF("\"a\": {\"output\": [" TENSOR(
               "\"Max\": null, \"Min\": null, \"Mean\": null, \"Norm\": null") "]}"),
           "", 1);
}

static void names(void **state)
{
    (void)state;
    listed(FILE_OF("\"a\": {\"input_args\": [{\"type\": \"int\", \"value\": 3}, {\"Max\": 1}, [{\"Max\": 2}, "
                   "{\"Max\": 3}]], "
                   "\"input_kwargs\": {\"mask\": {\"Max\": 4}}, \"output\": [{\"Max\": 5}]}, \"b\": "
                   "{\"parameters\": "
                   "{\"weight\": [{\"Max\": 6}]}}"),
           "a.input.1: Max of a tensor: 1\na.input.2.0: Max of a tensor: 2\na.input.2.1: Max of a tensor: "
           "3\na.input.mask: Max of a tensor: 4\n"
           "a.output.0: Max of a tensor: 5\nb.parameters.weight.0: Max of a tensor: 6\n",
           0);
    listed(FILE_OF(""), "", 0);
}

static void what_is_none(void **state)
{
    static const char *const texts[] = {"",
                                        "{}",
                                        "[]",
                                        "{\"task\": \"tensor\"}",
                                        "{\"data\": {}}",
                                        "\"task\": \"statistics\"",
                                        "{\"task\"",
                                        "{\"task\": \"statistic"};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(texts); i++)
        assert_false(mm_format_find("msprobe")->probe((const uint8_t *)texts[i], strlen(texts[i])));
}

static void damaged(void **state)
{
    char *folder = make_folder(), *path = mm_path_join(folder, "dump.json");
    struct mm_source source = {.path = path, .file = "dump.json", .format = mm_format_find("msprobe")};
    struct mm_members members = {0};
    struct mm_arena arena;
    struct mm_err err;
    (void)state;
    put_text(folder, "dump.json", "{\"task\": \"statistics\",\n \"data\": {");
    mm_arena_init(&arena);
    assert_int_equal(source.format->list(&source, &arena, &members, &err), -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    assert_non_null(strstr(err.text, "dump.json: "));
    mm_members_done(&members);
    mm_arena_done(&arena);
    free(path);
    drop_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(figures), cmocka_unit_test(names),
                                       cmocka_unit_test(what_is_none), cmocka_unit_test(damaged)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
