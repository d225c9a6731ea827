#include "tally.h"

#include <stdlib.h>
#include <string.h>

double tally_share(int right, int of)
{
    return of > 0 ? 100.0 * right / of : 100;
}

static struct tally_row *row_of(struct tally *tally, const struct corpus_row *row)
{
    for (int i = 0; i < tally->count; i++)
        if (strcmp(tally->row[i].fault, row->fault) == 0)
            return &tally->row[i];
    if (tally->count == CLASSES_MOST)
        abort();
    struct tally_row *added = &tally->row[tally->count++];
    *added = (struct tally_row){
        .fault = row->fault, .clean = !row->site, .tolerant = !row->site && (row->kinds & KIND(FORMAT))};
    return added;
}

static void note_miss(struct tally *tally, const struct corpus_case *of, const struct judgement *judged,
                      bool graph)
{
    struct mm_buf *out = &tally->misses;
    mm_buf_puts(out, graph ? "  graph  " : "  order  ");
    corpus_name(of, out);
    if (!judged->is_case)
        mm_buf_puts(out, ": NO CASE, not over the threshold");
    mm_buf_printf(out, "\n         error %.3g: %s, cause %s (\"%s\")", judged->error,
                  mm_verdict_word(judged->kind), mm_cause_info(judged->cause)->word, judged->text);
    if (!judged->first_right)
        mm_buf_printf(out, ", first culprit %s", *judged->first ? judged->first : "none");
    mm_buf_puts(out, "\n");
}

void tally_add(struct tally *tally, const struct corpus_case *of, const struct judgement judged[2])
{
    struct tally_row *row = row_of(tally, of->row);
    if (!judged->is_case) {
        row->not_cases++;
        note_miss(tally, of, judged, true);
        return;
    }
    row->cases++;
    row->culprits += !judged->earlier;
    row->reported_cause[judged->cause]++;
    row->reported_kind[judged->kind]++;
    for (int way = 0; way < 2; way++) {
        bool first = judged[way].first_right || judged->earlier;
        row->cause[way] += judged[way].cause_right;
        row->kind[way] += judged[way].kind_right;
        row->first[way] += judged[way].first_right && !judged->earlier;
        if (!judged[way].cause_right || !judged[way].kind_right || !first)
            note_miss(tally, of, &judged[way], way == 0);
    }
}

static void add_row(struct tally_row *sum, const struct tally_row *row)
{
    sum->cases += row->cases;
    sum->not_cases += row->not_cases;
    sum->culprits += row->culprits;
    for (int way = 0; way < 2; way++) {
        sum->cause[way] += row->cause[way];
        sum->kind[way] += row->kind[way];
        sum->first[way] += row->first[way];
    }
}

struct tally_row tally_sum(const struct tally *tally, bool clean)
{
    struct tally_row sum = {.fault = clean ? "clean" : "faults", .clean = clean};
    for (int i = 0; i < tally->count; i++)
        if (tally->row[i].clean == clean && !tally->row[i].tolerant)
            add_row(&sum, &tally->row[i]);
    return sum;
}

/* ---- printing ---- */

/* "overflow 7, not explained 1": the most frequent first */
static void print_counts(FILE *to, const int *counts, int count, const char *(*word)(int))
{
    const char *comma = "";
    for (int most = 1000; most > 0; most--)
        for (int i = 0; i < count; i++)
            if (counts[i] == most) {
                fprintf(to, "%s%s %d", comma, word(i), most);
                comma = ", ";
            }
}

static const char *cause_word(int cause)
{
    return cause == MM_CAUSE_NONE ? "none" : mm_cause_info((enum mm_cause_id)cause)->word;
}

static const char *kind_word(int kind)
{
    return mm_verdict_word((enum mm_verdict_kind)kind);
}

static void print_shares(FILE *to, const struct tally_row *row)
{
    fprintf(to, "%-18s %5d ", row->fault, row->cases);
    for (int way = 0; way < 2; way++)
        fprintf(to, " %5.1f %5.1f %5.1f ", tally_share(row->cause[way], row->cases),
                tally_share(row->kind[way], row->cases), tally_share(row->first[way], row->culprits));
}

void tally_print(const struct tally *tally, FILE *to)
{
    fprintf(to, "right, in percent          with the graph      execution order\n"
                "injected fault     cases  cause  kind first   cause  kind first   reported (with the "
                "graph): causes; "
                "verdicts\n");
    for (int i = 0; i < tally->count; i++) {
        print_shares(to, &tally->row[i]);
        fputc(' ', to);
        print_counts(to, tally->row[i].reported_cause, MM_CAUSE_COUNT, cause_word);
        fputs("; ", to);
        print_counts(to, tally->row[i].reported_kind, MM_VERDICT_COUNT, kind_word);
        fputc('\n', to);
    }
    for (int clean = 0; clean < 2; clean++) {
        struct tally_row sum = tally_sum(tally, clean);
        sum.fault = clean ? "ALL CLEAN" : "ALL FAULTS";
        print_shares(to, &sum);
        fputc('\n', to);
    }
    if (tally->misses.length)
        fprintf(to, "\nwhat went wrong\n%s", mm_buf_text(&tally->misses));
}
