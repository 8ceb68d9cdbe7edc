import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const root = resolve(__dirname, "../..");

export interface PulumiResult {
    code: number;
    stdout: string;
    /** Both, as they came. */
    output: string;
}

/**
 * The real Pulumi CLI. Its state is in the project's folder whatever backend the user has, so that a demo leaves
 * nothing in it.
 */
export class Pulumi {
    private running: ChildProcess | undefined;
    private readonly env = {
        ...process.env,
        PULUMI_BACKEND_URL: pathToFileURL(resolve(root, ".relink", "state")).href,
        PULUMI_CONFIG_PASSPHRASE: "",
    };

    /** Runs a command to its end, whatever its exit code. `onLine` gets each line of its output as it comes. */
    run(args: string[], onLine: (line: string) => void = () => {}): Promise<PulumiResult> {
        return new Promise((resolve, reject) => {
            const child = spawn("pulumi", ["--non-interactive", "--color", "never", ...args], {
                cwd: root,
                env: this.env,
                stdio: ["ignore", "pipe", "pipe"],
                // A terminal's Ctrl-C must not reach it by itself: it gets one, from us (see `interrupt`).
                detached: true,
            });
            this.running = child;
            const result = { stdout: "", output: "" };
            createInterface({ input: child.stdout }).on("line", line => {
                result.stdout += `${line}\n`;
                result.output += `${line}\n`;
                onLine(line);
            });
            createInterface({ input: child.stderr }).on("line", line => {
                result.output += `${line}\n`;
            });
            child.on("error", reject);
            child.on("close", code => {
                this.running = undefined;
                resolve({ code: code ?? 128, ...result });
            });
        });
    }

    /** Runs a command that must succeed, and returns what it printed. */
    async must(args: string[]): Promise<string> {
        const { code, stdout, output } = await this.run(args);
        if (code !== 0) {
            throw new Error(`pulumi ${args.join(" ")} ended with exit code ${code}:\n${output}`);
        }
        return stdout;
    }

    /** Asks the running command to stop at its next safe point; asked again, it ends at once. */
    interrupt(): boolean {
        return this.running?.kill("SIGINT") ?? false;
    }
}
