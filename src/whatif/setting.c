/* What-if settings: words, and which ones make sense for a tensor. */
#include "whatif/range.h"

#include <string.h>

#include "base/translate.h"

const char *mm_range_word(enum mm_range range)
{
    static const char *const words[MM_RANGE_COUNT] = {
        [MM_RANGE_MINMAX] = "minmax",
        [MM_RANGE_P9999] = "p99.99",
        [MM_RANGE_MSE] = "mse",
        [MM_RANGE_KL] = "kl",
    };
    return (size_t)range < MM_COUNT(words) ? words[range] : "?";
}

bool mm_whatif_has_range(const struct mm_whatif_setting *setting)
{
    return setting->blocks == MM_BLOCKS_NONE && mm_round_integer(setting->dtype);
}

/* "MXFP8 E4M3": the name of the standard, and the elements' where it has two of so many bits. */
static void put_blocks(const struct mm_whatif_setting *setting, struct mm_buf *out)
{
    const struct mm_dtype_info *info = mm_dtype_info(setting->dtype);
    const char *element = strchr(info->long_name, '_');

    if (setting->blocks == MM_BLOCKS_NVFP4)
        mm_buf_puts(out, "NVFP4");
    else
        mm_buf_printf(out, "MX%s%u", info->kind == MM_KIND_INT ? "INT" : "FP", info->bits);
    if (element && info->bits > 4)
        mm_buf_printf(out, " %s", element + 1);
}

void mm_whatif_name(const struct mm_whatif_setting *setting, struct mm_buf *out)
{
    const struct mm_dtype_info *info = mm_dtype_info(setting->dtype);

    if (setting->blocks) {
        put_blocks(setting, out);
        return;
    }
    if (!mm_round_integer(setting->dtype)) {
        mm_buf_puts(out, info->name);
        return;
    }
    mm_buf_printf(out, "int%u per ", info->bits);
    if (setting->per_channel)
        mm_buf_printf(out, "channel (axis %d)", setting->axis);
    else
        mm_buf_say(out, "tensor");
    mm_buf_printf(out, ", %s, %s", setting->asymmetric ? "asymmetric" : "symmetric",
                  mm_range_word(setting->range));
}

int mm_channel_axis(const struct mm_shape *shape)
{
    return shape->rank >= 3 ? 1 : shape->rank - 1;
}

/* Are there several channels of several elements? Else a scale for each says nothing. */
static bool has_channels(const struct mm_shape *shape, int axis)
{
    int64_t count = mm_shape_count(shape);

    if (axis < 0 || axis >= shape->rank || count <= 0)
        return false;
    return shape->dim[axis] > 1 && shape->dim[axis] <= MM_SEARCH_CHANNELS_MAX && count > shape->dim[axis];
}

size_t mm_whatif_usual(const struct mm_shape *shape, int axis, struct mm_whatif_setting out[MM_WHATIF_MAX])
{
    static const enum mm_dtype floats[] = {MM_F16, MM_BF16, MM_F8E4M3, MM_F8E5M2};
    static const struct {
        enum mm_dtype dtype;
        enum mm_range ranges;
    } integers[] = {{MM_I16, MM_RANGE_MINMAX + 1}, {MM_I8, MM_RANGE_COUNT}, {MM_I4, MM_RANGE_MINMAX + 1}};
    static const enum mm_dtype elements[] = {MM_F8E4M3, MM_F8E5M2, MM_F6E2M3, MM_F6E3M2, MM_F4E2M1, MM_I8};
    bool channels = has_channels(shape, axis);
    size_t n = 0;

    for (size_t i = 0; i < MM_COUNT(floats); i++)
        out[n++] = (struct mm_whatif_setting){.dtype = floats[i]};
    for (size_t i = 0; i < MM_COUNT(integers); i++) {
        for (unsigned way = 0; way < (channels ? 4u : 2u); way++) {
            for (unsigned range = 0; range < integers[i].ranges; range++)
                out[n++] = (struct mm_whatif_setting){.dtype = integers[i].dtype,
                                                      .per_channel = way / 2,
                                                      .axis = way / 2 ? axis : 0,
                                                      .asymmetric = way % 2,
                                                      .range = (enum mm_range)range};
        }
    }
    for (size_t i = 0; i < MM_COUNT(elements); i++)
        out[n++] = (struct mm_whatif_setting){.dtype = elements[i], .blocks = MM_BLOCKS_MX};
    out[n++] = (struct mm_whatif_setting){.dtype = MM_F4E2M1, .blocks = MM_BLOCKS_NVFP4};
    return n;
}
