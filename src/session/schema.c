/* Whose field numbers MagicMind's .pb files are read by: said where it is not the project's own. */
#include "session/state.h"

#include <string.h>

void schema_note(struct mm_session *session)
{
    const struct mm_dump *src = session->src, *dst = session->dst;
    struct mm_buf in_src = {0}, in_dst = {0};
    mm_dump_say_numbers(src, "", &in_src);
    mm_dump_say_numbers(dst, "", &in_dst);
    bool same = in_src.length && strcmp(mm_buf_text(&in_src), mm_buf_text(&in_dst)) == 0;
    mm_buf_clear(&in_src);
    mm_buf_clear(&in_dst);
    mm_dump_say_numbers(src, same ? " of src and dst" : " of src", &in_src);
    if (!same)
        mm_dump_say_numbers(dst, " of dst", &in_dst);
    if (in_src.length)
        session_note(session, &in_src);
    if (in_dst.length)
        session_note(session, &in_dst);
    mm_buf_done(&in_src);
    mm_buf_done(&in_dst);
}
