/*
 * Variants of an operator, as other runtimes compute it: a table by operator type, each row of which changes a copy of
 * the call. Private to this folder.
 */
#ifndef MMTUI_OPERATOR_VARIANT_H
#define MMTUI_OPERATOR_VARIANT_H

#include "operator/call.h"

#define OP_VARIANT_ADDED  8 /* attributes that a change may add */
#define OP_VARIANT_INPUTS 4 /* inputs likewise, and values of its own */
#define OP_VARIANT_CHOICE 6 /* columns of a row */

struct mm_operator_variant {
    struct mm_operator_call call;
    const struct mm_operator_call *model; /* the call that it is a variant of */
    struct mm_graph_node node;
    struct mm_graph_attribute *attribute; /* node.attribute_count of them, with room for OP_VARIANT_ADDED */
    const struct mm_value **input;        /* node.input_count of them, with room for OP_VARIANT_INPUTS */
    int *tensor;                          /* node.inputs, alike */
    struct mm_value own[OP_VARIANT_INPUTS];
    int owned;
    double (*after)(double value); /* what is done to the result; NULL: nothing */
    const char *activation;        /* its name */
    char says[120];
    const char *origin;
    bool failed; /* memory */
    struct mm_arena arena;
};

/* One kind of change to one type of operator: up to `count` variants. */
struct op_variant_row {
    const char *type;
    int count;
    /* Make variant k of the row; false: it is the model's own, or makes no sense here. */
    bool (*change)(struct mm_operator_variant *v, const struct op_variant_row *row, int k);
    const char *name;                      /* of an attribute */
    bool whole;                            /* it is an integer */
    double otherwise;                      /* its default */
    double value[OP_VARIANT_CHOICE];       /* numbers to try, */
    const char *word[OP_VARIANT_CHOICE];   /* or words */
    const char *origin[OP_VARIANT_CHOICE]; /* whose each is; NULL: not known */
};

/* Families of rows, each ends with one without a type. */
extern const struct op_variant_row op_variant_settings[], op_variant_types[], op_variant_inputs[],
    op_variant_places[], op_variant_axes[];

/* ---- changing the copy ---- */

/* An attribute gets another value, whatever it was. */
void op_variant_int(struct mm_operator_variant *v, const char *name, int64_t value);
void op_variant_ints(struct mm_operator_variant *v, const char *name, const int64_t *values, int count);
void op_variant_float(struct mm_operator_variant *v, const char *name, double value);
void op_variant_text(struct mm_operator_variant *v, const char *name, const char *value);
void op_variant_type(struct mm_operator_variant *v, const char *type);
/* Input k is another value, or (NULL) left out; k may be one behind the last. */
void op_variant_input(struct mm_operator_variant *v, int k, const struct mm_value *value);
/* Input k becomes a value of the variant's own, of the dtype and shape of `like`, zeros, to be filled in. NULL where
 * memory is out: then the variant fails. */
struct mm_value *op_variant_own(struct mm_operator_variant *v, int k, const struct mm_value *like);
/* What the variant is computed with, as in "computed ...". */
void op_variant_says(struct mm_operator_variant *v, const char *format, ...) MM_PRINTF(2, 3);

/* ---- changes that are rows ---- */

/* A number: the model's attribute, or `otherwise`, is another one. */
bool op_variant_number(struct mm_operator_variant *v, const struct op_variant_row *row, int k);
/* The same of an attribute that is a word; the model's default is the last word of the row. */
bool op_variant_word(struct mm_operator_variant *v, const struct op_variant_row *row, int k);

#endif
