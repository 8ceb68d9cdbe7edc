/**
 * Prepares the folder of the record, in which it runs, and that of HAProxy's sockets, `$1`, for the user `$2`. It runs as root
 * in the anchor.
 *
 * Only root reads the record. HAProxy makes its sockets itself, in a folder that is root's and sticky, as /tmp is. The anchor
 * of an older front writes there as root: in a sticky folder the kernel lets it follow only links of its own
 * (fs.protected_symlinks, https://docs.kernel.org/admin-guide/sysctl/fs.html#protected-symlinks).
 *
 * A newer anchor of the same front is not root, and has to replace the file in which an older one said which start it was.
 * Where the newer one could not do so yet, the file goes: a generation that reads it would take the next look at the anchor
 * for a restart, exit while the anchor is down, and be given up by Docker.
 */
export const prepareScript = `
chmod 700 .
mkdir -p services
chown 0:0 "$1" && chmod 1777 "$1"
rm -f "$1/anchor.new"
if [ "$(stat -c %u "$1/anchor" 2>/dev/null)" = 0 ] && ! grep -q '^Uid:[[:space:]]*0' /proc/1/status; then
    rm -f "$1/anchor"
fi
chown -h "$2:$2" "$1/anchor" 2>/dev/null || :
`;
