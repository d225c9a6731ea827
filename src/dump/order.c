/* What tells the order of execution, and the lists of names that some runtimes put beside their tensors. */
#include <stdlib.h>
#include <unistd.h>

#include "mmtui/dump.h"

static const struct {
    const char *key, *text;
} sources[MM_ORDER_SOURCES] = {
    [MM_ORDER_UNKNOWN] = {"unknown",
                          "The order of execution is not known: give the model (--model FILE), or a file "
                          "with a name a line (--order FILE)."},
    [MM_ORDER_GIVEN] = {"given", "The order of execution is that of the file given with --order."},
    [MM_ORDER_STAMPS] = {"stamps", "The order of execution is that of the time stamps."},
    [MM_ORDER_MODEL] = {"model", "The order of execution is the model's."},
    [MM_ORDER_FOLDERS] = {"numbers",
                          "The order of execution is that of the numbers that the dump tool gave."},
    [MM_ORDER_LIST] = {"list", "The order of execution is that of the list beside the tensors."},
    [MM_ORDER_TIMES] = {"times",
                        "The order of execution is taken from the files' modification times, a weak hint: "
                        "--model FILE or --order FILE gives it for certain."},
};

const char *mm_order_source_key(enum mm_order_source source)
{
    return (unsigned)source < MM_ORDER_SOURCES ? sources[source].key : "";
}

const char *mm_order_source_text(enum mm_order_source source)
{
    return (unsigned)source < MM_ORDER_SOURCES ? sources[source].text : "";
}

char *mm_order_list_in(const struct mm_dump *dump)
{
    static const char *const files[] = {"tensor_summary.json", "layer_output_name_order.json"};
    for (size_t i = 0; i < MM_COUNT(files); i++) {
        char *path = mm_dump_beside(dump, files[i]);
        if (path && access(path, R_OK) == 0)
            return path;
        free(path);
    }
    return NULL;
}
