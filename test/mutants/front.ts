import type { Mutant } from "./Mutant";

const applied = "test/unit/up/applyFront.test.ts";
const live = "test/unit/front/LiveFiles.test.ts";
const deleted = "test/unit/up/deleteFront.test.ts";

/** In the order of the steps that start and delete a front. */
export const front: readonly Mutant[] = [
    {
        name: "generation-before-its-files",
        file: "up/applyFront.ts",
        before: "    await up.generations.configure(base);\n",
        after: "    await ensureGeneration(up, base.kind);\n" + "    await up.generations.configure(base);\n",
        breaks: "HAProxy starts without its files, and exits.",
        killedBy: { file: applied, test: "has its owner, its key and its files before HAProxy starts" },
    },
    {
        name: "certificate-in-memory-before-its-file",
        file: "up/applyFront.ts",
        before: "    await up.generations.configure(base);\n",
        after:
            "    await up.generations.setCertificates(certificates);\n" + "    await up.generations.configure(base);\n",
        breaks: "A restart of HAProxy brings back the certificate from before.",
        killedBy: { file: applied, test: "is in HAProxy's memory if it is in its files, wherever an up died" },
    },
    {
        name: "old-haproxy-leaves-first",
        file: "up/handOver.ts",
        before: "    await serves(up, successor, anchor);\n",
        after: "",
        breaks: "The old HAProxy takes no more connections while the new one does not serve yet.",
        killedBy: {
            file: "test/unit/up/handOver.test.ts",
            test: "waits for a HAProxy that needs time, and leaves one with connections to itself",
        },
    },
    {
        name: "front-without-lease",
        file: "up/applyFront.ts",
        before: "    await journal.take(wanted.adoptFrom);\n    await generations.prepareFolders();\n",
        after: "    await generations.prepareFolders();\n    await journal.take(wanted.adoptFrom);\n",
        breaks: "An up changes a front that belongs to another stack.",
        killedBy: { file: applied, test: "is taken over from the stack that its labels name" },
    },
    {
        name: "dead-removed-first",
        file: "up/applyFront.ts",
        before: "    await ensureGeneration(up, wanted.kind);\n    await removeDead(up);\n",
        after: "    await removeDead(up);\n    await ensureGeneration(up, wanted.kind);\n",
        breaks: "A new generation gets the number, and so the name, of one that was removed.",
        killedBy: {
            file: applied,
            test: "that has exited or never started is removed after another one runs, and one of another anchor before",
        },
    },
    {
        name: "listeners-of-another-anchor",
        file: "up/applyFront.ts",
        before: "    await Promise.all(cutOff.map(({ id }) => up.generations.remove(id)));\n",
        after: "",
        breaks: "HAProxy takes over the listeners of a former anchor, where no client can connect.",
        killedBy: {
            file: applied,
            test: "that has exited or never started is removed after another one runs, and one of another anchor before",
        },
    },
    {
        name: "restarting-generation-doubled",
        file: "model/FrontImage.ts",
        before: "        runs(generation) &&\n        isOf(generation, anchor) &&\n",
        after: '        generation.state === "running" &&\n        isOf(generation, anchor) &&\n',
        breaks: "Two generations share the ports once Docker has started the first one again.",
        killedBy: { file: applied, test: "keeps the generation that runs, and only gets the configuration" },
    },
    {
        name: "generation-of-another-anchor",
        file: "model/FrontImage.ts",
        before: "        runs(generation) &&\n        isOf(generation, anchor) &&\n",
        after: "        runs(generation) &&\n",
        breaks: "After a new anchor was made, HAProxy stays in a network namespace that cannot be reached.",
        killedBy: {
            file: applied,
            test: "that has exited or never started is removed after another one runs, and one of another anchor before",
        },
    },
    {
        name: "anchor-stays-stopped",
        file: "up/restoreAnchor.ts",
        before: 'if (anchor.state !== "running") {',
        after: 'if (anchor.state === "created") {',
        breaks: "An up fails if somebody has stopped the anchor.",
        killedBy: { file: applied, test: "that somebody stopped is started before anything else" },
    },
    {
        name: "linked-front-deleted",
        file: "up/deleteFront.ts",
        before: "if (linked.length > 0) {",
        after: "if (linked.length > services.length) {",
        breaks: "A destroy removes HAProxy while users reach a service.",
        killedBy: { file: deleted, test: "is refused while a service is linked" },
    },
    {
        name: "replaced-front-deleted",
        file: "up/deleteFront.ts",
        before: "if (incarnation < newest) {",
        after: "if (incarnation > newest) {",
        breaks: "A replacement of the configuration removes HAProxy of the new one.",
        killedBy: { file: deleted, test: "does nothing for a configuration that a newer one has replaced" },
    },
    {
        name: "reload-follows-an-edited-file",
        file: "front/LiveFiles.ts",
        before: "        await this.#keepAnswered(files, world);\n",
        after: "",
        breaks: "A reload for another service moves users to a link that somebody edited in the file.",
        killedBy: {
            file: live,
            test: "finds in the file the link that users have, not the one that somebody wrote by hand",
        },
    },
    {
        name: "own-link-overwritten",
        file: "front/LiveFiles.ts",
        before: "            if (!this.#own.has(service)) {",
        after: "            if (service.length > 0) {",
        breaks: "A reload takes back a link that a switch of the same up has written only to the file yet.",
        killedBy: { file: live, test: "stays in the file although the look before it found another one" },
    },
    {
        name: "own-slots-opened",
        file: "front/openServing.ts",
        before: "if (after !== before && !own(path)) {",
        after: "if (after !== before) {",
        breaks: "A reload opens a slot in the file that the same up has closed there to drain it.",
        killedBy: {
            file: live,
            test: "stays closed if this process closes it in the file after a look that found it open",
        },
    },
];
