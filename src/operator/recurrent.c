/* RNN, GRU, LSTM: one step of time after the other, by the formulas of the specification and its default activations
 * (the graph has no lists of words; others show when src's own result does not come out). */
#include "operator/call.h"

#include <math.h>
#include <stdlib.h>

#define MACS_MOST ((int64_t)1 << 29) /* more would take seconds */

struct state;
/* One step: from x_part and h_part, both [gates * hidden], to a new h (and c). */
typedef void (*cell)(struct state *s);

struct kind {
    int gates;
    cell step;
    bool memory; /* it has a c */
};

struct state {
    const struct mm_operator_call *call;
    const struct kind *kind;
    const struct mm_value *x, *w, *r, *bias, *lengths, *h0, *c0, *peephole;
    int64_t time, batch, features, hidden, directions;
    bool batch_first, linear_before_reset, input_forget;
    double clip;
    /* of the sequence that is being run */
    int64_t direction;
    double *h, *c;           /* [hidden] */
    double *x_part, *h_part; /* [gates * hidden] */
    double *scaled;          /* [hidden] */
};

/* ---- sums ---- */

/* Where the row of gate `gate`, unit `unit` of a matrix [directions, gates * hidden, length] begins. */
static int64_t row_at(const struct state *s, int64_t gate, int64_t unit, int64_t length)
{
    return ((s->direction * s->kind->gates + gate) * s->hidden + unit) * length;
}

/* A bias has the input's half of gates first, then the recurrent half. */
static double bias_at(const struct state *s, bool recurrent, int64_t place)
{
    int64_t half = s->kind->gates * s->hidden;
    return s->bias ? op_get(s->bias, (2 * s->direction + recurrent) * half + place) : 0;
}

static double sum_x(const struct state *s, int64_t gate, int64_t unit, int64_t at)
{
    int64_t row = row_at(s, gate, unit, s->features);
    double sum = bias_at(s, false, gate * s->hidden + unit);
    for (int64_t i = 0; i < s->features; i++)
        sum += op_get(s->w, row + i) * op_get(s->x, at + i);
    return sum;
}

static double sum_h(const struct state *s, const double *h, int64_t gate, int64_t unit)
{
    int64_t row = row_at(s, gate, unit, s->hidden);
    double sum = bias_at(s, true, gate * s->hidden + unit);
    for (int64_t i = 0; i < s->hidden; i++)
        sum += op_get(s->r, row + i) * h[i];
    return sum;
}

static void sum_all(struct state *s, int64_t at)
{
    for (int64_t k = 0; k < s->kind->gates * s->hidden; k++) {
        s->x_part[k] = sum_x(s, k / s->hidden, k % s->hidden, at);
        s->h_part[k] = sum_h(s, s->h, k / s->hidden, k % s->hidden);
    }
}

/* ---- cells ---- */

static double clipped(const struct state *s, double v)
{
    return s->clip > 0 ? fmax(-s->clip, fmin(s->clip, v)) : v;
}

static double sigmoid(const struct state *s, double v)
{
    return 1 / (1 + exp(-clipped(s, v)));
}

static double gate(const struct state *s, int64_t which, int64_t unit)
{
    int64_t k = which * s->hidden + unit;
    return s->x_part[k] + s->h_part[k];
}

static void rnn(struct state *s)
{
    for (int64_t k = 0; k < s->hidden; k++)
        s->h[k] = tanh(clipped(s, gate(s, 0, k)));
}

/* Gates: update z, reset r, hidden h. */
static void gru(struct state *s)
{
    enum { Z, R, H };
    for (int64_t k = 0; k < s->hidden; k++)
        s->scaled[k] = sigmoid(s, gate(s, R, k)) * s->h[k];
    for (int64_t k = 0; k < s->hidden; k++) {
        double recurrent = s->linear_before_reset ? sigmoid(s, gate(s, R, k)) * s->h_part[H * s->hidden + k]
                                                  : sum_h(s, s->scaled, H, k);
        s->x_part[H * s->hidden + k] = tanh(clipped(s, s->x_part[H * s->hidden + k] + recurrent));
    }
    for (int64_t k = 0; k < s->hidden; k++) {
        double z = sigmoid(s, gate(s, Z, k));
        s->h[k] = (1 - z) * s->x_part[H * s->hidden + k] + z * s->h[k];
    }
}

