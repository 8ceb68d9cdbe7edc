import { expectNoLoss, type LoadResult, type LoadRun, startLoad } from "../../test/support/load";
import type { DemoStack } from "./DemoStack";
import type { Interrupt } from "./Interrupt";
import { errors, parseRow, resourceCounts, shortDiff, withoutFigures } from "./pulumiText";
import { grouped, type Scenario, scenarioOf } from "./Scenario";
import type { Terminal } from "./Terminal";

/** Requests per second (GET, POST and new connections together). */
const ratePerSecond = 2500;
/** Bounds of one stage's load. */
const maxSeconds = 900;
const maxRequests = 2_000_000;
/** So many requests are made before the stage does anything, and after it did. */
const requestsBefore = 2500;
const requestsAfter = 5000;
const lookEveryMs = { terminal: 250, log: 5000 };

/** What a stage says and does. */
export interface StageScript {
    /** Its name in the report. */
    name: string;
    title: string;
    why: string;
    play(stage: Stage): Promise<void>;
}

/** What a stage may use. */
export interface Theatre {
    terminal: Terminal;
    stack: DemoStack;
    interrupt: Interrupt;
}

export interface StageEnd {
    /** What was measured, unless the load never began. */
    scenario?: Scenario;
    problems: string[];
    /** It could not be played to its end, so that the next one has nothing to build on. */
    isBroken: boolean;
}

/** Something that the stage says did not happen. */
export class StageFailed extends Error {}

/** One stage while it runs: commands on the demo's stack, load on its front, and what must be true. */
export class Stage {
    private readonly startedMs = performance.now();
    private load: LoadRun | undefined;
    private counter: NodeJS.Timeout | undefined;
    private readonly problems: string[] = [];
    private readonly expectations: { expected: string[]; phase: string | undefined }[] = [];

    private constructor(private readonly theatre: Theatre) {}

    /** Plays a stage. Its load is stopped whatever happens; the problems are empty when all was as the stage says. */
    static async play(script: StageScript, theatre: Theatre): Promise<StageEnd> {
        const stage = new Stage(theatre);
        let isBroken = false;
        try {
            await script.play(stage);
            await stage.loadOf(requestsAfter);
        } catch (error) {
            if (theatre.interrupt.isAsked || !(error instanceof StageFailed)) {
                stage.kill();
                // Whatever it was: a Ctrl-C reaches the load's process too.
                theatre.interrupt.check();
                throw error;
            }
            isBroken = true;
            stage.problems.push(error.message);
        }
        const load = await stage.endLoad();
        stage.tellEnd(load);
        const seconds = (performance.now() - stage.startedMs) / 1000;
        return { scenario: load && scenarioOf(script.name, load, seconds), problems: stage.problems, isBroken };
    }

    get stack(): DemoStack {
        return this.theatre.stack;
    }

    say(text: string): void {
        this.theatre.terminal.line(text, "   ");
    }

    /** What Pulumi said, line by line. */
    quote(texts: string[]): void {
        for (const line of texts.flatMap(text => text.split("\n"))) {
            const indent = `   ! ${" ".repeat(line.length - line.trimStart().length)}`;
            this.theatre.terminal.line(line.trimStart(), indent);
        }
    }

    /** Load on the front from now until the end of the stage. */
    async startLoad(): Promise<void> {
        const url = await this.stack.url();
        this.say(
            `Load: ${grouped(ratePerSecond)} requests/s on ${url} (GET, POST, new connections; slow and streamed ` +
                "answers, a WebSocket) until the end of the stage.",
        );
        this.load = await startLoad({ url, ratePerSecond, maxSeconds, maxRequests });
        const { terminal } = this.theatre;
        const every = terminal.isLive ? lookEveryMs.terminal : lookEveryMs.log;
        this.counter = setInterval(() => void this.tellCounts(), every);
        await this.loadOf(requestsBefore);
    }

    /** Waits for so many more requests, if load is on. */
    async loadOf(count: number): Promise<void> {
        if (this.load !== undefined) {
            const { requests } = await this.load.snapshot();
            await this.loadUntil(requests + count);
        }
    }

    /** Waits until the stage's load is so many requests. @throws StageFailed when the front is too slow for that */
    async loadUntil(requests: number): Promise<void> {
        const { interrupt } = this.theatre;
        const seconds = 20 + requests / 250;
        const wish = (counts: { requests: number }) => interrupt.isAsked || counts.requests >= requests;
        await this.load?.until(wish, `${grouped(requests)} requests`, seconds).catch((error: Error) => {
            throw new StageFailed(error.message);
        });
        interrupt.check();
    }

    /** Begins a phase of the load's books. */
    async mark(name: string): Promise<void> {
        await this.load?.mark(name);
    }

    /** Sets the service's image, as a user would. */
    async setImage(version: string): Promise<void> {
        const path = "relink:services.web.image";
        await this.run(["config", "set", "--path", path, `relink-hello:${version}`, "--stack", this.stack.name]);
    }

