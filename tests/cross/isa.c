/* The checks of check_isa.h as a program without a test library: tests/cli/test_neon.sh builds it for
 * AArch64. */
#include "unit/tensor/check_isa.h"

static void say(bool good, const char *isa, const char *what)
{
    printf("%s %s: %s\n", good ? "ok" : "not ok", isa, what);
}

int main(void)
{
    struct check_room *room = calloc(1, sizeof(*room));
    size_t count;
    const struct mm_isa *list = mm_isa_list(&count);

    if (!room)
        return 2;
    for (size_t i = 0; i < count; i++) {
        const char *name = list[i].kernels->name;

        if (!list[i].runs_here() || list[i].kernels == &mm_kernels_scalar)
            continue;
        say(check_measure(&list[i], room, getenv("MMTUI_LONG") ? 1 : 41), name, "same sums");
        say(check_range(&list[i]), name, "out of range");
        say(check_centre(&list[i], room), name, "same centred sums");
        say(check_hist(&list[i], room), name, "same histograms");
        say(check_borders(&list[i], room), name, "borders of bins");
        say(check_decoders(&list[i]), name, "same conversions");
        say(check_gather(&list[i]), name, "gathered words");
        say(check_integers(&list[i]), name, "64-bit integers");
        say(check_rounders(&list[i]), name, "same rounding");
    }
    free(room);
    return 0;
}
