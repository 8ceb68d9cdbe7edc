import { describe, expect, it } from "vitest";
import type { Reply } from "../../../haproxy/cli";
import { frontStateOf, observeCommands } from "../../../haproxy/FrontState";

const socket = "/relink/run/master-1.sock";
const columns = "# pxname,svname,qcur,scur,stot,econ,eresp,status,hrsp_5xx,mode,";

/** HAProxy's one worker, whose backend of a TCP service has counted this (captured from HAProxy 3.0.11, columns left out). */
function stateWith({ stot, econ, eresp }: { stot: number; econ: number; eresp: number }) {
    const statistics = [
        columns,
        `cache-blue,slot-1,0,2,${stot + 3},${econ},${eresp},UP,,tcp,`,
        `cache-blue,BACKEND,0,2,${stot},${econ},${eresp},UP,,tcp,`,
    ].join("\n");
    const servers =
        "1\n# be_name srv_name srv_addr srv_port srv_op_state srv_admin_state\ncache-blue slot-1 10.88.0.33 6379 2 0";
    const text = (command: string) =>
        command.startsWith("show stat") ? statistics : command.startsWith("show servers") ? servers : "RELINK_CONFIG=x";
    const of = (command: string, text: string): Reply => ({ socket, command, text, reached: true });
    const processes = "1 master 0 [failed: 0] 0d00h01m 3.0.11\n# workers\n9 worker 0 0d00h01m 3.0.11\n# old workers\n";
    return frontStateOf([
        of("show proc", processes),
        ...observeCommands().map(command => of(`@!9 ${command}`, command.startsWith("show map") ? "" : text(command))),
    ]);
}

describe("the backend of a TCP service", () => {
    it("counts each connection as a request, and those as failed that no container took or that one reset", () => {
        const backend = stateWith({ stot: 28, econ: 2, eresp: 1 }).workers[0]!.backends.get("cache-blue")!;
        expect(backend).toMatchObject({ isTcp: true, asked: 28, failed: 3, scur: 2, responses: 0 });
        expect(backend.servers.get(1)).toMatchObject({ scur: 2, up: true, admin: "ready" });
    });

    it("has no more failures than connections", () => {
        const backend = stateWith({ stot: 1, econ: 1, eresp: 1 }).workers[0]!.backends.get("cache-blue")!;
        expect(backend).toMatchObject({ asked: 1, failed: 1 });
    });
});
