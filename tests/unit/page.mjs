// A page without a browser, as far as the figure's parts in words need one.

import { parseHTML } from "../../web/node_modules/linkedom/esm/index.js";

/** Make one, for all modules. @returns {{document: Document, body: HTMLElement}} */
export function page() {
  const { document } = parseHTML("<body></body>");
  globalThis.document = document;
  return { document, body: document.body };
}
