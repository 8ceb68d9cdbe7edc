import type { ContainerPlace, Containers } from "../../../up/Containers";
import type { Up } from "../../../up/Up";
import type { CallLog } from "./CallLog";
import type { View } from "./View";

/** Methods that return another port. */
const portMethods = new Set(["backend", "admission", "of", "questions"]);

/** @returns the same ports, of which each call is noted with what it reported. */
export function reportedUp(up: Up, log: CallLog, view: View): Up {
    const reporter = new Reporter(log, view, up.containers);
    const noted = <Port extends object>(port: Port, name: string) => reporter.port(port, name);
    log.begin("the beginning");
    return {
        ...up,
        containers: noted(up.containers, "containers"),
        images: noted(up.images, "images"),
        front: noted(up.front, "front"),
        journal: noted(up.journal, "journal"),
        look: noted({ look: () => up.look() }, "up").look,
    };
}

type Method = (...args: unknown[]) => unknown;

class Reporter {
    constructor(
        private readonly log: CallLog,
        private readonly view: View,
        private readonly containers: Containers,
    ) {}

    port<Port extends object>(port: Port, name: string): Port {
        return new Proxy(port, {
            get: (_port, key) => {
                const value: unknown = Reflect.get(port, key, port);
                if (typeof value === "function") {
                    return this.#method(value.bind(port) as Method, name, String(key));
                }
                return key === "routes" ? this.port(value as object, `${name}.routes`) : value;
            },
        });
    }

    #method(call: Method, port: string, method: string): Method {
        // What a watch tells only makes a procedure look earlier.
        if (method === "watch" || method === "nameOf" || method === "owner") {
            return call;
        }
        return (...args) => {
            if (port === "journal" && method === "enter") {
                this.log.begin(String(args[0]));
            }
            const name = `${port}.${method}${this.#inBrackets(args)}`;
            if (port === "containers" && method === "create") {
                return this.#noted(name, this.#created(call(...args) as Promise<string>, args[0] as ContainerPlace));
            }
            if (portMethods.has(method) && method !== "questions") {
                return this.port(call(...args) as object, name);
            }
            return this.#noted(name, call(...args) as Promise<unknown>, method === "questions");
        };
    }

    /** From now on the container's id is written as its name. */
    async #created(id: Promise<string>, { color, slot }: ContainerPlace): Promise<string> {
        this.view.know(await id, this.containers.nameOf(color, slot));
        return id;
    }

    async #noted(name: string, result: Promise<unknown>, isPort = false): Promise<unknown> {
        const note = this.log.call(name);
        try {
            const value = await result;
            note(isPort ? "a port" : this.#reportOf(name, value));
            return isPort ? this.port(value as object, "questions") : value;
        } catch (error) {
            note(this.view.ofError(error));
            throw error;
        }
    }

    /** Lines of a log are for people. */
    #reportOf(name: string, value: unknown): unknown {
        return name.startsWith("containers.lastLogLines(") ? "lines" : (this.view.of(value) ?? "done");
    }

    #inBrackets(args: unknown[]): string {
        const shown = args.filter(arg => typeof arg !== "function" && arg !== undefined).map(arg => this.view.of(arg));
        return `(${shown.map(arg => (typeof arg === "string" ? arg : JSON.stringify(arg))).join(", ")})`;
    }
}
