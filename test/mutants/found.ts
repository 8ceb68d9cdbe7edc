import type { Mutant } from "./Mutant";

const life = (test: string) => ({ file: "test/simulation/foundLives.test.ts", test });

/** Defects that the product had once, and that simulated lives with fresh seeds have found. */
export const found: readonly Mutant[] = [
    {
        name: "failover-forgotten-by-a-repair",
        file: "up/relink.ts",
        before: "hasFailover ? confirmed.withFailover() : confirmed",
        after: "confirmed",
        breaks: "A repair of the link takes users from the idle color, which is all that answers.",
        killedBy: life("a repair writes the link again while the idle color answers in place of the live one"),
    },
    {
        name: "failover-left-off-by-a-refusal",
        file: "up/relink.ts",
        before: "            await settleFailover(up, action.failover);\n        }\n        throw",
        after: "        }\n        throw",
        breaks: "An up that finishes a switch, and then refuses the release, leaves failover off.",
        killedBy: life("a repair of the link dies, and what is wished is refused, since it was judged bad"),
    },
    {
        name: "failover-lost-beside-a-refusal",
        file: "plan/table.ts",
        before: "recovery ?? preparing(decided, service, desired)",
        after: "recovery",
        breaks: "Failover that an interrupted up has taken away stays off while a release is refused.",
        killedBy: life("the up that finishes such a repair dies too, before failover is written again"),
    },
    {
        name: "left-release-judged-first",
        file: "up/recover.ts",
        before: "if (!recovery.leaves) {",
        after: "if (recovery !== undefined) {",
        breaks: "A user who goes back after an interrupted up waits until the release is judged that the link leaves.",
        killedBy: {
            file: "test/unit/up/recover.test.ts",
            test: "is finished alone where the link goes back at once",
        },
    },
    {
        name: "moved-link-written-by-a-deployment",
        file: "up/failover.ts",
        before: 'live === "none" || live !== confirmed || live === color',
        after: 'live === "none" || live === color',
        breaks: "A link that somebody has moved to a color where no container is gets into HAProxy's file.",
        killedBy: life(
            "somebody moves the link, HAProxy is reloaded, and a repair brings back the color that it goes back to",
        ),
    },
    {
        name: "given-up-color-asked",
        file: "up/rollColor.ts",
        before: "isFronted(deployment) && replicas > 0",
        after: "isFronted(deployment)",
        breaks: "Each up fails, because it waits for an answer of a color that a failed repair has given up.",
        killedBy: life(
            "a rolling release dies before it has started a container on a color that was given up, and is not wanted any more",
        ),
    },
    {
        name: "failover-unseen-without-haproxy",
        file: "look/failover.ts",
        before: 'colors[link.live].ready === 0 && colors[link.idle].ready > 0 ? "answers" : "waits"',
        after: '"waits"',
        breaks: "While HAProxy does not run, the plan wants to release on the color that will answer users.",
        killedBy: {
            file: "test/unit/look/failover.test.ts",
            test: "answers where no container of the live color is ready, but one of the idle color",
        },
    },
    {
        name: "file-not-looked-at-again",
        file: "up/route.ts",
        before: "    if (await routes.forget(isGivenUp)) {\n        await routes.write([], isGivenUp);\n    }\n",
        after: "    await routes.forget(isGivenUp);\n",
        breaks: "HAProxy's file leads a place to a service that has given it up.",
        killedBy: {
            file: "test/simulation/foundHouses.test.ts",
            test: "an up died when only HAProxy's file had a place, which both its services give up at the same time",
        },
    },
    {
        name: "half-written-place-taken-for-held",
        file: "plan/handovers.ts",
        before: " && !halfWritten.includes(place)",
        after: "",
        breaks: "A service gives up a place although a reload may end the place that is to get its requests.",
        killedBy: {
            file: "test/unit/plan/handovers.test.ts",
            test: "also waits for a place that only HAProxy's memory has, because a reload may end it",
        },
    },
    {
        name: "stranger-left-for-none",
        file: "up/moveLink.ts",
        before: " && !isLeftToStrays(seen, from, target)",
        after: "",
        breaks: "A switch to containers that are not ours is taken back to a color of which nothing is up.",
        killedBy: {
            file: "test/simulation/foundLives.test.ts",
            test: "the link follows failover to a stranger in the idle color's place, which answers wrongly, and cannot go back",
        },
    },
    {
        name: "lost-stand-in-not-asked-for",
        file: "up/route.ts",
        before: "lead({ ...beside, ...after })",
        after: "lead(after)",
        breaks: "A place ends although another up has taken away what gets its requests besides, and they reach no service.",
        killedBy: {
            file: "test/simulation/foundHouses.test.ts",
            test: "an up takes over that was planned before the other one gave up a place beside what it ends itself",
        },
    },
    {
        name: "image-asked-for-in-vain",
        file: "up/deploy.ts",
        before: "keep.length < replicas",
        after: "keep.length <= replicas",
        breaks: "A color that only loses containers fails, since its image is gone.",
        killedBy: life("the live color is scaled down while its image cannot be had"),
    },
    {
        name: "unstarted-removed-undrained",
        file: "up/abandon.ts",
        before: "    await slots.drainOrCut(containers.map(({ slot }) => slot));\n",
        after: "",
        breaks: "A container that could not be started is removed while a soft-stopped worker has requests open on it.",
        killedBy: life(
            "Docker starts a container and reports an error, while a soft-stopped worker leads to its place",
        ),
    },
    {
        name: "link-back-to-nobody",
        file: "up/pointTo.ts",
        before: "held.equals(link) || mayGo(seen)",
        after: "true",
        breaks: "A link that is moved back goes to a color that has lost its containers meanwhile.",
        killedBy: life(
            "a link is moved back, and a restart of the daemon brings it to the file's color and ends the other one",
        ),
    },
    {
        name: "back-asked-again",
        file: "up/recoverSwitch.ts",
        before: "live !== from && verdict !== undefined",
        after: "live === from && verdict !== undefined",
        breaks: "A way back from a bad release that died is confirmed, and ends at the bad release where it cannot be.",
        killedBy: life("a bad release is left by an up that dies, and somebody has edited HAProxy's map of releases"),
    },
    {
        name: "followed-switch-taken-back",
        file: "plan/settle.ts",
        before: " || isFollowed",
        after: "",
        breaks: "A switch that was to follow failover is taken back to a color of which nothing is up.",
        killedBy: life("an up dies before the link follows failover to a stranger in the idle color's place"),
    },
    {
        name: "place-left-to-the-memory",
        file: "front/ServiceRoutes.ts",
        before: "const staying = this.#keysIn(reached, route => !isGivenUp(route));",
        after: "const staying: string[] = [];",
        breaks: "A reload ends a place that only the memory has, after another place was given up for it.",
        killedBy: {
            file: "test/unit/front/ServiceRoutes.test.ts",
            test: "get a place again that only the memory has, where another one is given up",
        },
    },
];