/* Peepholes look at c: of i, o, f in this order. */
static double peep(const struct state *s, int64_t which, int64_t unit)
{
    return s->peephole ? op_get(s->peephole, (3 * s->direction + which) * s->hidden + unit) : 0;
}

/* Gates: input i, output o, forget f, cell c. */
static void lstm(struct state *s)
{
    enum { I, O, F, C };
    for (int64_t k = 0; k < s->hidden; k++) {
        double before = s->c[k], i = sigmoid(s, gate(s, I, k) + peep(s, I, k) * before);
        double f = s->input_forget ? 1 - i : sigmoid(s, gate(s, F, k) + peep(s, F, k) * before);
        s->c[k] = f * before + i * tanh(clipped(s, gate(s, C, k)));
        s->h[k] = sigmoid(s, gate(s, O, k) + peep(s, O, k) * s->c[k]) * tanh(clipped(s, s->c[k]));
    }
}

/* ---- sequences ---- */

static int64_t state_at(const struct state *s, int64_t n)
{
    return (s->batch_first ? n * s->directions + s->direction : s->direction * s->batch + n) * s->hidden;
}

static void begin(const struct state *s, int64_t n)
{
    for (int64_t k = 0; k < s->hidden; k++) {
        s->h[k] = s->h0 ? op_get(s->h0, state_at(s, n) + k) : 0;
        s->c[k] = s->c0 ? op_get(s->c0, state_at(s, n) + k) : 0;
    }
}

static int64_t output_at(const struct state *s, int64_t t, int64_t n)
{
    int64_t place = s->batch_first ? (n * s->time + t) * s->directions + s->direction
                                   : (t * s->directions + s->direction) * s->batch + n;
    return place * s->hidden;
}

static int run_sequence(struct state *s, int64_t n, bool backwards, struct mm_value *value,
                        struct mm_err *err)
{
    int64_t length = s->lengths ? (int64_t)op_get(s->lengths, n) : s->time;
    length = length < 0 ? 0 : length > s->time ? s->time : length;
    begin(s, n);
    for (int64_t step = 0; step < length; step++) {
        int64_t t = backwards ? length - 1 - step : step;
        if (op_stop(s->call, err))
            return -1;
        sum_all(s, (s->batch_first ? n * s->time + t : t * s->batch + n) * s->features);
        s->kind->step(s);
        for (int64_t k = 0; k < s->hidden && s->call->output == 0; k++)
            op_put(value, output_at(s, t, n) + k, s->h[k]);
    }
    for (int64_t k = 0; k < s->hidden && s->call->output > 0; k++)
        op_put(value, state_at(s, n) + k, s->call->output == 1 ? s->h[k] : s->c[k]);
    return 0;
}

static int run_all(struct state *s, bool backwards, struct mm_value *value, struct mm_err *err)
{
    for (s->direction = 0; s->direction < s->directions; s->direction++) {
        for (int64_t n = 0; n < s->batch; n++) {
            if (run_sequence(s, n, backwards != (s->direction > 0), value, err) < 0)
                return -1;
        }
    }
    return 0;
}

/* ---- what it is given ---- */

static int fits(const struct state *s, const struct mm_value *value, int64_t count, const char *what,
                struct mm_err *err)
{
    if (!value || value->count == count)
        return 0;
    return op_fail(s->call, err, MM_EARG, "%s has %lld values, not %lld", what, (long long)value->count,
                   (long long)count);
}

static int check(const struct state *s, struct mm_err *err)
{
    int64_t gates = s->kind->gates, states = s->directions * s->batch * s->hidden, macs;
    if (!mm_mul_i64(gates * s->hidden, s->features + s->hidden, &macs) ||
        !mm_mul_i64(macs, s->time * s->batch, &macs) || !mm_mul_i64(macs, s->directions, &macs) ||
        macs > MACS_MOST)
        return op_fail(s->call, err, MM_EUNSUPPORTED, "more than %lld multiplications", (long long)MACS_MOST);
    int64_t units = s->directions * gates * s->hidden;
    return fits(s, s->w, units * s->features, "W", err) || fits(s, s->r, units * s->hidden, "R", err) ||
                   fits(s, s->bias, 2 * units, "B", err) ||
                   fits(s, s->lengths, s->batch, "sequence_lens", err) ||
                   fits(s, s->h0, states, "initial_h", err) || fits(s, s->c0, states, "initial_c", err) ||
                   fits(s, s->peephole, 3 * s->directions * s->hidden, "P", err)
               ? -1
               : 0;
}

