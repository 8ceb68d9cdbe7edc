// Prints `N passed, N failed` from vitest's JSON report. Ends with the tests' exit code, or with 1 if no test ran.
import { readFileSync } from "node:fs";

const [file, status] = process.argv.slice(2);

function readReport() {
    try {
        return JSON.parse(readFileSync(file, "utf8"));
    } catch {
        return { testResults: [] };
    }
}

const suites = readReport().testResults;
const tests = suites.flatMap(suite => suite.assertionResults);
const count = status => tests.filter(test => test.status === status).length;
// A file that could not be loaded has no tests, but counts as failed.
const unloaded = suites.filter(suite => suite.status === "failed" && suite.assertionResults.length === 0).length;

const passed = count("passed");
const failed = count("failed") + unloaded;
const skipped = tests.length - passed - count("failed");
if (passed + failed === 0) {
    console.log("No test ran.");
}
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = Number(status) || (passed === 0 || failed > 0 ? 1 : 0);
