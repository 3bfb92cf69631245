import { describe, expect, it } from "vitest";
import { sessionOf } from "../iam/sessions.ts";
import { awsRequest } from "../protocols/testing.ts";
import { emptyState } from "../state.ts";
import { createSts } from "./index.ts";

const state = emptyState();
const sts = createSts({ state });

async function call(Action: string, request = {}) {
  const body = Buffer.from(new URLSearchParams({ Action, Version: "2011-06-15" }).toString());
  const response = await sts.service(awsRequest({ body, ...request }));
  return { status: response.status, text: String(response.body) };
}

describe("GetCallerIdentity", () => {
  it("returns the root user of the account for the administrator", async () => {
    const { text } = await call("GetCallerIdentity");
    expect(text).toContain(
      "<Arn>arn:aws:iam::000000000000:root</Arn><UserId>000000000000</UserId><Account>000000000000</Account>",
    );
  });

  it("returns the session of a role, without any permission", async () => {
    const caller = sessionOf("arn:aws:iam::000000000000:role/worker", "run-1");
    const { status, text } = await call("GetCallerIdentity", { caller });
    expect(status).toBe(200);
    expect(text).toContain(
      "<Arn>arn:aws:sts::000000000000:assumed-role/worker/run-1</Arn><UserId>worker:run-1</UserId>",
    );
  });

  it("is the only implemented operation of STS", async () => {
    expect(await call("AssumeRole")).toMatchObject({ status: 501 });
  });
});
