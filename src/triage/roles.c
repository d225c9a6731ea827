#include "triage/roles.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* Op types that are the network's inputs, the part behind the last '.' or ':'. */
static const char *const input_types[] = {"input", "placeholder", "parameter", "param", "data", "feed"};

static bool is_input_type(const char *op_type)
{
    const char *end = op_type + strlen(op_type);
    while (end > op_type && end[-1] != '.' && end[-1] != ':')
        end--;
    for (size_t i = 0; i < MM_COUNT(input_types); i++) {
        if (strcasecmp(end, input_types[i]) == 0)
            return true;
    }
    return false;
}

static bool paired(const struct mm_subject *subject)
{
    return subject->pair->src && subject->pair->dst;
}

static unsigned role_by_graph(const struct mm_flow *flow, const struct mm_graph *graph, size_t layer)
{
    if (!graph || flow->tensor[layer] < 0)
        return MM_ROLE_INNER;
    const struct mm_graph_tensor *tensor = &graph->tensors[flow->tensor[layer]];
    bool input = (tensor->flags & MM_GRAPH_INPUT) && !(tensor->flags & MM_GRAPH_CONSTANT);
    return (input ? MM_ROLE_INPUT : 0) | (tensor->flags & MM_GRAPH_OUTPUT ? MM_ROLE_OUTPUT : 0);
}

static unsigned role_by_header(const struct mm_result *result)
{
    unsigned role = MM_ROLE_INNER;
    if ((result->src.known && result->src.is_output) || (result->dst.known && result->dst.is_output))
        role |= MM_ROLE_OUTPUT;
    if ((result->src.known && is_input_type(result->src.op_type)) ||
        (result->dst.known && is_input_type(result->dst.op_type)))
        role |= MM_ROLE_INPUT;
    return role;
}

/* Nothing says what the inputs (outputs) are: the first (last) pair is the best guess there is. */
static void guess(const struct mm_flow *flow, const struct mm_subject *subjects, unsigned char *role,
                  unsigned seen)
{
    size_t first = flow->count, last = flow->count;
    for (size_t i = 0; i < flow->count; i++) {
        if (!paired(&subjects[i]) || mm_flow_is_stranger(flow, i))
            continue;
        first = first == flow->count ? i : first;
        last = i;
    }
    if (first < flow->count && !(seen & MM_ROLE_INPUT))
        role[first] |= MM_ROLE_INPUT;
    if (last < flow->count && !(seen & MM_ROLE_OUTPUT))
        role[last] |= MM_ROLE_OUTPUT;
}

void roles_find(const struct mm_flow *flow, const struct mm_subject *subjects, const struct mm_graph *graph,
                unsigned char *role)
{
    unsigned seen = 0;
    for (size_t i = 0; i < flow->count; i++) {
        role[i] = (unsigned char)(role_by_graph(flow, graph, i) | role_by_header(subjects[i].result));
        if (paired(&subjects[i]))
            seen |= role[i];
    }
    if (flow->ordered)
        guess(flow, subjects, role, seen);
}

/* ---- quantised ---- */

/* What runtimes and exporters put behind a tensor's name for its integers. */
static const char *const suffixes[] = {
    "_quantized", "_quantised", "_QuantizeLinear", "_QuantizeLinear_Output",
    "_quant",     "_int8",      "_uint8",          "_q"};

static bool is_narrow_integer(const struct mm_info *info)
{
    const struct mm_dtype_info *dtype = mm_dtype_info(info->known ? info->dtype : MM_DTYPE_NONE);
    return (dtype->kind == MM_KIND_INT || dtype->kind == MM_KIND_UINT) && dtype->bits <= 16;
}

static bool is_unsigned(const struct mm_info *info)
{
    return info->known && mm_dtype_info(info->dtype)->kind == MM_KIND_UINT;
}

static bool stored_in_integers(const struct mm_result *result)
{
    return is_narrow_integer(&result->dst) && result->src.known &&
           mm_dtype_info(result->src.dtype)->kind == MM_KIND_FLOAT;
}

/* Does `name` say "the integers of `of`"? */
static bool is_companion(const char *name, const char *of, size_t length)
{
    if (strncmp(name, of, length) != 0)
        return false;
    for (size_t i = 0; i < MM_COUNT(suffixes); i++) {
        if (strcasecmp(name + length, suffixes[i]) == 0)
            return true;
    }
    return false;
}

