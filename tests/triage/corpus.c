/*
 * Labelled faults put before triage (case.h says what they are).
 *
 *   corpus                  the tests: the goals of what triage gets right
 *   corpus --table          the confusion matrix, and every case that went wrong
 *   corpus --only FAULT     the same of one class
 *   corpus --list           the cases, a JSON object a line
 *   corpus --write DIR N..  the dumps of cases: DIR/N/src, DIR/N/dst
 *
 * With MMTUI_LONG=1 all of them take the other half of the seeds as well.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmtui/dump.h"
#include "tally.h"

/* ---- running ---- */

static int run_case(const struct corpus_case *of, const char *folder, struct judgement judged[2],
                    struct mm_err *err)
{
    struct mm_graph *graph = NULL;
    int status = corpus_write(of, folder, &graph, err);
    if (status == 0)
        status = judge(of, folder, of->row->form == FORM_NO_ORDER ? NULL : graph, &judged[0], err);
    if (status == 0)
        status = judge(of, folder, NULL, &judged[1], err);
    mm_graph_close(graph);
    return status;
}

/* In memory where there is such a folder: a case is some dozens of small files. */
static int run_in_new_folder(const struct corpus_case *of, struct judgement judged[2], struct mm_err *err)
{
    char in_memory[] = "/dev/shm/mmtui-corpus-XXXXXX", usual[] = "/tmp/mmtui-corpus-XXXXXX";
    const char *folder = mkdtemp(in_memory);
    if (!folder)
        folder = mkdtemp(usual);
    if (!folder)
        return mm_fail_errno(err, usual, "making a temporary folder");
    int status = run_case(of, folder, judged, err);
    mm_folder_remove(folder);
    return status;
}

/* All cases, or those of one class. */
static int run_all(struct tally *tally, const char *only, struct mm_err *err)
{
    struct corpus_case of;
    size_t count = corpus_count(getenv("MMTUI_LONG") != NULL);
    int status = 0;
    for (size_t number = 0; status == 0 && number < count && corpus_case(number, &of); number++) {
        if (only && strcmp(only, of.row->fault) != 0)
            continue;
        struct judgement judged[2];
        status = run_in_new_folder(&of, judged, err);
        if (status == 0)
            tally_add(tally, &of, judged);
    }
    return status;
}

/* ---- tests ---- */

static int set_up(void **state)
{
    struct mm_err err = {MM_OK, ""};
    struct tally *tally = calloc(1, sizeof *tally);
    if (!tally || run_all(tally, NULL, &err) != 0) {
        print_error("%s\n", err.text);
        return -1;
    }
    *state = tally;
    return 0;
}

static int tear_down(void **state)
{
    struct tally *tally = *state;
    if (tally)
        mm_buf_done(&tally->misses);
    free(tally);
    return 0;
}

/* A fault too small to be over the threshold is nothing to be found; a row that makes one is to be fixed. */
static void every_case_is_one(void **state)
{
    const struct tally *tally = *state;
    struct tally_row faults = tally_sum(tally, false), clean = tally_sum(tally, true);
    if (faults.not_cases)
        fail_msg("%d cases are not over the threshold:\n%s", faults.not_cases, mm_buf_text(&tally->misses));
    assert_true(faults.cases + clean.cases >= 300);
    /* noise hides few culprits, so that the share of those found means something */
    assert_true(faults.culprits >= faults.cases * 9 / 10);
}

#define GOAL 95.0 /* percent */

static void assert_share(const struct tally *tally, const char *what, int right, int of)
{
    if (tally_share(right, of) < GOAL)
        fail_msg("%s: %d of %d right (%.1f %%)\n%s", what, right, of, tally_share(right, of),
                 mm_buf_text(&tally->misses));
}

static void causes_are_right(void **state)
{
    const struct tally *tally = *state;
    struct tally_row faults = tally_sum(tally, false);
    assert_share(tally, "causes", faults.cause[0], faults.cases);
}

