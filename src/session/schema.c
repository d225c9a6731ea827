/* Whose field numbers MagicMind's .pb files are read by: said where it is not the project's own. */
#include "session/state.h"

static bool has_pb(const struct mm_dump *dump)
{
    const struct mm_format *pb = mm_format_find("pb");
    for (size_t i = 0; i < dump->count; i++) {
        if (dump->entries[i].source->format == pb)
            return true;
    }
    return false;
}

static void put_origin(const struct mm_dump *dump, const char *whose, struct mm_buf *text)
{
    const char *origin = dump->schema->origin;
    struct mm_buf lacks = {0};
    mm_buf_printf(text, "%sThe .pb files%s are read by the field numbers of ", text->length ? " " : "",
                  whose);
    mm_text_escape(text, origin, strlen(origin));
    if (mm_schema_lacks(dump->schema, &lacks) > 0)
        mm_buf_printf(text, ", which has none for %s", mm_buf_text(&lacks));
    mm_buf_puts(text, ".");
    mm_buf_done(&lacks);
}

void schema_note(struct mm_session *session)
{
    const struct mm_dump *src = session->src, *dst = session->dst;
    struct mm_buf text = {0};
    bool in_src = src->schema != mm_schema_own() && has_pb(src);
    bool in_dst = dst->schema != mm_schema_own() && has_pb(dst);
    bool same = in_src && in_dst && src->schema == dst->schema;
    if (in_src)
        put_origin(src, same ? "" : " of src", &text);
    if (in_dst && !same)
        put_origin(dst, " of dst", &text);
    if (text.length)
        session_note(session, &text);
    else
        mm_buf_done(&text);
}
