/**
 * Replaces all of HAProxy's files of one kind.
 * @param prefix what the paths of this kind begin with
 * @param texts by path
 */
export function replaceFiles(files: Map<string, string>, prefix: string, texts: Iterable<[string, string]>): void {
    for (const path of [...files.keys()].filter(path => path.startsWith(prefix))) {
        files.delete(path);
    }
    for (const [path, text] of texts) {
        files.set(path, text);
    }
}
