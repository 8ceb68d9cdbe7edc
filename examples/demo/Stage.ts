import type { Mark, ReportSection } from "../../report/Report";
import type { LoadSnapshot } from "../../test/support/load";
import { apiHost, type DemoService, type DemoStack } from "./DemoStack";
import { grouped } from "./grouped";
import type { Interrupt } from "./Interrupt";
import { errors, parseRow, type Row, resourceCounts, shortDiff, withoutFigures } from "./pulumiText";
import { type Scenario, scenarioOf } from "./Scenario";
import { StageLoad } from "./StageLoad";
import { sectionOf } from "./stageReport";
import type { Terminal } from "./Terminal";

/** Requests per second (GET, POST and new connections together). */
const ratesPerSecond: Record<DemoService, number> = { web: 1750, api: 750 };
/** How many requests are made before the stage acts, and as many after it. */
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
    /** The figures; undefined where the load never began. */
    scenario?: Scenario;
    /** The same for the report. */
    section: ReportSection;
    problems: string[];
    /** Whether it stopped before its end. The next stage cannot build on it then. */
    isBroken: boolean;
}

/** Something that the stage promises did not happen. */
export class StageFailed extends Error {}

/** One stage while it runs: commands on the demo's stack, load on its front, and what must be true. */
export class Stage {
    private readonly startedMs = performance.now();
    private load: StageLoad | undefined;
    private counter: NodeJS.Timeout | undefined;
    private readonly problems: string[] = [];
    private readonly marks: Mark[] = [];
    /** The plan's last sentence of each service. */
    private readonly sentences = new Map<string, string>();
    private readonly refusals: string[] = [];

    private constructor(private readonly theatre: Theatre) {}