static int read_inputs(struct state *s, struct mm_err *err)
{
    const struct mm_operator_call *call = s->call;
    s->x = op_need(call, 0, err);
    s->w = s->x ? op_need(call, 1, err) : NULL;
    s->r = s->w ? op_need(call, 2, err) : NULL;
    if (!s->r)
        return -1;
    for (int k = 3; k < call->node->input_count; k++) {
        if (call->node->inputs[k] >= 0 && !op_need(call, k, err))
            return -1;
    }
    if (s->x->shape.rank != 3 || s->w->shape.rank != 3 || s->r->shape.rank != 3)
        return op_fail(call, err, MM_EARG, "X, W and R do not have three axes");
    s->bias = op_input(call, 3);
    s->lengths = op_input(call, 4);
    s->h0 = op_input(call, 5);
    s->c0 = s->kind->memory ? op_input(call, 6) : NULL;
    s->peephole = s->kind->memory ? op_input(call, 7) : NULL;
    return 0;
}

static int prepare(struct state *s, struct mm_err *err)
{
    const struct mm_operator_call *call = s->call;
    if (read_inputs(s, err) < 0)
        return -1;
    s->batch_first = op_int(call, "layout", 0) != 0;
    s->linear_before_reset = op_int(call, "linear_before_reset", 0) != 0;
    s->input_forget = op_int(call, "input_forget", 0) != 0;
    s->clip = op_float(call, "clip", 0);
    s->time = s->x->shape.dim[s->batch_first];
    s->batch = s->x->shape.dim[!s->batch_first];
    s->features = s->x->shape.dim[2];
    s->directions = s->w->shape.dim[0];
    s->hidden = s->r->shape.dim[2];
    if (s->directions < 1 || s->directions > 2 || s->hidden < 1 || s->x->count == 0)
        return op_fail(call, err, MM_EARG, "%lld directions of %lld units", (long long)s->directions,
                       (long long)s->hidden);
    return check(s, err);
}

static struct mm_shape shape_of(const struct state *s)
{
    if (s->call->output > 0 && s->batch_first)
        return (struct mm_shape){3, {s->batch, s->directions, s->hidden}};
    if (s->call->output > 0)
        return (struct mm_shape){3, {s->directions, s->batch, s->hidden}};
    if (s->batch_first)
        return (struct mm_shape){4, {s->batch, s->time, s->directions, s->hidden}};
    return (struct mm_shape){4, {s->time, s->directions, s->batch, s->hidden}};
}

static int run_recurrent(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    struct state s = {.call = call, .kind = op_row_of(call->node)->how};
    if (call->output > 1 + s.kind->memory)
        return op_fail(call, err, MM_EARG, "it has no output %d", call->output);
    if (prepare(&s, err) < 0)
        return -1;
    struct mm_shape shape = shape_of(&s);
    if (op_new(call, s.x->dtype, &shape, value, err) < 0)
        return -1;
    size_t units = (size_t)s.hidden, gates = (size_t)s.kind->gates * units;
    double *memory = calloc(3 * units + 2 * gates, sizeof *memory);
    if (!memory)
        return mm_fail_memory(err);
    s.h = memory;
    s.c = s.h + units;
    s.scaled = s.c + units;
    s.x_part = s.scaled + units;
    s.h_part = s.x_part + gates;
    int result = run_all(&s, strcmp(op_text(call, "direction", "forward"), "reverse") == 0, value, err);
    free(memory);
    return result;
}

#define ROW(type, gates, step, memory)                                                                       \
    {                                                                                                        \
        {type, MM_OPERATOR_RECURRENT, false}, OP_CHANNEL_NONE, run_recurrent, &(const struct kind)           \
        {                                                                                                    \
            gates, step, memory                                                                              \
        }                                                                                                    \
    }

const struct op_row op_recurrent_rows[] = {
    ROW("RNN", 1, rnn, false),
    ROW("GRU", 3, gru, false),
    ROW("LSTM", 4, lstm, true),
    {{NULL}},
};
