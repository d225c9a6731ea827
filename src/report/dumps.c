/* What all of each dump has: channels elsewhere, samples, padding, an end of all names. */
#include "report/dumps.h"

static const struct mm_layout nothing;

/* As it is called; NULL: as usual, or as the other side has it. */
static const char *channels_of(const struct mm_layout *layout, bool dst)
{
    bool moved = layout->axis.kind != MM_AXIS_NONE, last = moved && layout->axis.perm[1] == 2;
    if (layout->blocked[dst])
        return "blocks";
    if (!moved)
        return NULL;
    return last == dst ? "last" : "second";
}

static int64_t samples_of(const struct mm_layout *layout, bool dst)
{
    return layout->times[dst] ? layout->times[dst] : 1;
}

/* Whose field numbers MagicMind's .pb are read by; null: the project's own, or there are none. */
static void put_numbers(struct mm_json *json, const struct mm_dump *dump)
{
    struct mm_buf said = {0};
    mm_dump_say_numbers(dump, "", &said);
    if (said.length && !dump->no_numbers)
        mm_json_put_text(json, "field_numbers", dump->schema->origin);
    else
        mm_json_put_null(json, "field_numbers");
    mm_buf_done(&said);
}

static void put_side(struct mm_json *json, const struct mm_session *session, const struct mm_layout *layout,
                     bool dst)
{
    const char *channels = channels_of(layout, dst);
    enum mm_dtype bits = mm_session_read_as(session, dst);
    mm_json_open_object(json, dst ? "dst" : "src");
    if (channels)
        mm_json_put_text(json, "channels", channels);
    else
        mm_json_put_null(json, "channels");
    mm_json_put_whole(json, "samples", samples_of(layout, dst));
    mm_json_put_whole(json, "padding", layout->more[dst]);
    mm_json_put_bool(json, "padding_in_front", layout->more[dst] && layout->front);
    if (bits != MM_DTYPE_NONE)
        mm_json_put_text(json, "integers_are", mm_dtype_info(bits)->name);
    else
        mm_json_put_null(json, "integers_are");
    mm_json_put_text(json, "suffix", mm_session_suffix(session, dst));
    const struct mm_dump *dump = dst ? mm_session_dst(session) : mm_session_src(session);
    put_numbers(json, dump);
    if (dump->recognised)
        mm_json_put_text(json, "recognised", dump->recognised);
    else
        mm_json_put_null(json, "recognised");
    mm_json_close_object(json);
}

void report_put_dumps(struct mm_json *json, const struct mm_session *session)
{
    const struct mm_layout *layout = mm_session_layout(session);
    const char *saved = mm_session_saved_dumps(session);
    mm_json_line(json, 1);
    if (saved) {
        mm_json_put_raw(json, "dumps", saved);
        return;
    }
    mm_json_open_object(json, "dumps");
    put_side(json, session, layout ? layout : &nothing, false);
    put_side(json, session, layout ? layout : &nothing, true);
    mm_json_close_object(json);
}

void report_put_unanalysed(struct mm_json *json, const struct mm_session *session)
{
    const char *why;
    size_t count = mm_session_unanalysed(session, &why);
    if (count == 0)
        return;
    mm_json_put_whole(json, "unanalysed", (int64_t)count);
    mm_json_put_text(json, "unanalysed_why", why);
}