    /** Shows what `up` would do. Returns the plan's sentence. */
    async preview(): Promise<string> {
        const { stdout, code, output } = await this.run(["preview", "--diff", "--stack", this.stack.name]);
        if (code !== 0) {
            throw new StageFailed(`the preview failed:\n${output}`);
        }
        // The plan's sentence comes on stderr.
        const sentence = output.split("\n").find(line => line.startsWith("web: ")) ?? "";
        this.say(sentence);
        for (const line of shortDiff(stdout)) {
            const indent = `   ${" ".repeat(line.length - line.trimStart().length)}`;
            this.theatre.terminal.line(line.trimStart(), `${indent}    `, indent);
        }
        this.say(`Resources: ${resourceCounts(stdout)}`);
        return sentence;
    }

    /** Releases. Returns the error lines where `up` failed; none where it succeeded. */
    async up(): Promise<{ failed: boolean; errors: string[]; output: string; counts: string }> {
        const startedMs = performance.now();
        const told = new Set<string>();
        const { terminal } = this.theatre;
        const args = ["up", "--yes", "--skip-preview", "--suppress-progress", "--stack", this.stack.name];
        const { code, output, stdout } = await this.run(args, line => {
            const row = parseRow(line);
            if (row === undefined || row.text.startsWith("error:") || told.has(withoutFigures(row))) {
                return;
            }
            told.add(withoutFigures(row));
            const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
            const start = `${seconds.padStart(8)} s  ${row.name.padEnd(13)}`;
            terminal.line(row.text, " ".repeat(start.length + 1), `${start} `);
        });
        const counts = resourceCounts(stdout);
        this.say(`Resources: ${counts}`);
        return { failed: code !== 0, errors: errors(stdout), output, counts };
    }

    /** @throws StageFailed unless `fact` */
    expect(fact: boolean, otherwise: string): void {
        if (!fact) {
            throw new StageFailed(otherwise);
        }
    }

    /** Exactly these versions must answer, in the load's phase of this name or in all of it. Checked at its end. */
    expectVersions(expected: string[], phase?: string): void {
        this.expectations.push({ expected, phase });
    }

    private async run(args: string[], onLine?: (line: string) => void) {
        const { terminal, interrupt } = this.theatre;
        interrupt.check();
        terminal.command(`pulumi ${args.filter(arg => arg !== "--suppress-progress").join(" ")}`);
        const result = await this.stack.pulumi.run(args, onLine);
        interrupt.check();
        return result;
    }

    private async tellCounts(): Promise<void> {
        const counts = await this.load?.snapshot().catch(() => undefined);
        if (counts === undefined || this.counter === undefined) {
            return;
        }
        const versions = Object.entries(counts.byVersion).map(
            ([version, { requests }]) => `${version} ${grouped(requests)}`,
        );
        const text = `   load: ${grouped(counts.requests)} requests, ${counts.failed} failed; ${versions.join(", ")}`;
        const { terminal } = this.theatre;
        if (terminal.isLive) {
            terminal.show(text);
        } else {
            terminal.raw(text);
        }
    }

    private stopCounter(): void {
        clearInterval(this.counter);
        this.counter = undefined;
        this.theatre.terminal.show("");
    }

    private kill(): void {
        this.stopCounter();
        this.load?.kill();
    }

    private async endLoad(): Promise<LoadResult | undefined> {
        this.stopCounter();
        const result = await this.load?.stop();
        if (result === undefined) {
            return undefined;
        }
        try {
            expectNoLoss(result, { atLeast: requestsBefore });
        } catch (error) {
            this.problems.push((error as Error).message);
        }
        for (const { expected, phase } of this.expectations) {
            const seen = Object.keys((result.phases.find(({ name }) => name === phase) ?? result).byVersion).sort();
            if (seen.join() !== [...expected].sort().join()) {
                const when = phase === undefined ? "" : ` ${phase}`;
                this.problems.push(`${expected.join(" and ")} should have answered${when}, but ${seen.join(", ")} did`);
            }
        }
        return result;
    }

    private tellEnd(load: LoadResult | undefined): void {
        if (load !== undefined) {
            const versions = Object.entries(load.byVersion).map(
                ([version, { requests }]) => `${version} ${grouped(requests)}`,
            );
            const [first] = load.switches;
            this.theatre.terminal.line();
            this.say(
                `=> ${grouped(load.requests)} requests (${versions.join(", ")}), ${load.failed} failed, ${load.open} open.`,
            );
            if (first !== undefined) {
                const overlap = first.overlapMs > 0 ? `${first.overlapMs.toFixed(0)} ms later` : "before that";
                this.say(
                    `   ${first.to} answered from ${(first.atMs / 1000).toFixed(2)} s on; the last request to ${first.from} began ${overlap}.`,
                );
            }
        }
        for (const problem of this.problems) {
            this.theatre.terminal.raw(`   PROBLEM: ${problem}`);
        }
    }
}
