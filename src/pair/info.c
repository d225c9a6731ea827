/* What a header says, kept after its file is closed. */
#include "mmtui/pair.h"

#include <stdlib.h>
#include <string.h>

/* Formats without names, such as .npy, are many small files: no allocations for them. */
static const char nothing[1];

static char *keep(const char *text)
{
    return text && *text ? strdup(text) : (char *)nothing;
}

static void drop(char *text)
{
    if (text != nothing)
        free(text);
}

int mm_info_take(struct mm_info *info, const struct mm_load *load)
{
    *info = (struct mm_info){
        .known = true,
        .dtype = load->tensor.dtype,
        .shape = load->tensor.shape,
        .count = load->tensor.count,
        .node_name = keep(load->node_name),
        .op_type = keep(load->op_type),
        .index = load->index,
        .is_output = load->is_output,
    };
    if (info->node_name && info->op_type)
        return 0;
    mm_info_done(info);
    return -1;
}

void mm_info_done(struct mm_info *info)
{
    drop(info->node_name);
    drop(info->op_type);
    memset(info, 0, sizeof(*info));
}
