#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmtui/report.h"

#define HEAD                                                                                                 \
    "{\"format\": \"mmtui\", \"schema_version\": 1, \"mmtui_version\": \"0\",\n \"src\": \"s\", "            \
    "\"dst\": \"d\",\n \"dumps\": {},\n \"thresholds\": {}, \"atol\": 1e-08, \"rtol\": 1E-5, \"order\": "    \
    "\"stamps\""
#define SHARD(index, count, layers) SHARD_WITH(index, count, layers, false, 64)
#define SHARD_WITH(index, count, layers, quantiles, bins)                                                    \
    ",\n \"shard\": {\"index\": " #index ", \"count\": " #count ", \"layers\": " #layers                     \
    ", \"engine_version\": 1, \"framework\": 0, \"quantiles\": " #quantiles ", \"histogram_bins\": " #bins   \
    ", \"small\": 0.0}"
#define TOTALS(bad)                                                                                          \
    ",\n \"totals\": {\"layers\": 3, \"pairs\": 3, \"src_only\": 0, \"dst_only\": 0, \"bad\": " #bad         \
    ", \"skipped_files\": 0},\n \"layers\": ["

/* Numbers are passed on as they are written: 1E-5, 0.10. */
static const char first[] =
    HEAD SHARD(1, 2, 2) TOTALS(1) "\n  {\"number\": 1, \"x\": 0.10},\n  {\"number\": 3}\n ]}\n";
static const char second[] = HEAD SHARD(2, 2, 1) TOTALS(1) "\n  {\"number\": 2, \"s\": \"]},\\\"\"}\n ]}\n";
static const char joined[] =
    HEAD TOTALS(2) "\n  {\"number\": 1, \"x\": 0.10},\n  {\"number\": 2, \"s\": \"]},\\\"\"},\n"
                   "  {\"number\": 3}\n ]}\n";

static int merge_two(const char *a, const char *b, struct mm_buf *out, struct mm_err *err)
{
    struct mm_part parts[] = {{"a.json", a, strlen(a)}, {"b.json", b, b ? strlen(b) : 0}};
    return mm_report_merge(parts, b ? 2 : 1, out, err);
}

static void test_joined(void **state)
{
    (void)state;
    struct mm_buf out = {0};
    assert_int_equal(merge_two(first, second, &out, NULL), 0);
    assert_string_equal(mm_buf_text(&out), joined);
    mm_buf_clear(&out);
    assert_int_equal(merge_two(second, first, &out, NULL), 0);
    assert_string_equal(mm_buf_text(&out), joined);
    mm_buf_done(&out);
}

static void assert_refused(const char *a, const char *b, const char *sentence)
{
    struct mm_buf out = {0};
    struct mm_err err = {MM_OK, ""};
    assert_int_equal(merge_two(a, b, &out, &err), -1);
    assert_int_equal(out.length, 0);
    assert_string_equal(err.text, sentence);
    mm_buf_done(&out);
}

static void test_refused(void **state)
{
    (void)state;
    assert_refused(first, NULL, "share 2 of 2 is missing (a.json is share 1)");
    assert_refused(first, first, "b.json: is share 1 of 2, as a.json is");
    assert_refused(first, joined,
                   "b.json: is of a whole run, not a shard of one (mmtui compare --shard I/N)");
    assert_refused(first, "{}", "b.json: is not a whole mmtui.json");
    assert_refused(first, HEAD SHARD(2, 3, 1) TOTALS(0) "]}",
                   "b.json: is of another run: shard.count is 3, in a.json it is 2");
    assert_refused(first, HEAD SHARD_WITH(2, 2, 1, true, 64) TOTALS(0) "]}",
                   "b.json: is of another run: shard.quantiles is true, in a.json it is false");
    assert_refused(first, HEAD SHARD_WITH(2, 2, 1, false, 0) TOTALS(0) "]}",
                   "b.json: is of another run: shard.histogram_bins is 0, in a.json it is 64");
    assert_refused(first, HEAD SHARD(2, 2, 1) TOTALS(0) "{\"number\": 3}]}",
                   "b.json: layer 3 is in a.json too");
    assert_refused(first, HEAD SHARD(2, 2, 1) TOTALS(0) "{\"number\": 4}]}",
                   "layer 2 of 3 is in none of the files (a.json has layer 3)");
    assert_refused(first, HEAD SHARD(2, 2, 0) TOTALS(0) "]}",
                   "layer 2 of 3 is in none of the files (a.json has layer 3)");
    assert_refused(first, HEAD SHARD(2, 2, 2) TOTALS(0) "{\"number\": 2}]}",
                   "b.json: has 1 layers where it says 2");
    assert_refused(first, HEAD SHARD(2, 2, 1) TOTALS(2) "{\"number\": 2}]}",
                   "b.json: \"shard\" or \"totals\" is not what mmtui writes");
    assert_refused(first, HEAD SHARD(2, 2, 1) TOTALS(0) "{\"number\": 2,}]}",
                   "b.json: is not a whole mmtui.json: line 7: not valid JSON: a name in quotes is missing");
    assert_refused(first, HEAD SHARD(2, 2, 1) TOTALS(0) "{\"number\": 0}]}",
                   "b.json: its 1. layer is not what mmtui writes");
    assert_refused(first, HEAD SHARD(2, 2, 1) TOTALS(0) "[2]]}",
                   "b.json: its 1. layer is not what mmtui writes");
    assert_int_equal(mm_report_merge(NULL, 0, NULL, NULL), -1);
}

/* Cut or changed anywhere: joined or refused, and nothing worse. In memory of its exact size. */
static void test_hostile(void **state)
{
    (void)state;
    size_t length = sizeof second - 1;
    for (size_t at = 0; at < length; at++) {
        static const char changes[] = "\0\"{}[],:\\9x";
        for (size_t c = 0; c < sizeof changes; c++) {
            size_t size = c + 1 < sizeof changes ? length : at; /* at last: cut */
            char *text = malloc(size ? size : 1);
            memcpy(text, second, size);
            if (at < size)
                text[at] = changes[c];
            struct mm_part parts[] = {{"a.json", first, sizeof first - 1}, {"b.json", text, size}};
            struct mm_buf out = {0};
            struct mm_err err = {MM_OK, ""};
            if (mm_report_merge(parts, 2, &out, &err) < 0)
                assert_int_not_equal(err.code, MM_OK);
            mm_buf_done(&out);
            free(text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_joined),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
