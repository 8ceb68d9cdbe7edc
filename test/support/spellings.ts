/** The ways in which programs spell a text, by name. A secret may be found in any of them. */
export function spellings(text: string): [string, string][] {
    const json = JSON.stringify(text).slice(1, -1);
    const ascii = json.replace(/[^\x20-\x7e]/g, letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
    const url = encodeURIComponent(text);
    const all: [string, string][] = [
        ["as it is", text],
        ["JSON", json],
        ["JSON in ASCII", ascii],
        ["JSON of Go", json.replace(/[<>&]/g, letter => `\\u00${letter.charCodeAt(0).toString(16)}`)],
        ["JSON with escaped slashes", json.replaceAll("/", "\\/")],
        ["JSON within JSON", JSON.stringify(json).slice(1, -1)],
        ["URL", url],
        ["URL, lower case", url.replace(/%../g, byte => byte.toLowerCase())],
        ["whole URL", encodeURI(text)],
        ["form", new URLSearchParams({ "": text }).toString().slice(1)],
        ["shell, single quotes", text.replaceAll("'", `'\\''`)],
        ["shell, both quotes", text.replaceAll("'", `'"'"'`)],
        ["shell, double quotes", text.replace(/["$`\\]/g, letter => `\\${letter}`)],
        ["Base64", base64(text)],
        ["Base64 for URLs", Buffer.from(text).toString("base64url")],
        ["Base64 in a URL", encodeURIComponent(base64(text))],
    ];
    return all;
}

export function base64(text: string): string {
    return Buffer.from(text).toString("base64");
}
