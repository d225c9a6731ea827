/*
 * Values and nothing else, little-endian. What they are the user says (struct mm_given), else float32; also the shape, else
 * they are one row. Of fewer than 8 bits each may have a byte, or they stand without gaps: the size tells.
 */
#include "format/elements_write.h"
#include "format/formats.h"
#include "format/unpack.h"

static enum mm_dtype dtype_of(const struct mm_load *load)
{
    const struct mm_given *given = load->entry->given;
    return given && given->dtype != MM_DTYPE_NONE ? given->dtype : MM_F32;
}

/* How other kinds of files that are called .bin begin. */
bool mm_raw_may_be(const uint8_t *bytes, size_t size)
{
    static const struct {
        const char *text;
        size_t length;
    } others[] = {{"PK\x03\x04", 4},
                  {"\x93NUMPY", 6},
                  {"GGUF", 4},
                  {"\x80\x02\x8a\x0a", 4},
                  {"\x7f"
                   "ELF",
                   4}};
    for (size_t i = 0; i < MM_COUNT(others); i++) {
        if (size >= others[i].length && memcmp(bytes, others[i].text, others[i].length) == 0)
            return false;
    }
    return true;
}

static int wrong_size(const struct mm_load *load, enum mm_dtype dtype, const struct mm_shape *shape,
                      const char *label, struct mm_err *err)
{
    char text[200];
    mm_shape_text(shape, false, text, sizeof text);
    return mm_fail(err, MM_ECORRUPT,
                   "%s: has %zu bytes, which is not what %s of %s takes: see --shape, --dtype", label,
                   load->size, text, mm_dtype_info(dtype)->name);
}

/* The shape that is given, or all there is as one row. */
static int shape_of(struct mm_load *load, enum mm_dtype dtype, const char *label, struct mm_shape *shape,
                    struct mm_err *err)
{
    const struct mm_given *given = load->entry->given;
    unsigned bytes = mm_dtype_info(dtype)->bytes;
    if (given && given->shaped) {
        *shape = given->shape;
        return 0;
    }
    if (load->size % bytes != 0)
        return mm_fail(
            err, MM_EUNSUPPORTED,
            "%s: has %zu bytes, which are no whole number of %s values: tell its type with --dtype", label,
            load->size, mm_dtype_info(dtype)->name);
    load->unshaped = true;
    *shape = (struct mm_shape){.rank = 1, .dim = {(int64_t)(load->size / bytes)}};
    return 0;
}

int mm_raw_read(struct mm_load *load, const struct mm_schema *schema, const char *label, struct mm_err *err)
{
    enum mm_dtype dtype = dtype_of(load);
    const struct mm_dtype_info *info = mm_dtype_info(dtype);
    struct mm_run *run = mm_arena_alloc(&load->arena, sizeof *run);
    struct mm_shape shape;
    size_t bytes;
    (void)schema;
    if (!run)
        return mm_fail_memory(err);
    if (shape_of(load, dtype, label, &shape, err) < 0)
        return -1;
    int64_t count = mm_shape_count(&shape);
    if (count < 0 || !mm_mul((size_t)count, info->bytes, &bytes))
        return wrong_size(load, dtype, &shape, label, err);
    bool packed = info->bits < 8 && bytes != load->size;
    if (packed)
        bytes = (size_t)count / 8 * info->bits + ((size_t)count % 8 * info->bits + 7) / 8;
    if (bytes != load->size)
        return wrong_size(load, dtype, &shape, label, err);
    mm_tensor_raw(&load->tensor, dtype, &shape, packed ? NULL : load->bytes, run);
    load->tensor.swapped = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ && info->bytes > 1;
    return packed && count > 0 ? mm_unpack_supply(load, info->bits, load->bytes, err) : 0;
}

static void put(void *context, const void *data, size_t size)
{
    mm_atomic_write(context, data, size);
}

int mm_raw_write(const struct mm_store *store, const char *path, struct mm_err *err)
{
    struct mm_atomic out;
    if (mm_atomic_open(&out, path, err) < 0)
        return -1;
    out.unsynced = store->unsynced;
    if (mm_elements_write(store->tensor, false, path, put, &out, err) == 0)
        return mm_atomic_commit(&out, err);
    mm_atomic_abort(&out);
    return -1;
}
