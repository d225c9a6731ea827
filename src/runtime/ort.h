/*
 * ort: what of ONNX Runtime's C interface is used, written down from its documentation, so that no header of it is
 * needed to build.
 *
 * The interface is one table of functions that only grows: a function keeps its place in all versions. All of what is
 * here is there since version 1.14 (API 14), which is the one asked for.
 */
#ifndef MMTUI_RUNTIME_ORT_H
#define MMTUI_RUNTIME_ORT_H

#include "mmtui/runtime.h"

#define ORT_API_WANTED 14

/* Opaque on purpose: ONNX Runtime's own names. */
typedef struct OrtEnv OrtEnv;
typedef struct OrtStatus OrtStatus;
typedef struct OrtSession OrtSession;
typedef struct OrtSessionOptions OrtSessionOptions;
typedef struct OrtRunOptions OrtRunOptions;
typedef struct OrtValue OrtValue;
typedef struct OrtMemoryInfo OrtMemoryInfo;
typedef struct OrtTypeInfo OrtTypeInfo;
typedef struct OrtTensorInfo OrtTensorInfo; /* OrtTensorTypeAndShapeInfo */
typedef struct OrtAllocator OrtAllocator;
typedef struct OrtCustomOpDomain OrtCustomOpDomain;
typedef struct OrtKernelInfo OrtKernelInfo;
typedef struct OrtKernelContext OrtKernelContext;

/* Their places in the table. */
enum ort_slot {
    ORT_GetErrorCode = 1,
    ORT_GetErrorMessage = 2,
    ORT_CreateEnvWithCustomLogger = 4,
    ORT_CreateSessionFromArray = 8,
    ORT_Run = 9,
    ORT_CreateSessionOptions = 10,
    ORT_SetOptimizedModelFilePath = 11,
    ORT_DisableMemPattern = 17,
    ORT_SetSessionLogSeverityLevel = 22,
    ORT_SetSessionGraphOptimizationLevel = 23,
    ORT_SetIntraOpNumThreads = 24,
    ORT_SetInterOpNumThreads = 25,
    ORT_CreateCustomOpDomain = 26,
    ORT_CustomOpDomain_Add = 27,
    ORT_AddCustomOpDomain = 28,
    ORT_SessionGetInputCount = 30,
    ORT_SessionGetOutputCount = 31,
    ORT_SessionGetInputTypeInfo = 33,
    ORT_SessionGetOutputTypeInfo = 34,
    ORT_SessionGetInputName = 36,
    ORT_SessionGetOutputName = 37,
    ORT_CreateRunOptions = 39,
    ORT_RunOptionsSetTerminate = 46,
    ORT_RunOptionsUnsetTerminate = 47,
    ORT_CreateTensorWithDataAsOrtValue = 49,
    ORT_IsTensor = 50,
    ORT_GetTensorMutableData = 51,
    ORT_CastTypeInfoToTensorInfo = 55,
    ORT_GetOnnxTypeFromTypeInfo = 56,
    ORT_GetTensorElementType = 60,
    ORT_GetDimensionsCount = 61,
    ORT_GetDimensions = 62,
    ORT_GetTensorTypeAndShape = 65,
    ORT_CreateCpuMemoryInfo = 69,
    ORT_AllocatorFree = 76,
    ORT_GetAllocatorWithDefaultOptions = 78,
    ORT_CreateValue = 82,
    ORT_KernelInfoGetAttribute_int64 = 86,
    ORT_KernelContext_GetInput = 90,
    ORT_KernelContext_GetOutput = 91,
    ORT_ReleaseEnv = 92,
    ORT_ReleaseStatus = 93,
    ORT_ReleaseMemoryInfo = 94,
    ORT_ReleaseSession = 95,
    ORT_ReleaseValue = 96,
    ORT_ReleaseRunOptions = 97,
    ORT_ReleaseTypeInfo = 98,
    ORT_ReleaseTensorTypeAndShapeInfo = 99,
    ORT_ReleaseSessionOptions = 100,
    ORT_ReleaseCustomOpDomain = 101,
    ORT_AddSessionConfigEntry = 130,
    ORT_AddInitializer = 150,
    ORT_KernelInfo_GetInputName = 232,
    ORT_KernelInfo_GetInputTypeInfo = 234
};

