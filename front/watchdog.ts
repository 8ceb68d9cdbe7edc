import { adminSocket, currentFolder, masterSocket, standIn } from "../haproxy/names";
import { folders } from "../model/folders";
import { listenerPorts } from "./frontends";

/** Where the anchor says, at each of its starts, which start it is. */
const anchorFile = `${folders.run}/anchor`;

/** A generation that is about to stop says so here, and waits until the stand-in has its listening sockets. */
const leavingFile = `${folders.run}/leaving`;

/** A generation that has its listening sockets says so here. */
const backFile = `${folders.run}/back`;

/** HAProxy writes its process id once its worker has the listening sockets: the stand-in here, */
const standInPid = `${folders.run}/${standIn}.pid`;

/** and a generation in its own container, where it may write nothing else. */
const generationPid = "/tmp/haproxy.pid";

/** The user that HAProxy's official image runs as, and its group. By number, which needs no name in the image. */
export const haproxyUser = "99";

/** How many looks, a second apart, find nobody listening before HAProxy starts in the anchor. */
const unheardLooks = 5;

/** How /proc/net/tcp shows a socket that listens on the public port. */
const listening = `:${listenerPorts.http.toString(16).toUpperCase().padStart(4, "0")} 00000000:0000 0A `;

/** HAProxy as master and worker in the foreground, with the files in force and the listening sockets of who serves now. */
export function haproxyArguments(generation: string): string[] {
    const master = `${masterSocket(generation)},mode,600,level,admin`;
    return ["-W", "-db", "-f", `${currentFolder}/conf`, "-S", master, "-x", adminSocket];
}

/**
 * What the anchor runs, as HAProxy's user. It says which start of its own this is, and holds its network namespace. While there
 * is no generation, it runs HAProxy itself, as a stand-in:
 *
 * - A generation that is stopped (`docker stop`, `docker restart`) says so before. The stand-in takes its listening sockets
 *   over. It finishes once a generation says that it is back, so that no request is lost. While it finishes, another
 *   stand-in may start.
 * - When Docker starts, it starts its containers in any order. It gives up a generation whose turn comes before the anchor's
 *   ("cannot join network of a non running container", moby/moby#11777). So the stand-in also starts when HAProxy has not
 *   listened for some seconds.
 *
 * The anchor is not root. It reads and writes in a folder where HAProxy may put anything, for instance a link to a file of the
 * record, which the anchor mounts for root. Before the first `up` has prepared that folder it cannot write, and tries again.
 *
 * The script is plain POSIX shell, because it never changes once the front is there.
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

/** Stops a generation, by the hand-over to the stand-in. The image's own signal would close the listeners first. */
export const generationStopSignal = "SIGTERM";

/** A tenth of a second each: how long a generation that is to stop waits for the stand-in. Docker grants it 10 s in all. */
const standInLooks = 40;

/**
 * What a generation runs around HAProxy, whose arguments are the script's own. It ends with HAProxy, at once, so that Docker
 * starts it again without delay. When it is stopped, the stand-in gets its listening sockets first. Then HAProxy finishes what
 * is open, for as long as Docker lets it. When the anchor stops too, as with the whole machine, there is no stand-in.
 *
 * The anchor of an older relink drops that message while a stand-in still finishes. So the generation repeats it.
 *
 * When the anchor dies, Docker starts it again with a new network namespace. HAProxy would live on in the dead one and answer
 * no request (docs/decisions/01-anchor-and-generations.md). So once the network interface is gone, and the anchor has said
 * that it is back, the script ends, and Docker starts the generation in the new namespace. It must not end earlier: Docker
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
