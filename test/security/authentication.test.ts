import { join } from "node:path";
import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WrittenLogEvent } from "@websocket-lambda/local-aws";
import { bundleProcessorWith } from "../extra-actions.ts";
import { startTestStack, type TestStack } from "../test-stack.ts";
import { AUDIENCE, createIssuer, issuerUrl } from "../../scripts/start/issuer.ts";
import { connect } from "../e2e/client.ts";
import { watchLogs } from "../e2e/log-watch.ts";

/** A module with an action that returns its context. */
const WHO_AM_I = join(import.meta.dirname, "who-am-i-action.ts");

const issuer = await createIssuer();
let aws: TestStack;
let url: string;
/** All log events of the functions and of the access log. */
const events: WrittenLogEvent[] = [];

beforeAll(async () => {
  aws = await startTestStack({ stack: "authenticated", pages: issuer.pages });
  url = aws.webSocketUrl("production");
  aws.subscribe({ log: (event) => events.push(event) });
});
afterAll(() => aws.close());

const seconds = () => Math.floor(Date.now() / 1000);

/** Returns a token with valid claims, signed with an unknown key. */
async function forge(header: Partial<JWTHeaderParameters>): Promise<string> {
  const { privateKey } = await generateKeyPair("ES256");
  return await new SignJWT({ iss: issuerUrl(aws.endpoint), aud: AUDIENCE, sub: "ada" })
    .setIssuedAt()
    .setExpirationTime("1h")
    .setProtectedHeader({ alg: "ES256", ...header })
    .sign(privateKey);
}

/** Returns the key id of the issuer's tokens. */
const knownKid = async () => {
  const [header = ""] = (await issuer.tokenFor(aws.endpoint, "ada")).split(".");
  const { kid }: { kid: string } = JSON.parse(Buffer.from(header, "base64url").toString());
  return kid;
};

const tokenWith = (claims: Record<string, unknown>) => issuer.tokenFor(aws.endpoint, "ada", claims);

/** Returns a valid token with another signature. */
const signedBy = async (signature: string) =>
  (await issuer.tokenFor(aws.endpoint, "ada")).replace(/[^.]+$/, signature);

const bad: [string, () => Promise<string>, reason: string][] = [
  ["expired", () => tokenWith({ exp: seconds() - 10 }), "JwtExpiredError"],
  ["not valid yet", () => tokenWith({ nbf: seconds() + 60 }), "JwtNotBeforeError"],
  ["of another issuer", () => tokenWith({ iss: "https://evil.example" }), "JwtInvalidIssuerError"],
  ["for another audience", () => tokenWith({ aud: "shop" }), "WrongAudience"],
  ["for another client", () => tokenWith({ aud: undefined, client_id: "shop" }), "WrongAudience"],
  ["without audience", () => tokenWith({ aud: undefined }), "WrongAudience"],
  ["without expiry", () => tokenWith({ exp: undefined }), "NoExpiry"],
  ["without subject", () => tokenWith({ sub: undefined }), "NoSubject"],
  [
    "signed by another key under a known kid",
    async () => forge({ kid: await knownKid() }),
    "JwtInvalidSignatureError",
  ],
  ["signed by a key of another kid", () => forge({ kid: "other" }), "KidNotFoundInJwksError"],
  [
    "signed by a key of another kid, right after the previous one",
    () => forge({ kid: "yet-another" }),
    "WaitPeriodNotYetEndedJwkError",
  ],
  ["without kid", () => forge({}), "JwtWithoutValidKidError"],
  [
    "that contains its own key",
    async () => {
      const { publicKey } = await generateKeyPair("ES256");
      return forge({ kid: await knownKid(), jwk: await exportJWK(publicKey) });
    },
    "JwtInvalidSignatureError",
  ],
  [
    "of alg none",
    async () => {
      const claims = { iss: issuerUrl(aws.endpoint), aud: AUDIENCE, sub: "ada" };
      const payload = new UnsecuredJWT(claims).setExpirationTime("1h").encode().split(".")[1] ?? "";
      const header = { alg: "none", kid: await knownKid() };
      return `${Buffer.from(JSON.stringify(header)).toString("base64url")}.${payload}.AA`;
    },
    "JwtInvalidSignatureAlgorithmError",
  ],
  [
    "of alg none, without a signature",
    async () => new UnsecuredJWT({ iss: issuerUrl(aws.endpoint), sub: "ada" }).encode(),
    "JwtParseError",
  ],
  ["with a truncated signature", () => signedBy("AA"), "Unverifiable"],
  ["with an empty signature", () => signedBy("A"), "Unverifiable"],
  ["that is not a JWT", () => Promise.resolve("opensesame"), "JwtParseError"],
  ["over 8 KB", () => tokenWith({ x: "x".repeat(6000) }), "TokenTooLong"],
];

