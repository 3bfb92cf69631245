#!/usr/bin/env node
import { existsSync } from "node:fs";

const OLDEST = 22;
const { node: version } = process.versions;
if (Number.parseInt(version, 10) < OLDEST) {
  console.error(
    `local-aws needs Node.js ${OLDEST} or newer. This is Node.js ${version}. Update Node.js, or install it for your project only: npm install --save-dev node@${OLDEST}`,
  );
  process.exit(1);
}
// The package contains only the build. The repository contains the sources, which Node.js runs directly.
const source = new URL("../src/cli.ts", import.meta.url);
await import(existsSync(source) ? source.href : new URL("../dist/cli.js", import.meta.url).href);
