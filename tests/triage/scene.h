/*
 * A scene is a small network that is built while it runs: each step is computed on both sides at once, the
 * first in float, the second with the case's noise and, at the faulty step, its fault. Later steps read what
 * their side has, so a fault goes on as it would.
 *
 * On the second side a step is computed, quantised (noise of INT8; with the range of the first side, as
 * calibration finds it), spoilt, rounded (noise of FP16).
 */
#ifndef TRIAGE_SCENE_H
#define TRIAGE_SCENE_H

#include "case.h"
#include "cli/demo_net.h"
#include "random.h"

enum { SCENE_STEPS_MAX = 24 };

struct scene_step {
    const char *name;        /* of the tensor */
    const char *type;        /* ONNX's operator; "" for an input */
    int in[DEMO_INPUTS_MAX]; /* steps, counted from 1; 0: none */
    enum mm_dtype dtype;     /* of the first side */
    const struct demo_value *param, *bias;
    struct demo_value *s, *d;
};

struct scene {
    const struct corpus_case *of;
    struct random random; /* for sizes, values, parameters */
    struct random faulty; /* for the fault: another one with the same network */
    bool exact; /* steps added now are never quantised: outputs are worked out in float even by INT8 networks
                 */
    struct scene_step step[SCENE_STEPS_MAX];
    int count;
    struct mm_arena arena;
};

/* Everything in it lives until scene_done. The program ends when memory is out. */
void scene_init(struct scene *scene, const struct corpus_case *of);
void scene_done(struct scene *scene);

#define SHAPE(...)                                                                                           \
    (struct mm_shape)                                                                                        \
    {                                                                                                        \
        sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t),                                                  \
        {                                                                                                    \
            __VA_ARGS__                                                                                      \
        }                                                                                                    \
    }

/* What a step's tensor is called in the dumps' files. */
#define SCENE_NAME_SIZE 128
void scene_name(enum form form, const char *step, bool second, char out[SCENE_NAME_SIZE]);

struct demo_value *scene_value(struct scene *scene, struct mm_shape shape);
struct demo_value *scene_normal(struct scene *scene, struct mm_shape shape, double mean, double deviation);
/* Weights of a linear or convolution: outputs are `gain` times as large as inputs. fan_in is the shape's last
 * but one axis in a linear, else all but the first. */
struct demo_value *scene_weights(struct scene *scene, struct mm_shape shape, double gain);

/* Both return the step's number, from 1. `value` is the first side's. */
int scene_input(struct scene *scene, const char *name, enum mm_dtype dtype, struct demo_value *value);
/* s, d of `step` are set here; a dtype of 0 is F32. */
int scene_add(struct scene *scene, const struct scene_step *step, void (*run)(const struct demo_call *call),
              struct mm_shape shape);

/* An operator without parameters, whose output has the shape of its first input `a`; `b` 0: it has but
 * one. */
int scene_same(struct scene *scene, const char *name, const char *type, int a, int b,
               void (*run)(const struct demo_call *call));
/* Along the last axis, with a bias. */
int scene_linear(struct scene *scene, const char *name, int in, int64_t width, double gain);

/* ---- the networks (scenes_*.c) ---- */

typedef void scene_build(struct scene *scene);
scene_build scene_photo, scene_photo_last, scene_pixels, scene_pyramid;
scene_build scene_detector, scene_detections, scene_segments;
scene_build scene_attention, scene_mixer, scene_norm;
scene_build scene_hot_channels, scene_outliers, scene_one_sided, scene_sparse;
scene_build scene_loud, scene_faint, scene_pooling, scene_lengths, scene_difference, scene_sinks;
scene_build scene_planes, scene_matrix, scene_chain, scene_batch;
scene_build scene_shuffle, scene_concat, scene_raw_detector, scene_labels, scene_tokens, scene_low_mask,
    scene_large_mean;

#endif
