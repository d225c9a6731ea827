/* The outputs of two runs, bit for bit. */
#include "runtime/check.h"

#include <stdlib.h>
#include <string.h>

static int64_t different(const struct mm_tensor *a, const struct mm_tensor *b)
{
    size_t bytes = mm_dtype_info(a->dtype)->bytes;
    int64_t count = 0;
    for (int64_t i = 0; i < a->count; i++)
        count += memcmp(a->run->data + (size_t)i * bytes, b->run->data + (size_t)i * bytes, bytes) != 0;
    return count;
}

/* What is no tensor of numbers is not looked at. */
static int check_one(const struct session *session, const char *name, const OrtValue *tapped,
                     const OrtValue *plain, struct mm_buf memory[2], struct mm_err *err)
{
    struct mm_tensor a, b;
    struct mm_run runs[2];
    char shape[2][200];
    if (ort_view(session->ort, tapped, &a, &runs[0], &memory[0], name, NULL) < 0 ||
        ort_view(session->ort, plain, &b, &runs[1], &memory[1], name, NULL) < 0)
        return 0;
    if (a.dtype != b.dtype || !mm_shape_equal(&a.shape, &b.shape))
        return mm_fail(err, MM_EIO, "%s: output %s is %s with taps, and %s without", session->what, name,
                       mm_shape_text(&a.shape, false, shape[0], sizeof shape[0]),
                       mm_shape_text(&b.shape, false, shape[1], sizeof shape[1]));
    int64_t count = a.count > 0 ? different(&a, &b) : 0;
    if (count > 0)
        return mm_fail(err, MM_EIO,
                       "%s: %lld of %lld values of output %s are others than in a run without taps: the "
                       "model is random, "
                       "or what is dumped is not quite what it computes by itself",
                       session->what, (long long)count, (long long)a.count, name);
    return 0;
}

static int compare(const struct session *session, OrtValue *const *tapped, OrtValue *const *plain,
                   struct mm_err *err)
{
    struct mm_buf memory[2] = {{0}, {0}};
    int result = 0;
    for (size_t i = 0; i < session->outputs && result == 0; i++) {
        if (session->output[i].is_tensor)
            result = check_one(session, session->output[i].name, tapped[i], plain[i], memory, err);
    }
    mm_buf_done(&memory[0]);
    mm_buf_done(&memory[1]);
    return result;
}

int check_outputs(const struct session *session, const struct check_model *how,
                  const struct session_settings *settings, const OrtValue *const *input,
                  OrtValue *const *output, struct mm_err *err)
{
    struct model model;
    struct session plain = {0};
    OrtValue **result = calloc(session->outputs + 1, sizeof *result);
    if (!result)
        return mm_fail_memory(err);
    int failed = model_open_rounded(&model, session->what, how->rounding, NULL, NULL, err);
    if (failed == 0) {
        model.round = how->round;
        failed = session_open(&plain, session->ort, &model, NULL, settings, err);
        if (failed == 0)
            failed = session_run(&plain, input, result, err);
        if (failed == 0)
            failed = compare(session, output, result, err);
        for (size_t i = 0; i < session->outputs; i++)
            ort_value_release(session->ort, result[i]);
        session_close(&plain);
        model_close(&model);
    }
    free(result);
    return failed;
}
