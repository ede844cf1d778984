// What a reader wrote on a page and how far it came, kept in the browser. Where that refuses, a page forgets it.
const PREFIX = "code:";

export class Kept {
  #key;
  #cells;

  /** @param {string} page its name in the book */
  constructor(page) {
    this.#key = PREFIX + page;
    try {
      this.#cells = JSON.parse(localStorage.getItem(this.#key)) ?? {};
    } catch {
      this.#cells = {};
    }
  }

  /** @returns {{text?: string, said?: string, right?: boolean} | undefined} what is kept of a cell */
  of(id) {
    return this.#cells[id];
  }

  /** Keep something more of a cell. */
  write(id, more) {
    this.#cells[id] = { ...this.#cells[id], ...more };
    this.#store();
  }

  /** Keep nothing of a cell. */
  forget(id) {
    delete this.#cells[id];
    this.#store();
  }

  #store() {
    try {
      if (Object.keys(this.#cells).length) localStorage.setItem(this.#key, JSON.stringify(this.#cells));
      else localStorage.removeItem(this.#key);
    } catch {
      // full or refused
    }
  }
}
