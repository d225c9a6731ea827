/* Einsum of one or two inputs: an output element is the sum over all labels that the output does not have. */
#include "operator/linear.h"

#define ELLIPSIS_LABEL 128 /* and on: the axes of "...", counted from the last */
#define LABELS         (ELLIPSIS_LABEL + MM_RANK_MAX)

/* What is known of the labels while the equation is read; dim 0: not met, and an axis of 0 is refused. */
struct reading {
    int64_t dim[LABELS];
    int64_t step[2][LABELS]; /* a label that stands twice has both steps: the diagonal */
    bool taken[LABELS];
    char equation[512];
    int ellipsis; /* most axes of a "..." */
};

static int refuse(const struct mm_operator_call *call, struct mm_err *err, const char *why)
{
    return op_fail(call, err, MM_EARG, "equation \"%s\": %s", op_text(call, "equation", ""), why);
}

/* Without spaces. */
static int copy_equation(const struct mm_operator_call *call, struct reading *r, struct mm_err *err)
{
    size_t n = 0;
    for (const char *c = op_text(call, "equation", ""); *c; c++) {
        if (n + 1 >= sizeof r->equation)
            return op_fail(call, err, MM_EUNSUPPORTED, "an equation of more than %zu characters", n);
        if (*c != ' ')
            r->equation[n++] = *c;
    }
    return 0;
}

