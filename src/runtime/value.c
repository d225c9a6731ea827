/* Between ONNX Runtime's values and tensors, and what its functions return. */
#include "runtime/model.h"

#include "format/tensor_proto.h"

#include <string.h>

/* ---- what went wrong ---- */

#define MESSAGE_MOST 200 /* bytes of one that are shown, where it has no end before */

/* Of a longer message, where the last sentence ends that is shown, the first being as little as "Load model failed."; else the
 * last word. */
static size_t end_of_sentence(const char *text)
{
    size_t word = MESSAGE_MOST, sentence = 0;
    for (size_t i = 0; i + 1 < MESSAGE_MOST; i++) {
        if (text[i] == '.' && text[i + 1] == ' ')
            sentence = i + 1;
        if (text[i + 1] == ' ')
            word = i + 1;
    }
    return sentence >= MESSAGE_MOST / 2 ? sentence : word;
}

/* Its messages have several lines, and the place in its own sources. */
static void put_first_line(struct mm_buf *out, const char *text)
{
    size_t length = strcspn(text, "\n"), end = length;
    bool is_for_us = strstr(text, MODEL_TAP_NAME) != NULL; /* who asked for taps has to find which */
    if (length > MESSAGE_MOST && !is_for_us)
        end = end_of_sentence(text);
    mm_text_escape(out, text, end);
    if (end < length && text[end - 1] != '.')
        mm_buf_puts(out, " ...");
}

int ort_check(const struct mm_ort *ort, OrtStatus *status, const char *what, struct mm_err *err)
{
    if (!status)
        return 0;
    const char *text = ORT_CALL(ort, GetErrorMessage, const char *(*)(const OrtStatus *))(status);
    struct mm_buf line = {0};
    put_first_line(&line, text);
    mm_fail(err, MM_EUNSUPPORTED, "%s: ONNX Runtime %s: %s", what, ort->version, mm_buf_text(&line));
    mm_buf_done(&line);
    ORT_CALL(ort, ReleaseStatus, void (*)(OrtStatus *))(status);
    return -1;
}

/* ---- values ---- */

typedef OrtStatus *get_shape(const OrtValue *, OrtTensorInfo **);
typedef OrtStatus *get_number(const OrtTensorInfo *, int *);
typedef OrtStatus *get_size(const OrtTensorInfo *, size_t *);
typedef OrtStatus *get_dims(const OrtTensorInfo *, int64_t *, size_t);

int ort_info(const struct mm_ort *ort, const OrtTensorInfo *info, enum mm_dtype *dtype,
             struct mm_shape *shape, const char *what, struct mm_err *err)
{
    int type = 0;
    size_t rank = 0;
    *shape = (struct mm_shape){0};
    if (ort_check(ort, ORT_CALL(ort, GetTensorElementType, get_number *)(info, &type), what, err) < 0 ||
        ort_check(ort, ORT_CALL(ort, GetDimensionsCount, get_size *)(info, &rank), what, err) < 0)
        return -1;
    if (rank > MM_RANK_MAX)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: a tensor has %zu dimensions, more than %d", what, rank,
                       MM_RANK_MAX);
    shape->rank = (int)rank;
    *dtype = mm_tensor_proto_dtype(type); /* its numbers are ONNX's */
    return ort_check(ort, ORT_CALL(ort, GetDimensions, get_dims *)(info, shape->dim, rank), what, err);
}

/* Values of 2 and 4 bits are packed: one a byte in `memory` instead. */
static int unpack(enum mm_dtype dtype, const void **data, int64_t count, struct mm_buf *memory,
                  struct mm_err *err)
{
    unsigned bits = mm_dtype_info(dtype)->bits;
    if (bits >= 8)
        return 0;
    mm_buf_clear(memory);
    uint8_t *out = mm_buf_reserve(memory, (size_t)count + 1);
    if (!out)
        return mm_fail_memory(err);
    mm_unpack_bits(bits, *data, 0, (size_t)count, out);
    *data = out;
    return 0;
}

int ort_view(const struct mm_ort *ort, const OrtValue *value, struct mm_tensor *view, struct mm_run *run,
             struct mm_buf *memory, const char *what, struct mm_err *err)
{
    typedef OrtStatus *get_data(const OrtValue *, void **);
    OrtTensorInfo *info = NULL;
    enum mm_dtype dtype;
    struct mm_shape shape;
    void *data = NULL;
    if (ort_check(ort, ORT_CALL(ort, GetTensorTypeAndShape, get_shape *)(value, &info), what, err) < 0)
        return -1;
    int result = ort_info(ort, info, &dtype, &shape, what, err);
    ORT_CALL(ort, ReleaseTensorTypeAndShapeInfo, void (*)(OrtTensorInfo *))(info);
    if (result == 0 && dtype == MM_DTYPE_NONE)
        result = mm_fail(err, MM_EUNSUPPORTED, "%s: holds no numbers that mmtui has a type for", what);
    if (result < 0 ||
        ort_check(ort, ORT_CALL(ort, GetTensorMutableData, get_data *)(value, &data), what, err) < 0)
        return -1;
    const void *values = data;
    if (unpack(dtype, &values, mm_shape_count(&shape), memory, err) < 0)
        return -1;
    mm_tensor_raw(view, dtype, &shape, values, run);
    return 0;
}

int ort_value(const struct mm_ort *ort, const struct mm_tensor *tensor, OrtValue **value, const char *what,
              struct mm_err *err)
{
    static const char nothing[16]; /* an empty tensor has an address, too */
    const struct mm_dtype_info *info = mm_dtype_info(tensor->dtype);
    const void *data = tensor->runs ? (const void *)tensor->run->data : nothing;
    typedef OrtStatus *create(const OrtMemoryInfo *, void *, size_t, const int64_t *, size_t, int,
                              OrtValue **);
    return ort_check(ort,
                     ORT_CALL(ort, CreateTensorWithDataAsOrtValue, create *)(
                         ort->memory, (void *)(uintptr_t)data, (size_t)tensor->count * info->bytes,
                         tensor->shape.dim, (size_t)tensor->shape.rank, mm_tensor_proto_number(tensor->dtype),
                         value),
                     what, err);
}

int ort_sequence(const struct mm_ort *ort, const OrtValue *const *items, size_t count, OrtValue **value,
                 const char *what, struct mm_err *err)
{
    typedef OrtStatus *create(const OrtValue *const *, size_t, int, OrtValue **);
    OrtStatus *status = ORT_CALL(ort, CreateValue, create *)(items, count, ORT_KIND_SEQUENCE, value);
    return ort_check(ort, status, what, err);
}

void ort_value_release(const struct mm_ort *ort, OrtValue *value)
{
    if (value)
        ORT_CALL(ort, ReleaseValue, void (*)(OrtValue *))(value);
}
