import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { startRecordingServer } from "../../shared/testing.ts";
import { createVerifyToken } from "./verify-token.ts";

const issuer = "https://issuer.example";

/** A key pair for each algorithm, with the public key as a JWK. */
const pairs = new Map<string, { jwk: object; privateKey: CryptoKey }>();
for (const alg of ["ES256", "ES512", "RS256", "EdDSA"]) {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  pairs.set(alg, { jwk: { ...(await exportJWK(publicKey)), kid: "1" }, privateKey });
}
const algorithms = [...pairs.keys()];

let responseBody: unknown;
const server = await startRecordingServer((_path, response) => {
  response.end(typeof responseBody === "string" ? responseBody : JSON.stringify(responseBody));
});

/** Returns a function that verifies tokens of an issuer with these keys. */
function createVerifier(keys: unknown) {
  responseBody = keys;
  return createVerifyToken({ issuer, audience: ["app"], jwksUrl: `${server.endpoint}/keys` });
}

async function signToken(
  key: string,
  header: object = {},
  claims: JWTPayload = {},
): Promise<string> {
  const { privateKey } = pairs.get(key) ?? {};
  if (privateKey === undefined) throw new Error(`There is no key for ${key}.`);
  return await new SignJWT({
    iss: issuer,
    aud: "app",
    sub: "ada",
    exp: seconds() + 3600,
    ...claims,
  })
    .setProtectedHeader({ alg: key, kid: "1", ...header })
    .sign(privateKey);
}

const seconds = () => Math.floor(Date.now() / 1000);

const truncateSignature = (token: string, characters: number) =>
  token.replace(/[^.]+$/, (signature) => signature.slice(0, characters));

const refusal = { refused: expect.stringMatching(/^(JwtInvalidSignatureError|Unverifiable)$/) };

test.for(algorithms)("a token signed with %s is accepted", async (alg) => {
  const verifyToken = createVerifier({ keys: [{ ...pairs.get(alg)?.jwk, alg }] });
  expect(await verifyToken(await signToken(alg))).toMatchObject({ subject: "ada" });
});

test.for(algorithms)("a truncated signature of %s is refused, and is not an error", async (alg) => {
  const verifyToken = createVerifier({ keys: [{ ...pairs.get(alg)?.jwk, alg }] });
  const token = await signToken(alg);
  for (const characters of [1, 2, 3, 43, 85])
    expect(await verifyToken(truncateSignature(token, characters))).toEqual(refusal);
});

test.for(algorithms)("a key for %s without alg refuses tokens of other algorithms", async (key) => {
  const verifyToken = createVerifier({ keys: [pairs.get(key)?.jwk] });
  const [, claims, signature] = (await signToken(key)).split(".");
  for (const alg of algorithms.filter((other) => other !== key)) {
    const header = Buffer.from(JSON.stringify({ alg, kid: "1" })).toString("base64url");
    expect(await verifyToken(`${header}.${claims}.${signature}`)).toEqual(refusal);
  }
});

const usable = { ...pairs.get("ES256")?.jwk };

test.for<[string, unknown]>([
  ["invalid JSON", "<html></html>"],
  ["no keys", {}],
  ["an empty list of keys", { keys: [] }],
  ["values that are not keys", { keys: [null, 1, {}, { kid: "1", kty: "EC", crv: "P-256" }] }],
  ["a key of an unknown type", { keys: [{ ...usable, kty: "PQ" }] }],
  ["only a key for encryption", { keys: [{ ...usable, use: "enc" }] }],
  ["a key that isn't on its curve", { keys: [{ ...usable, x: "AAAA" }] }],
  ["a key without an id", { keys: [{ ...usable, kid: undefined }] }],
])("if the issuer responds with %s, the keys are unavailable", async ([, keys]) => {
  const verifyToken = createVerifier(keys);
  await expect(verifyToken(await signToken("ES256"))).rejects.toMatchObject({
    name: "KeysUnavailable",
  });
});

test("keys that can't verify signatures are ignored, and tokens that name one are refused", async () => {
  const others = [null, { ...usable, kid: "2", use: "enc" }, { kid: "3", kty: "PQ" }];
  const verifyToken = createVerifier({ keys: [...others, usable] });
  expect(await verifyToken(await signToken("ES256"))).toMatchObject({ subject: "ada" });
  expect(await verifyToken(await signToken("ES256", { kid: "2" }))).toEqual({
    refused: "KidNotFoundInJwksError",
  });
});

