/**
 * Prepares the record's folder, in which it runs, and the folder of HAProxy's sockets, `$1`, for the user `$2`. Runs as root in
 * the anchor.
 *
 * Only root reads the record. HAProxy makes its sockets itself, in a folder that belongs to root and is sticky, like /tmp. An
 * older front's anchor writes there as root. In a sticky folder the kernel lets root follow only root's own links
 * (fs.protected_symlinks, https://docs.kernel.org/admin-guide/sysctl/fs.html#protected-symlinks).
 *
 * A newer anchor is not root. It must replace the file in which an older one wrote which start it was. Where it has not
 * replaced the file yet, the script removes it. Otherwise a generation would later take the new file for a restart of the
 * anchor. It would exit while the anchor is down, and Docker would give it up.
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
