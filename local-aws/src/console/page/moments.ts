import { titleOf } from "../../terminal/stack-text.ts";
import type { Point } from "../../trace/types.ts";
import { shortName } from "./function-names.ts";

/** A mark in the timeline at one point in time. */
export interface Moment {
  label: string;
  text?: string;
  isBad: boolean;
}

/** Returns the mark for a point, or undefined if a bar already shows the point. */
export function momentOf(point: Point): Moment | undefined {
  switch (point.type) {
    case "handshake":
      return { label: "handshake", isBad: false };
    case "frame-in":
      return { label: "frame in", text: withLength(point), isBad: false };
    case "route":
      return { label: "route", text: point.routeKey ?? "none", isBad: false };
    case "closed":
      return { label: "closed", text: `${point.code} ${point.reason}`, isBad: false };
    case "open":
      return { label: "open", isBad: false };
    case "throttled":
    case "forbidden":
      return { label: point.type, isBad: true };
    case "authorizer-end":
      return point.error === undefined
        ? undefined
        : { label: "not authorized", text: point.error, isBad: true };
    case "function-end": {
      if (point.outcome === "success") return undefined;
      const parts = [shortName(point.invocation.functionName), titleOf(point)];
      const text = parts.filter((part) => part !== "").join(": ");
      return { label: point.outcome, text, isBad: true };
    }
    case "retry": {
      const text = `in ${point.inMilliseconds / 1000} s: ${point.reason}`;
      return { label: "retry", text, isBad: true };
    }
    case "given-up":
      return { label: "given up", text: point.condition, isBad: true };
    case "dead-letter":
      return { label: "dead letter", text: delivery(point.queue, point.delivered), isBad: true };
    case "destination":
      return {
        label: "destination",
        text: delivery(point.destination, point.delivered),
        isBad: !point.delivered,
      };
    case "frame-out":
      return { label: "frame out", text: withLength(point), isBad: false };
    case "handled":
      return point.error === undefined
        ? undefined
        : { label: `status ${point.status}`, text: point.error, isBad: true };
    default:
      return undefined;
  }
}

const delivery = (arn: string, delivered: boolean) =>
  `${shortName(arn.split(":").at(-1) ?? arn)}${delivered ? "" : ", not delivered"}`;

/** Returns a text, with the length of the whole text if it was cut. */
export const withLength = ({ text, bytes }: { text: string; bytes?: number | undefined }): string =>
  bytes === undefined ? text : `${text}… (${bytes} bytes)`;
