import { setChildren } from "./dom.ts";

/**
 * Gives a parent children that look like these, and keeps what remains of the ones it has: so the
 * focus, a selection and what is unfolded stay. They belong together by `data-key`, or by their place.
 */
export function patch(parent: HTMLElement, wanted: readonly ChildNode[]): void {
  const known = new Map(withKeys([...parent.childNodes]));
  setChildren(
    parent,
    withKeys(wanted).map(([key, child]) => patched(known.get(key), child)),
  );
}

const withKeys = (children: readonly ChildNode[]) =>
  children.map((child, place): [string, ChildNode] => {
    const key = child instanceof HTMLElement ? child.dataset["key"] : undefined;
    return [`${child.nodeName} ${key ?? place}`, child];
  });

function patched(old: ChildNode | undefined, wanted: ChildNode): ChildNode {
  if (old instanceof HTMLElement && wanted instanceof HTMLElement) {
    patchAttributes(old, wanted);
    patch(old, [...wanted.childNodes]);
    return old;
  }
  return old?.nodeValue === wanted.nodeValue ? old : wanted;
}

function patchAttributes(old: HTMLElement, wanted: HTMLElement): void {
  for (const name of [...old.getAttributeNames(), ...wanted.getAttributeNames()]) {
    // What is unfolded is the reader's choice. A style may be set only in the other way, by the policy.
    if (name === "open" || name === "style") continue;
    const value = wanted.getAttribute(name);
    if (value === null) old.removeAttribute(name);
    else if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const { cssText } = wanted.style;
  if (old.style.cssText !== cssText) old.style.cssText = cssText;
}
