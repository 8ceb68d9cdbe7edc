import type { ComposeError } from "../compose/ComposeError";
import { unreadHash } from "../settings/access";
import { type ConfigPath, commandKey, startsWith } from "../settings/ConfigPath";
import { unreadCertificate } from "../settings/certificates";
import { quote, setCommand } from "../settings/configCommands";
import { fieldsOf, isFields, mergedFields } from "../settings/fields";
import type { Problem } from "../settings/Problem";
import { checkSettings } from "../settings/parse";
import type { Conversion, Finding } from "./Conversion";
import type { ConvertedStack, Located } from "./ConvertedStack";
import type { Chosen } from "./colors";
import type { Containers } from "./containers";
import type { StackFile } from "./StackFile";

/** Puts everything together, and has relink's own schema check it. */
export class Draft {
    readonly #problems: Located[] = [];
    readonly #notes: Located[] = [];

    constructor(
        private readonly file: StackFile,
        private readonly to: Conversion,
        private readonly chosen: readonly Chosen[],
        private readonly containers: ReadonlyMap<string, Containers>,
    ) {
        this.say(to.problems, to.notes);
        for (const error of [...file.errors.entries()].flatMap(([service, errors]) => this.#ofUs(service, errors))) {
            this.#problems.push(this.#located(error));
        }
        for (const { name, live, idle } of chosen) {
            const { errors, notes } = containers.get(name)!;
            this.#problems.push(...errors.map(error => this.#located(error)));
            const difference = idle === undefined ? [] : differences(file, live.service, idle.service);
            const findings = [...notes, ...difference].map(([key, message]) => ({
                service: live.service,
                key,
                message,
            }));
            this.#notes.push(...findings.map(finding => this.#placed({ ...finding, fix: "" })));
        }
        for (const name of file.unset) {
            const message = `has the variable ${name}, which is not set: it counts as empty`;
            this.#notes.push({ place: file.name, message, fix: "" });
        }
    }

    say(problems: readonly Finding[], notes: readonly Finding[]): void {
        this.#problems.push(...problems.map(finding => this.#placed(finding)));
        this.#notes.push(...notes.map(finding => this.#placed(finding)));
    }

    converted(): ConvertedStack {
        const services = Object.fromEntries(
            [...this.containers].map(([name, { settings }]) => [
                name,
                mergedFields(settings, fieldsOf(this.to.services[name])),
            ]),
        );
        const config = { front: this.to.front, services };
        const { left, steps } = this.#decisions();
        // A wrong variable has no setting, and the schema would say that it is missing.
        const wrong = this.#problems.length === 0 ? this.#check(config).filter(problem => !left(problem.path)) : [];
        this.#problems.push(...wrong.map(problem => this.#traced(problem)));
        return { config, ...this.#secrets(steps), problems: this.#problems, notes: this.#notes };
    }

    /** What the file leaves to the user: each is a command in place of a problem. */
    #decisions(): { left: (path: ConfigPath) => boolean; steps: string[] } {
        const steps: string[] = [];
        const paths: ConfigPath[] = [];
        for (const [name, { ports, settings }] of this.containers) {
            if (ports !== undefined) {
                paths.push(["services", name, "port"]);
                const says = ports.length === 0 ? "the port that its image exposes" : `one of ${ports.join(", ")}`;
                steps.push(`${setCommand(["services", name, "port"], "PORT")}   # ${says}`);
            }
            for (const [index, volume] of (Array.isArray(settings.volumes) ? settings.volumes : []).entries()) {
                if (isFields(volume) && volume.shared === undefined) {
                    const path = ["services", name, "volumes", index];
                    paths.push(path);
                    const says = "if the app can live with two colors that write it; readOnly otherwise";
                    steps.push(`${setCommand([...path, "shared"], "true")}   # ${says}`);
                }
            }
        }
        return { left: path => paths.some(other => startsWith(path, other)), steps };
    }

    #check({ front, services }: ConvertedStack["config"]): readonly Problem[] {
        const { to, containers } = this;
        const certificates = [...to.certificates].map(([name, pem]) => [name, pem ?? unreadCertificate]);
        const users = [...to.users].map(([name, user]) => [name, "hash" in user ? user.hash : unreadHash]);
        const secrets = [...containers.values()].map(({ secrets }) => secrets);
        const withPorts = Object.entries(services).map(([name, service]) => [name, { port: 80, ...fieldsOf(service) }]);
        const raw = {
            front,
            services: Object.fromEntries(withPorts),
            certificates: Object.fromEntries(certificates),
            users: Object.fromEntries(users),
            secrets: Object.assign({}, ...secrets),
        };
        return checkSettings(raw, { project: "relink", stack: "stack" }).problems ?? [];
    }

