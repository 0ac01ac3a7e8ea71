import type { FrameLocator } from 'playwright-core';

/** As much of an element of the page as is used here. */
interface Element {
  readonly classList: { contains(name: string): boolean };
  setAttribute(name: string, value: string): void;
}

declare const MutationObserver: new (look: () => void) => { observe(node: Element, what: object): void };

/**
 * Watches whether an element gets a class, even for a moment that a look at the page would miss.
 * @returns a function that waits until the element has had the class
 */
export async function everHad(
  frame: FrameLocator,
  selector: string,
  name: string,
): Promise<() => Promise<void>> {
  const mark = `data-ever-${name}`;
  await frame.locator(selector).evaluate(
    (element: unknown, watched) => {
      const node = element as Element;
      const look = (): void => {
        if (node.classList.contains(watched.name)) node.setAttribute(watched.mark, '');
      };
      new MutationObserver(look).observe(node, { attributeFilter: ['class'] });
    },
    { name, mark },
  );
  return () => frame.locator(`${selector}[${mark}]`).waitFor({ state: 'attached' });
}
