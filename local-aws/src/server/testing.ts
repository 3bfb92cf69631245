import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import type { Service } from "../protocols/operation.ts";
import { administrator } from "../protocols/testing.ts";
import { createAwsServer } from "./server.ts";

/** One service behind the real server, which believes every signature. */
export async function serve(service: Service) {
  const authenticate = () =>
    Promise.resolve({ caller: administrator, service: "served", region: "us-east-1" });
  const server = createAwsServer({ iam: { authenticate }, services: { served: service } });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await promisify(server.close.bind(server))();
    },
  };
}
