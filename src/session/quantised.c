/* What the quantised model that dst ran says of dst's tensors: their scales, and whose results they are. */
#include "session/state.h"

#include <stdlib.h>
#include <string.h>

#include "base/translate.h"

/* ---- dst's names in the quantised model ------------------------------------------------------------------------- */

/* Behind names that the model does not have as they are: a dump may call the integers by their layer's name. */
static const char *const endings[] = {"", "_quantized", "_QuantizeLinear_Output", "_DequantizeLinear_Output"};

static const char *dst_name(const struct mm_session *session, const struct mm_pair *pair)
{
    if (!pair->dst)
        return "";
    return session->pairs->numbered && !pair->how ? pair->name : pair->dst->parsed.name;
}

/* The names of what was not found yet, with this ending; "" for the others. */
static int fill_names(const struct mm_session *session, const char *ending, struct mm_arena *arena,
                      const char **names)
{
    const struct mm_pairs *pairs = session->pairs;
    struct mm_buf text = {0};
    for (size_t i = 0; i < pairs->count; i++) {
        const char *name = session->quantised.tensor[i] < 0 ? dst_name(session, &pairs->pair[i]) : "";
        mm_buf_clear(&text);
        mm_buf_printf(&text, "%s%s", name, *name ? ending : "");
        names[i] = text.failed ? NULL : mm_arena_strdup(arena, mm_buf_text(&text));
        if (!names[i])
            break;
    }
    bool failed = text.failed || (pairs->count && !names[pairs->count - 1]);
    mm_buf_done(&text);
    return failed ? -1 : 0;
}

static int find_names(struct mm_session *session, const char *ending, const char **names, struct mm_err *err)
{
    struct mm_arena arena;
    struct mm_graph_matches found;
    size_t count = session->pairs->count;
    mm_arena_init(&arena);
    int result = fill_names(session, ending, &arena, names) < 0
                     ? mm_fail_memory(err)
                     : mm_graph_match(session->options.dst_graph, names, count, MM_RUNGS_ALL, &found, err);
    for (size_t i = 0; result == 0 && i < count; i++) {
        if (found.match[i].tensor >= 0)
            session->quantised.tensor[i] = found.match[i].tensor;
    }
    if (result == 0)
        mm_graph_matches_done(&found);
    mm_arena_done(&arena);
    return result;
}

static int find_tensors(struct mm_session *session, struct mm_err *err)
{
    struct quantised_state *quantised = &session->quantised;
    const struct mm_pairs *pairs = session->pairs;
    const char **names = calloc(pairs->count + 1, sizeof *names);
    quantised->tensor = calloc(pairs->count + 1, sizeof *quantised->tensor);
    int result = names && quantised->tensor ? 0 : mm_fail_memory(err);
    for (size_t i = 0; result == 0 && i < pairs->count; i++)
        quantised->tensor[i] = -1;
    for (size_t k = 0; k < MM_COUNT(endings) && result == 0; k++)
        result = find_names(session, endings[k], names, err);
    for (size_t i = 0; result == 0 && i < pairs->count; i++) {
        bool both = pairs->pair[i].src && pairs->pair[i].dst;
        quantised->asked += both;
        quantised->known += both && quantised->tensor[i] >= 0;
    }
    free(names);
    return result;
}

/* ---- all of it -------------------------------------------------------------------------------------------------- */

/* "The quantised model knows 3 of 20 tensors of dst, less than half: it is not used." */
static bool give_up(struct mm_session *session)
{
    struct quantised_state *quantised = &session->quantised;
    struct mm_buf text = {0};
    bool any = mm_quantisation_any(quantised->facts);
    bool known = quantised->known > 0 && 2 * quantised->known >= quantised->asked;
    if (any && known)
        return false;
    if (!any)
        mm_buf_say(&text, "Nothing is quantised in the model given as --dst-model: it is not used.");
    else
        mm_buf_printf(&text,
                      "The quantised model knows %zu of %zu tensors of dst, less than half: it is not used.",
                      quantised->known, quantised->asked);
    session_note(session, &text);
    mm_quantisation_close(quantised->facts);
    free(quantised->tensor);
    quantised->facts = NULL;
    quantised->tensor = NULL;
    return true;
}

static int attach(struct mm_session *session, struct mm_err *err)
{
    struct quantised_state *quantised = &session->quantised;
    const struct mm_pairs *pairs = session->pairs;
    for (size_t i = 0; i < pairs->count; i++) {
        if (quantised->tensor[i] < 0 || !pairs->pair[i].src || !pairs->pair[i].dst)
            continue;
        const struct mm_quantised_tensor *facts = &quantised->facts->tensor[quantised->tensor[i]];
        struct mm_pair_scales *scales =
            facts->scales.count ? mm_arena_alloc(&quantised->arena, sizeof *scales) : NULL;
        if (facts->scales.count && !scales)
            return mm_fail_memory(err);
        if (!scales)
            continue;
        *scales = (struct mm_pair_scales){
            .scales = facts->scales, .source = MM_SCALES_MODEL, .rounds = facts->rounds};
        mm_pairs_scales(session->pairs, i, scales);
    }
    return 0;
}

