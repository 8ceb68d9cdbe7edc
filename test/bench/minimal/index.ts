import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

class Trivial extends pulumi.dynamic.Resource {
    constructor(name: string) {
        super({ create: async inputs => ({ id: name, outs: inputs }) }, name, { size: 1 });
    }
}

/** One dynamic resource that does nothing, and one Docker network. */
export = async () => {
    new docker.Network("network", { name: `relink-${pulumi.getStack()}` });
    new Trivial("trivial");
};
