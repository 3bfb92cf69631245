/** The types of the npm package `dynalite`, which has none. `package.json` maps `#dynalite` to it. */
import type { Server } from "node:http";

/** Creates a server that does not listen. Times are in milliseconds. */
export default function dynalite(options: { createTableMs: number; deleteTableMs: number }): Server;
