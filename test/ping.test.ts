import { expect, test } from "vitest";
import { createIssuer } from "../scripts/start/issuer.ts";
import type { StackName } from "../scripts/start/stack.ts";
import { connect } from "./e2e/client.ts";
import { startTestStack } from "./test-stack.ts";

test.for<StackName>(["open", "authenticated"])(
  "on the %s stack, a ping gets its reply without the processor",
  async (stack) => {
    const issuer = await createIssuer();
    await using aws = await startTestStack({ stack, pages: issuer.pages });
    const invocations: string[] = [];
    aws.subscribe({
      event({ event }) {
        if (event.type === "invoke-start") invocations.push(event.functionName);
        if (event.type === "function-start") invocations.push(event.invocation.functionName);
      },
    });
    const query = `?token=${await issuer.tokenFor(aws.endpoint, "ada")}`;
    const client = await connect(aws.url + (stack === "open" ? "" : query));
    invocations.length = 0;
    client.send({ action: "ping", requestId: "mine" });
    expect(await client.nextText()).toBe('{"action":"ping","status":"success","requestId":"mine"}');
    // Data is ignored, and API Gateway provides the ID.
    expect(await client.ask({ action: "ping", data: { any: ["thing"] } })).toEqual({
      action: "ping",
      status: "success",
      requestId: expect.stringMatching(/^[\w-]{15}=$/),
    });
    expect(invocations).toEqual(Array(2).fill("websocket-lambda-websocket-handler"));
    // An invocation of the processor would be in the list.
    await client.ask({ action: "echo" });
    expect(invocations).toContain("websocket-lambda-processor");
    expect(aws.logs.lines.filter(({ level }) => level === "ERROR")).toEqual([]);
  },
);
