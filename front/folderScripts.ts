import { folders } from "../model/folders";

// Everything below runs in Debian's and in Alpine's userland alike.

// $2 is the version in force, of which the new one keeps what does not change: to write and to sync 150 files for one value of
// a map took 0.3 s. Links, where the volume has them; only files, since HAProxy would load whatever else somebody put there.
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
        # Never over what is linked already: that is the file in force.
        rm -rf "$folder"
        cp -a "$from" "$folder"
    fi
    find "$folder" ! -type d ! -type f -exec rm -f {} +
    cd "$folder"
    rm -f "$@"
fi
tar -xf - -C "$folder"
find "$folder" -exec sync {} +
sync ${folders.config}/versions
trap - EXIT`;

export const discardScript = `rm -rf "${folders.config}/versions/$1"`;

// $2 is where the link pointed when the change began: nobody else may have moved it. After a power cut the link is
// either the old or the new one, so the new version reaches the disk first. What was only for a check goes, also that of a
// change that died on its way.
export const swapScript = `set -e
cd ${folders.config}
now=$(readlink current 2>/dev/null || true)
if [ "$now" != "$2" ]; then echo "somebody else wrote version '$now' over '$2'" >&2; exit 75; fi
rm -rf versions/*/check
rm -f current.new
ln -s "versions/$1" current.new
mv -T current.new current
sync .
ls versions | grep -E '^[0-9]+$' | sort -rn | tail -n +$(($3 + 1)) | while read -r version; do rm -rf "versions/$version"; done`;
