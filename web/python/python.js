// A page's Python, as the page sees it: it starts when it is first asked to run something, and can be stopped at any time,
// which ends its worker. Whoever waits for it then is told.

/** Python was stopped by the reader. */
export class Stopped extends Error {}
/** Python could not be loaded. */
export class Absent extends Error {}
/** Python ended without having been told to, as when its memory is full. */
export class Crashed extends Error {}

export class Python {
  #worker = null;
  #ready = null;
  #waiting = null; // for the end of a run: its resolve, reject and print
  #fail = null;
  #broken = false;

  /**
   * @param {URL} script the worker's
   * @param {Object<string, number>} files what Python is made of, with the bytes of each
   * @param {Object<string, object>} packages what it may load beside
   */
  constructor(script, files, packages) {
    Object.assign(this, { script, files, packages });
    this.generation = 0; // of workers: what one has run, the next has not
  }

  /** Python, once it is there; `progress` is told the part that has come, and of what beside Python. */
  start(progress) {
    this.progress = progress;
    this.#ready ??= new Promise((resolve, reject) => {
      this.generation += 1;
      this.#fail = reject;
      const worker = new Worker(this.script, { type: "module" });
      worker.onmessage = ({ data }) => this.#hear(data, resolve);
      worker.onerror = (event) => {
        event.preventDefault();
        this.#end(this.#waiting ? new Crashed() : new Absent(), true);
      };
      worker.postMessage({ start: { files: this.files, packages: this.packages, again: this.#broken } });
      this.#worker = worker;
    });
    return this.#ready;
  }

  #hear(data, resolve) {
    if (data.all) this.progress?.(data.loaded / data.all, data.what);
    else if (data.runs) this.#waiting?.begin();
    else if (data.ready) {
      this.#broken = false;
      resolve();
    } else if (data.printed !== undefined) this.#waiting?.print(data.printed);
    else if (data.done) {
      const { resolve: finish } = this.#waiting;
      this.#waiting = null;
      finish(data.done);
    } else if (data.broken !== undefined) {
      this.#end(this.#waiting ? new Crashed(data.broken) : new Absent(data.broken), true);
    }
  }

  /** Run a cell in a Python that has started; `print` is given what it prints as it comes, after `begin`. */
  run(cell, print, begin = () => {}) {
    return this.#ask({ run: cell }, print, begin);
  }

  /** Where the function of this name leads, step by step from a state that a figure asks about. */
  path(own, ask) {
    return this.#ask({ path: { own, ask } });
  }

  #ask(message, print, begin) {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject, print, begin };
      this.#worker.postMessage(message);
    });
  }

  /** End it, whatever it does. */
  stop() {
    this.#end(new Stopped(), false);
  }

  #end(reason, broken) {
    this.#worker?.terminate();
    this.#fail?.(reason);
    this.#waiting?.reject(reason);
    this.#worker = this.#ready = this.#waiting = this.#fail = null;
    this.#broken ||= broken;
  }
}
