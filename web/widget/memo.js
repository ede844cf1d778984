/**
 * A step that is taken anew only when one of the things that it is given is another one than last time. Whatever is not
 * drawn again leaves the page as it is, so that a move of a slider moves the line, the path and the numbers alone.
 * @template Result @param {(...given: any[]) => Result} step
 */
export function memo(step) {
  let [last, result] = [null, undefined];
  return (...given) => {
    if (last?.every((each, i) => Object.is(each, given[i]))) return result;
    last = given;
    return (result = step(...given));
  };
}

/** Values by name: one that equals the last of its name is that one, so that a step knows it again. */
export function kept() {
  const last = {};
  return (name, value) => {
    const same = value === last[name] || JSON.stringify(value) === JSON.stringify(last[name]);
    if (!same) last[name] = value;
    return last[name];
  };
}
