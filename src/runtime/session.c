/* A session: its settings, weights and operators, inputs and outputs, and a run of it. */
#include "runtime/session.h"

#include <stdlib.h>
#include <string.h>

/* Weights of more than this are not copied into another order first, which changes last bits but opens in no time. */
#define PREPACK_MOST ((uint64_t)1 << 30)

/* ---- settings ---- */

bool session_prepacks(const struct model *model)
{
    return model->weight_bytes <= PREPACK_MOST;
}

typedef OrtStatus *set_number(OrtSessionOptions *, int);

int ort_set_number(const struct mm_ort *ort, enum ort_slot slot, OrtSessionOptions *options, int number,
                   const char *what, struct mm_err *err)
{
    set_number *set = (set_number *)ort->api[slot];
    return ort_check(ort, set(options, number), what, err);
}

int ort_add_config(const struct mm_ort *ort, OrtSessionOptions *options, const char *key, const char *value,
                   struct mm_err *err)
{
    typedef OrtStatus *add(OrtSessionOptions *, const char *, const char *);
    return ort_check(ort, ORT_CALL(ort, AddSessionConfigEntry, add *)(options, key, value), key, err);
}

static int set_up(struct session *session, OrtSessionOptions *options, const struct model *model,
                  const struct session_settings *settings, struct mm_err *err)
{
    const struct mm_ort *ort = session->ort;
    const int errors_alone = 4;
    const char *what = session->what;
    typedef OrtStatus *set(OrtSessionOptions *);
    typedef OrtStatus *save(OrtSessionOptions *, const char *);
    if (ort_set_number(ort, ORT_SetSessionLogSeverityLevel, options, errors_alone, what, err) < 0 ||
        ort_set_number(ort, ORT_SetSessionGraphOptimizationLevel, options, settings->level, what, err) < 0 ||
        ort_set_number(ort, ORT_SetIntraOpNumThreads, options, settings->threads, what, err) < 0 ||
        ort_set_number(ort, ORT_SetInterOpNumThreads, options, 1, what, err) < 0 ||
        ort_check(ort, ORT_CALL(ort, DisableMemPattern, set *)(options), what, err) < 0)
        return -1;
    if (settings->save &&
        ort_check(ort, ORT_CALL(ort, SetOptimizedModelFilePath, save *)(options, settings->save), what, err) <
            0)
        return -1;
    if (ort_add_config(ort, options, "session.intra_op.allow_spinning", "0", err) < 0 ||
        ort_add_config(ort, options, "session.model_external_initializers_file_folder_path", model->folder,
                       err) < 0)
        return -1;
    return session_prepacks(model) ? 0 : ort_add_config(ort, options, "session.disable_prepacking", "1", err);
}

static int add_weights(struct session *session, OrtSessionOptions *options, const struct model *model,
                       struct mm_err *err)
{
    typedef OrtStatus *add(OrtSessionOptions *, const char *, const OrtValue *);
    const struct mm_ort *ort = session->ort;
    session->weight = calloc(model->weights + 1, sizeof(OrtValue *));
    if (!session->weight)
        return mm_fail_memory(err);
    for (size_t i = 0; i < model->weights; i++) {
        const struct model_weight *weight = &model->weight[i];
        OrtValue **value = &session->weight[session->weights++];
        if (ort_value(ort, &weight->stored.tensor, value, weight->name, err) < 0 ||
            ort_check(ort, ORT_CALL(ort, AddInitializer, add *)(options, weight->name, *value), weight->name,
                      err) < 0)
            return -1;
    }
    return 0;
}

static int add_operators(struct session *session, OrtSessionOptions *options, const struct model *model,
                         struct mm_err *err)
{
    typedef OrtStatus *create(const char *, OrtCustomOpDomain **);
    typedef OrtStatus *add(OrtCustomOpDomain *, const struct ort_custom_op *);
    typedef OrtStatus *use(OrtSessionOptions *, OrtCustomOpDomain *);
    const struct mm_ort *ort = session->ort;
    if (!session->tap && !model->round)
        return 0;
    if (ort_check(ort, ORT_CALL(ort, CreateCustomOpDomain, create *)(MODEL_DOMAIN, &session->domain),
                  session->what, err) < 0)
        return -1;
    if (session->tap &&
        ort_check(ort, ORT_CALL(ort, CustomOpDomain_Add, add *)(session->domain, &session->tap->op),
                  session->what, err) < 0)
        return -1;
    if (model->round &&
        ort_check(ort, ORT_CALL(ort, CustomOpDomain_Add, add *)(session->domain, model->round), session->what,
                  err) < 0)
        return -1;
    for (size_t i = 0; session->tap && i < session->tap->others; i++) {
        if (ort_check(ort, ORT_CALL(ort, CustomOpDomain_Add, add *)(session->domain, session->tap->other[i]),
                      session->what, err) < 0)
            return -1;
    }
    return ort_check(ort, ORT_CALL(ort, AddCustomOpDomain, use *)(options, session->domain), session->what,
                     err);
}