/* Index of names, so that a companion finds its tensor without a search through all. */
struct names {
    uint32_t *slot; /* layer + 1; 0: free */
    size_t mask;
};

static size_t hash(const char *text, size_t length)
{
    uint64_t h = 1469598103934665603u; /* FNV-1a */
    for (size_t i = 0; i < length; i++)
        h = (h ^ (unsigned char)text[i]) * 1099511628211u;
    return (size_t)(h ^ h >> 32);
}

static int names_init(struct names *names, const struct mm_subject *subjects, size_t count,
                      struct mm_arena *arena)
{
    size_t slots = 16;
    while (slots < 2 * count)
        slots *= 2;
    names->slot = mm_arena_array(arena, slots, sizeof *names->slot);
    names->mask = slots - 1;
    for (size_t i = 0; names->slot && i < count; i++) {
        const char *name = subjects[i].pair->name;
        size_t at = hash(name, strlen(name)) & names->mask;
        if (!paired(&subjects[i]))
            continue;
        while (names->slot[at])
            at = (at + 1) & names->mask;
        names->slot[at] = (uint32_t)i + 1;
    }
    return names->slot ? 0 : -1;
}

/* Marks the layers of which the dst-only tensor `name` has the integers. */
static void mark_owner(const struct names *names, const struct mm_subject *subjects, const char *name,
                       unsigned char bits, unsigned char *quantised)
{
    for (size_t cut = strlen(name); cut > 0; cut--) {
        if (name[cut - 1] != '_')
            continue;
        size_t length = cut - 1;
        for (size_t at = hash(name, length) & names->mask; names->slot[at]; at = (at + 1) & names->mask) {
            size_t layer = names->slot[at] - 1;
            const char *of = subjects[layer].pair->name;
            if (strlen(of) == length && is_companion(name, of, length))
                quantised[layer] |= bits;
        }
    }
}

/* Codes that are not laid symmetrically about 0: unsigned ones, and signed ones of a zero point off the middle. */
static bool is_asymmetric(const struct mm_scales *scales)
{
    if (mm_dtype_info(scales->dtype)->kind == MM_KIND_UINT)
        return true;
    for (int64_t c = 0; scales->zero_point && c < scales->count; c++) {
        if (fabs(scales->zero_point[c]) > 1)
            return true;
    }
    return false;
}

/* What the quantised model says stands, whatever names and dtypes look like. */
static unsigned char bits_of_facts(const struct mm_quantised_tensor *facts)
{
    unsigned bits = facts->parts & MM_PART_RESULT ? MM_QUANTISED_RESULT : 0;
    if (bits && facts->scales.count && is_asymmetric(&facts->scales))
        bits |= MM_QUANTISED_UNSIGNED;
    return (unsigned char)(bits | (facts->parts & MM_PART_INPUT ? MM_QUANTISED_INPUT : 0));
}

int quantised_find(const struct mm_flow *flow, const struct mm_subject *subjects, unsigned char *quantised)
{
    struct mm_arena arena;
    struct names names;
    mm_arena_init(&arena);
    int result = names_init(&names, subjects, flow->count, &arena);
    for (size_t i = 0; result == 0 && i < flow->count; i++) {
        const struct mm_info *dst = &subjects[i].result->dst;
        unsigned char bits = MM_QUANTISED_RESULT | (is_unsigned(dst) ? MM_QUANTISED_UNSIGNED : 0);
        if (stored_in_integers(subjects[i].result))
            quantised[i] |= bits;
        if (!subjects[i].pair->src && is_narrow_integer(dst))
            mark_owner(&names, subjects, subjects[i].pair->name, bits, quantised);
    }
    for (size_t i = 0; result == 0 && i < flow->count; i++) {
        if (subjects[i].facts)
            quantised[i] = bits_of_facts(subjects[i].facts);
    }
    for (size_t i = 0; result == 0 && flow->known && i < flow->count; i++) {
        for (uint32_t e = flow->input_from[i]; e < flow->input_from[i + 1]; e++) {
            if (quantised[flow->input[e]] & MM_QUANTISED_RESULT)
                quantised[i] |= MM_QUANTISED_INPUT;
        }
    }
    mm_arena_done(&arena);
    return result;
}
