/* The dialect of trtexec, TensorRT's own command. */
#ifndef MMTUI_EXPORT_TRTEXEC_H
#define MMTUI_EXPORT_TRTEXEC_H

#include "export/import.h"

extern const struct mm_dialect mm_trtexec;

/* What trtexec calls a precision in its lists, and the flag that allows it in the network (NULL: it always is). */
struct trtexec_word {
    enum mm_precision precision;
    const char *word, *flag;
};
extern const struct trtexec_word trtexec_words[]; /* ends with a NULL word */

/* Read a command of trtexec back, of a script or in plain text, by trtexec's own rules. */
int mm_trtexec_read(const struct mm_config *config, struct mm_import *import, struct mm_err *err);

/* What TensorRT 11 took away, from trtexec and from its network alike. */
extern const struct mm_dialect_gone mm_tensorrt_gone[];

#endif
