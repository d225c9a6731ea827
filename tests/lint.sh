#!/bin/sh
# What the compiler and the tests do not see: the rules of CONTRIBUTING.md that can be checked by a machine.
# Called by `make lint`. One line a check, what and where below those that fail; ends with "N passed, N failed".
# Takes CC, MAKE and LIBS (what libmmtui.a links with) from the environment.
cd "$(dirname "$0")/.." || exit 2
CC=${CC:-cc}
MAKE=${MAKE:-make}
LIBS=${LIBS:--lprotobuf-c -lutf8proc -lz -ldeflate -lm -pthread}
BUILD=build-lint # git ignores build-*
unset MAKEFLAGS MFLAGS MAKELEVEL
export LC_ALL=C

passed=0
failed=0
found=$(mktemp -d) || exit 2
trap 'rm -rf "$found"' EXIT

# check NAME COMMAND...: the check is good when the command prints nothing.
check() {
    name=$1
    shift
    "$@" >"$found/out" 2>&1
    if [ -s "$found/out" ]; then
        failed=$((failed + 1))
        echo "not ok $name"
        head -n 60 "$found/out" | sed 's/^/    /'
    else
        passed=$((passed + 1))
        echo "ok $name"
    fi
}

# ---- public headers stand alone ----

headers() {
    for header in include/mmtui/*.h; do
        echo "#include \"$header\"" |
            "$CC" -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -Iinclude -Isrc -I. -fsyntax-only -x c - 2>&1 |
            head -n 4
    done
}

# ---- everything compiles without a warning ----

compile() {
    "$MAKE" --no-print-directory -j"$(nproc 2>/dev/null || echo 2)" BUILD=$BUILD PROGRAM=$BUILD/mmtui \
        CC="$CC" CFLAGS=-Werror all >"$found/make" 2>&1 || grep -v '^  \(CC\|LINK\) ' "$found/make"
}

# ---- no mutable state at file scope (or static in a function) ----

# The exceptions, each with its reason: FILE SYMBOL...
#   A signal handler can reach nothing but objects with static storage. They are written by signals_open and
#   signals_close only, while no handler is installed.
#   Whether sentences are translated is asked by every function that takes one, from the lowest on; it is set once, at start.
#   The guarded mappings and the handler that was there before are what the handler of faults works on.
mutable_allowed='
src/base/translate.c translating
src/base/guard.c slots before passed_on page installing
src/ui/signals.c write_end rescue told_before fatal_before
'

mutable() {
    for source in src/*/*.c; do
        object=$BUILD/${source%.c}.o
        [ -f "$object" ] || continue
        allowed=$(echo "$mutable_allowed" | sed -n "s|^$source ||p")
        # .data.rel.ro holds const tables of pointers
        nm -f sysv "$object" | awk -F'|' -v source="$source" -v allowed=" $allowed " '
            $7 ~ /^ *\.(data|bss|tdata|tbss)/ && $7 !~ /\.data\.rel\.ro/ {
                gsub(/ /, "", $1)
                name = $1
                sub(/\.[0-9]+$/, "", name)
                if (index(allowed, " " name " ") == 0)
                    print source ": \"" name "\" can change: keep it in a struct that its user owns"
            }'
    done
}

# ---- the library needs no curses ----

# Every object of the archive, linked with what a program without a terminal has.
seam() {
    [ -f $BUILD/libmmtui.a ] || {
        echo "$BUILD/libmmtui.a was not built"
        return
    }
    # shellcheck disable=SC2086 # LIBS is a list
    echo 'int main(void) { return 0; }' |
        "$CC" -o "$found/seam" -x c - -x none -Wl,--whole-archive $BUILD/libmmtui.a -Wl,--no-whole-archive \
            $LIBS 2>&1 | grep -E 'undefined|error' | head -n 20
    nm -u $BUILD/libmmtui.a | grep -E ' U (initscr|newterm|stdscr|w?addw?ch|w?refresh|endwin|tigetstr|setupterm)$'
}

# ---- nothing of one machine ----

files() {
    if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
        git ls-files --cached --others --exclude-standard
    else
        find . -type f -not -path './build*' -not -path './.git/*' -not -path ./mmtui
    fi
}

paths() {
    files | while read -r file; do
        [ -f "$file" ] && grep -InE '(^|[^[:alnum:]_.~-])/(home|root|Users|work)/' "$file" /dev/null
    done
}

# ---- assertions that can fail ----

# cmocka's take a NaN or an infinity for equal to anything: tests/unit/near.h has one that does not.
figures() {
    grep -nE 'assert_(float|double|not_float|not_double)_(not_)?equal\(' tests/*/*.[ch] tests/*/*/*.[ch] | sed 's/$/  (use assert_near)/'
}

# ---- layout of the code ----

# Other versions lay some lines out otherwise; Debian 12 has this one.
FORMATTER='version 14\.'

layout() {
    set --
    for source in src/*/*.[ch] include/mmtui/*.h tests/*/*.[ch] tests/*/*/*.[ch]; do
        [ -f "$source" ] && set -- "$@" "$source"
    done
    clang-format --dry-run -Werror "$@" 2>&1 | sed -n 's/^\([^:]*\):[0-9]*:[0-9]*: error: .*/\1/p' | uniq -c |
        awk '{ print $2 ": " $1 " places; run make format" }'
}

check "includes point down" tests/measure.py --check includes
check "public headers stand alone" headers
check "no warnings" compile
check "no mutable file-scope state" mutable
check "libmmtui.a links without curses" seam
check "functions of at most 40 lines (100 in tests)" tests/measure.py --check functions
check "every public prototype has a comment" tests/measure.py --check prototypes
check "no paths of one machine" paths
check "assertions that see a NaN" figures
if clang-format --version 2>/dev/null | grep -q "$FORMATTER"; then
    check "clang-format" layout
else
    echo "(no clang-format 14 here: the layout of the code is not checked)"
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
