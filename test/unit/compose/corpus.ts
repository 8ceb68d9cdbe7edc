import { join } from "node:path";

/** A folder of Compose files that Docker Compose and relink have to read in the same way. */
export interface Case {
    name: string;
    files: string[];
    envFile?: string[];
    env?: Record<string, string>;
    /** Compose services that become relink services of the same name. @default ["web"] */
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

/** @returns the file with what Docker Compose 2.40.3 printed of a case; FOLDER and HOME_OF_USER stand for paths */
export function capturedFile({ name }: Case): string {
    return join(__dirname, "captured", `${name}.json`);
}
