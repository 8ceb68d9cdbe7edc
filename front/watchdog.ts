import { adminSocket, currentFolder, masterSocket, standIn } from "../haproxy/names";
import { folders } from "../model/folders";
import { listenerPorts } from "./listeners";

/** File in which the anchor writes a new id at each of its starts. */
const anchorFile = `${folders.run}/anchor`;

/** File that a generation makes when it is about to stop. It then waits until the stand-in has its listening sockets. */
const leavingFile = `${folders.run}/leaving`;

/** File that a generation makes once it has the listening sockets. */
const backFile = `${folders.run}/back`;

/** File in which the stand-in's HAProxy writes its process id, once its worker has the listening sockets. */
const standInPid = `${folders.run}/${standIn}.pid`;

/** The same of a generation, in its own container. It is the only file that it can write there. */
const generationPid = "/tmp/haproxy.pid";

/** User and group of HAProxy in its official image, as a number, because an image need not have the name. */
export const haproxyUser = "99";

/** How many looks in a row, a second apart, must find no listener before HAProxy starts in the anchor. */
const unheardLooks = 5;

/** Text of /proc/net/tcp for a socket that listens on the public port. */
const listening = `:${listenerPorts.http.toString(16).toUpperCase().padStart(4, "0")} 00000000:0000 0A `;

/** @returns HAProxy's arguments: a master in the foreground with the files in force. It takes over the listening sockets. */
export function haproxyArguments(generation: string): string[] {
    const master = `${masterSocket(generation)},mode,600,level,admin`;
    return ["-W", "-db", "-f", `${currentFolder}/conf`, "-S", master, "-x", adminSocket];
}

/**
 * The script that the anchor runs as HAProxy's user. It writes an id of its start, and holds the network namespace. While there
 * is no generation, it runs HAProxy itself, as a stand-in:
 *
 * - A generation that is stopped (`docker stop`, `docker restart`) says so first. The stand-in takes over its listening sockets,
 *   so that no request is lost. It finishes once a generation says that it is back. Another stand-in may start meanwhile.
 * - Docker starts its containers in any order. It gives up a generation that it starts before the anchor ("cannot join network
 *   of a non running container", moby/moby#11777). So the stand-in also starts when nothing has listened for some seconds.
 *
 * The anchor is not root, because HAProxy can put anything into the folder of the sockets. A link there could lead root to a
 * file of the record. Before the first `up` has prepared that folder, the anchor cannot write there, and tries again.
 *
 * The script is plain POSIX shell. It never changes during a front's life.
 */
export const anchorScript = `
start=$(cat /proc/sys/kernel/random/uuid)
told=
rm -f ${leavingFile} ${backFile} ${standInPid} ${anchorFile}.new
unheard=0
standin=
finish() {
    master=$(cat ${standInPid})
    case "$master" in '' | *[!0-9]*) return 1 ;; esac
    kill -USR1 "$master"
}
while :; do
    if [ -z "$told" ] && { echo "$start" > ${anchorFile}.new && mv ${anchorFile}.new ${anchorFile}; } 2>/dev/null; then
        told=yes
    fi
    [ -z "$standin" ] || kill -0 "$standin" 2>/dev/null || standin=
    if [ -e ${backFile} ] && { [ -z "$standin" ] || finish 2>/dev/null; }; then
        standin=
        rm -f ${backFile}
    fi
    if grep -q '${listening}' /proc/net/tcp || [ ! -d ${currentFolder}/conf ]; then
        unheard=0
    else
        unheard=$((unheard + 1))
    fi
    why=
    [ $unheard -lt ${unheardLooks} ] || why="nobody listens"
    [ ! -e ${leavingFile} ] || why="the generation stops"
    if [ -n "$why" ] && [ -z "$standin" ]; then
        unheard=0
        echo "$why: HAProxy starts in the anchor, until there is another generation" >&2
        haproxy ${haproxyArguments(standIn).join(" ")} -p ${standInPid} &
        standin=$!
    fi
    rm -f ${leavingFile}
    sleep 1 & wait $!
done
`.trim();

/** Signal that stops a generation with a hand-over to the stand-in. The image's own signal closes the listeners at once. */
export const generationStopSignal = "SIGTERM";

/** How many looks, 0.1 s apart, a stopping generation waits for the stand-in. Docker gives it 10 s in all. */
const standInLooks = 40;

/**
 * The script that a generation runs around HAProxy. Its arguments are HAProxy's. It ends together with HAProxy, so that Docker
 * starts it again without delay. When it is stopped, the stand-in gets its listening sockets first. Then HAProxy finishes open
 * requests for as long as Docker lets it. Where the anchor stops too, as with the whole machine, there is no stand-in.
 *
 * The generation repeats its message that it stops, because the anchor of an older relink drops it while a stand-in finishes.
 *
 * When the anchor dies, Docker starts it again with a new network namespace. HAProxy would go on in the old namespace and get
 * no requests (docs/decisions/01-anchor-and-generations.md). So the script ends once the network interface is gone and the
 * anchor has a new id. Docker then starts the generation in the new namespace. The script must not end earlier, because Docker
 * gives up a generation whose anchor does not run.
 */
export const generationScript = `
anchor=$(cat ${anchorFile} 2>/dev/null)
online() { grep -q eth /proc/net/dev; }
standin() { cat ${standInPid} 2>/dev/null; }
leave() {
    trap '' TERM INT
    before=$(standin)
    signal=TERM
    looks=0
    while [ $signal = TERM ] && [ $looks -lt ${standInLooks} ] && online; do
        : > ${leavingFile}
        sleep 0.1
        looks=$((looks + 1))
        now=$(standin)
        [ -z "$now" ] || [ "$now" = "$before" ] || signal=USR1
    done
    rm -f ${leavingFile}
    kill -$signal $haproxy
}
rm -f ${generationPid}
haproxy "$@" -p ${generationPid} &
haproxy=$!
trap 'kill -USR1 $haproxy' USR1
trap 'kill -USR2 $haproxy' USR2
trap leave TERM INT
told=
while sleep 1; do
    if [ -z "$anchor" ] && online; then
        anchor=$(cat ${anchorFile} 2>/dev/null)
    fi
    if [ -z "$told" ] && [ -s ${generationPid} ]; then
        told=yes
        : > ${backFile}
    fi
    if ! online && [ "$(cat ${anchorFile} 2>/dev/null)" != "$anchor" ]; then
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
