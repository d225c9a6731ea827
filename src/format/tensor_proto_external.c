/*
 * External data: a file beside the model that holds values. A model may come from anywhere, so its word on
 * which file that is goes no further than its own folder.
 */
#include "format/tensor_proto_parts.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

/* ---- what the entries say ----------------------------------------------------------------------------- */

/* `otherwise` when it is not told. */
static int read_number(const struct mm_proto *proto, const struct mm_wire_field *field, const char *what,
                       size_t otherwise, size_t *out, struct mm_err *err)
{
    char text[24];
    int64_t value;
    *out = otherwise;
    if (!field->data)
        return 0;
    size_t length = field->size < sizeof text ? field->size : 0;
    memcpy(text, field->data, length);
    text[length] = '\0';
    if (strlen(text) != length || !mm_parse_i64(text, &value) || value < 0)
        return mm_proto_fail(proto, err, MM_ECORRUPT, "the %s of its external data is not a number", what);
    *out = (size_t)value;
    return 0;
}

/* A part of the path that leads upwards. */
static bool leads_up(const char *path)
{
    for (const char *part = path; part; part = strchr(part, '/')) {
        part += *part == '/';
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
            return true;
    }
    return false;
}

/* The location for an error text, shortened. */
static const char *shown(const struct mm_wire_field *location, struct mm_buf *text)
{
    mm_buf_init(text);
    mm_text_escape(text, (const char *)location->data, location->size < 100 ? location->size : 100);
    return mm_buf_text(text);
}

static int refuse(const struct mm_proto *proto, enum mm_code code, const char *why, struct mm_err *err)
{
    struct mm_buf text;
    mm_proto_fail(proto, err, code, "its external data is \"%s\"%s", shown(&proto->external.location, &text),
                  why);
    mm_buf_done(&text);
    return -1;
}

/* ---- which file --------------------------------------------------------------------------------------- */

/* malloc'ed: the part of a path before the last slash, "." if there is none. */
static char *folder_of(const char *path)
{
    const char *base = mm_path_base(path);
    return base == path ? strdup(".") : strndup(path, (size_t)(base - path));
}

static bool is_below(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    while (length > 0 && folder[length - 1] == '/')
        length--;
    return strncmp(path, folder, length) == 0 && path[length] == '/';
}

/* Does the real path `target` lie below the folder of `file`, or of what `file` is a link to? */
static bool is_inside(const char *target, const char *file)
{
    char *named = folder_of(file), *real = realpath(file, NULL);
    char *folder = named ? realpath(named, NULL) : NULL, *home = real ? folder_of(real) : NULL;
    bool inside = (folder && is_below(target, folder)) || (home && is_below(target, home));
    free(named);
    free(real);
    free(folder);
    free(home);
    return inside;
}

/* malloc'ed "folder of the model/location". */
static char *beside(const char *file, const char *location)
{
    char *folder = folder_of(file);
    char *path = folder ? mm_path_join(folder, location) : NULL;
    free(folder);
    return path;
}

/* The real path of the data, malloc'ed; NULL with err. */
static char *find(const struct mm_proto *proto, const char *location, struct mm_err *err)
{
    if (*location == '\0')
        refuse(proto, MM_ECORRUPT, ", which names no file", err);
    else if (*location == '/' || leads_up(location))
        refuse(proto, MM_EUNSUPPORTED, ": only files in the model's folder are read", err);
    if (*location == '\0' || *location == '/' || leads_up(location))
        return NULL;
    char *path = beside(proto->path, location);
    char *real = path ? realpath(path, NULL) : NULL;
    int error = errno;
    if (!path || (!real && error == ENOMEM))
        mm_fail_memory(err);
    else if (!real)
        refuse(proto, error == ENOENT ? MM_ENOENT : MM_EIO,
               error == ENOENT ? ", a file that is not there" : ", which can't be opened", err);
    else if (!is_inside(real, proto->path)) {
        refuse(proto, MM_EUNSUPPORTED, ", a link out of the model's folder: it is not followed", err);
        free(real);
        real = NULL;
    }
    free(path);
    return real;
}

static int open_data(const struct mm_proto *proto, struct mm_map *map, struct mm_err *err)
{
    const struct mm_wire_field *field = &proto->external.location;
    if (!field->data)
        return mm_proto_fail(proto, err, MM_ECORRUPT, "its external data has no location");
    if (field->size > PATH_MAX || memchr(field->data, '\0', field->size))
        return refuse(proto, MM_ECORRUPT, ", which is not the name of a file", err);
    char *location = strndup((const char *)field->data, field->size);
    char *path = location ? find(proto, location, err) : NULL;
    int result = path ? mm_map_open(map, path, err) : location ? -1 : mm_fail_memory(err);
    free(location);
    free(path);
    return result;
}

int mm_proto_external(const struct mm_proto *proto, size_t size, struct mm_stored *stored,
                      const uint8_t **bytes, struct mm_err *err)
{
    size_t offset, length;
    struct mm_buf text;
    if (read_number(proto, &proto->external.offset, "offset", 0, &offset, err) < 0 ||
        read_number(proto, &proto->external.length, "length", size, &length, err) < 0)
        return -1;
    if (length != size)
        return mm_proto_fail(proto, err, MM_ECORRUPT,
                             "its external data has a length of %zu, but its shape and type need %zu bytes",
                             length, size);
    if (open_data(proto, &stored->map, err) < 0)
        return -1;
    if (offset <= stored->map.size && size <= stored->map.size - offset) {
        *bytes = stored->map.data + offset;
        return 0;
    }
    mm_proto_fail(proto, err, MM_ECORRUPT,
                  "its external data \"%s\" has %zu bytes, but %zu from byte %zu on are needed",
                  shown(&proto->external.location, &text), stored->map.size, size, offset);
    mm_buf_done(&text);
    return -1;
}
