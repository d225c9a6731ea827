/* What dst's integers stand for where no quantised model says it: scales.json beside them, or told from the values. */
#include "session/state.h"

#include <stdlib.h>
#include <string.h>

#include "compare/code_fit.h"

/* ---- scales.json ------------------------------------------------------------------------------------------------ */

/* Why they don't fit the tensor; NULL: they do. Zero points lie inside the type, or it was no such type. */
static const char *misfit(const struct mm_scales *scales, const struct mm_info *dst)
{
    const struct mm_dtype_info *codes = mm_dtype_info(dst->dtype);
    if (codes->kind != MM_KIND_INT && codes->kind != MM_KIND_UINT)
        return NULL; /* floats are compared as they are */
    if (scales->count > 1 &&
        (scales->axis >= dst->shape.rank || dst->shape.dim[scales->axis] != scales->count))
        return "not as many scales as the axis has places";
    for (int64_t i = 0; scales->zero_point && i < scales->count; i++) {
        if (scales->zero_point[i] < codes->lowest || scales->zero_point[i] > codes->highest)
            return "a zero point that is no code of the tensor's type";
    }
    return NULL;
}

/* Also the type of the codes, which the header tells. */
static const char *misfit_of(const struct mm_session *session, size_t i, struct mm_scales *scales)
{
    struct mm_result result;
    mm_measure_header(&session->pairs->pair[i], session->src->schema, &result);
    const char *why = result.dst.known ? misfit(scales, &result.dst) : NULL;
    enum mm_kind kind = mm_dtype_info(result.dst.dtype)->kind;
    if (result.dst.known && (kind == MM_KIND_INT || kind == MM_KIND_UINT))
        scales->dtype = result.dst.dtype;
    mm_result_done(&result);
    return why;
}

static void say_misfit(struct mm_session *session, const char *path, const char *name, const char *why)
{
    struct mm_buf text = {0};
    mm_buf_printf(&text, "%s: \"", path);
    mm_text_escape(&text, name, strnlen(name, 80));
    mm_buf_printf(&text, "\": %s: not used.", why);
    session_note(session, &text);
}

static int attach_file(struct mm_session *session, const char *path, const struct mm_model_match *match,
                       struct mm_err *err)
{
    const struct mm_pairs *pairs = session->pairs;
    struct quantised_state *quantised = &session->quantised;
    for (size_t i = 0; i < pairs->count; i++) {
        const struct mm_pair *pair = &pairs->pair[i];
        if (match->tensor[i] < 0 || pair->scales || !pair->src || !pair->dst)
            continue;
        const struct mm_named_scales *named = &quantised->file.tensor[match->tensor[i]];
        struct mm_scales here = named->scales;
        const char *why = misfit_of(session, i, &here);
        struct mm_pair_scales *scales = why ? NULL : mm_arena_alloc(&quantised->arena, sizeof *scales);
        if (why) {
            say_misfit(session, path, named->name, why);
            continue;
        }
        if (!scales)
            return mm_fail_memory(err);
        *scales = (struct mm_pair_scales){.scales = here, .source = MM_SCALES_FILE};
        mm_pairs_scales(session->pairs, i, scales);
    }
    return 0;
}

/* dst's own name, for those that the shared one did not find. */
static const char *own_name(void *context, size_t i)
{
    const struct mm_session *session = context;
    const struct mm_pair *pair = &session->pairs->pair[i];
    return pair->dst ? pair->dst->parsed.name : "";
}

static int match_file(struct mm_session *session, const char *path, struct mm_err *err)
{
    const struct mm_scales_file *file = &session->quantised.file;
    const struct mm_pairs *pairs = session->pairs;
    struct mm_order_names names = {.name = calloc(file->count + 1, sizeof *names.name), .count = file->count};
    struct mm_graph *graph = NULL;
    struct mm_model_match match = {0};
    if (!names.name)
        return mm_fail_memory(err);
    for (size_t i = 0; i < file->count; i++)
        names.name[i] = file->tensor[i].name;
    int result = order_graph_of_names(&graph, &names, path, err);
    free(names.name);
    if (result == 0)
        result = mm_model_match_open(&match, graph, pairs->pair, pairs->count, err);
    if (result == 0)
        result = mm_model_match_more(&match, graph, pairs->pair, own_name, session, err);
    if (result == 0)
        result = attach_file(session, path, &match, err);
    mm_model_match_done(&match);
    mm_graph_close(graph);
    return result;
}

/* One that can't be read is said, and passed over: nobody has asked for it. */
int scales_from_file(struct mm_session *session, struct mm_err *err)
{
    struct mm_err why = {MM_OK, ""};
    char *path = mm_scales_file_in(session->dst);
    int result = 0;
    if (!path)
        return 0;
    if (mm_scales_file_read(&session->quantised.file, path, &why) == 0) {
        result = match_file(session, path, err);
    } else if (why.code == MM_ENOMEM) {
        result = mm_fail_memory(err);
    } else {
        struct mm_buf text = {0};
        mm_buf_printf(&text, "%s: not used.", why.text);
        session_note(session, &text);
    }
    free(path);
    return result;
}

/* ---- from the values -------------------------------------------------------------------------------------------- */

#define LOOKED_AT                                                                                            \
    64 /* pairs, spread over the dump, whose headers tell whether there are integers of that kind */
