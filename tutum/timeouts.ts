import { setCommand } from "../settings/configCommands";
import type { Conversion, Variable } from "./Conversion";
import { splitLine, splitList } from "./lists";
import { spellHaproxyTime } from "./times";

/** HAProxy's words for the keys of `front.timeouts`. */
const keys: Record<string, string> = {
    connect: "connect",
    client: "client",
    server: "server",
    check: "check",
    queue: "queue",
    tunnel: "tunnel",
    "http-request": "httpRequest",
    "http-keep-alive": "httpKeepAlive",
    "client-fin": "clientFin",
    "server-fin": "serverFin",
};

/** `TIMEOUT`: `connect 5000, client 50000`. */
export function mapTimeouts(variable: Variable, to: Conversion): void {
    for (const item of splitList(variable.value)) {
        mapTimeout(item, variable, to);
    }
}

/** @param text one timeout, `connect 5000` */
export function mapTimeout(text: string, variable: Variable, to: Conversion): void {
    const [word = "", time = "", ...more] = splitLine(text);
    const spelled = more.length === 0 ? spellHaproxyTime(time) : undefined;
    if (word === "tarpit" && spelled !== undefined) {
        to.addFrontLine("frontend", `timeout tarpit ${time}`, variable);
    } else if (!Object.hasOwn(keys, word)) {
        to.refuse(variable, `has the timeout ${word}, which HAProxy does not have`, timeoutWords);
    } else if (spelled === undefined || /^0/.test(spelled)) {
        const message = `has for ${word} a time that relink cannot read: it must be longer than 0, and at most 24 days`;
        to.refuse(variable, message, setCommand(["front", "timeouts", keys[word]!], "50s"));
    } else {
        to.setFront(["timeouts", keys[word]!], spelled, variable);
    }
}

const timeoutWords = `relink has ${Object.keys(keys).join(", ")} (relink:front.timeouts), and tarpit`;
