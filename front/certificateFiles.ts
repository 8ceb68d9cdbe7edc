import { certificatesFolder, checked } from "../haproxy/names";
import type { CertificateFile } from "../up/FrontGenerations";
import { haproxyUser } from "./watchdog";

/** Runs a shell script as root in the anchor, in the record's folder, while this process has the lease. */
export type Guarded = (script: string, args: string[], stdin?: string) => Promise<unknown>;

// HAProxy reads its certificates and cannot change them. Each is written beside its place and renamed, so that a restart of
// HAProxy finds the one before or this one, never a part.
const write = `set -e
umask 027
mkdir -p "$1"
chown "0:$3" "$1"
chmod 750 "$1"
cat > "$1/$2.new"
chown "0:$3" "$1/$2.new"
chmod 640 "$1/$2.new"
sync "$1/$2.new"
mv -T "$1/$2.new" "$1/$2"
sync "$1"`;

const sweep = `folder=$1; shift
[ -d "$folder" ] || exit 0
cd "$folder"
for file in *; do
    for kept; do [ "$file" != "$kept" ] || continue 2; done
    rm -f "$file"
done`;

/** Writes certificates into HAProxy's files, where its next start or reload finds them. */
export async function writeCertificates(
    guarded: Guarded,
    certificates: Readonly<Record<string, CertificateFile>>,
): Promise<void> {
    for (const [name, { pem }] of Object.entries(certificates)) {
        await guarded(write, [certificatesFolder, fileName(name), haproxyUser], `${pem}\n`);
    }
}

/** Removes the files of all certificates but these. HAProxy's configuration in force names no other one. */
export async function sweepCertificates(guarded: Guarded, names: readonly string[]): Promise<void> {
    await guarded(sweep, [certificatesFolder, ...names.map(fileName)]);
}

function fileName(name: string): string {
    return `${checked("certificate", name)}.pem`;
}
