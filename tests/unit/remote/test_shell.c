#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Remote shells that fail, and what is said of it. */
#include <string.h>

#include "remote/link.h"

static void check(const char *ssh, const char *program, enum mm_code code, const char *const *says)
{
    const struct mm_remote_options options = {.ssh = ssh, .program = program};
    struct link *link;
    struct mm_err err = {MM_OK, ""};
    assert_int_equal(link_open(&link, "board", &options, false, &err), -1);
    assert_int_equal(err.code, code);
    for (; *says; says++) {
        if (!strstr(err.text, *says))
            fail_msg("%s", err.text);
    }
}

#define SAYS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_failures(void **state)
{
    (void)state;
    check("no-such-shell -x", NULL, MM_EIO, SAYS("no-such-shell", "--ssh COMMAND"));
    check("", NULL, MM_EARG, SAYS("--ssh: the command is empty"));
    check("sh -c 'exit 127'", NULL, MM_EIO, SAYS("board: there is no mmtui there", "--remote-mmtui PATH"));
    check("sh -c 'exit 127'", "/opt/mmtui", MM_EIO, SAYS("there is no /opt/mmtui there"));
    check("sh -c 'echo \"not executable\" >&2; exit 126'", NULL, MM_EIO,
          SAYS("can't be run there: not executable"));
    check("sh -c 'echo first >&2; echo \"Could not resolve\" >&2; exit 255'", NULL, MM_EIO,
          SAYS("board: no connection: Could not resolve", "ssh board true"));
    check("sh -c 'exit 255'", NULL, MM_EIO, SAYS("ssh gives no reason"));
    check("sh -c 'echo two dumps are needed >&2; exit 2'", NULL, MM_EUNSUPPORTED,
          SAYS("can't serve (two dumps are needed)", "--remote-mmtui"));
    check("sh -c 'exit 3'", NULL, MM_EIO, SAYS("ended with status 3"));
    check("sh -c 'echo Welcome'", NULL, MM_EIO, SAYS("did not greet", "Welcome", "must print nothing"));
}

/* The host, then what is run there, each a word of its own behind those of the command. */
static void test_words(void **state)
{
    (void)state;
    check("sh -c 'echo \"$0|$1|$2\" >&2; exit 3'", "/a b/mmtui", MM_EIO, SAYS("board|/a b/mmtui|serve"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
