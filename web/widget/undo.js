// What the reader has changed, to be taken back and done again.

const MOST = 200; // changes that are remembered
const PAUSE = 700; // ms: what follows sooner, and changes the same, belongs to one change

/**
 * @param {() => object} now the settings that a reader can change, as they are
 * @param {(settings: object) => void} restore
 */
export function changes(now, restore) {
  const [past, future] = [[], []];
  let [lastKind, lastAt, isHeld] = ["", -Infinity, false];
  const go = (from, to) => {
    if (!from.length) return false;
    to.push(now());
    restore(from.pop());
    lastKind = "";
    return true;
  };
  return {
    /** From here until it is let go, the reader holds something: changes of it are one, and none of those before. */
    hold() {
      [lastKind, isHeld] = ["", true];
    },
    letGo: () => (isHeld = false),
    /** To be called before a change. @param {string} kind of the change: a drag is one, however many moves it has */
    remember(kind) {
      const at = performance.now();
      if (kind !== lastKind || (!isHeld && at - lastAt > PAUSE)) {
        past.push(now());
        if (past.length > MOST) past.shift();
      }
      future.length = 0;
      [lastKind, lastAt] = [kind, at];
    },
    undo: () => go(past, future),
    redo: () => go(future, past),
    isEmpty: () => past.length === 0,
  };
}
