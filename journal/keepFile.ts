/**
 * A shell function, `keep FILE`, which replaces a file's content by its standard input. The content is on the disk when the
 * function returns. After a power cut before that, the file has its old or its new content. Where the function fails, as on a
 * full disk, the file has its old content, and no other file is left.
 */
export const keepFile = `
keep() {
    cat > "$1.new" && sync "$1.new" && mv "$1.new" "$1" && sync "$(dirname "$1")" && return
    rm -f "$1.new"
    return 1
}
`;
