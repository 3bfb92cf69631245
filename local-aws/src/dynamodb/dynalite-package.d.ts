/**
 * The types of the npm package `dynalite`, which contains none. `package.json` maps `#dynalite` to it.
 */
import type { Server } from "node:http";

/** Creates a server that does not listen yet. Times are in milliseconds. */
export default function dynalite(options: { createTableMs: number; deleteTableMs: number }): Server;
