#include "ui/output.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

bool output_write(const char *data, size_t length)
{
    while (length > 0) {
        ssize_t n = write(STDOUT_FILENO, data, length);
        if (n < 0 && errno != EINTR)
            return false;
        data += n > 0 ? n : 0;
        length -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

bool output_text(const char *text)
{
    return output_write(text, strlen(text));
}
