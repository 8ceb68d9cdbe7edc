const dockerHub = "docker.io";
/** The Docker Hub's name in credential stores and in the Engine API. */
const dockerHubServer = "https://index.docker.io/v1/";

const longestText = 512;
const longestName = 255;

// The grammar of https://github.com/distribution/reference: [registry/]path[:tag][@digest]. Each pattern matches a
// whole part, so that a hostile text costs no more time than a good one.
const hostLabel = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const registryPattern = new RegExp(`^(?:${hostLabel}(?:\\.${hostLabel})*|\\[[a-fA-F0-9:]+\\])(?::\\d{1,5})?$`);
const segmentPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const digestPattern = /^(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/;
const idPattern = /^sha256:[0-9a-f]{64}$/;

/**
 * An image's name as Docker reads it: `[registry/]repository[:tag][@digest]`, or the id of a local image. Immutable.
 *
 * This is the only place that takes such a name apart. Outside of `docker/`, a name is its `text`.
 */
export class ImageReference {
    private constructor(
        /** The name as the user wrote it. */
        readonly text: string,
        /** `host[:port]`; `docker.io` where the text names no registry. Empty for an image id. */
        readonly registry: string,
        /** Path in the registry, such as `library/nginx`. Empty for an image id. */
        readonly path: string,
        readonly tag: string | undefined,
        /** `sha256:...` of the manifest. */
        readonly digest: string | undefined,
        /** `sha256:...` of a local image, where the text is such an id. */
        readonly id: string | undefined,
        /** Whether the text names a registry. */
        readonly namesRegistry: boolean,
    ) {}

    /** @throws Error that says which part Docker does not understand; it quotes the text, unless that is too long */
    static parse(text: string): ImageReference {
        const refuse = (why: string): Error => new Error(`"${text}" is not an image reference: ${why}.`);
        if (text.length > longestText) {
            throw new Error(
                `An image reference has at most ${longestText} characters, and this one has ${text.length}.`,
            );
        }
        if (idPattern.test(text)) {
            return new ImageReference(text, "", "", undefined, undefined, text, false);
        }
        const { name, tag, digest } = parts(text);
        const [first = "", rest] = split(name, name.indexOf("/"));
        const namesRegistry =
            rest !== undefined && (/[.:]/.test(first) || first === "localhost" || /[A-Z]/.test(first));
        const registry = namesRegistry ? first : dockerHub;
        const path = namesRegistry ? (rest ?? "") : name;
        if (!registryPattern.test(registry)) {
            throw refuse(`"${registry}" is not the address of a registry`);
        }
        if (name.length > longestName) {
            throw refuse(`its repository has more than ${longestName} characters`);
        }
        if (!path.split("/").every(segment => segmentPattern.test(segment))) {
            throw refuse(
                path === path.toLowerCase()
                    ? "its repository has other characters than a-z 0-9 . _ - /"
                    : "it must be lower case",
            );
        }
        if (tag !== undefined && !tagPattern.test(tag)) {
            throw refuse(`"${tag}" is not a tag`);
        }
        if (digest !== undefined && !digestPattern.test(digest)) {
            throw refuse(`"${digest}" is not a digest`);
        }
        const isHub = registry === dockerHub || registry === "index.docker.io";
        const fullPath = isHub && !path.includes("/") ? `library/${path}` : path;
        return new ImageReference(text, isHub ? dockerHub : registry, fullPath, tag, digest, undefined, namesRegistry);
    }

    /** Registry and path: equal for two references exactly when they name the same repository. */
    get repository(): string {
        return this.id ?? `${this.registry}/${this.path}`;
    }

    /** The repository without the registry's port, as containerd writes it. */
    get repositoryWithoutPort(): string {
        return this.id ?? `${this.registry.replace(/:\d+$/, "")}/${this.path}`;
    }

    /** The repository as Docker abbreviates it: `nginx` for `docker.io/library/nginx`. */
    get shortRepository(): string {
        return this.registry === dockerHub ? this.path.replace(/^library\//, "") : this.repository;
    }

    /** The name for the Engine API: by digest if there is one, else by tag. The default tag is `latest`. */
    get full(): string {
        if (this.id !== undefined) {
            return this.id;
        }
        return this.digest ? `${this.repository}@${this.digest}` : `${this.repository}:${this.tag ?? "latest"}`;
    }

    /** The name under which credential stores keep the registry's login. */
    get serverAddress(): string {
        return this.registry === dockerHub ? dockerHubServer : this.registry;
    }

    /** @returns the image of this repository with the given manifest digest; an image id stays as it is */
    withDigest(digest: string): ImageReference {
        return this.id === undefined ? ImageReference.parse(`${this.repository}@${digest}`) : this;
    }
}

function parts(text: string): { name: string; tag: string | undefined; digest: string | undefined } {
    const [beforeDigest = "", digest] = split(text, text.indexOf("@"));
    // A colon before the last slash belongs to the registry's port.
    const colon = beforeDigest.lastIndexOf(":");
    const [name = "", tag] = split(beforeDigest, colon > beforeDigest.lastIndexOf("/") ? colon : -1);
    return { name, tag, digest };
}

function split(text: string, at: number): [string, string | undefined] {
    return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
