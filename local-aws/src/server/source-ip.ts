import type { Socket } from "node:net";

/** The address of a client, as events and logs name it; empty if the connection has closed. */
export const sourceIpOf = ({ remoteAddress = "" }: Socket): string =>
  remoteAddress.replace("::ffff:", "");
