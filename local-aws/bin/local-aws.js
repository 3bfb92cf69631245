#!/usr/bin/env node
// The package has the build alone. The repository has the sources, which Node.js runs as they are.
import { existsSync } from "node:fs";

const source = new URL("../src/cli.ts", import.meta.url);
await import(existsSync(source) ? source.href : new URL("../dist/cli.js", import.meta.url).href);
