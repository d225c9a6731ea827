/* Sessions over small dumps, for the tests of this folder and of report. Include behind cmocka.h. */
#ifndef SESSION_TESTING_H
#define SESSION_TESTING_H

#include "mmtui/session.h"
#include "unit/fixture.h"
#include "unit/pair/odd_text.h"

struct stage {
    char *folder, *src, *dst;
    struct mm_session_options options;
    struct mm_session *session;
};

/* Two empty folders, and options that run jobs inline. */
static inline void stage_init(struct stage *stage)
{
    *stage = (struct stage){.folder = temp_folder()};
    stage->src = in_folder(stage->folder, "src");
    stage->dst = in_folder(stage->folder, "dst");
    shell(stage->folder, "mkdir '%s/src' '%s/dst'");
    mm_session_defaults(&stage->options);
    stage->options.src = stage->src;
    stage->options.dst = stage->dst;
    stage->options.jobs = 0;
}

static inline void stage_open(struct stage *stage)
{
    struct mm_err err = {MM_OK, ""};
    if (mm_session_open(&stage->session, &stage->options, &err) < 0)
        fail_msg("%s", err.text);
}

static inline void stage_start(struct stage *stage)
{
    struct mm_err err = {MM_OK, ""};
    if (mm_session_start(stage->session, &err) < 0)
        fail_msg("%s", err.text);
}

static inline void stage_measure(struct stage *stage)
{
    stage_open(stage);
    stage_start(stage);
    assert_int_equal(mm_session_finish(stage->session, NULL, NULL), 0);
}

static inline void stage_done(struct stage *stage)
{
    mm_session_close(stage->session);
    free(stage->src);
    free(stage->dst);
    drop_folder(stage->folder);
}

/* One tensor on both sides, as .pb: "STAMP_NAME.pb" with node and op of each. */
static inline void put_both(struct stage *stage, const char *name, const char *node, const char *op,
                            const float *s, const float *d, size_t count)
{
    put_pb(stage->src, name, &(struct pb_head){"src_node", "onnx::Op", 0, false}, s, count);
    put_pb(stage->dst, name, &(struct pb_head){node, op, 0, false}, d, count);
}

/* A pair of large texts of 0, 1, 2 ..., both with values that are not where they seem to be; not measured yet. */
static inline void stage_odd_text(struct stage *stage)
{
    char *text = odd_text("6000", 1, true);
    stage_init(stage);
    put_text(stage->src, "1_x.pbtxt", text);
    put_text(stage->dst, "1_x.pbtxt", text);
    free(text);
    stage_open(stage);
    stage_start(stage);
}

/* From now on, who opens the pair finds the file of src cut; to be freed. */
static inline char *stage_cut_src(struct stage *stage)
{
    char *path = in_folder(stage->src, "1_x.pbtxt");
    cut_when_opened((struct mm_source *)(uintptr_t)mm_session_dst(stage->session)->entries[0].source, path);
    return path;
}

#define FLOATS(...) ((const float[]){__VA_ARGS__})

#endif
