#!/bin/sh
# The NEON kernels, built with the cross compiler and run by qemu: the same digits as the scalar ones.
# With MMTUI_LONG every length, else some. Where the machine is an AArch64 one the unit tests do this already.
cd "$(dirname "$0")/../.." || exit 2
CROSS=${CROSS:-aarch64-linux-gnu-gcc}
QEMU=${QEMU:-qemu-aarch64}
if [ "$(uname -m)" = aarch64 ]; then
    echo "ok neon: native, see the unit tests"
    exit 0
fi
for tool in "$CROSS" "$QEMU"; do
    if ! command -v "$tool" >/dev/null; then
        echo "not ok neon: $tool is not installed (make deps-test)"
        exit 1
    fi
done
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
# shellcheck disable=SC2046 # a list of files
"$CROSS" -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -Wno-format-truncation -ffp-contract=off -fno-math-errno -fno-trapping-math -static \
    -Iinclude -Isrc -Itests -o "$folder/isa" tests/cross/isa.c tests/cross/english.c $(ls src/tensor/*.c) src/base/error.c src/base/buf.c src/base/number.c src/base/shortest.c src/base/power10.c -lm ||
    {
        echo "not ok neon: does not build for AArch64"
        exit 1
    }
timeout 600 "$QEMU" "$folder/isa" >"$folder/out"
status=$?
cat "$folder/out"
# it must have been the NEON table that ran, to its end
grep -q '^ok neon: 64-bit integers' "$folder/out" && [ $status -eq 0 ] || echo "not ok neon: status $status"
! grep -q '^not ok' "$folder/out"
