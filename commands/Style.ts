import { styleText } from "node:util";
import type { Color } from "../model/Color";

/** How text is printed: the width of a line, and whether there are colors. */
export class Style {
    constructor(
        readonly columns: number,
        private readonly colored: boolean,
    ) {}

    /** @returns the style of a stream: the terminal's width, else `COLUMNS`, else 80. NO_COLOR and FORCE_COLOR are honoured. */
    static of(stream: NodeJS.WriteStream, env = process.env): Style {
        const columns = stream.columns || Number(env.COLUMNS) || 80;
        const asked = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "0";
        return new Style(columns, env.NO_COLOR ? false : asked || (stream.isTTY === true && env.TERM !== "dumb"));
    }

    bold(text: string): string {
        return this.#paint("bold", text);
    }

    faint(text: string): string {
        return this.#paint("dim", text);
    }

    /** What needs attention. */
    alarm(text: string): string {
        return this.#paint("red", text);
    }

    /** Text about a color, painted in that color. */
    color(color: Color, text: string): string {
        return this.#paint(color === "blue" ? "blueBright" : "green", text);
    }

    #paint(format: Parameters<typeof styleText>[0], text: string): string {
        return this.colored ? styleText(format, text, { validateStream: false }) : text;
    }
}

/** @returns a rough duration: `45 s`, `12 min`, `3 h`, `5 d` */
export function roughly(milliseconds: number): string {
    const steps = [
        ["d", 86_400_000],
        ["h", 3_600_000],
        ["min", 60_000],
    ] as const;
    const step = steps.find(([, length]) => milliseconds >= 2 * length);
    return step === undefined
        ? `${Math.max(0, Math.round(milliseconds / 1000))} s`
        : `${Math.floor(milliseconds / step[1])} ${step[0]}`;
}

/** @returns at most `length` characters. The end of an image's name says more than its beginning, so the beginning goes. */
export function shortened(text: string, length: number): string {
    return text.length <= length ? text : `...${text.slice(text.length - Math.max(0, length - 3))}`;
}

/**
 * Breaks a text between words. A word that is too long stays whole.
 * @param columns the longest line
 * @param indent what every line but the first begins with
 * @param first what the first line begins with
 */
export function wrapped(text: string, columns: number, indent = "", first = indent): string {
    const lines: string[] = [];
    let line = first;
    let isEmpty = true;
    for (const word of text.split(" ")) {
        if (!isEmpty && line.length + 1 + word.length > columns) {
            lines.push(line);
            line = indent;
            isEmpty = true;
        }
        line += isEmpty ? word : ` ${word}`;
        isEmpty = false;
    }
    return [...lines, line].map(text => text.trimEnd()).join("\n");
}
