#!/bin/sh
# dockerdOf.sh ROOT ARGS: runs the dockerd of a Debian root, on this machine's files. In a mount namespace of its own /usr
# and /etc are the root's. Everything else is the machine's: a volume, the socket and the data mean the same outside. What
# dockerd mounts below a shared mount stays there for the next dockerd.
exec unshare --mount --propagation unchanged sh -ec '
    for path in / /etc /usr; do
        ! mountpoint -q "$path" || mount --make-private "$path"
    done
    mount --bind "$0/etc" /etc
    mount --bind "$0/usr" /usr
    PATH=/usr/sbin:/usr/bin exec dockerd "$@"
' "$@"
