import { existsSync } from "node:fs";

/** Chromium on Debian, and Chrome elsewhere. */
const PATHS = ["/usr/bin/chromium", "/usr/bin/google-chrome"];

/** The path of a Chromium, which `CHROMIUM_PATH` can set; undefined if there is none. */
export const CHROMIUM = [process.env["CHROMIUM_PATH"] ?? PATHS].flat().find(existsSync);
