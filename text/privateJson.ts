/**
 * Parses JSON that may hold a secret.
 *
 * @throws Error with the position of what is wrong, and without any of the text. Node's own error repeats a part of it
 */
export function parsePrivateJson(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch (error) {
        const place = /at position \d+(?: \(line \d+ column \d+\))?/.exec((error as Error).message)?.[0];
        throw new Error(place === undefined ? "it is not JSON" : `it is not JSON ${place}`);
    }
}
