/** The load client's own process, so that the test does not disturb the load. */
import { LocalLoad } from "./LocalLoad";
import type { FromWorker, ToWorker } from "./messages";

let run: LocalLoad | undefined;

function current(): LocalLoad {
    if (run === undefined) {
        throw new Error("the load has not been started");
    }
    return run;
}

async function handle(message: ToWorker): Promise<Extract<FromWorker, { type: "answer" }>["value"]> {
    switch (message.type) {
        case "start":
            run = new LocalLoad(message.plan);
            void run.settled.then(() => tell({ type: "finished" }));
            return undefined;
        case "mark":
            current().mark(message.name, message.answeredBy);
            return undefined;
        case "snapshot":
            return current().ledger.snapshot();
        case "stop":
            return current().stop();
    }
}

function tell(message: FromWorker): void {
    process.send?.(message);
}

process.on("message", (message: ToWorker) => {
    handle(message).then(
        value => tell({ type: "answer", id: message.id, value }),
        (error: Error) => tell({ type: "error", id: message.id, message: error.message }),
    );
});
// The load ends with the process that asked for it.
process.on("disconnect", () => process.exit(0));
