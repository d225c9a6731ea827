/* Operators computed again from inputs that are handed over. */
#include "runtime/cut.h"
#include "runtime/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RESTARTS_MOST 16 /* operators that may fail, one after the other, in one run */

struct mm_replay {
    const struct mm_ort *ort;
    struct mm_replayed *list;
    int64_t *tensor; /* [count] its place in `cut`; -1 */
    size_t count;
    struct mm_replay_calls calls;
    const atomic_bool *cancel; /* may be NULL */
    struct cut cut;
    struct session session;
    struct tap tap;
    struct sources sources;
    size_t *index; /* [tap] in the list */
    size_t taps;
    bool is_open, whole; /* the session has all that can be replayed */
    struct mm_err take_error;
};

struct mm_replay_call {
    struct source_call *call;
};

int mm_replay_give(struct mm_replay_call *call, const struct mm_tensor *tensor, const struct mm_shape *shape,
                   struct mm_err *err)
{
    return source_give(call->call, tensor, shape, err);
}

/* ---- what the session calls ---- */

static int cancelled(const struct mm_replay *replay, struct mm_err *err)
{
    bool ended = replay->cancel && atomic_load(replay->cancel);
    return ended ? mm_fail(err, MM_ECANCELLED, "stopped") : 0;
}

static int ask(void *context, size_t number, struct source_call *source, struct mm_err *err)
{
    struct mm_replay *replay = context;
    struct mm_replay_call call = {source};
    unsigned other = (unsigned)(number / replay->cut.tensors);
    if (cancelled(replay, err) < 0)
        return -1;
    return replay->calls.give(replay->calls.context, replay->cut.tensor[number % replay->cut.tensors].name,
                              other, &call, err);
}

static int take(void *context, size_t tap, const struct mm_tensor *view, struct mm_err *err)
{
    struct mm_replay *replay = context;
    size_t index = replay->index[tap];
    replay->list[index].done = true;
    if (cancelled(replay, err) == 0 && replay->calls.take(replay->calls.context, index, view, err) == 0)
        return 0;
    replay->take_error = *err;
    return -1;
}

/* ---- dtypes that the model does not say ---- */

static bool lacks_dtypes(const struct cut *cut)
{
    for (size_t i = 0; i < cut->tensors; i++) {
        const struct cut_tensor *tensor = &cut->tensor[i];
        if (tensor->needed && !tensor->initializer.data && tensor->dtype == MM_DTYPE_NONE)
            return true;
    }
    return false;
}

/* All that is needed as outputs, which the runtime then tells the types of. */
static void put_outputs(const struct cut *cut, struct model *model)
{
    struct mm_buf graph = {0}, value = {0};
    for (size_t i = 0; i < cut->tensors; i++) {
        bool there = !cut->tensor[i].needed || cut->tensor[i].initializer.data || cut->tensor[i].is_input ||
                     cut->tensor[i].dtype != MM_DTYPE_NONE;
        if (there)
            continue;
        mm_buf_clear(&value);
        edit_put_text(&value, FIELD_VALUE_NAME, cut->tensor[i].name);
        edit_put_message(&graph, FIELD_GRAPH_OUTPUT, &value);
    }
    edit_put_message(&model->bytes, FIELD_MODEL_GRAPH, &graph);
    mm_buf_done(&value);
    mm_buf_done(&graph);
}

/* As whoever dumped them says. */
static int guess_dtypes(struct mm_replay *replay, const struct mm_err *why, struct mm_err *err)
{
    struct cut *cut = &replay->cut;
    if (why->code == MM_ENOMEM || !replay->calls.dtype)
        return mm_fail(err, why->code, "%s", why->text);
    for (size_t i = 0; i < cut->tensors; i++) {
        struct cut_tensor *tensor = &cut->tensor[i];
        if (tensor->needed && !tensor->initializer.data && tensor->dtype == MM_DTYPE_NONE)
            tensor->dtype = replay->calls.dtype(replay->calls.context, tensor->name);
    }
    return 0;
}

