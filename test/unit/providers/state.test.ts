import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(__dirname, "../../..");

// Users' states have this text (components/dynamic.ts). Pulumi runs it from the project's folder.
it.each(["deployment", "link", "frontConfig", "usedFront"])(
    "the provider that a state names can be loaded: %s",
    name => {
        const text = [
            "exports.handler = () => {",
            '    require("./settings/loadTypeScript");',
            `    return require("./providers/host").${name};`,
            "};",
        ].join("\n");
        const program = `${text}\nprocess.stdout.write(JSON.stringify(Object.keys(exports.handler()).sort()));`;
        const { stdout, stderr } = spawnSync(process.execPath, ["-e", program], { cwd: root, encoding: "utf8" });
        expect(stderr).toBe("");
        expect(JSON.parse(stdout)).toEqual(["check", "configure", "create", "delete", "read", "update"]);
    },
);
