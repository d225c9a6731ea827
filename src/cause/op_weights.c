/* Operators that have weights, by what their type is called. */
#include "mmtui/cause.h"

bool mm_op_has_weights(const char *op_type)
{
    static const char *const parts[] = {"conv",           "gemm",  "matmul", "linear", "dense",
                                        "fullyconnected", "inner", "lstm",   "gru"};
    if (!op_type || !*op_type)
        return true;
    for (size_t i = 0; i < MM_COUNT(parts); i++) {
        if (mm_text_find(op_type, parts[i]))
            return true;
    }
    return false;
}
