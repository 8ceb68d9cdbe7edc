/** @returns an IPv4 address as a number; undefined for any other text */
export function parseIPv4(text: string): number | undefined {
    const parts = text.split(".").map(Number);
    if (parts.length !== 4 || parts.some(part => !Number.isInteger(part) || part < 0 || part > 255)) {
        return undefined;
    }
    return parts.reduce((number, part) => number * 256 + part, 0);
}

/** @returns the text of an address that {@link parseIPv4} reads */
export function formatIPv4(address: number): string {
    return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}