/* Open the whole model once, without running it, and read what types its tensors have. */
static int read_dtypes(struct mm_replay *replay, struct mm_err *err)
{
    struct cut *cut = &replay->cut;
    const struct session_settings plain = {.threads = 1};
    struct model model;
    struct session session;
    if (model_open(&model, cut->path, NULL, NULL, err) < 0)
        return -1;
    put_outputs(cut, &model);
    model.weight_bytes = UINT64_MAX; /* so that they are not brought into another order, which takes time */
    int result = model.bytes.failed ? mm_fail_memory(err)
                                    : session_open(&session, replay->ort, &model, NULL, &plain, err);
    for (size_t i = 0; result == 0 && i < session.outputs; i++) {
        int64_t place = cut_find(cut, session.output[i].name);
        if (place >= 0 && session.output[i].is_tensor)
            cut->tensor[place].dtype = session.output[i].dtype;
    }
    if (result == 0)
        session_close(&session);
    model_close(&model);
    return result;
}

/* One operator that the library does not know makes it refuse the whole model. */
static int find_dtypes(struct mm_replay *replay, struct mm_err *err)
{
    struct mm_err why = {MM_OK, ""};
    if (!lacks_dtypes(&replay->cut) || read_dtypes(replay, &why) == 0)
        return 0;
    return guess_dtypes(replay, &why, err);
}

/* Tensors of types that can't be handed over (text, complex numbers). */
static bool mark_dtypes(struct cut *cut)
{
    bool any = false;
    for (size_t i = 0; i < cut->tensors; i++) {
        struct cut_tensor *tensor = &cut->tensor[i];
        if (!tensor->needed || tensor->initializer.data || source_has(tensor->dtype))
            continue;
        tensor->failed = "it has a type that is not handed over";
        any = true;
    }
    return any;
}

/* ---- the session ---- */

static void close_session(struct mm_replay *replay)
{
    if (replay->is_open) {
        session_close(&replay->session);
        tap_done(&replay->tap);
    }
    replay->is_open = false;
}

static void say_why(struct mm_replayed *item, const char *text)
{
    snprintf(item->why, sizeof item->why, "%.150s", text);
}

static struct cut_tap tap_of(const struct mm_replay *replay, size_t i)
{
    const struct mm_replayed *item = &replay->list[i];
    return (struct cut_tap){replay->tensor[i], item->weights, (size_t)item->input, item->other};
}

/* Mark what can be replayed and is not done yet; places go to `tap`. */
static size_t mark_all(struct mm_replay *replay, struct cut_tap *tap)
{
    size_t n = 0;
    cut_unmark(&replay->cut);
    for (size_t i = 0; i < replay->count; i++) {
        struct mm_replayed *item = &replay->list[i];
        struct mm_err err = {MM_OK, ""};
        if (item->done || *item->why)
            continue;
        struct cut_tap here = tap_of(replay, i);
        if (cut_mark(&replay->cut, &here, replay->calls.is_dumped, replay->calls.context, &item->before,
                     &err) < 0) {
            say_why(item, err.text);
            continue;
        }
        replay->index[n] = i;
        tap[n++] = here;
    }
    return n;
}

/* Taps stand in the order of the nodes, for the runtime's sake. */
static int by_node(const void *a, const void *b, void *context)
{
    const struct mm_replay *replay = context;
    int64_t x = replay->cut.tensor[replay->tensor[*(const size_t *)a]].node;
    int64_t y = replay->cut.tensor[replay->tensor[*(const size_t *)b]].node;
    return (x > y) - (x < y);
}

static int mark_and_write(struct mm_replay *replay, struct cut_tap *tap, struct mm_err *err)
{
    replay->taps = mark_all(replay, tap);
    if (replay->taps && find_dtypes(replay, err) < 0)
        return -1;
    if (replay->taps && mark_dtypes(&replay->cut))
        replay->taps = mark_all(replay, tap);
    qsort_r(replay->index, replay->taps, sizeof *replay->index, by_node, replay);
    for (size_t i = 0; i < replay->taps; i++)
        tap[i] = tap_of(replay, replay->index[i]);
    return replay->taps ? cut_write(&replay->cut, tap, replay->taps, err) : 0;
}

