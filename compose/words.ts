/**
 * Splits a command line into words, as Compose does. Blanks separate words, but not inside of quotes or behind a
 * backslash.
 *
 * @returns undefined where a quote is not closed, and where only a shell could read the line: with `;`, `&`, `|`, `<`,
 *     `>`, `(`, `)` or a backtick outside of quotes
 */
export function splitWords(line: string): string[] | undefined {
    const words: string[] = [];
    let word: string | undefined;
    let quote: string | undefined;
    for (let index = 0; index < line.length; index += 1) {
        const letter = line[index]!;
        if (letter === "\\" && quote !== "'") {
            index += 1;
            word = (word ?? "") + (line[index] ?? "");
        } else if (quote !== undefined) {
            if (letter === quote) {
                quote = undefined;
            } else {
                word += letter;
            }
        } else if (letter === "'" || letter === '"') {
            quote = letter;
            word ??= "";
        } else if (/\s/.test(letter)) {
            if (word !== undefined) {
                words.push(word);
            }
            word = undefined;
        } else if (/[;&|<>()`]/.test(letter)) {
            return undefined;
        } else {
            word = (word ?? "") + letter;
        }
    }
    if (quote !== undefined) {
        return undefined;
    }
    return word === undefined ? words : [...words, word];
}
