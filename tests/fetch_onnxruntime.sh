#!/bin/sh
# Fetch ONNX Runtime's library, once, and print where it is: out of the npm package onnxruntime-node (MIT). It stays in
# $BUILD/onnxruntime; it is never committed.   fetch_onnxruntime.sh [VERSION]   (1.30.0, the default, or 1.17.0)
# Without npm or its registry, or on another machine than x86-64 and ARM64: a sentence on stderr, and status 1.
set -eu
version=${1:-1.30.0}
machine=$(uname -m)

fail() {
    echo "fetch_onnxruntime: $*" >&2
    exit 1
}

case $machine in
x86_64) folder=x64 ;;
aarch64) folder=arm64 ;;
*) fail "onnxruntime-node has no library for $machine" ;;
esac

# what the library's file is called in the package, and its sum
case $version-$folder in
1.30.0-x64) member=napi-v6/linux/x64/libonnxruntime.so.1 sum=ffb75a925ba05e47b235bb66e3e3911714a80b328a9c9425539feb204aa32a23 ;;
1.30.0-arm64) member=napi-v6/linux/arm64/libonnxruntime.so.1 sum=1f549d46250b005580b597f4164984aaf75b3bcb9f3aeb07c7f8a8fe60b23c76 ;;
1.17.0-x64) member=napi-v3/linux/x64/libonnxruntime.so.1.17.0 sum=e734a269546870b82d7b3a4324c57f5d5123560661cc0db223d268ffb56e507d ;;
1.17.0-arm64) member=napi-v3/linux/arm64/libonnxruntime.so.1.17.0 sum=c84a328bac2fd363418f130f93180044b0d9679cdf92b35ed72f7b07751ac085 ;;
*) fail "version $version is not one that the tests know" ;;
esac

home=${BUILD:-build}/onnxruntime/$version
library=$home/libonnxruntime.so.1
package=onnxruntime-node@$version

is_right() { echo "$sum  $1" | sha256sum --check --status 2>/dev/null; }

if ! is_right "$library"; then
    command -v npm >/dev/null 2>&1 || fail "there is no npm to fetch it with"
    mkdir -p "$home"
    new=$(mktemp -d "$home/new.XXXXXX")
    trap 'rm -rf "$new"' EXIT
    npm pack --loglevel=error --pack-destination "$new" "$package" >"$new/said" 2>&1 ||
        fail "npm can't fetch it: $(head -n 1 "$new/said")"
    tar -xzf "$new"/*.tgz -C "$new" "package/bin/$member" 2>/dev/null || fail "there is no $member in it"
    is_right "$new/package/bin/$member" || fail "$member is not the file that was expected"
    mv "$new/package/bin/$member" "$library"
fi
echo "$library"
