/* By what tensors are paired: a row each. */
#include <string.h>

#include "mmtui/pair.h"

static const struct mm_pair_rung_info rungs[MM_PAIR_RUNG_COUNT] = {
    [MM_PAIR_BY_NONE] = {"none", "not paired"},
    [MM_PAIR_BY_HAND] = {"hand", "by a person, in the inspector"},
    [MM_PAIR_BY_MAP] = {"map", "the name that --map or --rename gives"},
    [MM_PAIR_BY_EXACT] = {"exact", "the same name, to the byte"},
    [MM_PAIR_BY_OCCURRENCE] = {"occurrence", "the k-th tensor of a name with the k-th of that name"},
    [MM_PAIR_BY_NUMBERS] = {"numbers",
                            "numbers before file names, where they tell more than the names alone"},
    [MM_PAIR_BY_ONLY] = {"only", "two files that hold one tensor each"},
    [MM_PAIR_BY_SUFFIX] = {"suffix",
                           "without an end that all names of one side have, and nothing pairs with it"},
    [MM_PAIR_BY_QUANTISED] =
        {"quantised", "what quantisers and compilers name after it: NAME_DequantizeLinear_Output, NAME_Conv"},
    [MM_PAIR_BY_GRAPH] = {"graph", "the same tensor of the model (--model)"},
    [MM_PAIR_BY_SEPARATORS] = {"separators", "the same but for separators: / : . _"},
    [MM_PAIR_BY_OUTPUT] = {"output", "and but for the number of the output: _output_0, :0"},
    [MM_PAIR_BY_CASE] = {"case", "and but for capitals, and `_` that repeat"},
    [MM_PAIR_BY_PREFIX] = {"prefix", "and but for what nearly all names of one side begin with"},
    [MM_PAIR_BY_ORDER] = {"order", "the same place in the order of both dumps, shape and alike statistics"},
};

const struct mm_pair_rung_info *mm_pair_rung_info(enum mm_pair_rung rung)
{
    return &rungs[rung < MM_PAIR_RUNG_COUNT ? rung : MM_PAIR_BY_NONE];
}

enum mm_pair_rung mm_pair_rung_find(const char *name)
{
    for (int rung = MM_PAIR_BY_NONE + 1; rung < MM_PAIR_RUNG_COUNT; rung++) {
        if (strcmp(rungs[rung].name, name) == 0)
            return (enum mm_pair_rung)rung;
    }
    return MM_PAIR_BY_NONE;
}

static enum mm_pair_rung find(const char *name, size_t length)
{
    for (int rung = MM_PAIR_RUNG_FIRST; rung < MM_PAIR_RUNG_COUNT; rung++) {
        if (strlen(rungs[rung].name) == length && memcmp(rungs[rung].name, name, length) == 0)
            return (enum mm_pair_rung)rung;
    }
    return MM_PAIR_BY_NONE;
}

static int fail_unknown(const char *name, size_t length, struct mm_err *err)
{
    struct mm_buf all = {0};
    for (int rung = MM_PAIR_RUNG_FIRST; rung < MM_PAIR_RUNG_COUNT; rung++)
        mm_buf_printf(&all, "%s%s", rung == MM_PAIR_RUNG_FIRST ? "" : ", ", rungs[rung].name);
    mm_fail(err, MM_EARG, "\"%.*s\" is nothing that tensors are paired by; there are %s",
            (int)(length < 60 ? length : 60), name, mm_buf_text(&all));
    mm_buf_done(&all);
    return -1;
}

int mm_pair_rungs_parse(const char *text, unsigned *set, struct mm_err *err)
{
    unsigned found = 0;
    const char *p = text + strspn(text, ", ");
    do {
        size_t length = strcspn(p, ", ");
        enum mm_pair_rung rung = find(p, length);
        if (rung == MM_PAIR_BY_NONE)
            return fail_unknown(p, length, err);
        found |= 1u << rung;
        p += length;
        p += strspn(p, ", ");
    } while (*p);
    *set |= found;
    return 0;
}
