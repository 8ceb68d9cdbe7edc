/**
 * A shell function, `keep FILE`: its standard input becomes the whole new content of a file. When it has returned the
 * content is on the disk; after a power cut before that, the file is the old or the new one. Where it fails, as on a full
 * disk, the file is the old one and nothing else is left.
 */
export const keepFile = `
keep() {
    cat > "$1.new" && sync "$1.new" && mv "$1.new" "$1" && sync "$(dirname "$1")" && return
    rm -f "$1.new"
    return 1
}
`;
