// Lines of equal loss.

/**
 * The line of equal loss through the farthest corner of a box around the minimum: its half axes as they are where the
 * box is the square from -1 to 1, and the direction of the short one. No unit of x or y matters to them, however small
 * or large.
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
  const corner = A + 2 * Math.abs(B) + C;
  return {
    steep: [across / length, along / length],
    short: Math.sqrt(corner / steepest),
    long: Math.sqrt(corner / flattest),
  };
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
