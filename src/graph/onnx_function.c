/* The local functions of a model: which there are, and which calls which. */
#include "graph/onnx.h"

#include <limits.h>
#include <stdlib.h>

/* ---- what a function is known by -------------------------------------------------------------------------- */

/* Where its parts stand, in a function and in a node that calls it. */
static const uint32_t in_function[] = {ONNX_FUNCTION_DOMAIN, ONNX_FUNCTION_NAME, ONNX_FUNCTION_OVERLOAD};
static const uint32_t in_node[] = {ONNX_NODE_DOMAIN, ONNX_NODE_OP_TYPE, ONNX_NODE_OVERLOAD};

struct identity {
    struct mm_wire_field part[3]; /* domain, name, overload */
};

static int read_identity(const struct mm_onnx *onnx, const struct mm_wire_field *message,
                         const uint32_t number[3], struct identity *identity, struct mm_err *err)
{
    struct mm_wire wire = mm_onnx_inside(onnx, message);
    struct mm_wire_field field;
    int more;
    for (int i = 0; i < 3; i++)
        identity->part[i] = (struct mm_wire_field){.data = (const uint8_t *)""};
    while ((more = mm_onnx_next(onnx, &wire, &field, "a node or function", err)) > 0) {
        for (int i = 0; i < 3; i++) {
            if (field.number == number[i] && field.type == MM_WIRE_BYTES)
                identity->part[i] = field;
        }
    }
    struct mm_wire_field *domain = &identity->part[0];
    if (domain->size == 7 && memcmp(domain->data, "ai.onnx", 7) == 0)
        domain->size = 0; /* ONNX's own, by its other name */
    return more;
}

/* The parts, each with a 0 behind it, in onnx->kept. */
static int join(struct mm_onnx *onnx, const struct identity *identity, struct mm_err *err)
{
    mm_buf_clear(&onnx->kept);
    for (int i = 0; i < 3; i++) {
        mm_buf_add(&onnx->kept, identity->part[i].data, identity->part[i].size);
        mm_buf_putc(&onnx->kept, '\0');
    }
    return onnx->kept.failed ? mm_fail_memory(err) : 0;
}

int mm_onnx_callee(struct mm_onnx *onnx, const struct mm_wire_field *node, struct mm_err *err)
{
    struct identity identity;
    if (onnx->functions == 0)
        return -1;
    if (read_identity(onnx, node, in_node, &identity, err) < 0 || join(onnx, &identity, err) < 0)
        return -2;
    return mm_names_find(&onnx->function_names, mm_buf_text(&onnx->kept), onnx->kept.length);
}

/* ---- reading ---------------------------------------------------------------------------------------------- */

static int add_formal(struct mm_onnx *onnx, struct mm_onnx_function *function,
                      const struct mm_wire_field *field)
{
    return mm_names_add(&function->formal, &onnx->lasting, (const char *)field->data, field->size);
}

static size_t count_fields(const struct mm_onnx *onnx, const struct mm_wire_field *message, uint32_t number)
{
    struct mm_wire wire = mm_onnx_inside(onnx, message);
    struct mm_wire_field field;
    size_t count = 0;
    while (mm_onnx_next(onnx, &wire, &field, "a function", NULL) > 0)
        count += field.number == number && field.type == MM_WIRE_BYTES;
    return count;
}

/* Its inputs and outputs. */
static int read_formals(struct mm_onnx *onnx, struct mm_onnx_function *function, struct mm_err *err)
{
    struct mm_wire wire = mm_onnx_inside(onnx, &function->field);
    struct mm_wire_field field;
    int more;
    function->input = mm_arena_array(&onnx->lasting,
                                     count_fields(onnx, &function->field, ONNX_FUNCTION_INPUT), sizeof(int));
    function->output = mm_arena_array(
        &onnx->lasting, count_fields(onnx, &function->field, ONNX_FUNCTION_OUTPUT), sizeof(int));
    if (!function->input || !function->output)
        return mm_fail_memory(err);
    while ((more = mm_onnx_next(onnx, &wire, &field, "a function", err)) > 0) {
        if (field.type != MM_WIRE_BYTES ||
            (field.number != ONNX_FUNCTION_INPUT && field.number != ONNX_FUNCTION_OUTPUT))
            continue;
        int number = add_formal(onnx, function, &field);
        if (number < 0)
            return mm_fail_memory(err);
        if (field.number == ONNX_FUNCTION_INPUT)
            function->input[function->inputs++] = number;
        else
            function->output[function->outputs++] = number;
    }
    return more;
}

