/* The runtimes that a plan can be exported to: a file (or a few) each, one line here. */
#include "export/aiedge.h"
#include "base/translate.h"
#include "export/amct.h"
#include "export/atc.h"
#include "export/esp_ppq.h"
#include "export/hailo.h"
#include "export/llamacpp.h"
#include "export/magicmind.h"
#include "export/modelopt.h"
#include "export/nncf.h"
#include "export/onnxconverter.h"
#include "export/onnxruntime.h"
#include "export/openvino.h"
#include "export/polygraphy.h"
#include "export/qnn.h"
#include "export/rknn.h"
#include "export/sophgo.h"
#include "export/trtexec.h"

#include <string.h>

static const struct mm_dialect *const DIALECTS[] = {
    &mm_magicmind, &mm_onnxruntime, &mm_onnxconverter, &mm_trtexec, &mm_polygraphy, &mm_modelopt,
    &mm_nncf,      &mm_openvino,    &mm_qnn,           &mm_aiedge,  &mm_esp_ppq,    &mm_rknn,
    &mm_rknn1,     &mm_sophgo,      &mm_llamacpp,      &mm_atc,     &mm_amct,       &mm_hailo,
};

const struct mm_dialect *mm_dialect_at(size_t index)
{
    return index < MM_COUNT(DIALECTS) ? DIALECTS[index] : NULL;
}

const struct mm_dialect *mm_dialect_find(const char *id)
{
    for (size_t i = 0; id && i < MM_COUNT(DIALECTS); i++) {
        if (strcmp(id, DIALECTS[i]->id) == 0)
            return DIALECTS[i];
    }
    return NULL;
}

const struct mm_dialect *mm_dialect_get(const char *id, struct mm_err *err)
{
    const struct mm_dialect *found = mm_dialect_find(id);
    if (found)
        return found;
    struct mm_buf text = {0};
    struct mm_nearest nearest;
    char hint[MM_NEAREST];
    mm_nearest_init(&nearest, id);
    for (size_t i = 0; i < MM_COUNT(DIALECTS); i++)
        mm_nearest_look(&nearest, DIALECTS[i]->id);
    mm_buf_say(&text, "there is no export for \"");
    mm_text_escape(&text, id ? id : "", id ? strnlen(id, 60) : 0);
    mm_buf_printf(&text, "\"%s", mm_nearest_hint(&nearest, hint));
    for (size_t i = 0; i < MM_COUNT(DIALECTS) && !nearest.name; i++)
        mm_buf_printf(&text, "%s%s", i ? ", " : "; there are: ", DIALECTS[i]->id);
    mm_fail(err, MM_EARG, "%s", mm_buf_text(&text));
    mm_buf_done(&text);
    return NULL;
}

/* ---- what a row says ---- */

static bool takes_own(const struct mm_dialect *dialect, const char *own)
{
    size_t length = strlen(dialect->id);
    if (!dialect->types || strncmp(own, dialect->id, length) != 0 || own[length] != ':')
        return false;
    for (size_t i = 0; dialect->types[i]; i++) {
        if (strcmp(own + length + 1, dialect->types[i]) == 0)
            return true;
    }
    return false;
}

bool mm_dialect_takes(const struct mm_dialect *dialect, const struct mm_override *override)
{
    if (override->precision == MM_PRECISION_OWN)
        return takes_own(dialect, override->own);
    return dialect->precisions & MM_TAKES(override->precision);
}

enum mm_precision mm_dialect_next(const struct mm_dialect *dialect, enum mm_precision precision)
{
    for (int next = (int)precision + 1; next < MM_PRECISION_OWN; next++) {
        if (mm_precision_info((enum mm_precision)next)->floating && (dialect->precisions & MM_TAKES(next)))
            return (enum mm_precision)next;
    }
    return MM_PRECISION_NONE;
}
