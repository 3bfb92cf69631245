/**
 * A value that CBOR and Smithy have in common. A bigint is an integer that a number cannot hold
 * exactly.
 */
export type CborValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Date
  | CborValue[]
  | CborMap;

export interface CborMap {
  [name: string]: CborValue;
}

export const MajorType = {
  unsigned: 0,
  negative: 1,
  bytes: 2,
  text: 3,
  list: 4,
  map: 5,
  tag: 6,
  simple: 7,
} as const;

export const Tag = { epochSeconds: 1, unsignedBignum: 2, negativeBignum: 3 } as const;

export const Simple = { false: 20, true: 21, null: 22, undefined: 23 } as const;

/** What the low five bits of the first byte say about the bytes that follow it. */
export const Info = { one: 24, two: 25, four: 26, eight: 27, indefinite: 31 } as const;