#define RAW_LEAST 3 /* so many tensors are no accident of one operator */
#define RAW_FEW   2 /* so many are enough where all others hold integers as well, which no scale fits */

static bool may_be_raw(const struct mm_session *session, size_t i)
{
    const struct mm_pair *pair = &session->pairs->pair[i];
    struct mm_result result;
    if (!pair->src || !pair->dst || pair->scales)
        return false;
    mm_measure_header(pair, session->src->schema, &result);
    const struct mm_dtype_info *dst = mm_dtype_info(result.dst.dtype);
    bool codes = (dst->kind == MM_KIND_INT || dst->kind == MM_KIND_UINT) && dst->bits <= 8;
    bool raw = result.src.known && result.dst.known && codes &&
               mm_dtype_info(result.src.dtype)->kind == MM_KIND_FLOAT;
    mm_result_done(&result);
    return raw;
}

static bool any_raw(const struct mm_session *session)
{
    size_t count = session->pairs->count, step = count / LOOKED_AT + 1;
    for (size_t i = 0; i < count; i += step) {
        if (may_be_raw(session, i))
            return true;
    }
    return false;
}

/* NULL without memory. */
static struct mm_pair_scales *fitted_scales(struct mm_arena *arena, const struct code_fit *fit,
                                            enum mm_dtype dtype)
{
    struct mm_pair_scales *scales = mm_arena_alloc(arena, sizeof *scales);
    double *numbers = mm_arena_array(arena, 2, sizeof *numbers);
    if (!scales || !numbers)
        return NULL;
    numbers[0] = fit->scale;
    numbers[1] = fit->zero_point;
    *scales = (struct mm_pair_scales){
        .scales = {.count = 1, .scale = &numbers[0], .zero_point = &numbers[1], .dtype = dtype},
        .source = MM_SCALES_FITTED,
        .unsure = fit->kind != CODE_FIT_GOOD};
    return scales;
}

static int fit_all(struct mm_session *session, struct mm_pair_scales **fitted, size_t *count,
                   struct mm_err *err)
{
    const struct mm_pairs *pairs = session->pairs;
    *count = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        struct code_fit fit;
        enum mm_dtype dtype;
        if (pairs->pair[i].scales || !code_fit_pair(&pairs->pair[i], session->src->schema, &fit, &dtype) ||
            fit.kind == CODE_FIT_NUMBERS)
            continue;
        fitted[i] = fitted_scales(&session->quantised.arena, &fit, dtype);
        if (!fitted[i])
            return mm_fail_memory(err);
        *count += !fit.few && !fit.permuted && fit.kind != CODE_FIT_NONE;
    }
    return 0;
}

/* Is it known from elsewhere that this is a dump of integers? */
static bool any_scales(const struct mm_session *session)
{
    for (size_t i = 0; i < session->pairs->count; i++) {
        if (session->pairs->pair[i].scales)
            return true;
    }
    return false;
}

static bool is_float_pair(const struct mm_session *session, size_t i)
{
    const struct mm_pair *pair = &session->pairs->pair[i];
    struct mm_result result;
    if (!pair->src || !pair->dst)
        return false;
    mm_measure_header(pair, session->src->schema, &result);
    bool is_float = result.src.known && mm_dtype_info(result.src.dtype)->kind == MM_KIND_FLOAT;
    mm_result_done(&result);
    return is_float;
}

/* Three at least, and no tensor whose values are floats in src is anything else in dst. */
static bool all_codes(const struct mm_session *session, struct mm_pair_scales *const *fitted)
{
    size_t codes = 0;
    for (size_t i = 0; i < session->pairs->count; i++) {
        codes += fitted[i] != NULL;
        if (!fitted[i] && is_float_pair(session, i))
            return false;
    }
    return codes >= RAW_LEAST;
}

int scales_from_values(struct mm_session *session, struct mm_err *err)
{
    size_t count = session->pairs->count, raw = 0;
    if (!any_raw(session))
        return 0;
    struct mm_pair_scales **fitted = calloc(count + 1, sizeof *fitted);
    int result = fitted ? fit_all(session, fitted, &raw, err) : mm_fail_memory(err);
    bool told = any_scales(session) || (result == 0 && raw >= RAW_FEW && all_codes(session, fitted));
    for (size_t i = 0; result == 0 && i < count && (raw >= RAW_LEAST || told); i++) {
        if (fitted[i])
            mm_pairs_scales(session->pairs, i, fitted[i]);
    }
    free(fitted);
    return result;
}

struct mm_pair_scales *scales_fit(struct mm_session *session, const struct mm_pair *pair)
{
    struct code_fit fit;
    enum mm_dtype dtype;
    if (!code_fit_pair(pair, session->src->schema, &fit, &dtype) || fit.kind == CODE_FIT_NUMBERS)
        return mm_arena_alloc(&session->quantised.arena, sizeof(struct mm_pair_scales));
    return fitted_scales(&session->quantised.arena, &fit, dtype);
}

void scales_fit_again(struct mm_session *session, size_t id)
{
    const struct mm_pair *pair = session->layers[id].pair;
    if (!pair->scales || pair->scales->source != MM_SCALES_FITTED)
        return;
    struct mm_pair_scales *scales = scales_fit(session, pair);
    mm_pairs_scales(session->pairs, id, scales && scales->scales.count ? scales : NULL);
}
