import type { Mutant } from "./Mutant";

/** Defects in requests to the Engine, and in the reading of its answers. */
export const docker: readonly Mutant[] = [
    {
        name: "restart-policy-kept",
        file: "docker/containers.ts",
        before: 'await setRestartPolicy(engine, id, "no");',
        after: "",
        breaks: "Docker starts a container that relink stopped again with its daemon.",
        killedBy: {
            file: "test/unit/docker/engineAnswers.test.ts",
            test: "loses its restart policy first, because Docker would start it again with its daemon",
        },
    },
    {
        name: "failed-stop-is-fine",
        file: "docker/containers.ts",
        before: "if (![304, 404].includes(statusOf(error) ?? 0)) {",
        after: "if (statusOf(error) === undefined) {",
        breaks: "A container that Docker could not stop counts as stopped.",
        killedBy: {
            file: "test/unit/docker/engineAnswers.test.ts",
            test: "may already be stopped or gone, and every other answer is an error",
        },
    },
    {
        name: "failed-removal-is-fine",
        file: "docker/containers.ts",
        before: "        if (statusOf(error) !== 404) {\n            throw error;\n        }\n    }\n}\n\n/** Another client's",
        after: "        if (statusOf(error) === undefined) {\n            throw error;\n        }\n    }\n}\n\n/** Another client's",
        breaks: "A container that Docker could not remove counts as removed, and keeps its address.",
        killedBy: {
            file: "test/unit/docker/engineAnswers.test.ts",
            test: "may already be gone, and every other answer is an error",
        },
    },
    {
        name: "missing-container-is-started",
        file: "docker/containers.ts",
        before: "if (statusOf(error) === 304) {",
        after: "if ([304, 404].includes(statusOf(error) ?? 0)) {",
        breaks: "A container that is gone counts as started.",
        killedBy: { file: "test/unit/docker/engineAnswers.test.ts", test: "may already run, but must exist" },
    },
    {
        name: "half-made-container-stays",
        file: "engines/docker/createContainer.ts",
        before: "if (id !== undefined) {",
        after: "if (id === undefined) {",
        breaks: "A container without its secrets stays behind, and its name and address are taken.",
        killedBy: {
            file: "test/unit/engines/docker/createContainer.test.ts",
            test: "that cannot be written leave no container behind",
        },
    },
    {
        name: "secrets-for-everybody",
        file: "engines/docker/secretFiles.ts",
        before: "mode: 0o400,",
        after: "mode: 0o444,",
        breaks: "Every user in the container can read its secrets.",
        killedBy: {
            file: "test/unit/engines/docker/createContainer.test.ts",
            test: "are files that only the container's own user can read",
        },
    },
    {
        name: "secrets-of-root",
        file: "engines/docker/secretFiles.ts",
        before: "        ...owner,\n",
        after: "",
        breaks: "An application that does not run as root cannot read its own secrets.",
        killedBy: {
            file: "test/unit/engines/docker/createContainer.test.ts",
            test: "are files that only the container's own user can read",
        },
    },
    {
        name: "restarts-before-its-proof",
        file: "engines/docker/ContainerSpec.ts",
        before: 'RestartPolicy: { Name: "no" }',
        after: "RestartPolicy: { Name: release.restart }",
        breaks: "Docker starts a release that crashes again and again, and its proof never ends early.",
        killedBy: {
            file: "test/unit/engines/docker/ContainerSpec.test.ts",
            test: "starts with no restart policy, at its fixed address",
        },
    },
    {
        name: "address-of-the-moment",
        file: "docker/ContainerInfo.ts",
        before: "endpoint?.IPAMConfig?.IPv4Address || endpoint?.IPAddress",
        after: "endpoint?.IPAddress",
        breaks: "A stopped container has no address, so that it counts as a stranger's.",
        killedBy: { file: "test/unit/docker/engineAnswers.test.ts", test: "has its own fixed address, running or not" },
    },
    {
        name: "every-login-to-every-registry",
        file: "docker/credentials.ts",
        before: "this.registries.find(({ address }) => hostOf(address) === wanted)",
        after: "this.registries[0]",
        breaks: "The first login of relink:registries is sent to every registry.",
        killedBy: {
            file: "test/unit/docker/credentials.test.ts",
            test: "sends each login of relink:registries to its own registry, and none to any other",
        },
    },
    {
        name: "images-of-another-front",
        file: "engines/docker/keptImages.ts",
        before: "tag?.startsWith(`${front}-`)",
        after: "tag?.includes(`-`)",
        breaks: "A front removes the images that another front keeps for its returns.",
        killedBy: {
            file: "test/unit/engines/docker/keptImages.test.ts",
            test: "lose only the names that their own front gave them, so that an image with another name stays",
        },
    },
    {
        name: "tag-pulled",
        file: "docker/images.ts",
        before: "reference.withDigest(digest).full",
        after: "reference.full",
        breaks: "An up pulls the image that a tag means by then, and not the planned one.",
        killedBy: {
            file: "test/unit/docker/images.test.ts",
            test: "is of the planned digest, although the tag may have moved",
        },
    },
    {
        name: "redirect-followed",
        file: "docker/dialer.ts",
        before: "maxRedirects: 0,",
        after: "maxRedirects: 5,",
        breaks: "A release that redirects every request is judged by the server that answers there.",
        killedBy: {
            file: "test/unit/docker/dialer.test.ts",
            test: "follows no redirect, because another server's answer does not judge this release",
        },
    },
    {
        name: "waits-for-ever",
        file: "docker/dialer.ts",
        before: "        signal,\n",
        after: "",
        breaks: "An application that never answers holds up the release without end.",
        killedBy: {
            file: "test/unit/docker/dialer.test.ts",
            test: "ends at its timeout, also in the middle of an answer",
        },
    },
    {
        name: "image-labels-believed",
        file: "engines/docker/createContainer.ts",
        before: "...(await silencedLabels(engine, spec.imageId)), ",
        after: "",
        breaks: "The labels of an image decide what relink takes its container for.",
        killedBy: {
            file: "test/unit/engines/docker/createContainer.test.ts",
            test: "has none of relink's labels from its image",
        },
    },
    {
        name: "proxy-speaks-for-the-registry",
        file: "docker/refusals.ts",
        before: "404 page not found|",
        after: "",
        breaks: "A registry that is down behind a proxy counts as one that has lost the image.",
        killedBy: {
            file: "test/unit/docker/images.test.ts",
            test: '"unknown: 404 page not found" is sorted as unreachable',
        },
    },
];
