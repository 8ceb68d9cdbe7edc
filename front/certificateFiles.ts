import { certificatePath, certificatesFolder, checked } from "../haproxy/names";
import type { CertificateFile } from "../model/Certificate";
import { parseCheck } from "./check";
import { haproxyUser } from "./watchdog";

/**
 * Runs a shell script as root in the anchor, in the record's folder, while this process has the lease.
 * @returns what it printed
 */
export type Guarded = (script: string, args: string[], stdin?: string) => Promise<string>;

/** What HAProxy makes of one certificate, without the rest of its configuration. */
const trial = (path: string) => `frontend certificate
    mode http
    timeout client 1s
    bind :1 ssl crt ${path}
`;

// HAProxy reads its certificates and cannot change them. Each is written beside its place, and HAProxy of the anchor, which is
// that of the generations, tries to load it there. The script prints why it cannot.
const write = `set -e
umask 027
mkdir -p "$1"
chown "0:$3" "$1"
chmod 750 "$1"
cat > "$1/$2.new"
chown "0:$3" "$1/$2.new"
chmod 640 "$1/$2.new"
sync "$1/$2.new"
printf %s "$4" > "$1/$2.trial"
if ! said=$(haproxy -c -f "$1/$2.trial" 2>&1); then
    rm -f "$1/$2.new"
    printf %s "$said"
fi
rm -f "$1/$2.trial"`;

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

/**
 * Writes certificates into HAProxy's files, where its next start or reload finds them.
 * @throws Error when HAProxy cannot load one of them. The files are then as they were
 */
export async function writeCertificates(
    guarded: Guarded,
    certificates: Readonly<Record<string, CertificateFile>>,
): Promise<void> {
    const names = Object.keys(certificates);
    for (const name of names) {
        const file = fileName(name);
        const args = [certificatesFolder, file, haproxyUser, trial(`${certificatePath(name)}.new`)];
        const said = await guarded(write, args, `${certificates[name]!.pem}\n`);
        if (said !== "") {
            throw refused(name, said);
        }
    }
    if (names.length > 0) {
        await guarded(replace, [certificatesFolder, ...names.map(fileName)]);
    }
}

function refused(name: string, said: string): Error {
    const problems = parseCheck(said, new Map()).map(({ message }) =>
        message.replace(/^.* in section 'frontend' : /, ""),
    );
    return new Error(
        `relink:certificates.${name}: HAProxy refuses this certificate; nothing was changed.\n  ${problems.join("\n  ")}`,
    );
}

/** Removes the files of all certificates but these. HAProxy's configuration in force names no other one. */
export async function sweepCertificates(guarded: Guarded, names: readonly string[]): Promise<void> {
    await guarded(sweep, [certificatesFolder, ...names.map(fileName)]);
}

function fileName(name: string): string {
    return `${checked("certificate", name)}.pem`;
}
