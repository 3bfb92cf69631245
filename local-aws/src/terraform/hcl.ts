/** Finds the blocks of a Terraform file, without evaluating anything. */

/** A block at the top of a file. */
export interface Block {
  /** Such as `provider`. */
  type: string;
  /** Such as `["aws"]`. */
  labels: string[];
  /** The attributes that are plain strings, such as `alias`. */
  strings: Record<string, string>;
}

/**
 * A token that decides where blocks start and end. Comments are skipped. A string is one token, including
 * its interpolations.
 */
type Token = { kind: "string" | "name" | "mark"; text: string };

const COMMENT = /\/\*[^]*?\*\/|(?:#|\/\/)[^\n]*/y;
const HEREDOC = /<<-?([\w-]+)[^\n]*\n[^]*?\n[ \t]*\1(?=\s|$)/y;
const NAME = /[\p{L}_][\p{L}\p{N}_-]*/uy;

/**
 * Returns the blocks of a file in Terraform's native syntax. Parts with invalid syntax are skipped.
 */
export function blocksOf(source: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | undefined;
  let header: Token[] = [];
  let depth = 0;
  for (const token of tokensOf(source)) {
    if (token.kind === "mark" && /[{[(]/.test(token.text)) {
      const [type, ...labels] = header;
      if (depth === 0 && type?.kind === "name")
        blocks.push(
          (open = { type: type.text, labels: labels.map(({ text }) => text), strings: {} }),
        );
      depth++;
      header = [];
    } else if (token.kind === "mark" && /[}\])]/.test(token.text)) {
      depth = Math.max(0, depth - 1);
      header = [];
    } else if (token.text === "\n" && token.kind === "mark") {
      const [name, equals, value, ...others] = header;
      const isString = equals?.text === "=" && value?.kind === "string" && others.length === 0;
      if (depth === 1 && open !== undefined && name !== undefined && isString)
        open.strings[name.text] = value.text;
      header = [];
    } else header.push(token);
  }
  return blocks;
}

function* tokensOf(source: string): Generator<Token> {
  const match = (pattern: RegExp, at: number) => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  for (let at = 0; at < source.length;) {
    const skipped = match(COMMENT, at) ?? match(HEREDOC, at);
    if (skipped !== undefined) {
      at += skipped.length;
      continue;
    }
    const name = match(NAME, at);
    if (name !== undefined) {
      yield { kind: "name", text: name };
      at += name.length;
    } else if (source[at] === '"') {
      const end = endOfString(source, at + 1);
      yield { kind: "string", text: source.slice(at + 1, end) };
      at = end + 1;
    } else {
      const character = source[at] ?? "";
      if (character === "\n" || /[^\s]/.test(character)) {
        // The end of a block on one line also ends its last attribute.
        if (character === "}") yield { kind: "mark", text: "\n" };
        yield { kind: "mark", text: character };
      }
      at++;
    }
  }
}

/**
 * Returns the position of the quote that ends a string. Interpolations of the string can contain other
 * strings.
 */
function endOfString(source: string, start: number): number {
  for (let at = start; at < source.length; at++) {
    const character = source[at];
    if (character === '"' || character === "\n") return at;
    if (character === "\\") at++;
    else if (/^(?:\$\$|%%)\{/.test(source.slice(at, at + 3))) at += 2;
    else if (/^[$%]\{/.test(source.slice(at, at + 2))) at = endOfInterpolation(source, at + 2);
  }
  return source.length;
}

function endOfInterpolation(source: string, start: number): number {
  let depth = 1;
  for (let at = start; at < source.length; at++) {
    const character = source[at];
    if (character === '"') at = endOfString(source, at + 1);
    else if (character === "{") depth++;
    else if (character === "}" && --depth === 0) return at;
  }
  return source.length;
}
