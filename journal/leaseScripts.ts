import { keepFile } from "./keepFile";

// The lease is a file in the record's folder, with one field a line: epoch, time of expiry (seconds by the Docker host's
// clock), the holder's token, the holder's name. Each script reads and writes it under a lock.

/** Exit codes of a script that did not do its work. */
export const exitCodes = {
    /** Another holder has taken the lease since. */
    lost: 75,
    /** Another holder has the lease. The script prints its epoch, the seconds that are left, and its name. */
    held: 76,
    /** The front belongs to another stack. The script prints which one. */
    notOwner: 77,
} as const;

/** In place of the stack that the front may belong to: the holder uses the front of any stack. No stack has such a name. */
export const anyOwner = "*";

const lockScript = `
cd "$1" || exit 1
umask 077
exec 9> lock
flock 9 || exit 1
`;

/**
 * Takes the lease. Arguments: the folder, how many seconds the lease lives, the token, the epoch of a holder that certainly
 * died (or -1), the stack, the stack that it adopts (or {@link anyOwner}). Its input is the new holder's name. It prints the new epoch, and the name
 * of a former holder whose lease ran out.
 *
 * A heartbeat is not synced, so after a power cut the file may hold anything. Such a lease is free. The new epoch is then the
 * time, which is higher than every counted epoch, so that an earlier holder cannot write.
 */
export const takeScript = `${lockScript}${keepFile}
mine=$(tail -n 1 owner 2>/dev/null)
if [ -n "$mine" ] && [ "$mine" != "$5" ] && [ "$mine" != "$6" ] && [ "$6" != '${anyOwner}' ]; then echo "$mine"; exit ${exitCodes.notOwner}; fi
epoch=0; expires=0; token=-; owner=-
if [ -f lease ]; then { read -r epoch; read -r expires; read -r token; read -r owner; } < lease; fi
now=$(date +%s)
case "$epoch" in '' | *[!0-9]*) epoch=$now; expires=0 ;; esac
case "$expires" in '' | *[!0-9]*) expires=0 ;; esac
if [ "$token" != "$3" ] && [ "$now" -lt "$expires" ] && [ "$epoch" != "$4" ]; then
    echo "$epoch"; echo $(( expires - now )); echo "$owner"; exit ${exitCodes.held}
fi
{ echo $(( epoch + 1 )); echo $(( now + $2 )); echo "$3"; cat; } | keep lease || exit 1
echo $(( epoch + 1 ))
if [ "$token" != - ] && [ "$token" != "$3" ]; then echo "$owner"; fi
`;

/** Runs a command if the lease still has this epoch. Arguments: the folder, the epoch, the command and its arguments. */
export const guardScript = `${lockScript}
read -r epoch < lease
[ "$epoch" = "$2" ] || exit ${exitCodes.lost}
shift 2
exec "$@"
`;

/** Gives the lease back. Its epoch stays, so that it is not used again. Runs by {@link guardScript}. */
export const releaseScript = "{ sed -n 1p lease; echo 0; echo -; echo -; } > lease.new && mv lease.new lease";

/** Makes the lease live for another `$1` seconds. Runs by {@link guardScript}. */
export const renewScript =
    "{ sed -n 1p lease; echo $(( $(date +%s) + $1 )); sed 1,2d lease; } > lease.new && mv lease.new lease";
