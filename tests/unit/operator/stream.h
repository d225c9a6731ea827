/* Cases that a Python program of this folder tells: a node in a model file, its inputs, what should come out. */
#ifndef STREAM_H
#define STREAM_H

#include "operator_testing.h"

#define TENSORS 64

struct one {
    char name[200];
    struct mm_graph *graph;
    long long opset;
    int outputs, inputs;
    bool there[TENSORS]; /* outputs first */
    struct mm_value value[TENSORS];
};

static inline char *read_line(FILE *in, char *line, size_t size)
{
    char *text = fgets(line, (int)size, in);
    if (text)
        text[strcspn(text, "\n")] = '\0';
    return text;
}

static inline bool read_value(FILE *in, struct mm_value *value)
{
    char line[400], *at = line, *word;
    struct mm_shape shape = {0};
    assert_non_null(read_line(in, line, sizeof line));
    word = strsep(&at, " ");
    if (strcmp(word, "none") == 0)
        return false;
    enum mm_dtype dtype = mm_dtype_find(word);
    shape.rank = atoi(strsep(&at, " "));
    for (int i = 0; i < shape.rank; i++)
        shape.dim[i] = atoll(strsep(&at, " "));
    assert_int_equal(mm_value_new(value, dtype, &shape, INT32_MAX, NULL), 0);
    size_t width = value->f ? sizeof(float) : sizeof(int64_t);
    assert_int_equal(fread(value->owned, width, (size_t)value->count, in), value->count);
    return true;
}

static inline bool read_one(FILE *in, struct one *one)
{
    char line[1000], model[400];
    struct mm_err err;
    *one = (struct one){0};
    if (!read_line(in, line, sizeof line))
        return false;
    assert_int_equal(sscanf(line, "case %199s %399s %lld %d %d", one->name, model, &one->opset, &one->outputs,
                            &one->inputs),
                     5);
    assert_true(one->outputs + one->inputs <= TENSORS);
    for (int i = 0; i < one->outputs + one->inputs; i++)
        one->there[i] = read_value(in, &one->value[i]);
    if (mm_graph_open_onnx(&one->graph, model, &err))
        fail_msg("%s", err.text);
    return true;
}

static inline void drop(struct one *one)
{
    for (int i = 0; i < TENSORS; i++)
        mm_value_done(&one->value[i]);
    mm_graph_close(one->graph);
}

/* Run the program with an argument; to be closed with pclose, which should give 0. */
static inline FILE *open_stream(const char *program, const char *argument)
{
    char folder[4096], command[9000];
    snprintf(folder, sizeof folder, "%s", __FILE__);
    *strrchr(folder, '/') = '\0';
    snprintf(command, sizeof command, "/usr/bin/python3 -B '%s/%s' %s", folder, program, argument);
    FILE *in = popen(command, "r");
    assert_non_null(in);
    return in;
}

#endif
