import { LISTENER_PORTS } from "./frontends";
import { CURRENT_FOLDER, masterSocket, RUN_FOLDER, STAND_IN, STAND_IN_PID } from "./names";

/** Where the anchor says, at each of its starts, which start it is. */
const anchorFile = `${RUN_FOLDER}/anchor`;

/** How many looks, a second apart, find nobody listening before HAProxy starts in the anchor. */
const unheardLooks = 5;

/** How /proc/net/tcp shows a socket that listens on the public port. */
const listening = `:${LISTENER_PORTS.http.toString(16).toUpperCase().padStart(4, "0")} 00000000:0000 0A `;

/** HAProxy as master and worker in the foreground, with the files in force. */
export function haproxyArguments(generation: string): string[] {
    return ["-W", "-db", "-f", `${CURRENT_FOLDER}/conf`, "-S", `${masterSocket(generation)},mode,600,level,admin`];
}

/**
 * What the anchor runs. It says that it has started, holds its network namespace, and looks whether somebody listens in
 * it. Docker starts its containers in any order when it starts itself, and a generation whose turn comes before the
 * anchor's is given up for good ("cannot join network of a non running container", moby/moby#11777): nobody would answer
 * until the next `up`. So when nobody has listened for some seconds, HAProxy starts in here, as the user that generations
 * run as, and stands in until an `up` has made another generation. A plain POSIX shell script, since it never changes once
 * a front is there.
 */
export const anchorScript = `
cat /proc/sys/kernel/random/uuid > ${anchorFile}.new && mv ${anchorFile}.new ${anchorFile}
unheard=0
while :; do
    if grep -q '${listening}' /proc/net/tcp || [ ! -d ${CURRENT_FOLDER}/conf ]; then
        unheard=0
    else
        unheard=$((unheard + 1))
    fi
    if [ $unheard -ge ${unheardLooks} ]; then
        unheard=0
        echo "nobody listens: HAProxy starts in the anchor, until pulumi up starts another generation" >&2
        su -s /bin/sh haproxy -c 'exec haproxy ${haproxyArguments(STAND_IN).join(" ")} -p ${STAND_IN_PID}' &
    fi
    sleep 1 & wait $!
done
`.trim();

/** The signal that stops a generation. The image's own, SIGUSR1, would close the listeners and then wait for what is open. */
export const GENERATION_STOP_SIGNAL = "SIGTERM";

/**
 * What a generation runs around HAProxy, whose arguments it gets as its own. It ends with HAProxy, at once, so that Docker
 * starts it again without delay. When the anchor dies, Docker starts it again with a new network namespace, and HAProxy
 * would live on in the dead one and answer nobody (facts/haproxy.md 8). So it watches: once its interface is gone and the
 * anchor has said that it is back, it exits, and its restart policy lets it join the new namespace. It must not exit
 * before, or Docker would meet an anchor that is not running, and give up.
 */
export const generationScript = `
anchor=$(cat ${anchorFile} 2>/dev/null)
haproxy "$@" &
haproxy=$!
trap 'kill -USR1 $haproxy' USR1
trap 'kill -USR2 $haproxy' USR2
trap 'kill -TERM $haproxy' TERM INT
while sleep 1; do
    if ! grep -q eth /proc/net/dev && [ "$(cat ${anchorFile} 2>/dev/null)" != "$anchor" ]; then
        echo "the network is gone and the anchor is back: starting again in its new namespace" >&2
        kill -KILL $haproxy
        break
    fi
done &
while :; do
    wait $haproxy
    code=$?
    kill -0 $haproxy 2>/dev/null || exit $code
done
`.trim();
