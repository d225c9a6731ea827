/* refused: tensors that no tap can read (sequences, optionals), as ONNX Runtime tells them, one at a time. */
#ifndef MMTUI_RUNTIME_REFUSED_H
#define MMTUI_RUNTIME_REFUSED_H

#include "runtime/model.h"

struct refused {
    bool *is; /* by the number that a tensor has among those which a choice is asked about */
    size_t room, count;
};

/* The tap that the runtime's sentence names is refused from now on. False: it names none, or this was known. */
bool refused_add(struct refused *refused, const struct model *model, const char *text);
bool refused_has(const struct refused *refused, const struct model_tensor *tensor);
void refused_done(struct refused *refused);

#endif
