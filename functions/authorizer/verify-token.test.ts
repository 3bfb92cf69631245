import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from "jose";
import { expect, test } from "vitest";
import { startRecordingServer } from "../../shared/testing.ts";
import { createVerifyToken } from "./verify-token.ts";

const issuer = "https://issuer.example";

/** A key pair for each algorithm, its public half as an issuer shows it. */
const pairs = new Map<string, { jwk: object; privateKey: CryptoKey }>();
for (const alg of ["ES256", "ES512", "RS256", "EdDSA"]) {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  pairs.set(alg, { jwk: { ...(await exportJWK(publicKey)), kid: "1" }, privateKey });
}
const algorithms = [...pairs.keys()];

let shown: unknown;
const server = await startRecordingServer((_path, response) => {
  response.end(typeof shown === "string" ? shown : JSON.stringify(shown));
});

/** What verifies tokens after the keys of an issuer that shows these. */
function verifyAfter(keys: unknown) {
  shown = keys;
  return createVerifyToken({ issuer, audience: ["app"], jwksUrl: `${server.endpoint}/keys` });
}

async function signToken(key: string, header: object = {}): Promise<string> {
  const { privateKey } = pairs.get(key) ?? {};
  if (privateKey === undefined) throw new Error(`There is no key for ${key}.`);
  return await new SignJWT({ iss: issuer, aud: "app", sub: "ada" })
    .setExpirationTime("1h")
    .setProtectedHeader({ alg: key, kid: "1", ...header })
    .sign(privateKey);
}

const cutTo = (token: string, characters: number) =>
  token.replace(/[^.]+$/, (signature) => signature.slice(0, characters));

const refusal = { refused: expect.stringMatching(/^(JwtInvalidSignatureError|Unverifiable)$/) };

test.for(algorithms)("a token signed with %s lets its subject in", async (alg) => {
  const verifyToken = verifyAfter({ keys: [{ ...pairs.get(alg)?.jwk, alg }] });
  expect(await verifyToken(await signToken(alg))).toEqual({ subject: "ada" });
});

test.for(algorithms)("a signature of %s cut short is refused, and no fault", async (alg) => {
  const verifyToken = verifyAfter({ keys: [{ ...pairs.get(alg)?.jwk, alg }] });
  const token = await signToken(alg);
  for (const characters of [1, 2, 3, 43, 85])
    expect(await verifyToken(cutTo(token, characters))).toEqual(refusal);
});

test.for(algorithms)("a key for %s that names no alg refuses tokens of another", async (key) => {
  const verifyToken = verifyAfter({ keys: [pairs.get(key)?.jwk] });
  const [, claims, signature] = (await signToken(key)).split(".");
  for (const alg of algorithms.filter((other) => other !== key)) {
    const header = Buffer.from(JSON.stringify({ alg, kid: "1" })).toString("base64url");
    expect(await verifyToken(`${header}.${claims}.${signature}`)).toEqual(refusal);
  }
});

const usable = { ...pairs.get("ES256")?.jwk };

test.for<[string, unknown]>([
  ["no JSON", "<html></html>"],
  ["no keys", {}],
  ["an empty list of keys", { keys: [] }],
  ["keys that are none", { keys: [null, 1, {}, { kid: "1", kty: "EC", crv: "P-256" }] }],
  ["a key of an unknown kind", { keys: [{ ...usable, kty: "PQ" }] }],
  ["a key for encryption alone", { keys: [{ ...usable, use: "enc" }] }],
  ["a key that isn't on its curve", { keys: [{ ...usable, x: "AAAA" }] }],
  ["a key that can't be asked for", { keys: [{ ...usable, kid: undefined }] }],
])("where the issuer shows %s, that is a fault and no token's", async ([, keys]) => {
  const verifyToken = verifyAfter(keys);
  await expect(verifyToken(await signToken("ES256"))).rejects.toMatchObject({
    name: "KeysUnavailable",
  });
});

test("keys of no use for signatures are passed over, and a token that names one is refused", async () => {
  const others = [null, { ...usable, kid: "2", use: "enc" }, { kid: "3", kty: "PQ" }];
  const verifyToken = verifyAfter({ keys: [...others, usable] });
  expect(await verifyToken(await signToken("ES256"))).toEqual({ subject: "ada" });
  expect(await verifyToken(await signToken("ES256", { kid: "2" }))).toEqual({
    refused: "KidNotFoundInJwksError",
  });
});
