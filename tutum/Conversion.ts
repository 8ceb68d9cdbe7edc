import type { ConfigPath } from "../settings/ConfigPath";
import type { Fields } from "../settings/fields";

/** A container's environment in the stack of Tutum's HAProxy. */
export interface TutumService {
    /** Its name in that stack. */
    service: string;
    /** Its name in relink. */
    name: string;
    /** By name. A variable that is there without a value is undefined. */
    variables: Readonly<Record<string, string | undefined>>;
}

/** A variable of a service. */
export interface Variable {
    service: string;
    name: string;
    value: string;
}

/** Something to say of a key of the stack, most often of a variable. */
export interface Finding {
    service: string;
    key: string;
    /** A sentence that starts with a verb. It repeats no value that may be a secret. */
    message: string;
    /** What to do instead. @default "" (the message says it) */
    fix: string;
}

/** A user of `relink:users`: a password that is to be hashed, or a hash. */
export type User = { password: string } | { hash: string };

/** Collects the settings that the variables become, and what relink does not take over. */
export class Conversion {
    /** `relink:front`. */
    readonly front: Fields = {};
    /** `relink:services`. */
    readonly services: Record<string, Fields> = {};
    /** `relink:certificates`. The value is undefined where the stack names a certificate and does not hold it. */
    readonly certificates = new Map<string, string | undefined>();
    /** `relink:users`. */
    readonly users = new Map<string, User>();
    /** Redirects to HTTPS of single services, by their names in relink. */
    readonly redirects = new Map<string, { status: number; variable: Variable }>();
    readonly problems: Finding[] = [];
    /** What behaves in another way than before. */
    readonly notes: Finding[] = [];
    /** Where the settings come from, the last one first. */
    readonly origins: { path: ConfigPath; from: Finding }[] = [];

    constructor(
        readonly haproxy: TutumService,
        readonly linked: readonly TutumService[],
    ) {
        for (const { name } of linked) {
            this.services[name] = {};
        }
    }

    /** @returns a service's variable: its own, else HAProxy's; undefined where it is empty or has no value */
    variableOf({ service, variables }: TutumService, name: string): Variable | undefined {
        const own = variables[name];
        const value = own || this.haproxy.variables[name];
        return value ? { service: own ? service : this.haproxy.service, name, value } : undefined;
    }

    /** Sets a key of `relink:front`. */
    setFront(path: readonly string[], value: unknown, from: Variable): void {
        set(this.front, path, value);
        this.remember(["front", ...path], from);
    }

    /** Sets a key of a service. */
    setService({ name }: TutumService, path: readonly string[], value: unknown, from: Variable): void {
        set(this.services[name]!, path, value);
        this.remember(["services", name, ...path], from);
    }

    /** Adds a line to `relink:front.haproxy.SECTION`, unless it has the line. */
    addFrontLine(section: "global" | "frontend", line: string, from: Variable): void {
        const lines = listIn(this.front, ["haproxy", section]);
        if (!lines.includes(line)) {
            this.remember(["front", "haproxy", section, lines.push(line) - 1], from);
        }
    }

    /** Adds a line to the service's `haproxy.backend`, unless it has the line. */
    addBackendLine({ name }: TutumService, line: string, from: Variable): void {
        const lines = listIn(this.services[name]!, ["haproxy", "backend"]);
        if (!lines.includes(line)) {
            this.remember(["services", name, "haproxy", "backend", lines.push(line) - 1], from);
        }
    }

    /** Names a certificate of `relink:front.https.certificates`. The first one is the default. */
    addCertificate(name: string, pem: string | undefined, from: Variable): void {
        const names = listIn(this.front, ["https", "certificates"]);
        this.remember(["front", "https", "certificates", names.push(name) - 1], from);
        this.remember(["certificates", name], from);
        this.certificates.set(name, pem);
    }

    /** Says that relink does not take a variable over, and what to do instead. The same is said once. */
    refuse({ service, name: key }: Variable, message: string, fix = ""): void {
        add(this.problems, { service, key, message, fix });
    }

    /** Says what behaves in another way than before. The same is said once. */
    note({ service, name: key }: Variable, message: string): void {
        add(this.notes, { service, key, message, fix: "" });
    }

    private remember(path: ConfigPath, { service, name: key }: Variable): void {
        this.origins.unshift({ path, from: { service, key, message: "", fix: "" } });
    }
}

function add(findings: Finding[], finding: Finding): void {
    const isSame = (other: Finding) => JSON.stringify(other) === JSON.stringify(finding);
    if (!findings.some(isSame)) {
        findings.push(finding);
    }
}

function parentOf(fields: Fields, path: readonly string[]): Fields {
    return path.slice(0, -1).reduce<Fields>((parent, key) => {
        parent[key] ??= {};
        return parent[key] as Fields;
    }, fields);
}

function set(fields: Fields, path: readonly string[], value: unknown): void {
    parentOf(fields, path)[path.at(-1)!] = value;
}

function listIn(fields: Fields, path: readonly string[]): unknown[] {
    const parent = parentOf(fields, path);
    parent[path.at(-1)!] ??= [];
    return parent[path.at(-1)!] as unknown[];
}