static int apply_model(struct mm_session *session, struct mm_err *err)
{
    struct quantised_state *quantised = &session->quantised;
    if (mm_quantisation_open(&quantised->facts, session->options.dst_graph, err) < 0 ||
        find_tensors(session, err) < 0)
        return -1;
    if (give_up(session))
        return 0;
    if (mm_graph_weights_open(&quantised->weights, session->options.dst_graph, NULL) < 0)
        quantised->weights = NULL;
    return attach(session, err);
}

int quantised_apply(struct mm_session *session, struct mm_err *err)
{
    if (session->options.dst_graph && apply_model(session, err) < 0)
        return -1;
    if (simulated_facts_find(session, err) < 0 || scales_from_file(session, err) < 0 ||
        scales_from_values(session, err) < 0)
        return -1;
    fold_apply(session);
    return 0;
}

void quantised_shard(struct mm_session *session)
{
    int32_t *tensor = session->quantised.tensor;
    const struct mm_pairs *pairs = session->pairs;
    for (size_t i = 0; tensor && i < pairs->count; i++)
        tensor[i] = tensor[pairs->pair[i].place]; /* in the whole list: i or later */
    struct simulated_facts *simulated = session->quantised.simulated;
    for (size_t i = 0; simulated && i < pairs->count; i++)
        simulated[i] = simulated[pairs->pair[i].place];
}

void quantised_done(struct mm_session *session)
{
    struct quantised_state *quantised = &session->quantised;
    mm_quantisation_close(quantised->facts);
    mm_graph_weights_close(quantised->weights);
    free(quantised->tensor);
    free(quantised->simulated);
    mm_scales_file_done(&quantised->file);
    mm_arena_done(&quantised->arena);
}

const struct mm_quantised_tensor *quantised_facts(const struct mm_session *session, size_t id)
{
    const struct quantised_state *quantised = &session->quantised;
    if (quantised->facts)
        return quantised->tensor[id] >= 0 ? &quantised->facts->tensor[quantised->tensor[id]] : NULL;
    return quantised->simulated && quantised->simulated[id].known ? &quantised->simulated[id].facts : NULL;
}

enum mm_dtype quantised_reads(const struct mm_session *session, size_t id)
{
    const struct simulated_facts *simulated = session->quantised.simulated;
    return simulated ? simulated[id].reads : MM_DTYPE_NONE;
}

enum mm_dtype quantised_storage(const struct mm_session *session, size_t id)
{
    const struct simulated_facts *simulated = session->quantised.simulated;
    return simulated ? simulated[id].storage : MM_DTYPE_NONE;
}

void quantised_weights(const struct mm_session *session, size_t id, struct mm_recompute *what)
{
    const struct quantised_state *quantised = &session->quantised;
    const struct mm_quantised_tensor *facts = quantised_facts(session, id);
    if (!facts || facts->simulated || !facts->weight_codes || !quantised->weights)
        return;
    what->dst_weights = quantised->weights;
    what->dst_codes = facts->weight_codes - 1;
    what->dst_scales = &quantised->facts->tensor[what->dst_codes].scales;
}

/* ---- in words --------------------------------------------------------------------------------------------------- */

enum mm_dequantised mm_layer_dequantised(const struct mm_layer *layer)
{
    if (!layer->result.src.known || !layer->result.dst.known)
        return MM_DEQUANTISED_NO;
    return mm_pair_dequantised(layer->pair, layer->result.src.dtype, layer->result.dst.dtype);
}

/* "scale 0.0123, zero point 114", "a scale for each place on axis 0, 0.001 to 0.2" */
static void put_scales(const struct mm_scales *scales, struct mm_buf *out)
{
    char a[MM_NUM], b[MM_NUM];
    double low = scales->scale[0], high = low;
    for (int64_t i = 1; i < scales->count; i++) {
        low = scales->scale[i] < low ? scales->scale[i] : low;
        high = scales->scale[i] > high ? scales->scale[i] : high;
    }
    if (scales->count > 1)
        mm_buf_printf(out, "a scale for each of %lld places on axis %d, %s to %s", (long long)scales->count,
                      scales->axis, mm_num_short(a, low, 3), mm_num_short(b, high, 3));
    else
        mm_buf_printf(out, "scale %s, zero point %s", mm_num_short(a, low, 4),
                      mm_num_short(b, scales->zero_point ? scales->zero_point[0] : 0, 4));
}

