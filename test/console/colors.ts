import type { Page } from "playwright-core";

/** Two adjacent colors, and the element that they belong to. */
interface Pair {
  of: string;
  color: string;
  ground: string;
}

/**
 * Returns the visible pairs of colors: each text and its background, the edges of fields and buttons with
 * the colors on both sides, and the mark of the selected row.
 */
export const colorsOf = (page: Page) =>
  page.evaluate(() => {
    const nothing = "rgba(0, 0, 0, 0)";
    const style = (element: Element) => getComputedStyle(element);
    const groundOf = (element: Element): string => {
      const { backgroundColor } = style(element);
      if (backgroundColor !== nothing || element.parentElement === null) return backgroundColor;
      return groundOf(element.parentElement);
    };
    const pair = (element: Element, color: string, ground: string): Pair => ({
      of: `${element.tagName} ${element.id || element.className} ${element.textContent}`,
      color,
      ground,
    });
    const visible = (selector: string) =>
      Array.from(document.body.querySelectorAll(selector)).filter((element) =>
        element.checkVisibility({ opacityProperty: true, visibilityProperty: true }),
      );
    const hasText = (element: Element) =>
      Array.from(element.childNodes).some(
        (node) => node instanceof Text && node.data.trim() !== "",
      );

    const typed = visible("input:not([type=checkbox]), select, textarea");
    const texts = [...visible("*").filter(hasText), ...typed];
    const placeholders = typed.map((input) =>
      pair(input, getComputedStyle(input, "::placeholder").color, groundOf(input)),
    );
    const edges = [...typed, ...visible("button")].flatMap((element) => {
      const { borderTopColor, backgroundColor } = style(element);
      const outside = groundOf(element.parentElement ?? element);
      if (borderTopColor === nothing) return [pair(element, backgroundColor, outside)];
      return [outside, backgroundColor].map((ground) => pair(element, borderTopColor, ground));
    });
    const selected = visible('[aria-selected="true"]').flatMap((row) => {
      const [mark = nothing] = /^rgb\([^)]*\)/.exec(style(row).boxShadow) ?? [];
      return [groundOf(row), groundOf(document.body)].map((ground) => pair(row, mark, ground));
    });
    return {
      texts: [
        ...texts.map((each) => pair(each, style(each).color, groundOf(each))),
        ...placeholders,
      ],
      marks: [...edges, ...selected],
    };
  });

/** Returns a description of each pair whose contrast is below a ratio. */
export function belowContrast(pairs: readonly Pair[], ratio: number): string[] {
  const found = pairs.flatMap(({ of, color, ground }) => {
    const actual = contrast(color, ground);
    return actual >= ratio ? [] : [`${of}: ${color} on ${ground}, ${actual.toFixed(2)}:1`];
  });
  return [...new Set(found)];
}

/** @see https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Returns the luminance of an opaque color, and NaN for one with transparency. */
function luminance(color: string): number {
  if (!color.startsWith("rgb(")) return Number.NaN;
  const [red = 0, green = 0, blue = 0] = (color.match(/\d+/g) ?? []).map((part) => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
