/* The optimised model is written when a session for the model is made. */
#include "runtime/deployed.h"

int deployed_write(const struct mm_ort *ort, const char *path, int level, const char *to, struct mm_err *err)
{
    const struct session_settings settings = {.level = level, .threads = 1, .save = to};
    struct model model;
    struct session session;
    if (model_open(&model, path, NULL, NULL, err) < 0)
        return -1;
    int result = session_open(&session, ort, &model, NULL, &settings, err);
    if (result == 0)
        session_close(&session);
    model_close(&model);
    return result;
}
