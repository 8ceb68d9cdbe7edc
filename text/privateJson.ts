/**
 * Parses JSON that may hold something secret.
 * @throws where it is, and nothing of the text: Node's own error repeats a piece of it.
 */
export function parsePrivateJson(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch (error) {
        const place = /at position \d+(?: \(line \d+ column \d+\))?/.exec((error as Error).message)?.[0];
        throw new Error(place === undefined ? "it is no JSON" : `it is no JSON ${place}`);
    }
}
