import { describe } from "vitest";
import { loadTests } from "./load.ts";
import { endToEndTests } from "./suite.ts";
import { onAws, useTarget } from "./target.ts";

describe(`end to end, on ${onAws ? "the stack of WEBSOCKET_URL" : "the stack of npm start"}`, () => {
  const target = useTarget();
  endToEndTests(target);
  loadTests(target);
});