static int create(struct session *session, const struct model *model, const struct session_settings *settings,
                  struct mm_err *err)
{
    typedef OrtStatus *create_options(OrtSessionOptions **);
    typedef OrtStatus *create_session(const OrtEnv *, const void *, size_t, const OrtSessionOptions *,
                                      OrtSession **);
    const struct mm_ort *ort = session->ort;
    OrtSessionOptions *options = NULL;
    if (ort_check(ort, ORT_CALL(ort, CreateSessionOptions, create_options *)(&options), session->what, err) <
        0)
        return -1;
    int result = set_up(session, options, model, settings, err);
    if (result == 0)
        result = add_weights(session, options, model, err);
    if (result == 0)
        result = add_operators(session, options, model, err);
    if (result == 0)
        result = ort_check(ort,
                           ORT_CALL(ort, CreateSessionFromArray, create_session *)(
                               ort->env, model->bytes.data, model->bytes.length, options, &session->session),
                           session->what, err);
    ORT_CALL(ort, ReleaseSessionOptions, void (*)(OrtSessionOptions *))(options);
    return result;
}

/* ---- inputs and outputs ---- */

/* How the table is asked about one of the two. */
struct side {
    enum ort_slot count, name, type;
};
static const struct side input_side = {ORT_SessionGetInputCount, ORT_SessionGetInputName,
                                       ORT_SessionGetInputTypeInfo};
static const struct side output_side = {ORT_SessionGetOutputCount, ORT_SessionGetOutputName,
                                        ORT_SessionGetOutputTypeInfo};

typedef OrtStatus *count_of(const OrtSession *, size_t *);
typedef OrtStatus *name_of(const OrtSession *, size_t, OrtAllocator *, char **);
typedef OrtStatus *type_of(const OrtSession *, size_t, OrtTypeInfo **);
typedef OrtStatus *kind_of(const OrtTypeInfo *, int *);
typedef OrtStatus *cast(const OrtTypeInfo *, const OrtTensorInfo **);

static int read_type(const struct session *session, const OrtTypeInfo *type, struct session_io *io,
                     struct mm_err *err)
{
    const struct mm_ort *ort = session->ort;
    const OrtTensorInfo *info = NULL;
    if (ort_check(ort, ORT_CALL(ort, CastTypeInfoToTensorInfo, cast *)(type, &info), session->what, err) < 0)
        return -1;
    int kind = 0;
    if (ort_check(ort, ORT_CALL(ort, GetOnnxTypeFromTypeInfo, kind_of *)(type, &kind), session->what, err) <
        0)
        return -1;
    io->is_tensor = info != NULL;
    io->is_sequence = kind == ORT_KIND_SEQUENCE;
    return info ? ort_info(ort, info, &io->dtype, &io->shape, session->what, err) : 0;
}

static int read_io(const struct session *session, const struct side *side, size_t i, struct session_io *io,
                   struct mm_err *err)
{
    const struct mm_ort *ort = session->ort;
    OrtTypeInfo *type = NULL;
    char *name = NULL;
    if (ort_check(ort, ((name_of *)ort->api[side->name])(session->session, i, ort->allocator, &name),
                  session->what, err) < 0)
        return -1;
    io->name = strdup(name);
    ort_check(ort,
              ORT_CALL(ort, AllocatorFree, OrtStatus * (*)(OrtAllocator *, void *))(ort->allocator, name), "",
              NULL);
    if (!io->name)
        return mm_fail_memory(err);
    if (ort_check(ort, ((type_of *)ort->api[side->type])(session->session, i, &type), session->what, err) < 0)
        return -1;
    int result = read_type(session, type, io, err);
    ORT_CALL(ort, ReleaseTypeInfo, void (*)(OrtTypeInfo *))(type);
    return result;
}

static int read_side(const struct session *session, const struct side *side, struct session_io **io,
                     size_t *count, struct mm_err *err)
{
    const struct mm_ort *ort = session->ort;
    size_t all = 0;
    if (ort_check(ort, ((count_of *)ort->api[side->count])(session->session, &all), session->what, err) < 0)
        return -1;
    *io = calloc(all + 1, sizeof **io);
    if (!*io)
        return mm_fail_memory(err);
    while (*count < all) {
        size_t i = (*count)++;
        if (read_io(session, side, i, &(*io)[i], err) < 0)
            return -1;
    }
    return 0;
}