    /** @param first commands that come before those for the secrets */
    #secrets(first: string[]): Pick<ConvertedStack, "values" | "steps"> {
        const values = new Map<string, string>();
        const steps = [...first];
        const give = (path: ConfigPath, value: string, through = ""): void => {
            const key = commandKey(path).slice("relink:".length);
            values.set(key, value);
            steps.push(`npm run -s from-tutum -- FILE --value ${quote(key)} | ${through}${setSecret(path)}`);
        };
        for (const [name, pem] of this.to.certificates) {
            const path = ["certificates", name];
            pem === undefined ? steps.push(setCommand(path, "PEM")) : give(path, pem);
        }
        for (const [name, user] of this.to.users) {
            const path = ["users", name];
            "hash" in user ? give(path, user.hash) : give(path, user.password, "openssl passwd -6 -stdin | ");
        }
        for (const [key, value] of [...this.containers.values()].flatMap(({ secrets }) => Object.entries(secrets))) {
            give(["secrets", key], value);
        }
        return { values, steps };
    }

    /** Finds the variable that a wrong setting comes from. */
    #traced(problem: Problem): Located {
        const { path, message, fix } = problem;
        const origin = this.to.origins.find(other => startsWith(path, other.path) || startsWith(other.path, path));
        if (origin !== undefined) {
            return this.#placed({ ...origin.from, message: `becomes ${commandKey(path)}, which ${message}`, fix });
        }
        const service = this.chosen.find(({ name }) => path[0] === "services" && path[1] === name)?.live.service;
        return {
            place: service === undefined ? this.file.name : this.file.place([service]),
            message: `${commandKey(path)} ${message}`,
            fix,
        };
    }

    #placed({ service, key, message, fix }: Finding): Located {
        const isVariable = /^[A-Z][A-Z0-9_]*$/.test(key);
        const path = key === "" ? [] : isVariable ? ["environment", key] : [key];
        return { place: this.file.place([service, ...path]), message, fix };
    }

    #located({ path, message, fix }: ComposeError): Located {
        const [, service = "", ...key] = path.map(String);
        const name = `${service}.${key.join(".")}`;
        const without = key.length === 0 ? "" : `, or do without it: --ignore ${quote(name)}`;
        return {
            place: service === "" ? this.file.name : this.file.place([service, ...key]),
            message,
            fix: typeof fix === "string" ? fix : `change it there${without}`,
        };
    }

    /** @returns the errors, if they concern what relink takes over */
    #ofUs(service: string, errors: readonly ComposeError[]): readonly ComposeError[] {
        return service === "" || this.file.leaves.has(service) ? errors : [];
    }
}

/** Keys in which two colors may differ: where they run, and which of them is live. */
const ofColors = ["tags", "environment", "labels", "container_name", "restart", "links"];

/** @returns what only the live color has; relink runs both with it */
function differences(file: StackFile, live: string, idle: string): [key: string, message: string][] {
    const [one, other] = [file.service(live), file.service(idle)];
    const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(key => !ofColors.includes(key));
    const differing = keys.filter(key => JSON.stringify(one[key]) !== JSON.stringify(other[key]));
    return differing.map(key => [
        key,
        `differs from that of ${idle}; both colors have ${live}'s until the next release`,
    ]);
}

function setSecret(path: ConfigPath): string {
    return `pulumi config set --secret --path ${quote(commandKey(path))}`;
}
