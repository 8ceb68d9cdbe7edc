import type { Mutant } from "./Mutant";

const killedBy = { file: "test/unit/release/sameLives.test.ts", test: "keep the rules of docs/design.md" };

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
        before: "    await up.journal.record(record => ({ ...record, intent }));\n    const hasGone",
        after:
            "    await pointBack(up, LinkValue.to(from), seen => seen[from].ready > 0);\n" +
            "    await up.journal.record(record => ({ ...record, intent }));\n    const hasGone",
        breaks: "An up that dies in between has moved the link back, and nothing says why.",
        killedBy: { file: "test/unit/up/takeBack.test.ts", test: "writes why before it moves the link back" },
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
];
