#!/bin/sh
# dockerdOf.sh ROOT ARGS: runs the dockerd of a Debian root, on this machine's files. In a mount namespace of its own /usr
# and /etc are the root's. Everything else is the machine's: a volume, the socket and the data mean the same outside.
exec unshare --mount sh -ec '
    mount --bind "$0/etc" /etc
    mount --bind "$0/usr" /usr
    PATH=/usr/sbin:/usr/bin exec dockerd "$@"
' "$@"
