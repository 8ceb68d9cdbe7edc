import { join } from "node:path";

/** A folder of Compose files that Docker Compose and relink have to read alike. */
export interface Case {
    name: string;
    files: string[];
    envFile?: string[];
    env?: Record<string, string>;
    /** Compose services to take over, each as a relink service of the same name. */
    services?: string[];
}

const cases: (Omit<Case, "files"> & { files?: string[] })[] = [
    { name: "one-file" },
    { name: "several-files", files: ["compose.yaml", "compose.prod.yaml"], envFile: ["prod.env"] },
    { name: "extends", env: { TAG: "v9" }, services: ["web", "worker"] },
    { name: "env-files", env: { PASSED: "on", PASSED_ON: "too", SHELL_WINS: "shell" } },
    { name: "spellings", env: { A: "from here", TOK: "t" } },
];

export const corpus: Case[] = cases.map(entry => ({ files: ["compose.yaml"], ...entry }));

export function folderOf({ name }: Case): string {
    return join(__dirname, "corpus", name);
}

/** Docker Compose 2.40.3's own reading of a case, with FOLDER and HOME in place of where it ran. */
export function capturedFile({ name }: Case): string {
    return join(__dirname, "captured", `${name}.json`);
}
