/* stored_format: the number format in which a tensor was stored or computed, told from its dtype and its values. */
#ifndef MMTUI_CAUSE_STORED_FORMAT_H
#define MMTUI_CAUSE_STORED_FORMAT_H

#include "mmtui/cause.h"

struct format {
    enum mm_dtype dtype; /* F16 BF16 F8E4M3 F8E5M2 I16 I8 I4; MM_DTYPE_NONE: f32, or not known */
    double grid;         /* step of the uniform grid that dst lies on; 0: none */
    bool sure;           /* dst is src rounded so: `asymmetric` is known, too */
    bool asymmetric;
};

/*
 * By dst's dtype; where that is a wide one, by its values: src rounded to an integer grid of its own range, a
 * uniform grid of at most 16, 256 or 65536 steps, values that an 8-bit or 16-bit float holds. `s` and `d` are
 * the pair's values, position by position (s may be NULL), or both NULL: then the dtype alone tells.
 */
struct format format_find(const struct mm_result *result, unsigned quantised, const double *s,
                          const double *d, int64_t count);

bool format_is_integer(enum mm_dtype dtype);

/* The what-ifs that such a format calls for: the usual floats, and of an integer format what it costs with
 * other settings. Returns how many: none where no format was found and nothing is known to be quantised. */
size_t format_settings(const struct format *format, unsigned quantised, const struct mm_shape *shape,
                       int axis, struct mm_whatif_setting out[MM_FLOORS]);

/* Index of the what-if that is nearest to what dst was made with; -1: none. observed: diff2. */
int format_floor(const struct format *format, unsigned quantised, const struct mm_whatif *floor,
                 size_t floors, double observed);

#endif
