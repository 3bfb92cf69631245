import { EventEmitter } from "node:events";
import { AwsError } from "../protocols/aws-error.ts";

/**
 * Calls an operation of dynalite, which keeps tables and their items in memory.
 * @throws {AwsError} the error of DynamoDB.
 */
export type Dynalite = (operation: string, input: object) => Promise<Record<string, unknown>>;

/** dynalite checks that these headers exist, but does not check a signature. */
const HEADERS = {
  authorization: "AWS4-HMAC-SHA256 Credential=-, SignedHeaders=-, Signature=-",
  "content-type": "application/x-amz-json-1.0",
  "x-amz-date": "-",
};

/**
 * Loads dynalite and creates an instance without tables. Its HTTP server does not listen. Requests are
 * passed to it in this process, so no client can bypass the checks of the signature and of permissions.
 */
export async function startDynalite(): Promise<Dynalite> {
  const { default: dynalite } = await import("#dynalite");
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  return (operation, input) =>
    new Promise((resolve, reject) => {
      const headers = { ...HEADERS, "x-amz-target": `DynamoDB_20120810.${operation}` };
      const request = Object.assign(new EventEmitter(), { method: "POST", url: "/", headers });
      const response = {
        statusCode: 200,
        setHeader() {},
        end(body: string) {
          const output: Record<string, unknown> = JSON.parse(body);
          if (response.statusCode === 200) resolve(output);
          else reject(errorOf(response.statusCode, output));
        },
      };
      server.emit("request", request, response);
      // If dynalite throws while it checks the input, this promise rejects.
      request.emit("data", Buffer.from(JSON.stringify(input, withoutNulls)));
      request.emit("end");
    });
}

/** Removes list elements that are null, as all JSON protocols of AWS do. */
const withoutNulls = (_: string, value: unknown): unknown =>
  Array.isArray(value) ? value.filter((element) => element !== null) : value;

function errorOf(status: number, body: Record<string, unknown>): AwsError {
  const { __type: code, message = body["Message"] ?? "" } = body;
  return new AwsError(status, String(code), String(message));
}