/* The type of a side whose numbers are elements of blocks, compared with values of another; or NONE. */
static enum mm_dtype bare_elements(const struct mm_info *side, const struct mm_info *other)
{
    bool bare =
        side->known && other->known && side->dtype != other->dtype && mm_dtype_is_element(side->dtype);
    return bare ? side->dtype : MM_DTYPE_NONE;
}

bool mm_layer_scales_text(const struct mm_layer *layer, struct mm_buf *out)
{
    enum mm_dequantised how = mm_layer_dequantised(layer);
    enum mm_dtype element = bare_elements(&layer->result.dst, &layer->result.src);
    if (element) {
        mm_buf_printf(out, "%s elements of blocks, without their scales", mm_dtype_info(element)->name);
        return true;
    }
    if (how == MM_DEQUANTISED_NO)
        return false;
    if (how == MM_DEQUANTISED_CODES)
        mm_buf_printf(out, "raw %s, dequantised: ", mm_dtype_info(layer->result.dst.dtype)->name);
    else
        mm_buf_printf(out, "rounded to %s as its readers have it: ",
                      mm_dtype_info(layer->pair->scales->scales.dtype)->name);
    put_scales(&layer->pair->scales->scales, out);
    mm_buf_printf(out, " (%s%s)", mm_scales_source_text(layer->pair->scales->source),
                  layer->pair->scales->unsure ? ", a guess: dst is too far off" : "");
    return true;
}

/* Counts by where the scales are from. */
struct raw_counts {
    size_t all, from[MM_SCALES_SOURCES];
    enum mm_dtype dtype; /* of all of them, or NONE */
};

static void count_raw(const struct mm_session *session, struct raw_counts *counts)
{
    *counts = (struct raw_counts){.dtype = MM_DTYPE_NONE};
    for (size_t id = 0; id < session->pairs->count; id++) {
        if (mm_layer_dequantised(&session->layers[id]) != MM_DEQUANTISED_CODES)
            continue;
        enum mm_dtype dtype = session->layers[id].result.dst.dtype;
        counts->dtype = counts->all == 0 || counts->dtype == dtype ? dtype : MM_DTYPE_NONE;
        counts->all++;
        counts->from[session->layers[id].pair->scales->source]++;
    }
}

/* "2 tensors of dst hold f4e2m1 ...", behind what is there. */
static void put_elements(const struct mm_session *session, bool of_src, struct mm_buf *out)
{
    enum mm_dtype of_all = MM_DTYPE_NONE;
    size_t count = 0;
    for (size_t id = 0; id < session->pairs->count; id++) {
        const struct mm_result *result = &session->layers[id].result;
        enum mm_dtype dtype =
            of_src ? bare_elements(&result->src, &result->dst) : bare_elements(&result->dst, &result->src);
        if (dtype == MM_DTYPE_NONE)
            continue;
        of_all = count == 0 || of_all == dtype ? dtype : MM_DTYPE_NONE;
        count++;
    }
    if (count == 0)
        return;
    mm_buf_printf(
        out,
        "%s%zu %s of %s %s %s, elements of blocks (MX, NVFP4) without the scales: their figures are of the "
        "elements, not of values. Dump them multiplied by their scales.",
        out->length ? " " : "", count, count == 1 ? "tensor" : "tensors", of_src ? "src" : "dst",
        count == 1 ? "holds" : "hold", of_all ? mm_dtype_info(of_all)->name : "floats of 4 and 6 bits");
}

/* "16 tensors of dst hold raw u8 ..." */
static void put_integers(const struct mm_session *session, struct mm_buf *out)
{
    struct raw_counts counts;
    const char *between = "";
    count_raw(session, &counts);
    if (counts.all == 0)
        return;
    mm_buf_printf(out, "%zu %s of dst %s raw %s: dequantised by scales ", counts.all,
                  counts.all == 1 ? "tensor" : "tensors", counts.all == 1 ? "holds" : "hold",
                  counts.dtype ? mm_dtype_info(counts.dtype)->name : "integers");
    for (int source = 0; source < MM_SCALES_SOURCES; source++) {
        if (!counts.from[source])
            continue;
        mm_buf_printf(out, "%s%s", between,
                      source == MM_SCALES_FITTED ? "fitted to src"
                                                 : mm_scales_source_text((enum mm_scales_source)source));
        if (counts.from[source] < counts.all)
            mm_buf_printf(out, " (%zu)", counts.from[source]);
        between = ", ";
    }
    mm_buf_say(out, ".");
    if (counts.from[MM_SCALES_FITTED])
        mm_buf_say(out,
                   " A fit takes up a wrong scale or offset of dst: --dst-model, or a scales.json in dst's "
                   "folder, shows these.");
}

void mm_session_raw_text(const struct mm_session *session, struct mm_buf *out)
{
    struct mm_buf text = {0};
    put_integers(session, &text);
    put_elements(session, true, &text);
    put_elements(session, false, &text);
    mm_buf_add(out, mm_buf_text(&text), text.length);
    mm_buf_done(&text);
}
