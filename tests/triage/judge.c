#include "judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmtui/session.h"
#include "scene.h"

static bool is_over(const struct mm_result *result)
{
    struct mm_thresholds limit;
    mm_thresholds_defaults(&limit);
    const struct mm_metrics *m = mm_result_judged(result);
    if (result->state == MM_STATE_MISMATCH)
        return true;
    return result->state == MM_STATE_MEASURED &&
           (m->nonfinite_differ || m->diff1 > limit.diff1 || m->diff2 > limit.diff2 ||
            mm_thresholds_over_table(&limit, &result->table));
}

/* The layer of a step; of several runs, the last. */
static int32_t find(const struct mm_session *session, const struct corpus_row *row, const char *step)
{
    char name[SCENE_NAME_SIZE];
    scene_name(row->form, step, false, name);
    for (size_t id = mm_session_count(session); id-- > 0;)
        if (strcmp(mm_session_layer(session, id)->pair->name, name) == 0)
            return (int32_t)id;
    return -1;
}

/* No layer of a clean case may have a verdict beyond what its row allows. Shown: the first such layer, else
 * the first that isn't just fine. */
static void judge_clean(const struct corpus_case *of, const struct mm_session *session, struct judgement *out)
{
    out->is_case = out->cause_right = out->kind_right = true;
    out->kind = MM_VERDICT_OK;
    for (size_t id = 0; out->kind_right && id < mm_session_count(session); id++) {
        const struct mm_layer *layer = mm_session_layer(session, id);
        bool allowed = of->row->kinds >> layer->verdict.kind & 1;
        if (allowed && (out->kind != MM_VERDICT_OK || layer->verdict.kind == MM_VERDICT_UNPAIRED))
            continue;
        out->cause_right = out->kind_right = allowed;
        out->kind = layer->verdict.kind;
        out->cause = layer->verdict.cause;
        out->error = layer->result.metrics.diff2;
        snprintf(out->text, sizeof out->text, "%s: %.60s", layer->label, layer->verdict.text);
    }
}

static void judge_fault(const struct corpus_case *of, const struct mm_session *session, int32_t site,
                        struct judgement *out)
{
    const struct mm_verdict *verdict = &mm_session_layer(session, (size_t)site)->verdict;
    const struct mm_result *result = &mm_session_layer(session, (size_t)site)->result;
    out->is_case = is_over(result);
    out->error = mm_result_judged(result)->diff2;
    for (int32_t id = 0; id < site; id++)
        out->earlier = out->earlier || is_over(&mm_session_layer(session, (size_t)id)->result);
    out->kind = verdict->kind;
    out->cause = verdict->cause;
    out->cause_right = of->row->causes >> verdict->cause & 1;
    out->kind_right = of->row->kinds >> verdict->kind & 1;
    snprintf(out->text, sizeof out->text, "%s", verdict->text);
}

#define SMALL (KIND(OK) | KIND(NOISE) | KIND(HARMLESS))

/* What is harmless or noise is no culprit: where such a verdict is right, so is none. Where the format or its
 * settings may be found wanting though nothing is at fault (INT8 alone), any layer may be named. */
static bool is_first_right(const struct corpus_row *row, int32_t first, int32_t site)
{
    if (first < 0)
        return !row->site || row->kinds & SMALL;
    return row->site ? first == site && row->kinds & ~SMALL : row->kinds & KIND(FORMAT);
}

static void judge_all(const struct corpus_case *of, const struct mm_session *session, struct judgement *out)
{
    int32_t first = mm_session_first_culprit(session),
            site = of->row->site ? find(session, of->row, of->row->site) : -1;
    if (first >= 0)
        snprintf(out->first, sizeof out->first, "%s", mm_session_layer(session, (size_t)first)->label);
    if (!of->row->site)
        judge_clean(of, session, out);
    else if (site >= 0)
        judge_fault(of, session, site, out);
    out->first_right = is_first_right(of->row, first, site);
}

int judge(const struct corpus_case *of, const char *folder, const struct mm_graph *graph,
          struct judgement *out, struct mm_err *err)
{
    struct mm_session_options options;
    mm_session_defaults(&options);
    char *src = mm_path_join(folder, "src"), *dst = mm_path_join(folder, "dst");
    options.src = src;
    options.dst = dst;
    options.jobs = 0;
    options.triage = true;
    options.graph = graph;
    struct mm_session *session = NULL;
    *out = (struct judgement){0};
    int status = src && dst ? mm_session_open(&session, &options, err) : mm_fail_memory(err);
    if (status == 0)
        status = mm_session_start(session, err);
    if (status == 0) {
        mm_session_finish(session, NULL, NULL);
        judge_all(of, session, out);
    }
    mm_session_close(session);
    free(src);
    free(dst);
    return status;
}
