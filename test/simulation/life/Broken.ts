/** A rule of docs/design.md does not hold. */
export class Broken extends Error {
    override readonly name = "Broken";
}
