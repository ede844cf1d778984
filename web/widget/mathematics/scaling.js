/**
 * The points with their x brought to mean 0 and deviation 1, as gdlib.scaling.standardize does it.
 * @param {[number, number][]} points
 */
export function standardize(points) {
  const mean = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const deviation = Math.sqrt(points.reduce((sum, [x]) => sum + (x - mean) ** 2, 0) / points.length);
  return {
    mean,
    deviation,
    points: points.map(([x, y]) => [(x - mean) / deviation, y]),
    /** The line for the x as they were. @returns {[number, number]} */
    translate: (intercept, slope) => [intercept - (slope / deviation) * mean, slope / deviation],
  };
}
