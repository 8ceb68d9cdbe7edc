#!/bin/sh
# The same behaviour as the official image's: options alone mean haproxy, and haproxy runs as master and worker in the
# foreground.
set -e

if [ "${1#-}" != "$1" ]; then
    set -- haproxy "$@"
fi
if [ "$1" = "haproxy" ]; then
    shift
    set -- haproxy -W -db "$@"
fi
exec "$@"
