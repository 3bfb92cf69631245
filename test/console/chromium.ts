import { existsSync } from "node:fs";

/** The name of the program: Chromium on Debian, and Chrome on other systems. */
const PATHS = ["/usr/bin/chromium", "/usr/bin/google-chrome"];

/** The path of a Chromium, which `CHROMIUM_PATH` can set; undefined if there is none. */
export const CHROMIUM = [process.env["CHROMIUM_PATH"] ?? PATHS].flat().find(existsSync);
