import { styleText } from "node:util";
import { wrapped } from "../../commands/Style";

const columns = 80;

/** The demo's output: lines of at most 80 columns. On a terminal there is one live line below them. */
export class Terminal {
    private live = "";

    constructor(private readonly out: NodeJS.WriteStream = process.stdout) {}

    /** Whether there is a live line. It would fill a log. */
    get isLive(): boolean {
        return this.out.isTTY === true && process.env.CI === undefined;
    }

    heading(text: string): void {
        this.line();
        const rule = "-".repeat(Math.max(0, columns - text.length - 4));
        this.raw(`${this.bold(`-- ${text}`)} ${rule}`);
    }

    /** Prints a command as the user would type it. */
    command(text: string): void {
        this.line();
        this.raw(this.bold(`$ ${text}`));
    }

    /** Prints a text in lines. The first line begins with `first`, the others with `indent`. */
    line(text = "", indent = "", first = indent): void {
        this.raw(wrap(text, indent, first));
    }

    /** Prints a line as it is, such as a table's. */
    raw(text: string): void {
        this.clear();
        this.out.write(`${text}\n`);
        this.show(this.live);
    }

    /** Rewrites the live line; "" removes it. Does nothing where there is none. */
    show(text: string): void {
        if (this.isLive) {
            this.clear();
            this.live = text;
            this.out.write(text.slice(0, columns - 1));
        }
    }

    private clear(): void {
        if (this.isLive && this.live !== "") {
            this.out.write("\r\x1b[2K");
        }
    }

    private bold(text: string): string {
        return this.out.isTTY === true && process.env.NO_COLOR === undefined ? styleText("bold", text) : text;
    }
}

/** @returns a text in lines of at most 80 columns, broken between words. A word that is too long stays whole. */
export function wrap(text: string, indent: string, first = indent): string {
    return wrapped(text, columns, indent, first);
}
