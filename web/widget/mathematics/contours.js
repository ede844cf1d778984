// Lines of equal loss.

/**
 * The largest line of equal loss that is whole in a box around the minimum: its half axes as they are where the box is
 * the square from -1 to 1, the direction of the short one, and how many times its radius the line through a place has.
 * No unit of x or y matters to them, however small or large.
 * @param {import('./losses.js').Quadratic} loss @param {[number, number]} halves of the box, in both parameters
 */
export function ellipse({ hessian: [a, b, c], eigenvalues: [smallest, largest] }, halves) {
  const sizes = [Math.sqrt(a) * halves[0], Math.sqrt(c) * halves[1]];
  const [p, q] = sizes.map((size) => size / Math.max(...sizes));
  const cosine = b / Math.sqrt(a * c);
  // The same quadratic for the square, but for a factor.
  const [A, B, C] = [p * p, cosine * p * q, q * q];
  const root = Math.hypot(A - C, 2 * B);
  const steepest = (A + C + root) / 2;
  const flattest = ((smallest * largest) / (a * c)) * ((A * C) / steepest); // their product is the determinant
  const [across, along] = A > C ? [A - C + root, 2 * B] : [2 * B, C - A + (root || 1)];
  const length = Math.hypot(across, along);
  const height = (flattest / Math.max(A, C)) * steepest; // of the line that touches the nearest sides
  return {
    steep: [across / length, along / length],
    short: Math.sqrt(height / steepest),
    long: Math.sqrt(steepest / Math.max(A, C)),
    radius: (s, t) => Math.sqrt(Math.max(A * s * s + 2 * B * s * t + C * t * t, 0) / height),
  };
}

/** The quadratic that a loss is near a bottom of it, by central differences of its gradient; null where it is none. */
export function quadraticAt(loss, [intercept, slope], [halfX, halfY]) {
  const difference = ([high, highSlope], [low, lowSlope], half) => [
    (high - low) / (2 * half),
    (highSlope - lowSlope) / (2 * half),
  ];
  const [a, b1] = difference(loss.gradient(intercept + halfX, slope), loss.gradient(intercept - halfX, slope), halfX);
  const [b2, c] = difference(loss.gradient(intercept, slope + halfY), loss.gradient(intercept, slope - halfY), halfY);
  const b = (b1 + b2) / 2;
  const largest = (a + c + Math.hypot(a - c, 2 * b)) / 2;
  const smallest = (a * c - b * b) / largest;
  return smallest > 0 ? { hessian: [a, b, c], eigenvalues: [smallest, largest] } : null;
}

/**
 * Where a function that is known on a grid has some level: marching squares.
 * @param {Float64Array} grid row by row @param {number} columns @param {number} level
 * @returns {[[number, number], [number, number]][]} pieces of the line, in columns and rows
 */
export function contour(grid, columns, level) {
  const pieces = [];
  const rows = grid.length / columns;
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const i = row * columns + column;
      // Around the square, from its first corner on.
      const [a, b, c, d] = [grid[i], grid[i + 1], grid[i + columns + 1], grid[i + columns]];
      const above = (corner) => corner > level;
      if (above(a) === above(b) && above(b) === above(c) && above(c) === above(d)) continue;
      const between = (from, to) => (level - from) / (to - from);
      const top = above(a) !== above(b) && [column + between(a, b), row];
      const right = above(b) !== above(c) && [column + 1, row + between(b, c)];
      const bottom = above(c) !== above(d) && [column + between(d, c), row + 1];
      const left = above(d) !== above(a) && [column, row + between(a, d)];
      const crossed = [top, right, bottom, left].filter(Boolean);
      if (crossed.length === 2) pieces.push(crossed);
      // On a saddle, the middle tells which two corners belong together.
      else if (above((a + b + c + d) / 4) === above(a)) pieces.push([top, right], [bottom, left]);
      else pieces.push([top, left], [right, bottom]);
    }
  }
  return pieces;
}
