/** Finds an element of the page by its id. */
export function byId<Type extends HTMLElement>(id: string, type: new () => Type): Type {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`The page has no ${type.name} with the id ${id}.`);
}

interface Properties {
  class?: string;
  /** Any text, such as that of a client. It is never parsed as markup. */
  text?: string;
  title?: string;
  data?: Record<string, string>;
  attributes?: Record<string, string>;
}

/** Creates an element. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: Node[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (properties.class !== undefined) made.className = properties.class;
  if (properties.text !== undefined) made.textContent = properties.text;
  if (properties.title !== undefined) made.title = properties.title;
  Object.assign(made.dataset, properties.data);
  for (const [name, value] of Object.entries(properties.attributes ?? {}))
    made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * Replaces the children of an element, but moves only those in the wrong place, because a move loses the
 * focus.
 */
export function setChildren(parent: HTMLElement, children: readonly ChildNode[]): void {
  const wanted = new Set(children);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  let next = parent.firstChild;
  for (const child of children) {
    if (child === next) next = child.nextSibling;
    else parent.insertBefore(child, next);
  }
}

/** Returns a function that calls `draw`, at most once per frame of the screen. */
export function oncePerFrame(draw: () => void): () => void {
  let isScheduled = false;
  return () => {
    if (isScheduled) return;
    isScheduled = true;
    requestAnimationFrame(() => {
      isScheduled = false;
      draw();
    });
  };
}
