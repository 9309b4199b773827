#!/bin/sh
# ./do demo   builds sniff and prints the packets of a small capture
# ./do test   runs all tests
# Both install what is missing on Debian and Ubuntu, and say so. Rust is needed.
set -eu
cd "$(dirname "$0")"

# install PACKAGE...: installs Debian packages, with sudo where needed.
install() {
    echo "installing: $*" >&2
    if [ "$(id -u)" = 0 ]; then as_root=; else as_root=sudo; fi
    if ! command -v apt-get >/dev/null; then
        echo "please install by hand what matches: $*" >&2
        exit 1
    fi
    $as_root apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# missing: names the packages of those arguments, pairs of PACKAGE and FILE OR COMMAND, that are not there.
missing() {
    while [ $# -gt 1 ]; do
        case $2 in
        /*) [ -e "$2" ] || echo "$1" ;;
        *) command -v "$2" >/dev/null || echo "$1" ;;
        esac
        shift 2
    done
}

need() {
    packages=$(missing "$@")
    # shellcheck disable=SC2086 # names are words
    [ -z "$packages" ] || install $packages
}

if ! command -v cargo >/dev/null; then
    echo "Rust is needed: https://rustup.rs, or apt-get install rustup" >&2
    exit 1
fi

case ${1:-} in
demo)
    need gcc cc libpcap-dev /usr/include/pcap/pcap.h
    cargo build --release --quiet
    TZ=UTC exec target/release/sniff -n -r tests/samples/web.pcap
    ;;
test)
    need gcc cc libpcap-dev /usr/include/pcap/pcap.h iproute2 ip nftables nft netcat-openbsd nc ncat ncat openssl openssl curl curl \
        dnsmasq-base dnsmasq
    exec cargo test --workspace
    ;;
*)
    echo "usage: ./do demo | ./do test" >&2
    exit 1
    ;;
esac
