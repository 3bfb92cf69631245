/**
 * A text that somebody else wrote, for one line of a terminal, which its control characters (C0, DEL
 * and C1, which JSON leaves as they are) could command.
 */
export const printable = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "·");
