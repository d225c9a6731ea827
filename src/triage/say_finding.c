/* What is said of what looking at the values found. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/translate.h"
#include "triage/layer_text.h"
#include "triage/say.h"

/* Readers off by less than this share of an error have not read it at all: they are right. */
#define READERS_RIGHT 0.02

static enum mm_confidence confidence_of(double score)
{
    return score >= 0.9 ? MM_CERTAIN : score >= 0.7 ? MM_LIKELY : MM_POSSIBLE;
}

enum mm_verdict_kind say_kind_of(const struct mm_finding *finding)
{
    return finding->verdict != MM_VERDICT_NONE ? finding->verdict : mm_cause_info(finding->cause)->verdict;
}

static const char *part_text(const struct mm_finding *finding, char out[80])
{
    char count[MM_NUM];
    mm_format(out, 80, "the first %s values of dst are those of ", mm_num_count(count, finding->part));
    return out;
}

/* Findings that are about another layer, whose name only the view has. */
static void say_held(const struct mm_triage_view *view, const struct mm_finding *finding,
                     struct mm_verdict *out)
{
    char before[80];
    if (finding->cause == MM_CAUSE_IN_DUMP)
        layer_text_line(view, (uint32_t)finding->layer, "the dump holds ",
                        " here: fused, or written before the dump", out);
    else if (finding->part > 0)
        layer_text_line(view, (uint32_t)finding->layer, part_text(finding, before), "", out);
    else
        layer_text_line(view, (uint32_t)finding->layer, "dst holds the values of ", "", out);
}

/* They have not read these values: none is off by more than a trace of the error. By order alone, none of those that
 * come next. */
static bool readers_are_right(const struct mm_triage_view *view, uint32_t id)
{
    const struct mm_blame *blame = &view->blame[id];
    bool output = view->flow->role[id] & MM_ROLE_OUTPUT;
    bool none = view->flow->known ? blame->readers_mind : output || blame->readers == 0;
    return blame->unread ||
           (!none && !blame->readers_hurt && blame->readers_direct <= READERS_RIGHT * blame->error);
}

/* Softmax does not see an offset, a norm no scale, a mean no order: that such a reader is right tells little. */
static bool is_deaf(const char *op_type)
{
    static const char *const words[] = {"softmax", "norm", "mean", "reduce", "pool",
                                        "max",     "topk", "sort", "sum"};
    for (size_t i = 0; op_type && i < MM_COUNT(words); i++) {
        if (strcasestr(op_type, words[i]))
            return true;
    }
    return false;
}

/* In the graph, one at least would have shown it. */
static bool has_keen_reader(const struct mm_triage_view *view, uint32_t id)
{
    const struct mm_flow *flow = view->flow;
    bool keen = false;
    for (uint32_t e = flow->reader_from[id]; e < flow->reader_from[id + 1] && flow->known; e++) {
        uint32_t reader = flow->reader[e];
        keen = keen ||
               (reader > id && !isnan(view->blame[reader].error) && !is_deaf(view->subjects[reader].op_type));
    }
    return keen;
}

/* Near ties fall otherwise by any rounding: integers accuse an operator only where it was computed again, or where all
 * its inputs are the same on both sides. */
static enum mm_verdict_kind kind_of_integers(const struct mm_triage_view *view, uint32_t id)
{
    const struct mm_blame *blame = &view->blame[id];
    bool same = view->flow->known && blame->worst_input >= 0 && !(blame->input_error > 0);
    if (view->flow->role[id] & MM_ROLE_INPUT)
        return MM_VERDICT_INPUT;
    return blame->own == MM_OWN_WRONG || same ? MM_VERDICT_IMPLEMENTATION : MM_VERDICT_OVER;
}

/* Small values may have become so by what came in: then nothing is certain about the format. */
static enum mm_confidence confidence_in_format(const struct mm_triage_view *view, uint32_t id,
                                               enum mm_confidence confidence)
{
    int32_t input = view->blame[id].worst_input;
    bool over = input >= 0 && view->blame[input].over;
    return over && confidence > MM_POSSIBLE ? MM_POSSIBLE : confidence;
}

void say_finding(const struct mm_triage_view *view, uint32_t id, const struct mm_finding *finding,
                 struct mm_verdict *out)
{
    const struct mm_cause_info *info = mm_cause_info(finding->cause);
    enum mm_verdict_kind kind = say_kind_of(finding);
    unsigned role = view->flow->role[id];
    bool hurt = view->blame[id].readers_hurt;
    if (finding->cause == MM_CAUSE_REORDERED && hurt)
        kind = MM_VERDICT_IMPLEMENTATION; /* another order that a reader minds */
    else if (finding->cause == MM_CAUSE_INTEGERS)
        kind = kind_of_integers(view, id);
    else if (info->at_edges && (role & MM_ROLE_INPUT))
        kind = MM_VERDICT_INPUT;
    else if (info->at_edges && (role & MM_ROLE_OUTPUT))
        kind = MM_VERDICT_OUTPUT;
    say_kind(out, kind, confidence_of(finding->score));
    out->cause = finding->cause;
    if (finding->cause == MM_CAUSE_CANCELLATION)
        out->confidence = MM_LIKELY; /* its score only puts it behind near zero */
    if (kind == MM_VERDICT_FORMAT && view->blame[id].own != MM_OWN_RIGHT)
        out->confidence = confidence_in_format(view, id, out->confidence);
    if (finding->cause == MM_CAUSE_INTEGERS && out->confidence == MM_CERTAIN)
        out->confidence = MM_LIKELY; /* that they differ is certain, whose fault it is not */
    if (finding->cause == MM_CAUSE_STALE || finding->cause == MM_CAUSE_IN_DUMP)
        out->from = finding->layer;
    if (finding->cause == MM_CAUSE_STALE && readers_are_right(view, id)) {
        /* overwritten behind the run, or by the dump */
        say_kind(out, MM_VERDICT_HARMLESS, view->flow->known ? MM_LIKELY : MM_POSSIBLE);
        out->cause = MM_CAUSE_IN_DUMP;
    } else if (has_keen_reader(view, id) && readers_are_right(view, id) &&
               (kind == MM_VERDICT_IMPLEMENTATION || kind == MM_VERDICT_FORMAT)) {
        say_kind(out, MM_VERDICT_HARMLESS, MM_LIKELY); /* whatever it looks like */
    }
    if (out->from >= 0)
        say_held(view, finding, out);
    else
        snprintf(out->text, sizeof out->text, "%s", finding->sentence);
}
