/* Which taps the runtime does not take. */
#include "runtime/refused.h"

#include <stdlib.h>
#include <string.h>

bool refused_add(struct refused *refused, const struct model *model, const char *text)
{
    const char *name = strstr(text, MODEL_TAP_NAME);
    size_t tap = name ? strtoul(name + strlen(MODEL_TAP_NAME), NULL, 10) : SIZE_MAX;
    if (tap >= model->tensors)
        return false;
    size_t number = model->tensor[tap].number, before = refused->room;
    if (mm_grow((void **)&refused->is, &refused->room, number + 1, sizeof *refused->is) < 0)
        return false;
    memset(refused->is + before, 0, (refused->room - before) * sizeof *refused->is);
    if (refused->is[number])
        return false;
    refused->is[number] = true;
    refused->count++;
    return true;
}

bool refused_has(const struct refused *refused, const struct model_tensor *tensor)
{
    return tensor->number < refused->room && refused->is[tensor->number];
}

void refused_done(struct refused *refused)
{
    free(refused->is);
    *refused = (struct refused){0};
}