/** Returns the log events of `action`, including the line in the access log. */
async function logged(action: () => Promise<void>): Promise<WrittenLogEvent[]> {
  const before = events.length;
  await action();
  await expect
    .poll(() =>
      events.slice(before).some(({ logGroupName }) => logGroupName.includes("apigateway")),
    )
    .toBe(true);
  return events.slice(before);
}

const isOf =
  (name: string) =>
  ({ logGroupName }: WrittenLogEvent) =>
    logGroupName.includes(name);

/** Expects no part of a token in log lines. */
function expectNothingOf(token: string, lines: WrittenLogEvent[]): void {
  const text = lines.map(({ message }) => message).join("\n");
  for (const part of token.split(".").filter(({ length }) => length > 2))
    expect(text).not.toContain(part);
}

describe.each([
  ["a subprotocol", (token: string) => connect(url, {}, ["websocket-lambda", token]), bad],
  // A URL may have 4,096 characters, so the longest token does not reach the authorizer.
  ["a query parameter", (token: string) => connect(`${url}?token=${token}`), bad.slice(0, -1)],
])("by %s", (way, open, refused) => {
  test.for(refused)("a token %s is refused with 403", async ([, make, reason]) => {
    const token = await make();
    const lines = await logged(() =>
      expect(open(token)).rejects.toThrow("Unexpected server response: 403"),
    );
    expect(lines.filter(isOf("websocket-handler"))).toEqual([]);
    expectNothingOf(token, lines);
    const refusals = lines.filter(isOf("authorizer")).map(({ message }) => JSON.parse(message));
    // Right after an unknown key id, the keys are not fetched for another one.
    const reasons = reason === "KidNotFoundInJwksError" ? [reason, WAITING] : [reason];
    const { message } = refusals.find(({ level }) => level === "WARN");
    expect(message).toMatchObject({ event: "connection refused" });
    expect(reasons).toContain(message.reason);
  });

  test("a valid token is accepted, and its subject is in the processor's log", async () => {
    const token = await issuer.tokenFor(aws.endpoint, `ada by ${way}`);
    const watch = watchLogs(aws);
    const lines = await logged(async () => {
      const client = await open(token);
      expect(client.socket.protocol).toBe(way === "a subprotocol" ? "websocket-lambda" : "");
      expect(await client.ask({ action: "echo", data: 1 })).toMatchObject({ result: 1 });
      await watch.line(
        ({ logGroupName, content }) =>
          logGroupName.includes("processor") && content["subject"] === `ada by ${way}`,
      );
      client.socket.close();
      const { invocationId } = await watch.line(
        ({ content }) => content["event"] === "disconnected",
      );
      // Waits for the last line of the invocation. Otherwise the next test would get it.
      await watch.line(
        ({ type, content }) => type === "platform.report" && content["requestId"] === invocationId,
      );
    });
    expectNothingOf(token, lines);
  });

  test("a token of 20 KB is refused before a function runs", async () => {
    const token = await tokenWith({ x: "x".repeat(15_000) });
    expect(token.length).toBeGreaterThan(20_000);
    const before = events.length;
    await expect(open(token)).rejects.toThrow(/Unexpected server response: 4(31|14)/);
    expect(events.slice(before)).toEqual([]);
  });
});

