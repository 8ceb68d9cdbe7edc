#!/bin/sh
# mmdebstrap's customize hook: gives Debian's HAProxy the layout of the official image. Arguments: root folder of the
# image, the version that it must be (e.g. 3.0), folder of this script.
set -eu
image=$1 version=$2 here=$3

found=$(chroot "$image" /usr/sbin/haproxy -v | head -n 1)
case "$found" in
    "HAProxy version $version."*) echo "$found" ;;
    *) echo "Debian has another HAProxy here than $version: $found" >&2; exit 1 ;;
esac

chroot "$image" usermod --uid 99 haproxy
chroot "$image" groupmod --gid 99 haproxy
chroot "$image" usermod --gid 99 --home /var/lib/haproxy haproxy
rm -rf "$image/var/lib/haproxy"
mkdir -p "$image/var/lib/haproxy" "$image/usr/local/sbin" "$image/usr/local/bin" "$image/usr/local/etc/haproxy"
chroot "$image" chown 99:99 /var/lib/haproxy
mv "$image/usr/sbin/haproxy" "$image/usr/local/sbin/haproxy"
mv "$image/etc/haproxy/errors" "$image/usr/local/etc/haproxy/errors"
cp "$here/docker-entrypoint.sh" "$image/usr/local/bin/docker-entrypoint.sh"
chmod 755 "$image/usr/local/bin/docker-entrypoint.sh"

# The user's shell, the set-up's mirror and what belongs to no container.
rm -rf "$image/etc/apt/sources.list" "$image/etc/apt/sources.list.d" "$image/etc/haproxy" "$image/etc/init.d/haproxy"
rm -rf "$image/var/lib/apt/lists" "$image/var/cache/apt" "$image/var/log/apt" "$image/etc/resolv.conf"