test.for<[string, JWTPayload, object]>([
  ["nbf three seconds ahead", { nbf: seconds() + 3 }, { subject: "ada" }],
  ["nbf a minute ahead", { nbf: seconds() + 60 }, { refused: "JwtNotBeforeError" }],
  ["exp now", { exp: seconds() }, { subject: "ada" }],
  ["exp a minute ago", { exp: seconds() - 60 }, { refused: "JwtExpiredError" }],
])(
  "a clock difference of five seconds is tolerated: a token with %s",
  async ([, claims, expected]) => {
    const verifyToken = createVerifier({ keys: [usable] });
    expect(await verifyToken(await signToken("ES256", {}, claims))).toMatchObject(expected);
  },
);

test("a token with critical extensions is refused, because none is supported", async () => {
  const verifyToken = createVerifier({ keys: [usable] });
  const { privateKey } = pairs.get("ES256") ?? {};
  if (privateKey === undefined) throw new Error("There is no key for ES256.");
  const token = await new SignJWT({ iss: issuer, aud: "app", sub: "ada" })
    .setExpirationTime("1h")
    .setProtectedHeader({ alg: "ES256", kid: "1", crit: ["b64"], b64: true })
    .sign(privateKey);
  expect(await verifyToken(token)).toEqual({ refused: "CriticalHeader" });
});

/** Returns a token of 7 KB with an invalid signature. */
const forge = (header: object, claims: object) =>
  [
    ...[header, { ...claims, padding: "x".repeat(3000) }].map((part) =>
      Buffer.from(JSON.stringify(part)).toString("base64url"),
    ),
    "x".repeat(86),
  ].join(".");

const longUrl = (index: number) => `https://${index}.example/${"x".repeat(2000)}`;

test.for<[string, (index: number) => string, refused: RegExp]>([
  [
    "issuers",
    (index) => forge({ alg: "ES256", kid: "1" }, { iss: longUrl(index) }),
    /^JwtInvalidIssuerError$/,
  ],
  [
    "algorithms",
    (index) => forge({ alg: longUrl(index), kid: "1" }, { iss: issuer }),
    /^JwtInvalidSignatureAlgorithmError$/,
  ],
  [
    "keys",
    (index) => forge({ alg: "ES256", kid: longUrl(index) }, { iss: issuer }),
    /^(KidNotFoundInJwksError|WaitPeriodNotYetEndedJwkError)$/,
  ],
])(
  "tokens with thousands of unknown %s use no memory, and valid tokens are still accepted",
  async ([, token, refused]) => {
    const verifyToken = createVerifier({ keys: [{ ...usable, alg: "ES256" }] });
    const valid = await signToken("ES256");
    const verifyMany = async (from: number, to: number) => {
      for (let block = from; block < to; block += 100) {
        for (let index = block; index < block + 100; index += 1)
          expect(await verifyToken(token(index))).toEqual({
            refused: expect.stringMatching(refused),
          });
        expect(await verifyToken(valid)).toMatchObject({ subject: "ada" });
      }
    };
    await verifyMany(0, 500);
    const before = heapUsed();
    await verifyMany(500, 3500);
    // If the verifier cached a key for each, it would be at least 6 MB.
    expect(heapUsed() - before).toBeLessThan(2_000_000);
  },
);

test.for<[string, object, object]>([
  ["of another issuer", { alg: "ES256", kid: "1" }, { iss: "https://other.example" }],
  ["without issuer", { alg: "ES256", kid: "1" }, {}],
  ["without kid", { alg: "ES256" }, { iss: issuer }],
  ["of an unknown algorithm", { alg: "HS256", kid: "1" }, { iss: issuer }],
  ["without algorithm", { kid: "1" }, { iss: issuer }],
])("a token %s does not cause a fetch of the keys", async ([, header, claims]) => {
  const verifyToken = createVerifier({ keys: [usable] });
  const before = server.calls.length;
  expect(await verifyToken(forge(header, claims))).toEqual({ refused: expect.any(String) });
  expect(server.calls).toHaveLength(before);
});

test("thousands of unknown key ids cause one fetch of the keys", async () => {
  const verifyToken = createVerifier({ keys: [usable] });
  expect(await verifyToken(await signToken("ES256"))).toMatchObject({ subject: "ada" });
  const before = server.calls.length;
  for (let index = 0; index < 1000; index += 1)
    await verifyToken(forge({ alg: "ES256", kid: `${index}` }, { iss: issuer }));
  expect(server.calls).toHaveLength(before + 1);
});

/** Returns the bytes in use after a garbage collection. */
function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
}
