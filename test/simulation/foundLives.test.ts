import { describe, it } from "vitest";
import type { StrategySettings } from "../../model/StrategySettings";
import { live } from "./life/anyLife";
import { Coverage } from "./life/Coverage";
import type { Event, Up } from "./life/Event";
import { type Faults, noFaults } from "./life/Faults";
import { strategyOf } from "./life/strategies";
import type { Wish } from "./life/Wish";

// Lives (life/) that broke a rule of docs/design.md once, as short as they can be. What can be said by a plan alone is
// an example beside that plan (interrupted.test.ts, repair.test.ts and so on).

function up(
    change: Partial<Wish> = {},
    { faults, ...more }: Partial<Omit<Up, "faults">> & { faults?: Partial<Faults> } = {},
): Event {
    return { is: "up", change, faults: { ...noFaults, ...faults }, ...more };
}

function canary(settings: object): StrategySettings {
    return strategyOf({ canary: settings });
}

const rolling = strategyOf({ rolling: {} });

const lives: Record<string, Event[]> = {
    "a repair beside a container under our labels that somebody added dies before that is removed": [
        up({ version: "A" }),
        { is: "edit", what: "slot closed in HAProxy's memory", which: 0 },
        { is: "edit", what: "container added with our labels", which: 0 },
        up({ version: "B", driftPolicy: "repair" }, { diesAfter: 10 }),
    ],
    "a repair dies before it moves the link back, and what is wished is refused": [
        up({ version: "A" }),
        {
            is: "change",
            change: { strategy: strategyOf({ rolling: { order: "stopFirst" } }), version: "A on another port" },
        },
        up({ driftPolicy: "repair" }),
        { is: "edit", what: "link moved in HAProxy's memory", which: 0 },
        up({ hosts: ["shop.example.com"] }, { diesAt: "link: file" }),
    ],
    "a release that was judged bad stays live, and somebody moves the link from it to where nobody is": [
        up({ version: "A" }),
        up({ version: "B" }, { diesAt: "link: bake", goesOn: true }),
        { is: "edit", what: "idle container removed", which: 0 },
        up({}, { faults: { bake: "bad" } }),
        { is: "edit", what: "link moved in HAProxy's memory", which: 0 },
    ],
    "an up was planned before another one began, which dies while it takes a bad canary back": [
        up({ version: "A", strategy: canary({ weight: 0 }) }),
        up({ version: "B" }),
        {
            is: "change",
            change: {
                strategy: canary({
                    steps: [
                        { weight: 25, pause: "0s" },
                        { weight: 60, analysis: false },
                    ],
                }),
            },
        },
        {
            is: "race",
            faults: { ...noFaults, bake: "bad" },
            phases: 13,
            early: true,
            expired: true,
            change: {},
        },
    ],
    "an up was planned to finish a switch that another one finishes and takes back, which dies meanwhile": [
        up({ version: "A" }),
        up({ version: "B" }, { diesAt: "link: memory", goesOn: true }),
        {
            is: "race",
            faults: { ...noFaults, bake: "bad" },
            phases: 8,
            early: true,
            expired: true,
            change: {},
        },
    ],
    "a rolling release is taken back that took the place of one which died right before its end": [
        up({ version: "A" }),
        up({ version: "C", strategy: rolling }, { diesAt: "roll: done", goesOn: true }),
        up({ version: "B" }, { faults: { proof: { after: 0, how: "cannot start" } }, diesAfter: 7 }),
    ],
    "HAProxy restarts, and so leads to the confirmed color again, while a repair brings that color back": [
        up({ version: "A", driftPolicy: "repair" }),
        up({ version: "B", strategy: rolling }, { diesAfter: 12, goesOn: true }),
        { is: "edit", what: "link moved in HAProxy's memory", which: 0 },
        up({}, { meanwhile: { after: 1, what: "HAProxy restarted" } }),
    ],
    "what a bad release would go back to dies between the look at it and the switch": [
        up({ version: "A" }),
        up({ version: "B" }, { diesAt: "link: confirmed", goesOn: true }),
        { is: "edit", what: "restart policy changed", which: 0 },
        up({}, { faults: { bake: "bad" }, meanwhile: { after: 11, what: "Docker daemon restarted" } }),
    ],
    "somebody links a service to a canary that was never judged alone, and another one gets a share beside it": [
        up({ version: "A", strategy: canary({ weight: 0 }) }),
        up({ version: "C" }),
        up({ strategy: canary({ weight: 50 }) }),
        { is: "edit", what: "link moved in HAProxy's memory", which: 0 },
        { is: "edit", what: "record: the confirmed link edited", which: 0 },
        { is: "change", change: { version: "A on another port", strategy: canary({ weight: 25 }) } },
    ],
    "a stranger is in the place of the only container, and answers users until a repair has brought back ours": [
        up({ version: "A", driftPolicy: "repair" }),
        { is: "edit", what: "container replaced by another image", which: 0 },
        up(),
    ],
    "that repair fails, and so takes nobody away": [
        up({ version: "A", driftPolicy: "repair" }),
        { is: "edit", what: "container replaced by another image", which: 0 },
        up({}, { faults: { proof: { after: 0, how: "unhealthy" } } }),
        up({}, { faults: { proof: { after: 0, how: "unhealthy" } } }),
    ],
    "a rolling release over a color that a repair has given up fails with one container up, and another is wanted": [
        up({ version: "A", driftPolicy: "repair" }),
        { is: "edit", what: "live container removed", which: 0 },
        up({}, { faults: { proof: { after: 0, how: "unhealthy" } } }),
        up({ version: "B", strategy: rolling, replicas: 3 }, { faults: { proof: { after: 1, how: "unhealthy" } } }),
        up({ version: "C", strategy: { kind: "blueGreen" } }),
        up(),
    ],
    "Docker's daemon restarts while others are taken away beside one that it was told not to bring back": [
        up({ version: "A", replicas: 3 }),
        up({ replicas: 1 }, { diesAfter: 1, goesOn: true }),
        { is: "edit", what: "restart policy changed", which: 0 },
        up({}, { meanwhile: { after: 9, what: "Docker daemon restarted" } }),
    ],
    "an up was planned to take a canary back, which another one judges bad and dies before that is recorded": [
        up({ version: "A" }),
        up({ version: "B", strategy: canary({ weight: 25 }) }, { diesAt: "link: baked", goesOn: true }),
        {
            is: "race",
            faults: { ...noFaults, bake: "bad" },
            phases: 2,
            early: true,
            expired: true,
            change: { version: "A" },
        },
        up(),
    ],
    "an up was planned to go on with that canary": [
        up({ version: "A" }),
        up(
            { version: "B", strategy: canary({ steps: [{ weight: 25 }, { weight: 60 }] }) },
            { diesAt: "link: baked", goesOn: true },
        ),
        { is: "race", faults: { ...noFaults, bake: "bad" }, phases: 2, early: true, expired: true, change: {} },
        up(),
    ],
    "HAProxy is away when the service that was to take a route no longer wants it": [
        up({ version: "A" }),
        up({ hosts: ["shop.example.com"], taken: "*" }),
        { is: "restart", what: "HAProxy's container removed" },
        up({ taken: undefined }),
    ],
    "somebody links a service to a color that holds nothing, and its next release is to wait for promotion": [
        up({ version: "A" }),
        { is: "edit", what: "link moved in HAProxy's memory", which: 0 },
        { is: "edit", what: "link moved in the map file", which: 0 },
        { is: "edit", what: "record: the confirmed link edited", which: 0 },
        { is: "edit", what: "record: the number of replicas edited", which: 0 },
        { is: "change", change: { version: "B", autoPromotion: false } },
    ],
    "a repair dies twice before it removes a container that somebody added, beside a canary that is held at 0 %": [
        up({ version: "A" }),
        up({ version: "B", driftPolicy: "repair" }),
        { is: "edit", what: "container added with our labels", which: 1 },
        up({ version: "C", strategy: canary({ weight: 0 }) }),
        { is: "edit", what: "map of releases edited", which: 0 },
        up({}, { diesAt: "deploy: configure", diesAgainAfter: 4 }),
    ],
    "such a repair dies beside a release that waits for promotion": [
        up({ version: "A" }),
        up({ version: "B", driftPolicy: "repair" }),
        { is: "edit", what: "container added with our labels", which: 1 },
        up({ version: "C", autoPromotion: false }),
        { is: "edit", what: "map of releases edited", which: 0 },
        up({}, { diesAt: "deploy: configure", diesAgainAfter: 4 }),
    ],
    "somebody links a service, in record and map file, to a color that has no container yet": [
        up({ version: "A" }),
        up({ version: "A on another port" }, { diesAt: "deploy: configure", goesOn: true }),
        { is: "edit", what: "record: the confirmed link edited", which: 0 },
        { is: "edit", what: "link moved in the map file", which: 0 },
    ],
    "a canary that could not be confirmed has a request open when one more container of it cannot be proved": [
        up({ version: "A", replicas: 2 }),
        up(
            { version: "C", strategy: canary({ steps: [{ weight: 10, replicas: 1 }] }) },
            { faults: { confirm: "lost" } },
        ),
        up({ strategy: canary({ weight: 0 }) }, { faults: { proof: { after: 0, how: "unhealthy" } } }),
    ],
    "HAProxy vanishes before a canary gets the containers that an interrupted up had started and not proved": [
        up({ version: "A" }),
        up(
            { version: "B", replicas: 3, strategy: canary({ steps: [{ weight: 10, replicas: 1 }] }) },
            { diesAt: "scale: prove", goesOn: true },
        ),
        { is: "restart", what: "HAProxy's container removed" },
        up({}, { meanwhile: { after: 2, what: "HAProxy's container removed" } }),
    ],
    "an up dies before its release is proved, and somebody writes into the record that users have it": [
        up({ version: "A" }),
        up({ version: "C", replicas: 2 }, { diesAfter: 13, goesOn: true }),
        { is: "edit", what: "record: the confirmed link edited", which: 0 },
    ],
    "an up dies when it has given up a place in HAProxy's file alone, and then the place is wanted again": [
        up({ version: "A" }),
        up({ hosts: ["shop.example.com"] }, { diesAfter: 1, goesOn: true }),
        up({ hosts: ["*"] }),
    ],
    "a rolling release replaces a color that was given up, beside a canary that has answered users alone": [
        up({ version: "A", strategy: canary({ steps: [{ weight: 10 }, { weight: 50 }] }) }),
        up({ version: "C" }, { faults: { bake: "unknown" } }),
        { is: "edit", what: "live container stopped", which: 0 },
        up(
            { version: "B", strategy: strategyOf({ rolling: { step: "service" } }), driftPolicy: "repair" },
            { meanwhile: { after: 1, what: "HAProxy's container removed" } },
        ),
    ],
    "somebody adds a container beside a first switch that an up has to finish before it gives a canary 0 %": [
        up({ version: "A" }, { diesAt: "link: file" }),
        { is: "edit", what: "container added with our labels", which: 0 },
        up({ version: "A on another port", strategy: canary({ weight: 0 }) }),
    ],
    "a repair dies when a container serves whose slot is still closed in the file, and HAProxy is reloaded": [
        up({ version: "A" }),
        { is: "edit", what: "slot closed in HAProxy's memory", which: 0 },
        { is: "change", change: { driftPolicy: "repair" } },
        { is: "race", faults: noFaults, phases: 0, early: false, expired: true, change: {}, dies: 10 },
        up({}, { faults: { reload: 0 } }),
    ],
    "an up takes back a first switch, and HAProxy is reloaded meanwhile, which would have let it finish that": [
        up({ version: "A" }, { diesAt: "link: confirmed", goesOn: true }),
        { is: "edit", what: "slot closed in HAProxy's memory", which: 0 },
        up({ version: "B" }, { faults: { reload: 0 }, diesAt: "link: intent" }),
    ],
    "an up dies when only HAProxy's file has a place, which then goes to a service that does not take it": [
        up({ version: "A" }, { diesAfter: 32 }),
        { is: "change", change: { hosts: ["shop.example.com"], taken: "*" } },
    ],
    "somebody removes the only container, and a rolling release that is taken back starts another one in its slot": [
        up({ version: "A" }),
        up({ version: "C", strategy: rolling }, { diesAt: "roll: file", goesOn: true }),
        { is: "edit", what: "live container removed", which: 0 },
        up(),
    ],
    "HAProxy does not answer once in a repair, and the next release is to be held at 0 %": [
        up({ version: "A", driftPolicy: "repair" }),
        up({ strategy: canary({ weight: 0 }) }),
        { is: "change", change: { version: "B" } },
        { is: "edit", what: "live container stopped", which: 0 },
        up({}, { faults: { port: { call: "admission.open", after: 0, how: "fails" } } }),
    ],
    "a rolling release is taken back that died before its proof, and the command before the end of that container fails":
        [
            up({ version: "A" }),
            up({ version: "C", strategy: rolling }, { diesAt: "roll: prove", goesOn: true }),
            up({ strategy: canary({ weight: 0 }) }, { faults: { preStop: true } }),
        ],
    "HAProxy does not answer while a rolling release is finished, and the user wants it held at 0 % by now": [
        up({ version: "A" }),
        up(
            { version: "C", strategy: strategyOf({ rolling: { step: "service" } }) },
            { diesAfter: 17, meanwhile: { after: 0, what: "HAProxy restarted" } },
        ),
        up(
            { strategy: canary({ weight: 0 }) },
            { faults: { reload: 0, port: { call: "front.open", after: 0, how: "fails" } } },
        ),
    ],
    "a worker is soft-stopped while a canary is held at 0 %, which gets fewer containers and then more again": [
        up({ version: "A on another port", replicas: 3 }),
        up({ version: "A", strategy: canary({ weight: 0 }) }),
        up(
            { strategy: canary({ steps: [{ weight: 10, replicas: 1 }] }) },
            { faults: { connections: 80, reload: 0 }, diesAt: "link: intent", goesOn: true },
        ),
        up({}, { faults: { proof: { after: 1, how: "cannot start" } } }),
    ],
    "a repair dies twice before it removes a container that somebody added, and what is wished is refused": [
        up({ version: "A on another port" }),
        { is: "change", change: { strategy: strategyOf({ rolling: { step: "service" } }), version: "A" } },
        { is: "edit", what: "container added with our labels", which: 0 },
        { is: "change", change: { driftPolicy: "repair" } },
        { is: "edit", what: "file of a color edited", which: 0 },
        up({}, { diesAfter: 0, diesAgainAfter: 3 }),
    ],
    "a repair dies twice, at last when only HAProxy's file has a place, and what is wished is refused": [
        up({ version: "A", driftPolicy: "repair" }),
        up({ version: "B" }, { faults: { confirm: "wrong" } }),
        { is: "edit", what: "link moved in HAProxy's memory", which: 0 },
        { is: "change", change: { hosts: ["shop.example.com"] } },
        { is: "edit", what: "map of releases edited", which: 0 },
        up({}, { diesAt: "deploy: start", diesAgainAfter: 10 }),
    ],
    "an up dies when only HAProxy's file has a place, which another service is to take, and the next one after a reload":
        [
            up({ version: "A" }, { diesAfter: 32 }),
            { is: "change", change: { hosts: ["shop.example.com"], taken: "*" } },
            up({ version: "C" }, { diesAt: "deploy: prove" }),
        ],
    "an up dies when HAProxy's memory has such a place by a reload, and its file has given the place up": [
        up({ version: "A" }, { diesAfter: 32 }),
        { is: "change", change: { hosts: ["shop.example.com"], taken: "*" } },
        up({ version: "A on another port" }, { diesAfter: 29 }),
    ],
    "somebody swaps, in record and map file, a release and its canary, which then is live and was never judged alone": [
        up({ version: "C" }),
        up({ version: "A", strategy: canary({ weight: 25 }) }),
        { is: "edit", what: "record: the confirmed link edited", which: 0 },
        { is: "edit", what: "link moved in the map file", which: 0 },
        { is: "restart", what: "HAProxy restarted" },
        up(),
    ],
    "a switch is taken back whose color before is gone, while a stranger in the place of the new release answers users":
        [
            up({ version: "A" }),
            up({ version: "B" }, { diesAt: "link: memory", goesOn: true }),
            { is: "edit", what: "live container removed", which: 0 },
            { is: "edit", what: "container replaced by another image", which: 0 },
            { is: "restart", what: "HAProxy restarted" },
        ],
    "an up cannot finish a rolling release, and takes it back to what the user has pinned meanwhile": [
        up({ version: "A" }),
        up({ version: "C", strategy: rolling }, { diesAt: "roll: undo", goesOn: true, faults: { preStop: true } }),
        up({ live: "blue" }, { faults: { port: { call: "backend.tellSlots", after: 2, how: "fails" } } }),
    ],
    "the record says a color that holds nothing, by two edits of somebody's": [
        up({ version: "A" }),
        { is: "edit", what: "link moved in the map file", which: 0 },
        { is: "restart", what: "HAProxy restarted" },
        up({ version: "B" }),
        { is: "edit", what: "record: the confirmed link edited", which: 0 },
        up({}, { diesAfter: 4, goesOn: true }),
        { is: "edit", what: "link moved in HAProxy's memory", which: 0 },
    ],
    "a rolling release dies before it has started a container on a color that was given up, and is not wanted any more":
        [
            up({ version: "A", driftPolicy: "repair" }),
            { is: "edit", what: "live container stopped", which: 0 },
            up({}, { meanwhile: { after: 1, what: "HAProxy's container removed" } }),
            up({ version: "B", strategy: rolling }, { diesAt: "roll: file", goesOn: true }),
            up({ strategy: { kind: "blueGreen" } }),
        ],
    "somebody removes one of the containers to which a bad release gives the link back": [
        up({ version: "A", replicas: 3 }),
        up({ version: "C" }, { diesAt: "link: bake", goesOn: true }),
        { is: "edit", what: "idle container removed", which: 0 },
        up({}, { faults: { bake: "bad" } }),
    ],
    "the same, before an up that judges the release first and would then release on the previous color": [
        up({ version: "B with other settings", replicas: 3 }),
        up({ version: "C" }, { diesAt: "link: file", goesOn: true }),
        up({}, { faults: { bake: "unknown" } }),
        { is: "edit", what: "idle container removed", which: 0 },
        up({ version: "A" }, { faults: { bake: "bad" } }),
    ],
    "a repair gives a color up, an up that starts it again dies, and somebody edits HAProxy's map of releases": [
        up({ version: "A" }),
        { is: "change", change: { driftPolicy: "repair" } },
        { is: "edit", what: "live container removed", which: 0 },
        up({}, { faults: { proof: { after: 0, how: "unhealthy" } }, goesOn: false }),
        up({}, { diesAfter: 12, goesOn: false, meanwhile: { after: 0, what: "HAProxy restarted" } }),
        { is: "edit", what: "map of releases edited", which: 0 },
    ],
    "a restart of the daemon lets in what a repair is about to prove, and ends what served": [
        up({ version: "A", driftPolicy: "repair" }),
        up({ replicas: 2 }),
        { is: "edit", what: "slot closed in HAProxy's memory", which: 0 },
        { is: "edit", what: "restart policy changed", which: 7 },
        up({}, { goesOn: false, meanwhile: { after: 1, what: "Docker daemon restarted" } }),
    ],
    "a restart of the daemon ends a container of the color to which a bad release gives the link back": [
        up({ version: "A", replicas: 2 }),
        up({ version: "C" }, { diesAt: "link: confirm", goesOn: true }),
        { is: "edit", what: "restart policy changed", which: 0 },
        up({}, { faults: { confirm: "wrong", reload: 0 }, meanwhile: { after: 0, what: "Docker daemon restarted" } }),
    ],
    "a repair dies when it has written HAProxy's file, before it removes a container that somebody added": [
        up({ version: "A", driftPolicy: "repair" }),
        { is: "change", change: { version: "B" } },
        { is: "edit", what: "container added with our labels", which: 0 },
        { is: "edit", what: "file of a color edited", which: 0 },
        up({}, { diesAfter: 3, goesOn: false }),
    ],
    "a service is removed while a release serves that was judged bad, and to which the link had to go back": [
        up({ version: "A" }),
        { is: "change", change: { version: "C" } },
        { is: "race", faults: noFaults, phases: 11, early: true, expired: true, change: {} },
        up({ version: "A" }, { diesAt: "link: intent", goesOn: true }),
        up({}, { faults: { confirm: "wrong", reload: 0 } }),
        up({ version: "C" }, { faults: { bake: "bad", reload: 0 } }),
    ],
    "a link is moved back, and a restart of the daemon brings it to the file's color and ends the other one": [
        up(),
        up({ version: "C" }, { diesAt: "link: confirmed", goesOn: true }),
        { is: "edit", what: "restart policy changed", which: 0 },
        up(
            {},
            {
                faults: { confirm: "wrong" },
                goesOn: false,
                meanwhile: { after: 11, what: "Docker daemon restarted" },
            },
        ),
    ],
    "a bad release is left by an up that dies, and somebody has edited HAProxy's map of releases": [
        up(),
        up(
            {
                strategy: canary({
                    steps: [
                        { weight: 10, replicas: 1 },
                        { weight: 35, replicas: 2 },
                    ],
                }),
                version: "B",
            },
            { diesAt: "link: intent", goesOn: true },
        ),
        up({}, { diesAfter: 35, meanwhile: { after: 0, what: "HAProxy restarted" }, goesOn: false }),
        { is: "edit", what: "map of releases edited", which: 0 },
        up(
            {},
            {
                faults: { bake: "bad", port: { call: "up.look", after: 0, how: "fails" } },
                diesAfter: 11,
                goesOn: false,
            },
        ),
    ],
    "the record says a release that was judged bad, and then somebody moves the link to another one that was": [
        up({}, { goesOn: false }),
        up(
            { version: "C" },
            { faults: { confirm: "wrong", reload: 0, port: { call: "routes.write", after: 0, how: "fails" } } },
        ),
        { is: "edit", what: "record: the confirmed link edited", which: 0 },
        up({ driftPolicy: "repair" }),
        { is: "edit", what: "idle container stopped", which: 0 },
        up(),
        up({ version: "B" }, { faults: { bake: "bad" } }),
        { is: "edit", what: "link moved in HAProxy's memory", which: 0 },
    ],
    "an up dies while it proves a release, and somebody edits HAProxy's memory and the record to say that it is live": [
        up({}, { goesOn: false }),
        up({ version: "C" }, { faults: { proof: { after: 0, how: "unhealthy" }, reload: 0 }, goesOn: false }),
        up({}, { diesAfter: 18, goesOn: false, meanwhile: { after: 0, what: "HAProxy restarted" } }),
        { is: "edit", what: "link moved in HAProxy's memory", which: 0 },
        { is: "edit", what: "record: the confirmed link edited", which: 0 },
    ],
    "a release is judged bad under two values of retryToken, and the first one is set again": [
        up({}, { faults: { confirm: "wrong" }, goesOn: false }),
        { is: "change", change: { retryToken: "once more" } },
        up({}, { faults: { confirm: "wrong" }, goesOn: false }),
        { is: "change", change: {} },
    ],
    "Docker starts a container and reports an error, while a soft-stopped worker leads to its place": [
        up({ driftPolicy: "repair" }),
        up({ strategy: canary({ weight: 0 }), version: "C" }, { faults: { connections: 80 }, goesOn: false }),
        { is: "edit", what: "live container removed", which: 0 },
        up(
            {},
            { faults: { port: { call: "containers.start", after: 0, how: "took effect but fails" } }, goesOn: false },
        ),
    ],
    "the live color is scaled down while its image cannot be had": [
        up(),
        up({ version: "C" }),
        up(),
        { is: "edit", what: "image removed", which: 3 },
        up({ registry: false }),
        { is: "edit", what: "container added with our labels", which: 3 },
        up({ strategy: canary({ weight: 0 }) }, { goesOn: false }),
        up({ version: "A on another port" }, { goesOn: false }),
    ],
};

