/* What the runtime's version no longer takes: the rows of the dialect against --for. */
#include "export/lint.h"

#include <stdlib.h>

/* Is version `a` at least `b`? Number by number: "10.12" >= "10.9"; what is not said counts as 0. */
static bool at_least(const char *a, const char *b)
{
    while (*a || *b) {
        char *a_end, *b_end;
        unsigned long x = strtoul(a, &a_end, 10), y = strtoul(b, &b_end, 10);
        if (x != y)
            return x > y;
        a = *a_end == '.' ? a_end + 1 : a_end + strlen(a_end);
        b = *b_end == '.' ? b_end + 1 : b_end + strlen(b_end);
    }
    return true;
}

void lint_version(const struct mm_export *export, struct mm_problems *problems)
{
    const struct mm_dialect_gone *gone = export->dialect->gone;
    for (; gone && export->version && gone->since; gone++) {
        if (at_least(export->version, gone->since))
            mm_problems_add(problems, MM_SEVERITY_ERROR, "version", NULL, "%s", gone->what);
    }
}
