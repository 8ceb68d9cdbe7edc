import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";
import { describe, expect, it } from "vitest";
import { productFiles, root } from "./productFiles";

const mostLines = { file: 300, function: 60 };

describe("the product", () => {
    it(`has no file of more than ${mostLines.file} lines and no function of more than ${mostLines.function}`, () => {
        const tooLong = productFiles().flatMap(path => {
            const text = readFileSync(join(root, path), "utf8");
            const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
            return [...longFile(source), ...longFunctions(source)];
        });
        expect(tooLong).toEqual([]);
    });
});

function longFile(source: ts.SourceFile): string[] {
    return source.getLineAndCharacterOfPosition(source.end).line > mostLines.file ? [source.fileName] : [];
}

/** @returns `path function` for each function with too many lines, without its comment */
function longFunctions(source: ts.SourceFile): string[] {
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
        if (ts.isFunctionLike(node) && linesOf(node, source) > mostLines.function) {
            found.push(`${source.fileName} ${nameOf(node, source)}`);
        }
        ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
}

function linesOf(node: ts.Node, source: ts.SourceFile): number {
    const lineAt = (position: number) => source.getLineAndCharacterOfPosition(position).line;
    return lineAt(node.end) - lineAt(node.getStart(source)) + 1;
}

function nameOf(node: ts.SignatureDeclaration, source: ts.SourceFile): string {
    const named = node.name === undefined && ts.isVariableDeclaration(node.parent) ? node.parent : node;
    return named.name?.getText(source) ?? (ts.isConstructorDeclaration(node) ? "constructor" : "anonymous");
}