const WAITING = "WaitPeriodNotYetEndedJwkError";
const BEARER = "TokenInAuthorizationHeader";

test.for([
  ["no token", {}, "NoToken"],
  ["a token in the header Authorization", { authorization: "Bearer x.y.z" }, BEARER],
  ["a password in the header Authorization", { authorization: "Basic eDp5" }, "NoToken"],
] as const)("%s gets 401 and a warning with the reason", async ([, headers, reason]) => {
  const lines = await logged(() =>
    expect(connect(url, { headers })).rejects.toThrow("Unexpected server response: 401"),
  );
  expect(lines.filter(isOf("websocket-handler"))).toEqual([]);
  const logs = lines.filter(isOf("authorizer")).map(({ message }) => JSON.parse(message));
  expect(logs).toContainEqual(
    expect.objectContaining({
      level: "WARN",
      message: expect.objectContaining({ event: "connection refused", reason }),
    }),
  );
  // Lambda logs the error for API Gateway, without a stack of the authorizer.
  const errors = logs.filter(({ level }) => level === "ERROR").map(({ message }) => message);
  expect(errors).toMatchObject([
    { errorMessage: "Unauthorized", stackTrace: ["Error: Unauthorized"] },
  ]);
});

test.for<[string, string, string[]]>([
  ["a subprotocol without a token", "", ["websocket-lambda"]],
  ["an empty parameter", "?token=", []],
])("%s is not a token and gets 401", async ([, query, protocols]) => {
  await expect(connect(`${url}${query}`, {}, protocols)).rejects.toThrow("server response: 401");
});

test("the local issuer returns a token with any subject, lifetime and claims", async () => {
  const request = (query: string) => fetch(`${issuerUrl(aws.endpoint)}/token${query}`);
  const claimsOf = async (query: string) => {
    const token = (await (await request(query)).text()).trim();
    const [, payload = ""] = token.split(".");
    return { token, claims: JSON.parse(Buffer.from(payload, "base64url").toString()) };
  };
  const ada = await claimsOf("");
  expect(ada.claims).toMatchObject({ sub: "ada", aud: AUDIENCE, iss: issuerUrl(aws.endpoint) });
  expect(ada.claims.exp - ada.claims.iat).toBe(3600);
  expect(await connect(`${url}?token=${ada.token}`)).toHaveProperty("socket");

  const bob = await claimsOf(`?sub=bob&lifetime=60&claims=${encodeURIComponent('{"role":"a"}')}`);
  expect(bob.claims).toMatchObject({ sub: "bob", role: "a" });
  expect(bob.claims.exp - bob.claims.iat).toBe(60);

  const expired = await claimsOf("?lifetime=-10");
  await expect(connect(`${url}?token=${expired.token}`)).rejects.toThrow("response: 403");
});

test.for([
  ["?exp=60", 'Unknown parameter "exp". The parameters are sub, lifetime'],
  ["?lifetime=1h", 'lifetime must be a whole number of seconds, not "1h".'],
  ["?claims=[]", 'claims must be a JSON object, such as {"role":"admin"}.'],
  ["?claims={", "claims must be a JSON object"],
] as const)(
  "the local issuer explains an invalid request for a token: %s",
  async ([query, text]) => {
    const response = await fetch(`${issuerUrl(aws.endpoint)}/token${query}`);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(text);
  },
);

test("two tokens are refused, even if both are valid", async () => {
  const token = () => issuer.tokenFor(aws.endpoint, "ada");
  const [one, two] = [await token(), await tokenWith({ jti: "2" })];
  for (const open of [
    () => connect(url, {}, ["websocket-lambda", one, two]),
    () => connect(`${url}?token=${one}&token=${two}`),
    () => connect(`${url}?token=${one}`, {}, ["websocket-lambda", two]),
  ])
    await expect(open()).rejects.toThrow("Unexpected server response: 403");
});

