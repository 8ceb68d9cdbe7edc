/** What happens in a life, in sentences for whoever reads a failure. */
export class Story {
    readonly lines: string[] = [];

    tell(line: string): void {
        this.lines.push(line);
    }

    /** Tells of a check; once it holds, it is left out again. */
    async check<T>(what: string, check: () => Promise<T>): Promise<T> {
        const { length } = this.lines;
        this.tell(what);
        const result = await check();
        this.lines.length = length;
        return result;
    }
}