    /** Plays a stage, and stops its load in any case. There are no problems where everything was as the stage says. */
    static async play(script: StageScript, theatre: Theatre): Promise<StageEnd> {
        const stage = new Stage(theatre);
        let isBroken = false;
        try {
            await script.play(stage);
            await stage.loadOf(requestsAfter);
        } catch (error) {
            if (theatre.interrupt.isAsked || !(error instanceof StageFailed)) {
                stage.kill();
                // A Ctrl-C reaches the load's process too, so any error may be its effect.
                theatre.interrupt.check();
                throw error;
            }
            isBroken = true;
            stage.problems.push(error.message);
        }
        const seconds = stage.seconds;
        const loads = await stage.endLoad();
        stage.tellEnd();
        const { problems, marks, refusals } = stage;
        const sentences = [...stage.sentences].map(([service, sentence]) => `${service}: ${sentence}`);
        return {
            scenario: loads.length === 0 ? undefined : scenarioOf(script.name, loads, seconds),
            section: sectionOf(script, { loads, marks, sentences, failures: [...problems, ...refusals] }),
            problems,
            isBroken,
        };
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

    /** Seconds since the stage began. */
    private get seconds(): number {
        return (performance.now() - this.startedMs) / 1000;
    }

    /** Puts load on the front until the end of the stage. */
    async startLoad(): Promise<void> {
        const url = await this.stack.url();
        const { web, api } = ratesPerSecond;
        this.say(
            `Load: ${grouped(web)} requests/s on ${url} for web and ${grouped(api)} on its host ${apiHost} for api (GET, ` +
                "POST, new connections; slow and streamed answers, WebSockets) until the end of the stage.",
        );
        this.load = await StageLoad.start(url, ratesPerSecond, this.seconds);
        const { terminal } = this.theatre;
        const every = terminal.isLive ? lookEveryMs.terminal : lookEveryMs.log;
        this.counter = setInterval(() => void this.tellCounts(), every);
        await this.loadOf(requestsBefore);
    }

    /** Waits for so many more requests. Does nothing without load. */
    async loadOf(count: number): Promise<void> {
        if (this.load !== undefined) {
            await this.loadUntil((await this.load.requests()) + count);
        }
    }

    /** Waits until the load has made so many requests. @throws StageFailed where the front is too slow for that */
    async loadUntil(requests: number): Promise<void> {
        const { interrupt } = this.theatre;
        await this.load
            ?.until(requests, () => interrupt.isAsked)
            .catch((error: Error) => {
                throw new StageFailed(error.message);
            });
        interrupt.check();
    }

    /** From now on the load counts its requests under another name. */
    async mark(name: string): Promise<void> {
        await this.load?.mark(name);
    }

    /** Sets a service's image, as a user would. */
    async setImage(version: string, service: DemoService = "web"): Promise<void> {
        const path = `relink:services.${service}.image`;
        await this.run(["config", "set", "--path", path, `relink-hello:${version}`, "--stack", this.stack.name]);
    }

    /** Shows what `up` would do. @returns the plan's sentences */
    async preview(): Promise<string> {
        const { stdout, code, output } = await this.run(["preview", "--diff", "--stack", this.stack.name]);
        if (code !== 0) {
            throw new StageFailed(`the preview failed:\n${output}`);
        }
        // The plan's sentences come on stderr.
        const sentences = output.split("\n").filter(line => /^(web|api): /.test(line));
        for (const sentence of sentences) {
            this.say(sentence);
        }
        for (const line of shortDiff(stdout)) {
            const indent = `   ${" ".repeat(line.length - line.trimStart().length)}`;
            this.theatre.terminal.line(line.trimStart(), `${indent}    `, indent);
        }
        this.say(`Resources: ${resourceCounts(stdout)}`);
        return sentences.join("\n");
    }

    /** Runs `up`. @returns its error lines; none where it succeeded */
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
            this.note(row);
            const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
            const start = `${seconds.padStart(8)} s  ${row.name.padEnd(13)}`;
            terminal.line(row.text, " ".repeat(start.length + 1), `${start} `);
        });
        const counts = resourceCounts(stdout);
        this.say(`Resources: ${counts}`);
        this.refusals.push(...errors(stdout));
        return { failed: code !== 0, errors: errors(stdout), output, counts };
    }

    /** Keeps a row for the report: the plan's sentences, and relink's own steps. */
    private note({ name, text, isOurs }: Row): void {
        if (name === "web" || name === "api") {
            this.sentences.set(name, text);
        } else if (isOurs) {
            this.marks.push({ second: this.seconds, subject: name, text, kind: "step" });
        }
    }

    /** @throws StageFailed unless `fact` */
    expect(fact: boolean, otherwise: string): void {
        if (!fact) {
            throw new StageFailed(otherwise);
        }
    }

    /**
     * Requires that exactly these versions of a service answer: in this phase of the load, or in all of it. It is
     * checked at the end of the stage.
     */
    expectVersions(service: DemoService, expected: string[], phase?: string): void {
        this.load?.expectVersions(service, expected, phase);
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
        const counts = await this.load?.snapshots().catch(() => undefined);
        if (counts === undefined || this.counter === undefined) {
            return;
        }
        const { terminal } = this.theatre;
        const text = `   load: ${counted(counts)}`;
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

    private async endLoad() {
        this.stopCounter();
        const { loads, problems } = (await this.load?.end()) ?? { loads: [], problems: [] };
        this.problems.push(...problems);
        const { terminal } = this.theatre;
        terminal.line();
        for (const { service, result } of loads) {
            this.say(`=> ${counted([{ service, counts: result }])}, ${result.open} open.`);
            for (const { from, to, atMs, overlapMs } of result.switches) {
                const overlap = overlapMs > 0 ? `${overlapMs.toFixed(0)} ms later` : "before that";
                this.say(
                    `   ${to} answered from ${(atMs / 1000).toFixed(2)} s on; the last request to ${from} began ${overlap}.`,
                );
            }
        }
        return loads;
    }

    private tellEnd(): void {
        for (const problem of this.problems) {
            this.theatre.terminal.raw(`   PROBLEM: ${problem}`);
        }
    }
}

/** `web 1,234 (v1 1,200, v2 34), api 567 (v1 567); 0 failed`. */
function counted(all: { service: string; counts: LoadSnapshot }[]): string {
    const failed = all.reduce((sum, { counts }) => sum + counts.failed, 0);
    const services = all.map(({ service, counts }) => {
        const versions = Object.entries(counts.byVersion).map(
            ([version, { requests }]) => `${version} ${grouped(requests)}`,
        );
        return `${service} ${grouped(counts.requests)} (${versions.join(", ")})`;
    });
    return `${services.join(", ")}; ${failed} failed`;
}
