import { folders } from "../model/folders";

// These scripts run with the tools of Debian and of Alpine.

/**
 * Writes a new version, `$1`, from the version in force, `$2`, and a tar of the changed files on the standard input. The other
 * arguments are the paths that change or go. Unchanged files become hard links where the volume can have them. Such a file is
 * on the disk since its first version, so that only new files and the folders are synced. Writing 100 files for one value of a
 * map took 0.3 s, and syncing their links 0.18 s. Only files and folders are kept, because HAProxy would load anything else too
 * that somebody put there.
 */
export const writeScript = `set -e
umask 022
folder=${folders.config}/versions/$1
from=\${2:+${folders.config}/$2}
shift 2
trap 'rm -rf "$folder"' EXIT
rm -rf "$folder"
mkdir -p "$folder"
if [ -n "$from" ]; then
    if ! cp -al "$from/." "$folder" 2>/dev/null; then
        # Not over links that are made already: each is the file in force.
        rm -rf "$folder"
        cp -a "$from" "$folder"
        find "$folder" -type f -exec sync {} +
    fi
    find "$folder" ! -type d ! -type f -exec rm -f {} +
    cd "$folder"
    rm -f "$@"
fi
cd "$folder"
tar -xf -
for path in "$@"; do
    shift
    [ ! -e "$path" ] || set -- "$@" "$path"
done
sync "$@"
find . -type d -exec sync {} +
sync ${folders.config}/versions
trap - EXIT`;

/** Removes the version `$1`. */
export const discardScript = `rm -rf "${folders.config}/versions/$1"`;

/**
 * Moves the link to the version `$1`, if it still points at `$2`, as when the change began. The new version is on the disk
 * before, so that the link leads to a whole version also after a power cut. Removes all copies for checks, also those of a
 * change that died, and all versions but the last `$3`.
 */
export const swapScript = `set -e
cd ${folders.config}
now=$(readlink current 2>/dev/null || true)
if [ "$now" != "$2" ]; then echo "another process wrote version '$now' over '$2'" >&2; exit 75; fi
rm -rf versions/*/check
rm -f current.new
ln -s "versions/$1" current.new
mv -T current.new current
sync .
ls versions | grep -E '^[0-9]+$' | sort -rn | tail -n +$(($3 + 1)) | while read -r version; do rm -rf "versions/$version"; done`;
