import type { Color } from "./Color";
import { idleColor, type Live } from "./Live";
import { chosenUsersPercent } from "./Share";
import type { CanarySettings } from "./StrategySettings";

const linkPattern =
    /^(none|blue|green):(blue|green):(?:(0|[1-9]\d?|100)(?::(cookie|hash))?|0(?::(cookie|hash))?(:match)|0(:failover))$/;

/**
 * A value of HAProxy's link map, `live:idle:percent[:sticky]`. It is `live:idle:0[:sticky]:match` for a canary that gets the
 * chosen users alone, and `live:idle:0:failover` where the idle color answers while no server of the live one is up. The
 * frontend looks it up once per request. Immutable.
 */
export class LinkValue {
    private constructor(
        /** The color that gets the service's requests; `none` before the first link. */
        readonly live: Live,
        /** The other color. The preview listener reaches it. */
        readonly idle: Color,
        /** The idle color's share of the requests, 0 to 100, or `chosenUsersPercent`. It is 0 without a canary. */
        readonly percent: number,
        /** How HAProxy knows a user again, so that each user stays on one color. `none`: each request is shared out. */
        readonly sticky: CanarySettings["sticky"] = "none",
        /** Whether the idle color answers while no server of the live one is up. */
        readonly failover = false,
    ) {}

    /** @returns the link that gives all requests to one color */
    static to(live: Color): LinkValue {
        return new LinkValue(live, idleColor(live), 0);
    }

    /** @returns the link of a service that was never linked; its first release goes to `first` */
    static none(first: Color = "blue"): LinkValue {
        return new LinkValue("none", first, 0);
    }

    /** @throws Error that quotes the text, unless it is a link */
    static parse(text: string): LinkValue {
        const [, live, idle, percent, ofShare, ofChosen, match, failover] = linkPattern.exec(text) ?? [];
        if (live === undefined || live === idle || (live === "none" && failover !== undefined)) {
            throw new Error(
                `${JSON.stringify(text)} is not a link (live:idle:percent[:sticky], such as blue:green:0).`,
            );
        }
        const share = match === undefined ? Number(percent ?? 0) : chosenUsersPercent;
        const sticky = (ofShare ?? ofChosen ?? "none") as CanarySettings["sticky"];
        return new LinkValue(live as Live, idle as Color, share, sticky, failover !== undefined);
    }

    /** @returns the same link with a share for the idle color */
    withPercent(percent: number, sticky: CanarySettings["sticky"] = "none"): LinkValue {
        return LinkValue.parse(textOf(this, percent, sticky));
    }

    /** @returns the link to the live color alone, with the idle one in its place while no server of it is up */
    withFailover(): LinkValue {
        return LinkValue.parse(`${this.live}:${this.idle}:0:failover`);
    }

    /** The colors that get requests, or would while no server of the live one is up. */
    get reachable(): Color[] {
        return this.failover ? [...this.reached, this.idle] : this.reached;
    }

    /** The colors that get requests while servers of the live one are up. */
    get reached(): Color[] {
        return [...(this.live === "none" ? [] : [this.live]), ...(this.percent > 0 ? [this.idle] : [])];
    }

    equals(that: LinkValue | undefined): boolean {
        return that !== undefined && this.toString() === that.toString();
    }

    toString(): string {
        return `${textOf(this, this.percent, this.sticky)}${this.failover ? ":failover" : ""}`;
    }
}

function textOf(
    { live, idle }: Pick<LinkValue, "live" | "idle">,
    percent: number,
    sticky: LinkValue["sticky"],
): string {
    const known = sticky === "none" ? "" : `:${sticky}`;
    return percent === chosenUsersPercent ? `${live}:${idle}:0${known}:match` : `${live}:${idle}:${percent}${known}`;
}
