/* The table of number formats. */
#include "mmtui/tensor.h"

#include <ctype.h>
#include <float.h>
#include <strings.h>

static const struct mm_dtype_info unknown = {"?", "?", MM_KIND_NONE, 0, 0, false, 0.0, 0.0, 0};

/* The limits of 64-bit integers are rounded to a double: 2^63 and 2^64. */
static const struct mm_dtype_info table[MM_DTYPE_COUNT] = {
    [MM_F16] = {"f16", "FLOAT16", MM_KIND_FLOAT, 16, 2, true, -65504.0, 65504.0, 10},
    [MM_BF16] = {"bf16", "BFLOAT16", MM_KIND_FLOAT, 16, 2, true, -0x1.fep127, 0x1.fep127, 7},
    [MM_F32] = {"f32", "FLOAT32", MM_KIND_FLOAT, 32, 4, true, -FLT_MAX, FLT_MAX, 23},
    [MM_F64] = {"f64", "FLOAT64", MM_KIND_FLOAT, 64, 8, false, -DBL_MAX, DBL_MAX, 52},
    [MM_I4] = {"i4", "INT4", MM_KIND_INT, 4, 1, true, -8.0, 7.0, 0},
    [MM_I8] = {"i8", "INT8", MM_KIND_INT, 8, 1, true, -128.0, 127.0, 0},
    [MM_I16] = {"i16", "INT16", MM_KIND_INT, 16, 2, true, -32768.0, 32767.0, 0},
    [MM_I32] = {"i32", "INT32", MM_KIND_INT, 32, 4, false, -2147483648.0, 2147483647.0, 0},
    [MM_I64] = {"i64", "INT64", MM_KIND_INT, 64, 8, false, -0x1p63, 0x1p63, 0},
    [MM_U4] = {"u4", "UINT4", MM_KIND_UINT, 4, 1, true, 0.0, 15.0, 0},
    [MM_U8] = {"u8", "UINT8", MM_KIND_UINT, 8, 1, true, 0.0, 255.0, 0},
    [MM_U16] = {"u16", "UINT16", MM_KIND_UINT, 16, 2, true, 0.0, 65535.0, 0},
    [MM_U32] = {"u32", "UINT32", MM_KIND_UINT, 32, 4, false, 0.0, 4294967295.0, 0},
    [MM_U64] = {"u64", "UINT64", MM_KIND_UINT, 64, 8, false, 0.0, 0x1p64, 0},
    [MM_BOOL] = {"bool", "BOOL", MM_KIND_BOOL, 8, 1, true, 0.0, 1.0, 0},
    [MM_F8E4M3] = {"f8e4m3", "FLOAT8_E4M3", MM_KIND_FLOAT, 8, 1, true, -448.0, 448.0, 3},
    [MM_F8E5M2] = {"f8e5m2", "FLOAT8_E5M2", MM_KIND_FLOAT, 8, 1, true, -57344.0, 57344.0, 2},
    [MM_F8E4M3FNUZ] = {"f8e4m3fnuz", "FLOAT8_E4M3FNUZ", MM_KIND_FLOAT, 8, 1, true, -240.0, 240.0, 3},
    [MM_F8E5M2FNUZ] = {"f8e5m2fnuz", "FLOAT8_E5M2FNUZ", MM_KIND_FLOAT, 8, 1, true, -57344.0, 57344.0, 2},
    [MM_F8E4M3B11] = {"f8e4m3b11", "FLOAT8_E4M3B11FNUZ", MM_KIND_FLOAT, 8, 1, true, -30.0, 30.0, 3},
    [MM_F8E8M0] = {"f8e8m0", "FLOAT8_E8M0", MM_KIND_FLOAT, 8, 1, true, 0x1p-127, 0x1p127, 0},
    [MM_F6E2M3] = {"f6e2m3", "FLOAT6_E2M3", MM_KIND_FLOAT, 6, 1, true, -7.5, 7.5, 3},
    [MM_F6E3M2] = {"f6e3m2", "FLOAT6_E3M2", MM_KIND_FLOAT, 6, 1, true, -28.0, 28.0, 2},
    [MM_F4E2M1] = {"f4e2m1", "FLOAT4_E2M1", MM_KIND_FLOAT, 4, 1, true, -6.0, 6.0, 1},
    [MM_I2] = {"i2", "INT2", MM_KIND_INT, 2, 1, true, -2.0, 1.0, 0},
    [MM_U2] = {"u2", "UINT2", MM_KIND_UINT, 2, 1, true, 0.0, 3.0, 0},
};

/* Other spellings: ml_dtypes and PyTorch, ONNX. */
static const struct {
    const char *name;
    enum mm_dtype dtype;
} spellings[] = {
    {"half", MM_F16},
    {"fp16", MM_F16},
    {"bfloat", MM_BF16},
    {"float", MM_F32},
    {"fp32", MM_F32},
    {"double", MM_F64},
    {"fp64", MM_F64},
    {"float8_e4m3fn", MM_F8E4M3},
    {"float8e4m3fn", MM_F8E4M3},
    {"float8e5m2", MM_F8E5M2},
    {"float8e4m3fnuz", MM_F8E4M3FNUZ},
    {"float8e5m2fnuz", MM_F8E5M2FNUZ},
    {"float8_e8m0fnu", MM_F8E8M0},
    {"float8e8m0", MM_F8E8M0},
    {"float6_e2m3fn", MM_F6E2M3},
    {"float6e2m3", MM_F6E2M3},
    {"float6_e3m2fn", MM_F6E3M2},
    {"float6e3m2", MM_F6E3M2},
    {"float4_e2m1fn", MM_F4E2M1},
    {"float4e2m1", MM_F4E2M1},
};

const struct mm_dtype_info *mm_dtype_info(enum mm_dtype dtype)
{
    if ((unsigned)dtype >= MM_DTYPE_COUNT || !table[dtype].name)
        return &unknown;
    return &table[dtype];
}

enum mm_dtype mm_dtype_find(const char *name)
{
    if (!name)
        return MM_DTYPE_NONE;
    if (strncasecmp(name, "DT_", 3) == 0)
        name += 3;
    for (int i = MM_DTYPE_NONE + 1; i < MM_DTYPE_COUNT; i++)
        if (strcasecmp(name, table[i].name) == 0 || strcasecmp(name, table[i].long_name) == 0)
            return (enum mm_dtype)i;
    for (size_t i = 0; i < MM_COUNT(spellings); i++)
        if (strcasecmp(name, spellings[i].name) == 0)
            return spellings[i].dtype;
    return MM_DTYPE_NONE;
}

bool mm_dtype_is_element(enum mm_dtype dtype)
{
    return dtype == MM_F6E2M3 || dtype == MM_F6E3M2 || dtype == MM_F4E2M1;
}

const char *mm_dtype_word(enum mm_dtype dtype, char out[MM_DTYPE_WORD])
{
    const char *name = mm_dtype_info(dtype)->long_name;
    size_t i = 0;
    for (; name[i] && i + 1 < MM_DTYPE_WORD; i++)
        out[i] = (char)tolower((unsigned char)name[i]);
    out[i] = '\0';
    return out;
}

bool mm_dtype_reads(enum mm_dtype dtype, enum mm_dtype stored)
{
    const struct mm_dtype_info *to = mm_dtype_info(dtype), *from = mm_dtype_info(stored);
    bool integer = from->kind == MM_KIND_INT || from->kind == MM_KIND_UINT;
    return to->kind == MM_KIND_FLOAT && integer && from->bits == to->bits;
}
