/* The dialect of NVIDIA's Model Optimizer, which writes precisions into ONNX models for TensorRT 11. */
#ifndef MMTUI_EXPORT_MODELOPT_H
#define MMTUI_EXPORT_MODELOPT_H

#include "export/import.h"

extern const struct mm_dialect mm_modelopt;

/* Append the text of to_mixed.py. */
void mm_modelopt_python(const struct mm_export *export, struct mm_buf *out);
/* Read options back: to_mixed.json, or a command of modelopt.onnx.autocast or modelopt.onnx.quantization. */
int mm_modelopt_read(const struct mm_config *config, struct mm_import *import, struct mm_err *err);

/* Append a regular expression of Python that matches this name and no other. */
void mm_modelopt_put_pattern(const char *name, struct mm_buf *out);
/* The name that such an expression, with ^ before and \Z or $ behind it, matches alone; false: it matches others, too. */
bool mm_modelopt_get_name(const char *pattern, struct mm_buf *name);

#endif
