import { setCommand } from "../settings/configCommands";
import { fieldsOf } from "../settings/fields";
import type { Conversion, TutumService, Variable } from "./Conversion";
import { splitLine } from "./lists";
import { spellHaproxyTime } from "./times";

/** Words of a `server` line with what follows each of them. They become words of `default-server`. */
const withArgument = [
    "fastinter",
    "downinter",
    "port",
    "addr",
    "observe",
    "error-limit",
    "on-error",
    "maxconn",
    "weight",
];
const alone = ["check-ssl", "send-proxy", "send-proxy-v2", "check-send-proxy", "ssl", "non-stick", "agent-check"];

/** `HEALTH_CHECK`: the words of a `server` line, `check inter 2000 rise 2 fall 3`. */
export function mapHealthCheck(variable: Variable, service: TutumService, to: Conversion): void {
    const words = splitLine(variable.value);
    const others: string[] = [];
    if (!words.includes("check")) {
        const message = "does not check the containers, but relink opens the link only to containers that are proved";
        to.refuse(variable, message, "begin it with the word check");
    }
    for (let index = 0; index < words.length; index += 1) {
        const word = words[index]!;
        const argument = words[index + 1] ?? "";
        if (word === "inter" || word === "rise" || word === "fall") {
            setNumber(word, argument, { variable, service }, to);
            index += 1;
        } else if (withArgument.includes(word)) {
            others.push(word, argument);
            index += 1;
        } else if (alone.includes(word)) {
            others.push(word);
        } else if (word !== "check") {
            to.refuse(variable, `has ${word}, which relink does not know in a check`, checkWords);
        }
    }
    if (others.length > 0) {
        to.addBackendLine(service, `default-server ${others.join(" ")}`, variable);
    }
}

const checkWords = "relink has health.interval (inter), health.rise and health.fall; haproxy.backend takes own lines";

function setNumber(
    word: "inter" | "rise" | "fall",
    text: string,
    { variable, service }: { variable: Variable; service: TutumService },
    to: Conversion,
): void {
    const key = word === "inter" ? "interval" : word;
    const value = word === "inter" ? spellHaproxyTime(text) : /^\d{1,3}$/.test(text) ? Number(text) : undefined;
    if (value === undefined) {
        const example = word === "inter" ? "2s" : "2";
        const fix = setCommand(["services", service.name, "health", key], example);
        to.refuse(variable, `has no ${word === "inter" ? "time" : "number"} behind ${word}`, fix);
    } else {
        to.setService(service, ["health", key], value, variable);
    }
}

/** `HTTP_CHECK`: what follows `option httpchk`, `OPTIONS * HTTP/1.1\r\nHost:\ www`. */
export function mapHttpCheck(variable: Variable, service: TutumService, to: Conversion): void {
    const [line = "", ...headers] = variable.value.split(/\\r\\n|\r?\n/);
    const words = splitLine(line);
    const [method, uri = ""] = words.length === 1 ? ["OPTIONS", words[0]] : words;
    if (!uri.startsWith("/")) {
        const message = `asks for ${uri}, which is not a path: relink's check asks for one by GET`;
        to.refuse(variable, message, setCommand(["services", service.name, "health", "path"], "/healthz"));
        return;
    }
    if (method !== "GET") {
        to.note(variable, `asked by ${method}; relink's check asks by GET, and takes 200 to 399 for healthy`);
    }
    to.setService(service, ["health", "path"], uri, variable);
    for (const header of headers.filter(text => text.trim() !== "")) {
        const [name = "", ...value] = splitLine(header).join(" ").split(":");
        if (name.trim().toLowerCase() === "host") {
            to.setService(service, ["health", "host"], value.join(":").trim(), variable);
        } else {
            const message = `sends the header ${name.trim()}, but relink's check sends Host alone`;
            to.refuse(variable, message, "have the app answer its check without that header, and leave it out");
        }
    }
}

/** Has a service without `HTTP_CHECK` checked as before, by a connection alone. */
export function checkByConnection(service: TutumService, to: Conversion): void {
    if (fieldsOf(to.services[service.name]?.health).path === undefined) {
        const variable = { service: service.service, name: "HTTP_CHECK", value: "" };
        to.setService(service, ["health", "tcp"], true, variable);
        const says = "is not set: containers are checked by a connection alone, as before. health.path asks the app";
        to.note(variable, says);
    }
}
