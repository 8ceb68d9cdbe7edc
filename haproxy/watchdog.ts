import { RUN_FOLDER } from "./names";

/** Where the anchor says, at each of its starts, which start it is. */
const anchorFile = `${RUN_FOLDER}/anchor`;

/**
 * The anchor's whole work: it says that it has started, and then only holds its network namespace. A plain POSIX shell
 * script, since it never changes once a front is there.
 */
export const anchorScript = `
cat /proc/sys/kernel/random/uuid > ${anchorFile}.new && mv ${anchorFile}.new ${anchorFile}
exec sleep infinity
`.trim();

/**
 * What a generation runs around HAProxy, whose arguments it gets as its own. When the anchor dies, Docker starts it again
 * with a new network namespace, and HAProxy would live on in the dead one and answer nobody (facts/haproxy.md 8). So it
 * watches: once its interface is gone and the anchor has said that it is back, it exits, and its restart policy lets it
 * join the new namespace. It must not exit before, or Docker would meet an anchor that is not running, and give up.
 */
export const generationScript = `
anchor=$(cat ${anchorFile} 2>/dev/null)
haproxy "$@" &
haproxy=$!
trap 'kill -USR1 $haproxy' USR1
trap 'kill -USR2 $haproxy' USR2
trap 'kill -TERM $haproxy' TERM INT
while kill -0 $haproxy 2>/dev/null; do
    if ! grep -q eth /proc/net/dev && [ "$(cat ${anchorFile} 2>/dev/null)" != "$anchor" ]; then
        echo "the network is gone and the anchor is back: starting again in its new namespace" >&2
        kill -KILL $haproxy
        exit 1
    fi
    sleep 1 & wait $!
done
wait $haproxy
`.trim();