static int open_session(struct mm_replay *replay, struct mm_err *err)
{
    const struct session_settings settings = {.threads = 1};
    struct cut_tap *tap = calloc(replay->count + 1, sizeof *tap);
    int result = tap ? mark_and_write(replay, tap, err) : mm_fail_memory(err);
    free(tap);
    if (result < 0 || replay->taps == 0)
        return result;
    tap_init(&replay->tap, replay->ort, &replay->cut.model, take, replay);
    sources_init(&replay->sources, &replay->tap, ask, replay);
    result = session_open(&replay->session, replay->ort, &replay->cut.model, &replay->tap, &settings, err);
    replay->is_open = result == 0;
    if (result < 0)
        tap_done(&replay->tap);
    return result;
}

/* ---- what fails is left out ---- */

/* The runtime's sentence without what it says of our name for the node. */
static const char *keep(struct cut *cut, const char *text)
{
    const char *status = strstr(text, "Status Message: ");
    const char *copy =
        mm_arena_strdup(&cut->model.arena, status ? status + strlen("Status Message: ") : text);
    return copy ? copy : "ONNX Runtime can't run it";
}

/* Which node or source it was: it is not tried again. False: that is not known. */
static bool leave_out(struct mm_replay *replay, const struct mm_err *err)
{
    struct cut *cut = &replay->cut;
    const char *at = strstr(err->text, CUT_NODE);
    size_t place;
    if (replay->sources.failed >= 0) {
        cut->tensor[(size_t)replay->sources.failed % cut->tensors].failed = keep(cut, err->text);
        replay->sources.failed = -1;
        return true;
    }
    if (!at || sscanf(at + strlen(CUT_NODE), "%zu", &place) != 1 || place >= cut->nodes ||
        cut->node[place].failed)
        return false;
    cut->node[place].failed = keep(cut, err->text);
    return true;
}

static int run_once(struct mm_replay *replay, struct mm_err *err)
{
    if (!replay->is_open && open_session(replay, err) < 0)
        return -1;
    return replay->is_open ? session_run(&replay->session, NULL, NULL, err) : 0;
}

int mm_replay_run(struct mm_replay *replay, struct mm_err *err)
{
    struct mm_err why = {MM_OK, ""};
    int result = -1;
    if (!replay->whole)
        close_session(replay);
    for (size_t i = 0; i < replay->count; i++)
        replay->list[i].done = false;
    replay->whole = true;
    for (int k = 0; result < 0 && k <= RESTARTS_MOST; k++) {
        replay->take_error.code = MM_OK;
        result = run_once(replay, &why);
        if (result == 0)
            break;
        replay->whole = false;
        close_session(replay);
        if (why.code == MM_ECANCELLED || why.code == MM_ENOMEM || replay->take_error.code != MM_OK ||
            !leave_out(replay, &why))
            break;
    }
    return result < 0 ? mm_fail(err, why.code, "%s", why.text) : 0;
}

/* ---- open, close ---- */

static void find_all(struct mm_replay *replay)
{
    for (size_t i = 0; i < replay->count; i++) {
        replay->list[i].done = false;
        replay->list[i].before = 0;
        *replay->list[i].why = '\0';
        replay->tensor[i] = cut_find(&replay->cut, replay->list[i].tensor);
    }
}

int mm_replay_open(struct mm_replay **out, const struct mm_ort *ort, const char *model,
                   struct mm_replayed *list, size_t count, const struct mm_replay_calls *calls,
                   const atomic_bool *cancel, struct mm_err *err)
{
    struct mm_replay *replay = calloc(1, sizeof *replay);
    *out = NULL;
    if (!replay)
        return mm_fail_memory(err);
    *replay = (struct mm_replay){.ort = ort,
                                 .list = list,
                                 .count = count,
                                 .calls = *calls,
                                 .cancel = cancel,
                                 .tensor = calloc(count + 1, sizeof *replay->tensor),
                                 .index = calloc(count + 1, sizeof *replay->index)};
    int result = replay->tensor && replay->index ? cut_open(&replay->cut, model, err) : mm_fail_memory(err);
    if (result < 0) {
        mm_replay_close(replay);
        return -1;
    }
    find_all(replay);
    *out = replay;
    return 0;
}

void mm_replay_close(struct mm_replay *replay)
{
    if (!replay)
        return;
    close_session(replay);
    cut_close(&replay->cut);
    free(replay->tensor);
    free(replay->index);
    free(replay);
}
