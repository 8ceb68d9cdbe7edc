import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const root = resolve(__dirname, "../..");

export interface PulumiResult {
    code: number;
    stdout: string;
    /** Standard output and standard error, in their order. */
    output: string;
}

/**
 * The real Pulumi CLI. Its state is in the project's folder, so that a demo leaves nothing in the user's backend.
 */
export class Pulumi {
    private running: ChildProcess | undefined;
    private readonly env = {
        ...process.env,
        PULUMI_BACKEND_URL: pathToFileURL(resolve(root, ".relink", "state")).href,
        PULUMI_CONFIG_PASSPHRASE: "",
    };

    /** Runs a command to its end. `onLine` gets each line of its output. Never throws because of an exit code. */
    run(args: string[], onLine: (line: string) => void = () => {}): Promise<PulumiResult> {
        return new Promise((resolve, reject) => {
            const child = spawn("pulumi", ["--non-interactive", "--color", "never", ...args], {
                cwd: root,
                env: this.env,
                stdio: ["ignore", "pipe", "pipe"],
                // A terminal's Ctrl-C must not reach the CLI by itself: `interrupt` sends one.
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

    /** @returns what a command printed @throws Error where it failed */
    async must(args: string[]): Promise<string> {
        const { code, stdout, output } = await this.run(args);
        if (code !== 0) {
            throw new Error(`pulumi ${args.join(" ")} ended with exit code ${code}:\n${output}`);
        }
        return stdout;
    }

    /** Asks the running command to stop at its next safe point. A second call ends it at once. */
    interrupt(): boolean {
        return this.running?.kill("SIGINT") ?? false;
    }
}