/* "domain:name", escaped, no longer than an error text can have. */
static const char *shown_name(struct mm_onnx *onnx, const struct identity *identity)
{
    struct mm_buf text;
    mm_buf_init(&text);
    for (int i = 0; i < 2; i++) {
        const struct mm_wire_field *part = &identity->part[i];
        mm_text_escape(&text, (const char *)part->data, part->size < 80 ? part->size : 80);
        mm_buf_puts(&text, i == 0 && part->size > 0 ? ":" : "");
    }
    const char *name = mm_arena_strdup(&onnx->lasting, mm_buf_text(&text));
    mm_buf_done(&text);
    return name;
}

static int read_function(struct mm_onnx *onnx, struct mm_onnx_function *function,
                         const struct identity *identity, struct mm_err *err)
{
    const struct mm_wire_field *name = &identity->part[1];
    function->name = shown_name(onnx, identity);
    function->op_type = mm_arena_strndup(&onnx->lasting, (const char *)name->data, name->size);
    function->type =
        mm_names_add(&onnx->function_types, &onnx->lasting, (const char *)name->data, name->size);
    if (!function->name || !function->op_type || function->type < 0)
        return mm_fail_memory(err);
    return read_formals(onnx, function, err);
}

/* Of two that are known by the same, the first counts. */
int mm_onnx_function(struct mm_onnx *onnx, const struct mm_wire_field *field, struct mm_err *err)
{
    struct identity identity;
    if (read_identity(onnx, field, in_function, &identity, err) < 0 || join(onnx, &identity, err) < 0)
        return -1;
    int number =
        mm_names_add(&onnx->function_names, &onnx->lasting, mm_buf_text(&onnx->kept), onnx->kept.length);
    if (number < 0 || mm_grow((void **)&onnx->function, &onnx->function_capacity, onnx->functions + 1,
                              sizeof *onnx->function) < 0)
        return mm_fail_memory(err);
    if ((size_t)number < onnx->functions)
        return 0;
    struct mm_onnx_function *function = &onnx->function[onnx->functions++];
    *function = (struct mm_onnx_function){.field = *field};
    mm_names_init(&function->formal);
    return read_function(onnx, function, &identity, err);
}

static int find_callees(struct mm_onnx *onnx, struct mm_onnx_function *function, struct mm_err *err)
{
    struct mm_wire wire = mm_onnx_inside(onnx, &function->field);
    struct mm_wire_field field;
    int more;
    while ((more = mm_onnx_next(onnx, &wire, &field, "a function", err)) > 0) {
        if (field.number != ONNX_FUNCTION_NODE)
            continue;
        if (field.type != MM_WIRE_BYTES)
            return mm_onnx_damaged(onnx, field.start, "a number where the function has a node", err);
        int callee = mm_onnx_callee(onnx, &field, err);
        if (callee < -1)
            return -1;
        if (callee < 0)
            continue;
        if (mm_grow((void **)&function->callee, &function->callee_capacity, function->callees + 1,
                    sizeof(int)) < 0)
            return mm_fail_memory(err);
        function->callee[function->callees++] = callee;
    }
    return more;
}

int mm_onnx_link(struct mm_onnx *onnx, struct mm_err *err)
{
    onnx->type_seen = calloc(onnx->function_types.count + 1, sizeof *onnx->type_seen);
    if (!onnx->type_seen)
        return mm_fail_memory(err);
    for (size_t i = 0; i < onnx->functions; i++) {
        if (find_callees(onnx, &onnx->function[i], err) < 0)
            return -1;
    }
    return 0;
}

void mm_onnx_functions_done(struct mm_onnx *onnx)
{
    for (size_t i = 0; i < onnx->functions; i++) {
        mm_names_done(&onnx->function[i].formal);
        free(onnx->function[i].callee);
    }
    free(onnx->function);
    free(onnx->type_seen);
    free(onnx->call);
    mm_names_done(&onnx->function_names);
    mm_names_done(&onnx->function_types);
    mm_arena_done(&onnx->lasting);
}