static void verdicts_are_right(void **state)
{
    const struct tally *tally = *state;
    struct tally_row faults = tally_sum(tally, false);
    assert_share(tally, "verdicts", faults.kind[0], faults.cases);
}

static void first_culprits_are_found(void **state)
{
    const struct tally *tally = *state;
    struct tally_row faults = tally_sum(tally, false);
    assert_share(tally, "first culprits", faults.first[0], faults.culprits);
}

/* No layer of a clean or FP16-only pair is accused, with the graph or without. */
static void clean_is_not_accused(void **state)
{
    const struct tally *tally = *state;
    struct tally_row clean = tally_sum(tally, true);
    for (int way = 0; way < 2; way++)
        if (clean.kind[way] != clean.cases || clean.first[way] != clean.culprits)
            fail_msg("false alarms:\n%s", mm_buf_text(&tally->misses));
}

/* INT8 alone makes no layer look like another operator, an overflow, a wrong input. */
static void int8_alone_is_not_a_fault(void **state)
{
    const struct tally *tally = *state;
    int cases = 0;
    for (int i = 0; i < tally->count; i++)
        if (tally->row[i].tolerant) {
            cases += tally->row[i].cases;
            assert_share(tally, "INT8 alone", tally->row[i].kind[0], tally->row[i].cases);
        }
    assert_true(cases > 0);
}

/* ---- other uses ---- */

static int list(void)
{
    struct corpus_case of;
    size_t count = corpus_count(getenv("MMTUI_LONG") != NULL);
    for (size_t number = 0; number < count && corpus_case(number, &of); number++)
        printf("{\"number\": %zu, \"fault\": \"%s\", \"site\": \"%s\", \"other\": \"%s\", \"noise\": \"%s\", "
               "\"form\": \"%s\", \"amount\": %g, \"how\": %d, \"demo\": %s}\n",
               number, of.row->fault, of.row->site ? of.row->site : "", of.row->other ? of.row->other : "",
               noise_word(of.noise), form_word(of.row->form), of.row->amount, of.row->how,
               of.row->build ? "false" : "true");
    return 0;
}

static int print_error_text(const struct mm_err *err)
{
    fprintf(stderr, "%s\n", err->text);
    return 2;
}

/* folder/N/src and folder/N/dst */
static int write_case(const char *folder, const char *number)
{
    struct corpus_case of;
    struct mm_err err = {MM_OK, ""};
    if (!corpus_case((size_t)strtoul(number, NULL, 10), &of))
        return fprintf(stderr, "there is no case %s\n", number), 2;
    char *path = mm_path_join(folder, number);
    int status = path ? corpus_write(&of, path, NULL, &err) : mm_fail_memory(&err);
    free(path);
    return status == 0 ? 0 : print_error_text(&err);
}

static int write_cases(const char *folder, char **numbers)
{
    int status = 0;
    for (; status == 0 && *numbers; numbers++)
        status = write_case(folder, *numbers);
    return status;
}

static int table(const char *only)
{
    struct tally tally = {0};
    struct mm_err err = {MM_OK, ""};
    int status = run_all(&tally, only, &err) == 0 ? 0 : print_error_text(&err);
    if (status == 0)
        tally_print(&tally, stdout);
    mm_buf_done(&tally.misses);
    return status;
}

int main(int count, char **words)
{
    if (count == 2 && strcmp(words[1], "--list") == 0)
        return list();
    if (count == 2 && strcmp(words[1], "--table") == 0)
        return table(NULL);
    if (count == 3 && strcmp(words[1], "--only") == 0)
        return table(words[2]);
    if (count >= 4 && strcmp(words[1], "--write") == 0)
        return write_cases(words[2], words + 3);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_is_one),    cmocka_unit_test(causes_are_right),
        cmocka_unit_test(verdicts_are_right),   cmocka_unit_test(first_culprits_are_found),
        cmocka_unit_test(clean_is_not_accused), cmocka_unit_test(int8_alone_is_not_a_fault),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
