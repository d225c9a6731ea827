#!/bin/sh
# What the compiler and the tests do not see: the rules of CONTRIBUTING.md that can be checked by a machine.
# Called by `make lint`. One line a check, what and where below those that fail; ends with "N passed, N failed".
# Takes CC, MAKE and LIBS (what libmmtui.a links with) from the environment.
cd "$(dirname "$0")/.." || exit 2
CC=${CC:-cc}
MAKE=${MAKE:-make}
LIBS=${LIBS:--lprotobuf-c -lcjson -lutf8proc -lm -pthread}
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

# ---- includes: arrows point down ----

# Which of mmtui/X.h a folder may include: itself and what the design lets it know. The libraries' folders have
# the same rows as KNOWS_* in the Makefile, where the linker checks them.
layers='
base    base
tensor  base tensor
plan    base plan
format  base tensor format
graph   base tensor format graph
operator base tensor format graph operator
dump    base tensor format dump
pair    base tensor format graph dump pair
compare base tensor format graph dump pair compare
whatif  base tensor format graph dump pair compare whatif
cause   base tensor format graph dump pair compare whatif operator cause
triage  base tensor format graph dump pair compare whatif operator cause triage
suggest base tensor format graph dump pair compare whatif operator cause triage plan suggest
export  base tensor format graph plan export
session base tensor format graph dump pair compare whatif operator cause triage plan suggest export session
report  base tensor format graph dump pair compare whatif operator cause triage plan suggest export session report
ui      base
views   base tensor format graph dump pair compare whatif operator cause triage plan suggest export session report
cli     base tensor format graph dump pair compare whatif operator cause triage plan suggest export session report
'

# A header in src/ is for its own folder and for those that may know the folder; ui's are for views and cli, too,
# those of views for cli. Each message of
# proto/ is generated for one folder.
includes() {
    grep -nE '^[[:space:]]*#[[:space:]]*include' src/*/*.[ch] src/*/*.inc include/mmtui/*.h | awk -v layers="$layers" '
    BEGIN {
        rows = split(layers, row, "\n")
        for (i = 1; i <= rows; i++) {
            n = split(row[i], word, " ")
            for (k = 2; k <= n; k++)
                knows[word[1], word[k]] = 1
            if (n)
                is_folder[word[1]] = 1
        }
    }
    function complain(text) { print place ": " text }
    {
        split($0, part, ":")
        file = part[1]
        place = part[1] ":" part[2]
        split(file, path, "/")
        folder = path[2]
        if (path[1] == "include") {
            folder = path[3]
            sub(/\.h$/, "", folder)
        }
        header = $0
        sub(/^[^<"]*[<"]/, "", header)
        sub(/[>"].*/, "", header)
        if (!(folder in is_folder)) {
            complain("folder " folder " is not in the table of layers")
        } else if (header ~ /^(n?cursesw?(\/.*)?|term|ncursesw\/.*)(\.h)$/ && header != "term.h" ||
                   $0 ~ /<(.*\/)?term\.h>/) {
            if (file != "src/ui/term.c")
                complain("<" header ">: only src/ui/term.c opens the door to the terminal")
        } else if (header ~ /^mmtui\//) {
            name = header
            gsub(/^mmtui\/|\.h$/, "", name)
            if (!((folder, name) in knows))
                complain(folder " must not know " header)
        } else if (header ~ /^proto\//) {
            if (!(header ~ /tensor/ && folder == "format") && !(header ~ /onnx/ && folder == "graph"))
                complain("only format and graph read the messages themselves")
        } else if (header ~ /\// && $0 ~ /"/) {
            split(header, from, "/")
            if (!((folder, from[1]) in knows) && from[1] != folder && !(from[1] == "ui" && folder ~ /^(views|cli)$/) &&
                !(from[1] == "views" && folder == "cli"))
                complain(folder " must not include " header)
        }
    }'
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
#   The guarded mappings and the handler that was there before are what the handler of faults works on.
mutable_allowed='
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

# ---- size of functions ----

FUNCTION_MAX=100

# The opening and the closing brace of a function are the only ones in the first column.
functions() {
    for source in src/*/*.[ch] include/mmtui/*.h tests/*/*.[ch] tests/*/*/*.[ch]; do
        [ -f "$source" ] || continue
        awk -v most=$FUNCTION_MAX '
            /^{/ { start = FNR; name = before }
            /^}/ {
                if (start && FNR - start - 1 > most)
                    print FILENAME ":" start ": " FNR - start - 1 " lines, at most " most ": " name
                start = 0
            }
            { before = $0 }' "$source"
    done
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

check "includes point down" includes
check "public headers stand alone" headers
check "no warnings" compile
check "no mutable file-scope state" mutable
check "libmmtui.a links without curses" seam
check "functions of at most $FUNCTION_MAX lines" functions
check "no paths of one machine" paths
if clang-format --version 2>/dev/null | grep -q "$FORMATTER"; then
    check "clang-format" layout
else
    echo "(no clang-format 14 here: the layout of the code is not checked)"
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
