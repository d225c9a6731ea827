/* Verdicts by the scales that dst's values are read by: what they cost, and what shows through those that were fitted. */
#include "triage/scales.h"

#include <math.h>
#include <stdio.h>

#include "base/translate.h"
#include "triage/floor.h"

/* So near to what rounding to the scales that dst has must cost, it is what they cost. */
#define SCALES_FACTOR 1.25
/* And it is the most of the error. */
#define SCALES_SHARE 0.7
/* Values beyond the range are worth naming when they cost more than rounding does, and are so many. */
#define CLIPPED_LEAST 0.0005
/* A setting is worth naming when it halves the error (6 dB). */
#define SETTING_GAIN 2.0
/* Findings of this score stand out: in clean int8 runs none was above 0.4. */
#define SCORE_STANDS_OUT 0.7

/* Codes without a zero point to speak of. */
static bool is_symmetric(const struct mm_scales *scales)
{
    const struct mm_dtype_info *codes = mm_dtype_info(scales->dtype);
    double middle = codes->kind == MM_KIND_UINT ? (codes->highest + 1) / 2 : 0;
    double zero = scales->zero_point ? scales->zero_point[0] : 0;
    return fabs(zero - middle) <= 1;
}

bool scales_explain(const struct mm_triage_view *view, uint32_t id)
{
    const struct mm_evidence *evidence = view->subjects[id].evidence;
    const struct mm_blame *blame = &view->blame[id];
    const struct mm_pair_scales *scales = view->subjects[id].pair->scales;
    bool told = evidence && evidence->scales_cost > 0 && scales->source != MM_SCALES_FITTED;
    bool explains = told && isfinite(blame->error) &&
                    blame->introduced <= SCALES_FACTOR * evidence->scales_cost &&
                    evidence->scales_cost >= SCALES_SHARE * blame->error;
    return explains;
}

/* The least that integers of this width cost with one scale; NULL: nobody looked. */
static const struct mm_whatif *best_setting(const struct mm_evidence *evidence)
{
    const struct mm_whatif *best = NULL;
    for (size_t i = 0; i < evidence->floors; i++) {
        const struct mm_whatif *here = &evidence->floor[i];
        bool integer = mm_dtype_info(here->setting.dtype)->kind == MM_KIND_INT && !here->setting.per_channel;
        if (integer && (!best || here->metrics.diff2 < best->metrics.diff2))
            best = here;
    }
    return best;
}

/* Most of it is by what lies beyond their range, or by their steps. */
enum mm_verdict_kind scales_verdict(const struct mm_triage_view *view, uint32_t id, enum mm_cause_id *cause,
                                    char *text, size_t size)
{
    const struct mm_evidence *evidence = view->subjects[id].evidence;
    const struct mm_pair_scales *from = view->subjects[id].pair->scales;
    double steps = floor_of_scales(&from->scales, &view->subjects[id].result->metrics.src);
    const struct mm_whatif *better = best_setting(evidence);
    char a[MM_NUM], b[MM_NUM];
    bool range = evidence->scales_clipped >= CLIPPED_LEAST && evidence->scales_cost > SETTING_GAIN * steps;
    bool coarse = better && SETTING_GAIN * better->metrics.diff2 < evidence->scales_cost;
    const char *cost = mm_num_short(a, evidence->scales_cost, 2);
    bool one_sided = coarse && better->setting.asymmetric && is_symmetric(&from->scales);
    *cause = range       ? MM_CAUSE_SATURATION
             : one_sided ? MM_CAUSE_ONE_SIDED
             : coarse    ? MM_CAUSE_NONE
                         : MM_CAUSE_ROUNDING;
    const char *where = mm_scales_source_text(from->source);
    if (range)
        mm_format(text, size, "the range cuts off %s %% of src, which costs %s (%s)",
                  mm_num_short(b, 100 * evidence->scales_clipped, 2), cost, where);
    else if (coarse)
        mm_format(text, size, "the scale costs %s, %s %s would %s (%s)", cost,
                  better->setting.asymmetric ? "asymmetric" : "symmetric",
                  mm_range_word(better->setting.range), mm_num_short(b, better->metrics.diff2, 2), where);
    else
        mm_format(text, size, "its scale can't do better than %s here (%s)", cost, where);
    return range || coarse ? MM_VERDICT_SETTINGS : MM_VERDICT_FORMAT;
}

/* What moves values about. */
static bool is_moved(enum mm_cause_id cause)
{
    return cause >= MM_CAUSE_CHANNELS_REVERSED && cause <= MM_CAUSE_CROPPED;
}

bool scales_fitted(const struct mm_triage_view *view, uint32_t id)
{
    const struct mm_pair_scales *scales = view->subjects[id].pair->scales;
    return scales && scales->source == MM_SCALES_FITTED;
}

bool scales_show(const struct mm_triage_view *view, uint32_t id, const struct mm_finding *finding)
{
    static const enum mm_cause_id causes[] = {MM_CAUSE_STALE,  MM_CAUSE_UNWRITTEN, MM_CAUSE_LOST_ROWS,
                                              MM_CAUSE_BLOCKS, MM_CAUSE_REORDERED, MM_CAUSE_IN_DUMP};
    if (is_moved(finding->cause) || finding->cause == MM_CAUSE_ZERO || finding->cause == MM_CAUSE_CONSTANT)
        return finding->score >= SCORE_STANDS_OUT;
    for (size_t i = 0; i < MM_COUNT(causes); i++) {
        if (finding->cause == causes[i])
            return !view->subjects[id].pair->scales->unsure;
    }
    return false;
}
