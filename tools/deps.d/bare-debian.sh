#!/usr/bin/env bash
# Proves that a bare Debian 12 is enough: runs a command in a copy of this checkout inside a minimal Debian 12.
#
#   sudo tools/deps.d/bare-debian.sh [command...]      (default: ./test.sh)
#
# The chroot is made by debootstrap from the mirror that apt uses here, and kept for the next run; remove its folder to
# start from nothing. It gets this machine's resolver and CA bundle, nothing else.
#
#   MAGPIE_CHROOT  its folder (default: /var/tmp/magpie-chroot)
set -euo pipefail

chroot=${MAGPIE_CHROOT:-/var/tmp/magpie-chroot}
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
[[ $(id -u) == 0 ]] || { echo "chroot needs root" >&2; exit 1; }

# The archive that serves `bookworm` to this machine's apt, as debootstrap and sources.list want it.
sites() { apt-get indextargets --format '$(SITE) $(RELEASE)' | sort -u | awk '$2 ~ /^bookworm/ { print }'; }

if [[ ! -e $chroot/.made ]]; then
  command -v debootstrap >/dev/null || apt-get install -y --no-install-recommends debootstrap
  mirror=$(sites | awk '$2 == "bookworm" { print $1; exit }')
  rm -rf --one-file-system "$chroot"
  debootstrap --variant=minbase bookworm "$chroot" "$mirror"
  sites | while read -r site release; do echo "deb $site $release main"; done >"$chroot/etc/apt/sources.list"
  touch "$chroot/.made"
fi

mkdir -p "$chroot/etc/ssl/certs" "$chroot/usr/local/share/ca-certificates" "$chroot/srv/magpie"
cp -L /etc/resolv.conf /etc/hosts "$chroot/etc/"
cp -rL /usr/local/share/ca-certificates/. "$chroot/usr/local/share/ca-certificates/"
cp -L /etc/ssl/certs/ca-certificates.crt "$chroot/etc/ssl/certs/"

# What a clone would hold: no build folder, no link into this user's cache.
find "$chroot/srv/magpie" -mindepth 1 -maxdepth 1 ! -name build ! -name .deps -exec rm -rf {} +
tar -C "$repository" --exclude=./build --exclude=./.deps --exclude=./.git -cf - . | tar -C "$chroot/srv/magpie" -xf -

for dir in proc sys dev; do
  mountpoint -q "$chroot/$dir" || mount --rbind "/$dir" "$chroot/$dir"
done
trap 'for dir in proc sys dev; do umount -lR "$chroot/$dir" || true; done' EXIT

(($#)) || set -- ./test.sh
chroot "$chroot" /usr/bin/env -i HOME=/root TERM="${TERM:-dumb}" LANG=C.UTF-8 CI="${CI:-}" \
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
  /bin/bash -c 'cd /srv/magpie && "$@"' -- "$@"