/* ---- open, run, close ---- */

int session_open(struct session *session, const struct mm_ort *ort, const struct model *model,
                 struct tap *tap, const struct session_settings *settings, struct mm_err *err)
{
    typedef OrtStatus *create_run(OrtRunOptions **);
    *session = (struct session){.ort = ort, .what = model->path, .tap = tap};
    if (create(session, model, settings, err) == 0 &&
        read_side(session, &input_side, &session->input, &session->inputs, err) == 0 &&
        read_side(session, &output_side, &session->output, &session->outputs, err) == 0 &&
        ort_check(ort, ORT_CALL(ort, CreateRunOptions, create_run *)(&session->run_options), session->what,
                  err) == 0) {
        if (tap)
            tap->session = session;
        return 0;
    }
    session_close(session);
    return -1;
}

/* What the tap had to say comes before what the runtime says when a run was ended. */
static int end_of_run(struct session *session, int result, struct mm_err *err)
{
    struct tap *tap = session->tap;
    typedef OrtStatus *unset(OrtRunOptions *);
    if (!tap || !tap->failed)
        return result;
    ort_check(session->ort, ORT_CALL(session->ort, RunOptionsUnsetTerminate, unset *)(session->run_options),
              "", NULL);
    tap->failed = false;
    if (err)
        *err = tap->error;
    return -1;
}

/* What Run is told. */
struct call {
    const char **input_name, **output_name; /* one block; output_name stands in it */
    const OrtValue **value;
    OrtValue **result;
    size_t given;
};

static int call_init(struct call *call, const struct session *session, const OrtValue *const *input,
                     struct mm_err *err)
{
    call->input_name = calloc(session->inputs + session->outputs + 1, sizeof *call->input_name);
    call->value = calloc(session->inputs + 1, sizeof *call->value);
    call->result = calloc(session->outputs + 1, sizeof *call->result);
    if (!call->input_name || !call->value || !call->result)
        return mm_fail_memory(err);
    call->output_name = call->input_name + session->inputs;
    for (size_t i = 0; i < session->inputs; i++) {
        if (!input[i])
            continue;
        call->value[call->given] = input[i];
        call->input_name[call->given++] = session->input[i].name;
    }
    for (size_t i = 0; i < session->outputs; i++)
        call->output_name[i] = session->output[i].name;
    return 0;
}

/* Results go to `output` if it is wanted and there are any. */
static void call_done(struct call *call, const struct session *session, OrtValue **output)
{
    for (size_t i = 0; i < session->outputs && call->result; i++) {
        if (output)
            output[i] = call->result[i];
        else
            ort_value_release(session->ort, call->result[i]);
    }
    free(call->input_name);
    free(call->value);
    free(call->result);
}

int session_run(struct session *session, const OrtValue *const *input, OrtValue **output, struct mm_err *err)
{
    typedef OrtStatus *run(OrtSession *, const OrtRunOptions *, const char *const *, const OrtValue *const *,
                           size_t, const char *const *, size_t, OrtValue **);
    struct call call = {0};
    int result = call_init(&call, session, input, err);
    if (result == 0) {
        OrtStatus *status = ORT_CALL(session->ort, Run, run *)(
            session->session, session->run_options, call.input_name, call.value, call.given, call.output_name,
            session->outputs, call.result);
        result = end_of_run(session, ort_check(session->ort, status, session->what, err), err);
    }
    call_done(&call, session, result == 0 ? output : NULL);
    return result;
}

static void io_done(struct session_io *io, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(io[i].name);
    free(io);
}

void session_close(struct session *session)
{
    const struct mm_ort *ort = session->ort;
    if (!ort)
        return;
    if (session->run_options)
        ORT_CALL(ort, ReleaseRunOptions, void (*)(OrtRunOptions *))(session->run_options);
    if (session->session)
        ORT_CALL(ort, ReleaseSession, void (*)(OrtSession *))(session->session);
    if (session->domain)
        ORT_CALL(ort, ReleaseCustomOpDomain, void (*)(OrtCustomOpDomain *))(session->domain);
    for (size_t i = 0; i < session->weights; i++)
        ort_value_release(ort, session->weight[i]);
    free(session->weight);
    io_done(session->input, session->inputs);
    io_done(session->output, session->outputs);
    *session = (struct session){0};
}
