import { setChildren } from "./dom.ts";

/**
 * Updates the children of an element to match the wanted ones. It keeps existing elements, so that the
 * focus, the selection and unfolded parts stay. Elements are matched by `data-key`, or by their position.
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
    // The user decides what is unfolded. The content security policy does not allow the attribute
    // `style`, only the property.
    if (name === "open" || name === "style") continue;
    const value = wanted.getAttribute(name);
    if (value === null) old.removeAttribute(name);
    else if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const { cssText } = wanted.style;
  if (old.style.cssText !== cssText) old.style.cssText = cssText;
}
