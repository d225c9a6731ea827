/* How dst's integers are read: words, and which pairs that is about. */
#include "mmtui/pair.h"

const char *mm_scales_source_text(enum mm_scales_source source)
{
    static const char *const words[MM_SCALES_SOURCES] = {[MM_SCALES_MODEL] = "from the quantised model",
                                                         [MM_SCALES_FILE] = "from scales.json",
                                                         [MM_SCALES_FITTED] = "fitted"};
    return (size_t)source < MM_COUNT(words) ? words[source] : "";
}

static bool is_integer(enum mm_dtype dtype)
{
    enum mm_kind kind = mm_dtype_info(dtype)->kind;
    return kind == MM_KIND_INT || kind == MM_KIND_UINT;
}

/* Integers on both sides are compared as integers, and codes of another width are not those that are meant. */
enum mm_dequantised mm_pair_dequantised(const struct mm_pair *pair, enum mm_dtype src, enum mm_dtype dst)
{
    const struct mm_pair_scales *scales = pair->scales;
    if (!scales || !pair->src || !pair->dst || mm_dtype_info(src)->kind != MM_KIND_FLOAT)
        return MM_DEQUANTISED_NO;
    if (is_integer(dst)) {
        enum mm_dtype codes = scales->scales.dtype;
        bool same = codes == MM_DTYPE_NONE || mm_dtype_info(dst)->bits == mm_dtype_info(codes)->bits;
        return same ? MM_DEQUANTISED_CODES : MM_DEQUANTISED_NO;
    }
    return scales->rounds && mm_dtype_info(dst)->kind == MM_KIND_FLOAT ? MM_DEQUANTISED_ROUNDED
                                                                       : MM_DEQUANTISED_NO;
}
