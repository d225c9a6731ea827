/* The parts of a suggestion: suggest.c chooses, the others say what there is to choose from. */
#ifndef MMTUI_SUGGEST_SUGGEST_H
#define MMTUI_SUGGEST_SUGGEST_H

#include "mmtui/suggest.h"

/* A layer, as suggesting sees it. Energies are squares of relative L2 errors. */
struct suggest_layer {
    uint32_t op;  /* the first layer of the operator that makes it */
    int32_t next; /* the next layer of the same operator; -1 */
    bool measured;
    bool output; /* its error is what counts in the end; all of them where nothing tells the order */
    bool can;    /* dst has an operator for it, and a higher precision may help */
    bool
        unexplained; /* raising it is possible, but nothing shows that it mends what the layer adds: it can't */
    bool integer;    /* quantised now */
    bool masked;     /* behind something broken: `added` is an estimate */
    bool broken;     /* leaves the range, or makes a first NaN or Inf: `added` is +Inf until it is raised */
    enum mm_dtype now; /* what dst has: I8 for quantised operators whatever they are dumped as */
    enum mm_dtype to;  /* what it would be raised to */
    double added;      /* energy that comes in here */
    double left;       /* the same once it is raised; at most `added` */
    double gain;       /* share of the worst input's energy that goes on */
    double weight;     /* share of its own energy that reaches an output */
    bool raised;
    enum mm_suggest_why why;
    int32_t because; /* raised as it reads that layer; -1 */
};

struct suggest {
    const struct mm_triage_view *view;
    const struct mm_verdict *verdicts;
    const struct mm_graph *graph;
    bool no_half; /* raise all to FP32 */
    bool each_reader;
    size_t count;
    struct suggest_layer *layer;
    double *energy; /* [count] scratch of suggest_expected */
    double total;   /* energy at the outputs, of all that is not broken */
    bool tells;     /* some dst is in a lower precision or quantised: so one that is not is in full precision
                       already */
    struct mm_arena arena;
};

/* Greatest |x| of the reference; 0 where nothing was measured. */
double suggest_reach(const struct suggest *s, uint32_t id);
/* What its format and settings explain of what the layer adds, a relative L2 error: the most of recomputing, what-if,
 * statistics. Never 0. */
double suggest_explains(const struct suggest *s, uint32_t id);
/* Is what the layer adds of its format, so that another one mends it? True where nobody has looked, where it adds
 * NaN or Inf, of which figures say nothing, and where what it adds is masked and was not recomputed. After `masked`. */
bool suggest_explained(const struct suggest *s, uint32_t id);
/* Fill s->layer and s->total. -1: no memory. */
int suggest_layers(struct suggest *s);
/* All layers of the operator of `id`. Nothing happens to what is raised already. */
void suggest_raise(struct suggest *s, uint32_t id, enum mm_dtype to, enum mm_suggest_why why,
                   int32_t because);
/* And back. */
void suggest_lower(struct suggest *s, uint32_t id);
/* Raise what overflows. */
void suggest_overflow(struct suggest *s);
/* Raise what its format has too few digits for, and what makes its inputs. */
void suggest_digits(struct suggest *s);
/* Raise what lies between raised ones. */
void suggest_holes(struct suggest *s);
/* The worst error of the outputs, with what is raised now. +Inf: broken. */
double suggest_expected(struct suggest *s);
/* The share of the error energy that raising the operator takes away. 0 for broken ones. */
double suggest_share(const struct suggest *s, uint32_t op);
/* The whole energy at the outputs; *beyond: the share that no precision reaches. */
void suggest_total(struct suggest *s, double *beyond);
/* What mm_suggest_costs says, of layers that are there. `layer_of` as below. -1: memory. */
int suggest_costs(const struct suggest *s, const int32_t *layer_of, const struct mm_raise *raise,
                  size_t count, struct mm_raise_cost *out, struct mm_raise_cost *all);
/* Which layer dumped a tensor of the graph, -1; NULL without a graph or memory. To be freed. */
int32_t *suggest_dumped(const struct suggest *s);
/* Multiply-accumulates of the operator; -1. `layer_of` [graph's tensors]: who dumped a tensor, -1; NULL. */
int64_t suggest_macs(const struct suggest *s, const int32_t *layer_of, uint32_t op);
/* The sentence of an operator that is raised. */
void suggest_say(const struct suggest *s, uint32_t op, char *text, size_t size);

#endif
