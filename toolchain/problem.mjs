/** The set-up cannot do something by itself. The message says what the user should run. */
export class Problem extends Error {
    /**
     * @param message what is missing and why it could not be got
     * @param commands shell commands, one a line, that the user should run (default: none)
     */
    constructor(message, commands = []) {
        super(commands.length === 0 ? message : `${message}\nRun this and try again:\n    ${commands.join("\n    ")}`);
        this.name = "Problem";
        this.isProblem = true;
    }
}
