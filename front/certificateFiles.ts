import { packFiles } from "../haproxy/archive";
import { certificatesFolder, checked } from "../haproxy/names";
import type { CertificateFile } from "../model/Certificate";
import { parseCheck } from "./check";
import { haproxyUser } from "./watchdog";

/**
 * Runs a shell script as root in the anchor, in the record's folder, while this process has the lease.
 * @returns what it printed
 */
export type Guarded = (script: string, args: string[], stdin?: Buffer | string) => Promise<string>;

/** All that HAProxy needs to load certificates, but the words that name them. */
const trial = `frontend certificate
    mode http
    timeout client 1s
    bind :1 ssl`;

// HAProxy reads its certificates and cannot change them. They are written beside their places, and HAProxy of the anchor tries to load
// them there, all at once. The script prints the first one that it cannot load, and why.
const write = `set -e
umask 027
mkdir -p "$1"
chown "0:$2" "$1"
chmod 750 "$1"
cd "$1"
rm -f *.new
tar -xf -
chown "0:$2" *.new
chmod 640 *.new
sync *.new
printf '%s\\n' "$1"/*.new > trial.list
printf '%s crt-list %s\\n' "$3" "$1/trial.list" > trial.cfg
if ! said=$(haproxy -c -f trial.cfg 2>&1); then
    refused=
    for file in *.new; do
        printf '%s crt %s\\n' "$3" "$1/$file" > trial.cfg
        if ! alone=$(haproxy -c -f trial.cfg 2>&1); then
            refused=$file
            said=$alone
            break
        fi
    done
    printf '%s\\n%s' "$refused" "$said"
    rm -f *.new
fi
rm -f trial.cfg trial.list`;

const discard = `cd "$1" && rm -f *.new`;

// A restart of HAProxy finds the certificate from before or this one, never a part.
const replace = `set -e
cd "$1"; shift
for file; do mv -T "$file.new" "$file"; done
sync .`;

const sweep = `folder=$1; shift
[ -d "$folder" ] || exit 0
cd "$folder"
for file in *; do
    for kept; do [ "$file" != "$kept" ] || continue 2; done
    rm -f "$file"
done`;

/** The path of each certificate in a file of HAProxy's. */
const certificatePaths = new RegExp(`${certificatesFolder}/\\S+\\.pem(?=\\s|$)`, "g");

/**
 * Writes certificates into HAProxy's files, where its next start or reload finds them.
 * @throws Error when HAProxy cannot load one of them. The files are then as they were
 */
export async function writeCertificates(
    guarded: Guarded,
    certificates: Readonly<Record<string, CertificateFile>>,
): Promise<void> {
    const names = Object.keys(certificates);
    if (names.length > 0) {
        await writeBeside(guarded, certificates);
        await guarded(replace, [certificatesFolder, ...names.map(fileName)]);
    }
}

/**
 * Has certificates beside their places while `act` runs. HAProxy's own files name them there as {@link namedBeside} says.
 * @throws Error when HAProxy cannot load one of them
 */
export async function withCertificatesBeside<Result>(
    guarded: Guarded,
    certificates: Readonly<Record<string, CertificateFile>>,
    act: () => Promise<Result>,
): Promise<Result> {
    if (Object.keys(certificates).length === 0) {
        return act();
    }
    await writeBeside(guarded, certificates);
    try {
        return await act();
    } finally {
        await guarded(discard, [certificatesFolder]).catch(() => {
            // The next write of certificates removes them first.
        });
    }
}

/** @returns a file of HAProxy's with the paths of the certificates beside their places */
export function namedBeside(text: string): string {
    return text.replace(certificatePaths, "$&.new");
}

async function writeBeside(guarded: Guarded, certificates: Readonly<Record<string, CertificateFile>>): Promise<void> {
    const names = Object.keys(certificates);
    const files = names.map(name => [`${fileName(name)}.new`, `${certificates[name]!.pem}\n`] as const);
    const said = await guarded(write, [certificatesFolder, haproxyUser, trial], await packFiles(new Map(files)));
    if (said !== "") {
        throw refused(said);
    }
}

/** @param said the name of the first file that HAProxy refuses, and HAProxy's words */
function refused(said: string): Error {
    const [file = "", ...words] = said.split("\n");
    const name = file.replace(/\.pem\.new$/, "");
    const problems = parseCheck(words.join("\n"), new Map()).map(({ message }) =>
        message.replace(/^.* in section 'frontend' : /, ""),
    );
    const what =
        name === ""
            ? "relink:certificates: HAProxy refuses them"
            : `relink:certificates.${name}: HAProxy refuses this certificate`;
    return new Error(`${what}; nothing was changed.\n  ${problems.join("\n  ")}`);
}

/** Removes the files of all certificates but these. HAProxy's configuration in force names no other one. */
export async function sweepCertificates(guarded: Guarded, names: readonly string[]): Promise<void> {
    await guarded(sweep, [certificatesFolder, ...names.map(fileName)]);
}

function fileName(name: string): string {
    return `${checked("certificate", name)}.pem`;
}
