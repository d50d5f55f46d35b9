# nginx, what the HTTP benchmarks compare with: Debian's package, unpacked and not installed, so that no service starts
# on this machine. Asked for by the benchmarks, never by the build. What it links to (OpenSSL, PCRE2, zlib) the build
# needs as well, or every Debian has.

nginx_build() {
  local prefix=$1 work=$2
  step "nginx: fetching Debian's package"
  (cd "$work" && { logged "$work/apt.log" apt-get download nginx || { apt_get update && apt-get download nginx; } >&2; })
  dpkg-deb -x "$work"/nginx_*.deb "$prefix"
}
