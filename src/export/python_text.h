/* Pieces of generated Python scripts that several dialects have. */
#ifndef MMTUI_EXPORT_PYTHON_TEXT_H
#define MMTUI_EXPORT_PYTHON_TEXT_H

/* The function _names(model): the names of all nodes of an .onnx file, those of subgraphs too. Ends the file. */
extern const char mm_python_node_names[];

#endif
