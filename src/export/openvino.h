/* The OpenVINO dialect: its row, and the layers of an IR file. */
#ifndef MMTUI_EXPORT_OPENVINO_H
#define MMTUI_EXPORT_OPENVINO_H

#include "mmtui/export.h"

extern const struct mm_dialect mm_openvino;

/* A layer of the .xml file. Pointers lead into its text. */
struct openvino_layer {
    const char *tag;    /* "<layer ..." */
    const char *inside; /* behind that tag's '>' */
    bool empty;         /* "<layer .../>" */
    bool marked;        /* it must not be converted to FLOAT16 */
    const char *info;   /* behind its own "<rt_info>", or NULL */
    struct mm_buf name, type;
    struct mm_buf outputs; /* names of the tensors that it makes, a NUL behind each */
};

/* The next layer from *at on, layers of bodies too, as the file has them; *at behind its tag. False behind the last.
 * *layer must be zeroed or from an earlier call, and is closed by openvino_layer_done. */
bool openvino_next(const char **at, const char *end, struct openvino_layer *layer);
void openvino_layer_done(struct openvino_layer *layer);

#endif
