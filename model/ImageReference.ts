const DOCKER_HUB = "docker.io";
/** What credential stores and the Engine call the Docker Hub. */
const DOCKER_HUB_SERVER = "https://index.docker.io/v1/";

const DOMAIN = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?\.?)+(?::\d+)?$|^\[[0-9a-fA-F:]+\](?::\d+)?$/;
const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/;
const ID = /^sha256:[0-9a-f]{64}$/;

/** An image's name, as Docker reads it: `[registry/]repository[:tag][@digest]`, or a local image id. Immutable. */
export class ImageReference {
    private constructor(
        /** The text as it was given. */
        readonly text: string,
        /** `host[:port]`; `docker.io` where none was given. Empty for an image id. */
        readonly registry: string,
        /** Path in the registry, for instance `library/nginx`. Empty for an image id. */
        readonly path: string,
        readonly tag: string | undefined,
        readonly digest: string | undefined,
        /** `sha256:...` of a local image, when that is what was given. */
        readonly id: string | undefined,
        /** Whether a registry was named. */
        readonly namesRegistry: boolean,
    ) {}

    /** Throws an Error that quotes the text when Docker would not understand it. */
    static parse(text: string): ImageReference {
        const refuse = (why: string): Error => new Error(`"${text}" is not an image reference: ${why}.`);
        if (ID.test(text)) {
            return new ImageReference(text, "", "", undefined, undefined, text, false);
        }
        const [beforeDigest = "", digest] = split(text, text.indexOf("@"));
        // A colon before the last slash belongs to the registry's port.
        const colon = beforeDigest.lastIndexOf(":");
        const [name = "", tag] = split(beforeDigest, colon > beforeDigest.lastIndexOf("/") ? colon : -1);
        const [first = "", rest] = split(name, name.indexOf("/"));
        const namesRegistry =
            rest !== undefined && (/[.:]/.test(first) || first === "localhost" || /[A-Z]/.test(first));
        const registry = namesRegistry ? first : DOCKER_HUB;
        const path = namesRegistry ? (rest ?? "") : name;
        if (!DOMAIN.test(registry)) {
            throw refuse(`"${registry}" is not the address of a registry`);
        }
        if (!PATH.test(path)) {
            throw refuse(
                path === path.toLowerCase()
                    ? "its repository has other characters than a-z 0-9 . _ - /"
                    : "it must be lower case",
            );
        }
        if (tag !== undefined && !TAG.test(tag)) {
            throw refuse(`"${tag}" is not a tag`);
        }
        if (digest !== undefined && !DIGEST.test(digest)) {
            throw refuse(`"${digest}" is not a digest`);
        }
        const isHub = registry === DOCKER_HUB || registry === "index.docker.io";
        const fullPath = isHub && !path.includes("/") ? `library/${path}` : path;
        return new ImageReference(text, isHub ? DOCKER_HUB : registry, fullPath, tag, digest, undefined, namesRegistry);
    }

    /** Registry and path: equal for two references exactly when they name the same repository. */
    get repository(): string {
        return this.id ?? `${this.registry}/${this.path}`;
    }

    /** The repository as Docker abbreviates it: `nginx` for `docker.io/library/nginx`. */
    get shortRepository(): string {
        return this.registry === DOCKER_HUB ? this.path.replace(/^library\//, "") : this.repository;
    }

    /** What the Engine is asked for: digest if there is one, else the tag (`latest` by default). */
    get full(): string {
        if (this.id !== undefined) {
            return this.id;
        }
        return this.digest ? this.withDigest(this.digest) : `${this.repository}:${this.tag ?? "latest"}`;
    }

    /** The name under which the registry's credentials are stored. */
    get serverAddress(): string {
        return this.registry === DOCKER_HUB ? DOCKER_HUB_SERVER : this.registry;
    }

    withDigest(digest: string): string {
        return `${this.repository}@${digest}`;
    }
}

function split(text: string, at: number): [string, string | undefined] {
    return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