/* What a value is: ONNXType. */
enum ort_kind { ORT_KIND_TENSOR = 1, ORT_KIND_SEQUENCE = 2 };

/* Where the table is had from. */
struct ort_base {
    const void *const *(*get_api)(uint32_t version);
    const char *(*get_version)(void);
};

typedef void (*ort_logger)(void *param, int severity, const char *category, const char *id, const char *place,
                           const char *text);

/* An operator of one's own, as version 13 has it. It outlives the sessions that know it. */
struct ort_custom_op {
    uint32_t version;
    void *(*create)(const struct ort_custom_op *op, const void *api, const OrtKernelInfo *info);
    const char *(*name)(const struct ort_custom_op *op);
    const char *(*provider)(const struct ort_custom_op *op);
    int (*input_type)(const struct ort_custom_op *op, size_t index);
    size_t (*inputs)(const struct ort_custom_op *op);
    int (*output_type)(const struct ort_custom_op *op, size_t index);
    size_t (*outputs)(const struct ort_custom_op *op);
    void (*compute)(void *kernel, OrtKernelContext *context);
    void (*destroy)(void *kernel);
    int (*input_kind)(const struct ort_custom_op *op, size_t index);
    int (*output_kind)(const struct ort_custom_op *op, size_t index);
    int (*input_memory)(const struct ort_custom_op *op, size_t index);
    int (*variadic[4])(const struct ort_custom_op *op);
};
#define ORT_CUSTOM_OP_VERSION 13

struct mm_ort {
    const void *const *api;
    OrtEnv *env;
    OrtMemoryInfo *memory;
    OrtAllocator *allocator; /* the library's, not to be released */
    char *path;              /* of the library */
    char *version;           /* "1.30.0" */
};

/* The function in a place of the table, as the type that it has. */
#define ORT_CALL(ort, slot, type) ((type)(ort)->api[ORT_##slot])

/* What a function returned: 0, or -1 with the library's own sentence behind `what`; the status is released. */
int ort_check(const struct mm_ort *ort, OrtStatus *status, const char *what, struct mm_err *err);

/* The interface's functions, each by its name, -1 with a sentence that begins with `what`. */
int ort_set_number(const struct mm_ort *ort, enum ort_slot slot, OrtSessionOptions *options, int number,
                   const char *what, struct mm_err *err);
int ort_add_config(const struct mm_ort *ort, OrtSessionOptions *options, const char *key, const char *value,
                   struct mm_err *err);

/* Type and shape; a dimension that the model leaves open is -1. The dtype is MM_DTYPE_NONE where mmtui has none. */
int ort_info(const struct mm_ort *ort, const OrtTensorInfo *info, enum mm_dtype *dtype,
             struct mm_shape *shape, const char *what, struct mm_err *err);
/* A tensor as a view: of its values, or of `memory`, where values of less than 8 bits are taken apart. -1: it is none, or has
 * a type that mmtui has no dtype for. */
int ort_view(const struct mm_ort *ort, const OrtValue *value, struct mm_tensor *view, struct mm_run *run,
             struct mm_buf *memory, const char *what, struct mm_err *err);
/* A value over the bytes of a raw tensor, which must outlive it. */
int ort_value(const struct mm_ort *ort, const struct mm_tensor *tensor, OrtValue **value, const char *what,
              struct mm_err *err);
/* A sequence of values, which stay the caller's. */
int ort_sequence(const struct mm_ort *ort, const OrtValue *const *items, size_t count, OrtValue **value,
                 const char *what, struct mm_err *err);
void ort_value_release(const struct mm_ort *ort, OrtValue *value);

#endif