/** The same of a service without a port. */
const background: Record<string, Event[]> = {
    "an up dies when it has started one more container, which is not healthy": [
        up({ version: "A" }),
        up({ replicas: 2 }, { faults: { proof: { after: 0, how: "unhealthy" } }, diesAfter: 5 }),
    ],
    "a repair dies when it has started a container again that somebody stopped, and which is not healthy": [
        up({ version: "A", driftPolicy: "repair" }),
        { is: "edit", what: "live container stopped", which: 0 },
        up({}, { faults: { proof: { after: 0, how: "unhealthy" } }, diesAfter: 4 }),
    ],
};

/** The same of a service with failover. */
const withFailover: Record<string, Event[]> = {
    "an up takes failover away before it deploys, and dies of a call that HAProxy has followed": [
        up({ version: "A" }),
        up({ version: "B with other settings" }),
        up({ version: "C" }, { faults: { port: { call: "front.tellLink", after: 0, how: "took effect but fails" } } }),
    ],
    "a repair of the link dies, and what is wished is refused, since it was judged bad": [
        up({ version: "A" }),
        up({ version: "C" }, { faults: { bake: "bad", port: { call: "routes.forget", after: 0, how: "fails" } } }),
        up({ version: "A on another port" }),
        { is: "edit", what: "link moved in HAProxy's memory", which: 0 },
        up({ version: "C", driftPolicy: "repair" }, { diesAt: "link: memory" }),
    ],
    "the up that finishes such a repair dies too, before failover is written again": [
        up({ version: "A" }),
        up({ version: "C" }, { faults: { bake: "bad" } }),
        up({ version: "A on another port" }),
        { is: "edit", what: "link moved in HAProxy's memory", which: 0 },
        up({ version: "C", driftPolicy: "repair" }, { diesAt: "link: memory", goesOn: true }),
        up({}, { diesAfter: 10 }),
    ],
    "a repair writes the link again while the idle color answers in place of the live one": [
        up({ version: "A" }),
        up({ version: "C" }),
        up({ version: "B with other settings", strategy: rolling }, { diesAt: "roll: intent", goesOn: true }),
        up({}, { faults: { port: { call: "journal.enter", after: 1, how: "fails" } }, goesOn: true }),
        { is: "edit", what: "live container removed", which: 0 },
        { is: "edit", what: "link moved in the map file", which: 0 },
    ],
    "an up dies right before it judges what the one before had switched to, and the user goes back meanwhile": [
        up({ version: "A" }),
        up({ version: "B" }),
        up({ version: "C" }, { diesAfter: 34, goesOn: true }),
        up({ version: "B" }, { diesAt: "link: bake" }),
    ],
    "the same, with a release that was a canary at 0 % until then": [
        up({ version: "B" }),
        up({ version: "C", strategy: canary({ weight: 0 }) }),
        up({ strategy: { kind: "blueGreen" } }, { diesAfter: 1, goesOn: true }),
        up({ version: "B" }, { diesAt: "link: bake" }),
    ],
    "a repair of the link dies when failover is not wished any more, and what is wished is refused": [
        up({ version: "A", driftPolicy: "repair" }),
        up({ version: "A on another port" }),
        { is: "change", change: { version: "B", strategy: rolling } },
        { is: "edit", what: "link moved in the map file", which: 0 },
        up({}, { diesAt: "link: memory" }),
    ],
    "the link follows failover to a stranger in the idle color's place, which answers wrongly, and cannot go back": [
        up({ version: "A" }),
        up({ version: "C" }),
        { is: "edit", what: "container of a stranger's release", which: 0 },
        up({ driftPolicy: "repair" }),
        { is: "illness", what: "live containers get sick" },
        up(
            { version: "A" },
            { faults: { confirm: "wrong", port: { call: "up.look", after: 2, how: "fails" } }, goesOn: false },
        ),
    ],
    "somebody moves the link, HAProxy is reloaded, and a repair brings back the color that it goes back to": [
        up({ version: "A", driftPolicy: "repair" }),
        { is: "edit", what: "record: the number of replicas edited", which: 0 },
        up(),
        { is: "edit", what: "link moved in HAProxy's memory", which: 0 },
        { is: "edit", what: "live container stopped", which: 0 },
        up({}, { faults: { reload: 1 } }),
    ],
    "a repair brings back a live color that is down, while a stranger on the idle color has got the link": [
        up({ version: "A" }),
        up({ version: "B with other settings" }),
        { is: "edit", what: "container replaced by another image", which: 0 },
        up({ driftPolicy: "repair" }),
        { is: "illness", what: "live containers get sick" },
        up({ version: "A" }, { faults: { confirm: "lost", port: { call: "up.look", after: 3, how: "fails" } } }),
    ],
    "an up dies when the link has followed failover to a stranger in the idle color's place, before that is confirmed":
        [
            up({ version: "A", driftPolicy: "repair" }),
            up({ version: "B with other settings" }),
            up({ version: "B" }),
            { is: "edit", what: "container of a stranger's release", which: 9 },
            { is: "illness", what: "live containers get sick" },
            up({ version: "A" }, { diesAt: "link: confirmed", goesOn: false }),
        ],
    "an up dies before the link follows failover to a stranger in the idle color's place": [
        up({}, { goesOn: false }),
        up({ version: "B with other settings" }, { goesOn: false }),
        { is: "edit", what: "container of a stranger's release", which: 0 },
        up({ driftPolicy: "repair" }),
        { is: "illness", what: "live containers get sick" },
        up({ version: "A" }, { diesAt: "link: file", goesOn: false }),
    ],
    "somebody takes failover out of HAProxy's file, while it is not wished any more and what is wished is refused": [
        up({}, { goesOn: false }),
        up({ version: "A on another port" }, { goesOn: false }),
        { is: "change", change: { strategy: rolling, version: "C" } },
        { is: "edit", what: "share changed in the map file", which: 0 },
    ],
    "HAProxy is removed while the idle color answers in place of the live one": [
        up({ version: "A" }),
        up({ version: "B with other settings", driftPolicy: "repair" }),
        { is: "edit", what: "live container stopped", which: 0 },
        up({}, { meanwhile: { after: 1, what: "HAProxy's container removed" } }),
        up({ version: "A on another port" }),
    ],
};

describe("a life in which", () => {
    it.each(Object.keys(lives))("%s", async name => {
        await live([lives[name] ?? [], []], new Coverage());
    });

    it.each(Object.keys(background))("%s", async name => {
        await live([background[name] ?? [], [], true], new Coverage());
    });

    it.each(Object.keys(withFailover))("%s", async name => {
        await live([withFailover[name] ?? [], [], false, true], new Coverage());
    });
});