test("a token of Cognito, which has a client_id instead of an audience, is accepted", async () => {
  const token = await tokenWith({ aud: undefined, client_id: AUDIENCE });
  await connect(url, {}, ["websocket-lambda", token]);
  expect(
    await tokenWith({ aud: ["shop", AUDIENCE] }).then((other) => connect(`${url}?token=${other}`)),
  ).toHaveProperty("socket");
});

test("a connection whose token has expired is closed at its next message", async () => {
  // A clock difference of five seconds is tolerated.
  const token = await tokenWith({ exp: seconds() - 2 });
  const client = await connect(`${url}?token=${token}`);
  expect(await client.ask({ action: "echo", data: 1 })).toMatchObject({ result: 1 });
  await expect
    .poll(() => connect(`${url}?token=${token}`).then(() => "in", String), { timeout: 15_000 })
    .toContain("403");
  client.send({ action: "echo", data: 2, requestId: "late" });
  expect(await client.nextText()).toBe(
    '{"action":"echo","status":"error","error":{"code":"TOKEN_EXPIRED","message":"The token has expired. Connect again with a new one."},"requestId":"late"}',
  );
  expect(await client.closed).toMatchObject({ code: 1000 });
});

test("an action gets the claims that jwt_claims names, if the token has them", async () => {
  const other = await startTestStack({ stack: "authenticated", pages: issuer.pages });
  try {
    const variables = other.functionNamed("authorizer").configuration.Environment?.Variables;
    Object.assign(variables ?? {}, { JWT_CLAIMS: "scope,groups,missing" });
    other.replaceCode("processor", await bundleProcessorWith(WHO_AM_I));
    const claims = { scope: "read write", groups: ["a", "ä"], email: "ada@example.com" };
    const token = await issuer.tokenFor(other.endpoint, "ada", claims);
    const client = await other.connect(`?token=${token}`);
    expect(await client.ask({ action: "whoAmI", requestId: "mine" })).toMatchObject({
      result: {
        requestId: "mine",
        subject: "ada",
        claims: { scope: "read write", groups: ["a", "ä"] },
      },
    });
    const large = await issuer.tokenFor(other.endpoint, "ada", { scope: "x".repeat(5500) });
    const open = (offered: string) => connect(other.url, {}, ["websocket-lambda", offered]);
    expect(await open(large)).toHaveProperty("socket");
    // A quote is two characters in the token, and four in the JSON string that API Gateway passes.
    const tooLarge = await issuer.tokenFor(other.endpoint, "ada", { scope: '"'.repeat(2200) });
    await expect(open(tooLarge)).rejects.toThrow("response: 403");
    await other.logs.line(({ content }) => content["reason"] === "ClaimsTooLarge");
  } finally {
    await other.close();
  }
});

test("if API Gateway is not allowed to invoke the authorizer, all clients are refused", async () => {
  const authorizer = aws.functionNamed("authorizer");
  const { policy } = authorizer;
  authorizer.policy = {};
  try {
    const token = await issuer.tokenFor(aws.endpoint, "ada");
    await expect(connect(`${url}?token=${token}`)).rejects.toThrow("server response: 500");
  } finally {
    authorizer.policy = policy;
  }
});

test("if the issuer's keys are unavailable, all clients are refused, and the reason is logged", async () => {
  const other = await startTestStack({ stack: "authenticated" });
  try {
    const token = await issuer.tokenFor(other.endpoint, "ada");
    const address = `${other.webSocketUrl("production")}?token=${token}`;
    await expect(connect(address)).rejects.toThrow("server response: 500");
    const { level } = await other.logs.line(
      ({ content }) => content["event"] === "token not checked",
    );
    expect(level).toBe("ERROR");
    expect(JSON.stringify(other.logs.lines)).not.toContain(token.split(".")[2]);
  } finally {
    await other.close();
  }
});
