import { checked } from "../haproxy/names";

/**
 * @param name of the list in HAProxy's configuration
 * @param whose what the users may ask, for the comment
 * @param hashes of the passwords, by the user's name
 * @returns the text of a file with a list of users
 */
export function userList(
    name: string,
    whose: string,
    users: readonly string[],
    hashes: Readonly<Record<string, string>>,
): string {
    const lines = users.map(user => {
        const hash = Object.hasOwn(hashes, user) ? hashes[user]! : "";
        return `    user ${checked("user", user)} password ${checked("password hash", hash)}\n`;
    });
    return `# Users of ${whose}, each with the hash of the password.
userlist ${name}
${lines.join("")}`;
}
