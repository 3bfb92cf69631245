import { describe } from "vitest";
import { endToEndTests } from "./suite.ts";
import { onAws, useTarget } from "./target.ts";

describe(`end to end, on ${onAws ? "the stack of WEBSOCKET_URL" : "the stack of npm start"}`, () => {
  endToEndTests(useTarget());
});
