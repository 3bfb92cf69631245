/**
 * Makes an untrusted text safe for one line of a terminal. Each control character is replaced, so the
 * text cannot move the cursor or change colors. C1 characters and DEL are also control characters, and
 * JSON does not escape them.
 */
export const printable = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- it replaces control characters
  text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "·");