/* The labels of a term up to one of `end`, "..." being `more` labels. How many, or -1. */
static int labels_of(const char **at, const char *end, int more, int *labels)
{
    int n = 0;
    for (const char *c = *at;; c++) {
        if (strchr(end, *c)) {
            *at = c;
            return n;
        }
        bool dots = strncmp(c, "...", 3) == 0;
        if ((!dots && !((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z'))) ||
            n + (dots ? more : 1) > MM_RANK_MAX)
            return -1;
        for (int k = more - 1; dots && k >= 0; k--)
            labels[n++] = ELLIPSIS_LABEL + k;
        if (dots)
            c += 2;
        else
            labels[n++] = (unsigned char)*c;
    }
}

/* Axes that "..." stands for in a term of a tensor of `rank` axes. */
static int dots_in(const char *at, const char *end, int rank)
{
    int letters = 0;
    bool dots = false;
    for (; !strchr(end, *at); at++) {
        dots = dots || *at == '.';
        letters += *at != '.';
    }
    return dots && rank > letters ? rank - letters : 0;
}

static int read_term(const struct mm_operator_call *call, struct reading *r, const char **at, int k,
                     const struct mm_shape *shape, struct mm_err *err)
{
    int labels[MM_RANK_MAX], more = dots_in(*at, ",-", shape->rank);
    int64_t stride[MM_RANK_MAX];
    op_strides(shape, stride);
    if (labels_of(at, ",-", more, labels) != shape->rank)
        return refuse(call, err, "a term does not fit its input");
    r->ellipsis = more > r->ellipsis ? more : r->ellipsis;
    for (int i = 0; i < shape->rank; i++) {
        int64_t dim = shape->dim[i], *known = &r->dim[labels[i]];
        if (dim == 0 || (*known > 1 && dim > 1 && dim != *known))
            return refuse(call, err, "an axis does not fit its label");
        *known = dim > *known ? dim : *known;
        r->step[k][labels[i]] += dim == 1 ? 0 : stride[i];
    }
    return 0;
}

/* ---- the walk ------------------------------------------------------------------------------------------ */

static int add_label(const struct mm_operator_call *call, struct op_linear *l, struct reading *r, int label,
                     struct mm_err *err)
{
    struct op_einsum *e = &l->einsum;
    if (r->taken[label] || r->dim[label] == 0 || e->labels == OP_EINSUM_MOST)
        return refuse(call, err, "a label of the output that no input has, or too many");
    r->taken[label] = true;
    e->dim[e->labels] = r->dim[label];
    e->step_x[e->labels] = r->step[0][label];
    e->step_w[e->labels++] = r->step[1][label];
    return 0;
}

/* Labels of the output first, then those that are summed over. */
static int order_labels(const struct mm_operator_call *call, struct op_linear *l, struct reading *r,
                        const char *output, struct mm_err *err)
{
    int labels[MM_RANK_MAX], n = labels_of(&output, "", r->ellipsis, labels);
    if (n < 0)
        return refuse(call, err, "the output can't be read");
    l->shape = (struct mm_shape){.rank = n};
    for (int i = 0; i < n; i++) {
        if (add_label(call, l, r, labels[i], err))
            return -1;
        l->shape.dim[i] = r->dim[labels[i]];
    }
    l->einsum.kept = n;
    for (int label = 0; label < LABELS; label++) {
        if (r->dim[label] > 0 && !r->taken[label] && add_label(call, l, r, label, err))
            return -1;
    }
    return 0;
}

/* Without "->" the output has "..." and each letter that stands once, in the order of the alphabet. */
static void usual_output(const struct reading *r, char output[64])
{
    size_t n = 0;
    if (strstr(r->equation, "...")) {
        memcpy(output, "...", 3);
        n = 3;
    }
    for (int c = 'A'; c <= 'z'; c++) {
        const char *first = c <= 'Z' || c >= 'a' ? strchr(r->equation, c) : NULL;
        if (first && !strchr(first + 1, c))
            output[n++] = (char)c;
    }
    output[n] = '\0';
}

static int read_equation(const struct mm_operator_call *call, struct op_linear *l, struct reading *r,
                         struct mm_err *err)
{
    const char *at = r->equation;
    char output[64];
    if (read_term(call, r, &at, 0, &l->x->shape, err))
        return -1;
    if (l->w && *at++ != ',')
        return refuse(call, err, "not a term for each input");
    if (l->w && read_term(call, r, &at, 1, &l->w->shape, err))
        return -1;
    if (*at && strncmp(at, "->", 2) != 0)
        return refuse(call, err, "not a term for each input");
    usual_output(r, output);
    return order_labels(call, l, r, *at ? at + 2 : output, err);
}

static int64_t position_of(const struct op_linear *l, int64_t bundle, int64_t member)
{
    (void)l;
    return bundle + member;
}

static int64_t bundle_of(const struct op_linear *l, int64_t position)
{
    (void)l;
    return position;
}

static void load(struct op_linear *l, int64_t bundle)
{
    (void)l;
    (void)bundle;
}

static double value(const struct op_linear *l, int64_t position)
{
    const struct op_einsum *e = &l->einsum;
    int64_t out[MM_RANK_MAX], index[OP_EINSUM_MOST] = {0}, at_x = 0, at_w = 0;
    double sum = 0;
    mm_shape_coords(&l->shape, position, out);
    for (int i = 0; i < e->kept; i++) {
        at_x += out[i] * e->step_x[i];
        at_w += out[i] * e->step_w[i];
    }
    for (;;) {
        sum += op_get(l->x, at_x) * (l->w ? op_get(l->w, at_w) : 1);
        int i = e->labels - 1;
        for (; i >= e->kept && ++index[i] == e->dim[i]; i--) {
            index[i] = 0;
            at_x -= (e->dim[i] - 1) * e->step_x[i];
            at_w -= (e->dim[i] - 1) * e->step_w[i];
        }
        if (i < e->kept)
            return sum;
        at_x += e->step_x[i];
        at_w += e->step_w[i];
    }
}

int op_prepare_einsum(const struct mm_operator_call *call, struct op_linear *l, struct mm_err *err)
{
    struct reading r = {.ellipsis = 0};
    *l = (struct op_linear){.x = op_need(call, 0, err), .alpha = 1};
    if (call->node->input_count > 2)
        return op_fail(call, err, MM_EUNSUPPORTED, "%d inputs", call->node->input_count);
    if (!l->x || (call->node->input_count > 1 && !(l->w = op_need(call, 1, err))))
        return -1;
    if (copy_equation(call, &r, err) || read_equation(call, l, &r, err))
        return -1;
    if (!op_shape_fits(&l->shape))
        return refuse(call, err, "an impossible result");
    l->bundles = mm_shape_count(&l->shape);
    l->members = 1;
    l->bundle_of = bundle_of;
    l->position_of = position_of;
    l->load = load;
    l->value = value;
    return 0;
}
