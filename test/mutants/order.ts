import type { Mutant } from "./Mutant";

const killedBy = { file: "test/simulation/sameLives.test.ts", test: "keep the rules of docs/design.md" };

const inHouse = { ...killedBy, test: "behind a front with others lead every request as the config says" };
const found = (test: string) => ({ file: "test/simulation/foundHouses.test.ts", test });

/** Two steps of a procedure in the wrong order. The simulated lives run what ships, so they find each of them. */
export const order: readonly Mutant[] = [
    {
        name: "order-link-before-intent",
        file: "up/moveLink.ts",
        before: "        intent = await begin(up, to, release, policy);\n",
        after: "        await pointTo(up, to);\n        intent = await begin(up, to, release, policy);\n",
        breaks: "An up that dies in between leaves a link that no intent explains.",
        killedBy,
    },
    {
        name: "order-recorded-before-linked",
        file: "up/moveLink.ts",
        before: "            await pointTo(up, to);\n            up.progress.status(`${move}: confirming",
        after:
            '            await settleRecord(up, intent, "confirmed");\n            await pointTo(up, to);\n' +
            "            up.progress.status(`${move}: confirming",
        breaks: "The record says that users have the release before they do.",
        killedBy,
    },
    {
        name: "order-back-before-intent",
        file: "up/takeBack.ts",
        before: "    await up.journal.record(record => ({ ...record, intent }));\n    return (await bringBack",
        after:
            "    await pointBack(up, LinkValue.to(from), seen => seen[from].ready > 0);\n" +
            "    await up.journal.record(record => ({ ...record, intent }));\n    return (await bringBack",
        breaks: "An up that dies in between has moved the link back without a recorded reason.",
        killedBy: {
            file: "test/unit/up/takeBack.test.ts",
            test: "has its verdict recorded before the link moves back",
        },
    },
    {
        name: "order-stopped-before-drained",
        file: "up/leave.ts",
        before: "    await drain(up, { color, slots }, policy);\n",
        after: "",
        breaks: "The previous color is stopped under its open requests.",
        killedBy,
    },
    {
        name: "order-left-before-stopped",
        file: "up/leave.ts",
        before: '    await up.journal.enter("link: leave");\n',
        after:
            "    await up.journal.record(record => ({ ...record, intent: undefined }));\n" +
            '    await up.journal.enter("link: leave");\n',
        breaks: "An up that dies in between leaves containers that no later up stops.",
        killedBy,
    },
    {
        name: "order-stable-before-judged",
        file: "up/bake.ts",
        before: "    const { step } = intent;\n",
        after:
            "    const { step } = intent;\n" +
            "    await up.journal.record(record => ({\n" +
            "        ...record,\n" +
            "        stable: { color: intent.color, release: release.id },\n" +
            "    }));\n",
        breaks: "A rollback would go back to a release that was never judged.",
        killedBy,
    },
    {
        name: "order-routes-before-link",
        file: "up/relink.ts",
        before: "    const from = seen.service.live;\n    if (gains",
        after:
            "    const from = seen.service.live;\n    await route(up, { ...action, routes: wish.routes });\n" +
            "    if (gains",
        breaks: "Requests come to a service before its first release is confirmed.",
        killedBy,
    },
    {
        name: "order-next-share-before-judged",
        file: "up/walk.ts",
        before: "        await bake(up, action.bake);\n",
        after: "",
        breaks: "A canary gets its next share before the one that it has is judged.",
        killedBy,
    },
    {
        name: "order-unlinked-before-routes",
        file: "up/unlink.ts",
        before: "    await removeRoutes(up);\n    await pointTo(up, LinkValue.none());\n",
        after: "    await pointTo(up, LinkValue.none());\n    await removeRoutes(up);\n",
        breaks: "Requests come to a service that has no link any more.",
        killedBy,
    },
    {
        name: "order-recorded-before-proved",
        file: "up/deployColor.ts",
        before: "    await proveOrAbandon(work, started);\n",
        after: "    await finish(work, started);\n    await proveOrAbandon(work, started);\n",
        breaks: "A release counts as proved before its proof, and the link may move to it.",
        killedBy,
    },
    {
        name: "order-taken-away-before-proved",
        file: "up/deployColor.ts",
        before: "    await proveOrAbandon(work, started);\n",
        after: "    await takeAwayRest(work, started);\n    await proveOrAbandon(work, started);\n",
        breaks: "What serves users is removed before anything replaces it.",
        killedBy,
    },
    {
        name: "order-started-before-recorded",
        file: "up/deployColor.ts",
        before: "    await makeRoom(work);\n    const started = await startAll(work);\n",
        after: "    const started = await startAll(work);\n    await makeRoom(work);\n",
        breaks: "An up that dies in between leaves containers of a release that no record knows.",
        killedBy,
    },
    {
        name: "order-kept-running-last",
        file: "up/deployColor.ts",
        before: "    await keepRunning(work, started);\n    await takeAwayRest(work, started);\n",
        after: "    await takeAwayRest(work, started);\n    await keepRunning(work, started);\n",
        breaks: "A restart of Docker's daemon while others are removed leaves containers down that should stay.",
        killedBy: {
            file: "test/simulation/foundLives.test.ts",
            test: "Docker's daemon restarts while others are taken away beside one that it was told not to bring back",
        },
    },
    {
        name: "order-vacated-before-drained",
        file: "up/deployColor.ts",
        before: "        await slots.drain(vacated);\n        await recordBeginning(work);\n",
        after: "        await recordBeginning(work);\n",
        breaks: "The next release removes containers that finish requests from before the switch.",
        killedBy,
    },
    {
        name: "order-abandoned-before-drained",
        file: "up/abandon.ts",
        before: "    await slots.drainOrCut(given);\n",
        after: "",
        breaks: "A container that lost its share of the requests is stopped under those that are open.",
        killedBy: {
            file: "test/simulation/foundLives.test.ts",
            test: "a canary that could not be confirmed has a request open when one more container of it cannot be proved",
        },
    },
    {
        name: "order-open-before-proved",
        file: "up/deployColor.ts",
        before: '        await slots.tell([...slotsOf(unproved), ...missing], "maint");\n',
        after: '        await slots.tell([...slotsOf(unproved), ...missing], "ready");\n',
        breaks: "Users reach a container that nothing has proved.",
        killedBy,
    },
    {
        name: "order-rolled-before-intent",
        file: "up/rollColor.ts",
        before: "    await intend(up, deployment);\n    const problem",
        after: "    const problem",
        breaks: "A rolling release that dies half-way counts as drift.",
        killedBy,
    },
    {
        name: "order-retired-before-written",
        file: "up/Roll.ts",
        before: "        await this.#write();\n        const isAtOnce",
        after: "        const isAtOnce",
        breaks: "HAProxy restarts in the middle of a rolling release, and sends users to slots without a container.",
        killedBy: {
            file: "test/simulation/everyStep.test.ts",
            test: "HAProxy can restart, while a release rolls",
        },
    },
    {
        name: "order-rolled-out-before-settled",
        file: "up/rollColor.ts",
        before: "    await slots.configure(open);\n    await slots.openOnly(open);\n",
        after: "",
        breaks: "HAProxy reports another release's id for a rolling release.",
        killedBy,
    },
    {
        name: "order-stopped-before-drained-in-a-roll",
        file: "up/rollSteps.ts",
        before: '    await work.slots.tell(slots, "drain");\n    await work.slots.drain(slots);\n',
        after: "",
        breaks: "A rolling release stops containers that users' requests go to.",
        killedBy,
    },
    {
        name: "order-forgotten-before-told",
        file: "up/route.ts",
        before: "    await up.front.routes.tell(routes);\n    await forget(up.front.routes, isGivenUp);\n",
        after: "    await forget(up.front.routes, isGivenUp);\n    await up.front.routes.tell(routes);\n",
        breaks: "Between the old routes of a service and its new ones, requests reach no service.",
        killedBy: inHouse,
    },
    {
        name: "order-handover-ended-before-taken",
        file: "up/route.ts",
        before: "    await takeRoutes(up, routes, claimedByOthers);\n    await endHandovers(up, handovers);\n",
        after: "    await endHandovers(up, handovers);\n    await takeRoutes(up, routes, claimedByOthers);\n",
        breaks: "The last service to take its places leaves behind the place that they replace.",
        killedBy: inHouse,
    },
    {
        name: "order-told-before-written",
        file: "up/route.ts",
        before: "    await up.front.routes.write(routes, isGivenUp);\n    await up.front.routes.tell(routes);\n",
        after: "    await up.front.routes.tell(routes);\n    await up.front.routes.write(routes, isGivenUp);\n",
        breaks: "A reload for another service takes back routes that a service has just got.",
        killedBy: inHouse,
    },
    {
        name: "order-back-not-told-again",
        file: "up/pointTo.ts",
        before: "    return stillBack(up, link, mayGo);\n",
        after: "    return true;\n",
        breaks: "A reload for another service, in the middle of a way back, leads users to the bad release again.",
        killedBy: {
            file: "test/simulation/everyStep.test.ts",
            test: "HAProxy can be reloaded for another service, while a link moves back",
        },
    },
    {
        name: "order-stopped-before-lease",
        file: "up/abandon.ts",
        before: "    await up.journal.enter(phase);\n    await stopContainers(up, containers);\n",
        after: "    await stopContainers(up, containers);\n",
        breaks: "An up that waited for a drain stops what another one, which has taken over, goes on with.",
        killedBy: found(
            "an up waits for requests to end on what it could not prove, and another one has taken over by then",
        ),
    },
    {
        name: "order-kept-running-before-lease",
        file: "up/rollSteps.ts",
        before: '    await up.journal.enter("roll: keep");\n',
        after: "",
        breaks: "An up that waited for a proof changes a container of another one, which has taken over.",
        killedBy: {
            file: "test/simulation/everyStep.test.ts",
            test: "another up can take over, while the first one rolls a release",
        },
    },
    {
        name: "order-started-in-an-open-slot",
        file: "up/rollSteps.ts",
        before: '    await work.slots.tell(slots, "maint");\n',
        after: "",
        breaks: "Users reach a container of a rolling release before its proof, where somebody removed the one before.",
        killedBy: {
            file: "test/simulation/foundLives.test.ts",
            test: "somebody removes the only container, and a rolling release that is taken back starts another one in its slot",
        },
    },
    {
        name: "order-put-back-unproved",
        file: "up/Roll.ts",
        before: "const served = slots.filter(slot => this.#left.has(slot));",
        after: "const served = slots;",
        breaks: "A container that nothing has proved gets users where the command before its end fails.",
        killedBy: {
            file: "test/simulation/foundLives.test.ts",
            test: "a rolling release is taken back that died before its proof, and the command before the end of that container fails",
        },
    },
    {
        name: "order-removal-without-intent",
        file: "up/unlink.ts",
        before: "    await up.journal.record(withRemovalBegun);\n",
        after: "",
        breaks: "A removal that dies, of a service that is wanted again, is taken for a change by hand.",
        killedBy: found(
            "the removal of a service dies when only HAProxy's file has no link, and then the service is wanted again",
        ),
    },
    {
        name: "order-removed-before-lease",
        file: "up/abandon.ts",
        before: "    await up.journal.enter(phase);\n    await removeUnused(up, containers);\n",
        after: "    await removeUnused(up, containers);\n",
        breaks: "An up that could start nothing removes containers of another one, which has taken over.",
        killedBy: {
            file: "test/simulation/everyStep.test.ts",
            test: "another up can take over, while the first one rolls a release",
        },
    },
];
