// The size of a step, as gdlib.rates: rates that shrink, and line searches.
//
// A search is a function of what the step sees, where it stands, the gradient there and the direction; it returns the
// rate, or 0 where none goes down.

/** The rate of the k-th step where it shrinks as one over the number of steps, to half after `halfLife` of them. */
export const inverseTime = (first, halfLife, k) => first / (1 + k / halfLife);

/** The rate that goes to the lowest place on the way; for quadratics. */
export function exactLineSearch(seen, intercept, slope, [g0, g1], [d0, d1]) {
  const size = Math.hypot(d0, d1);
  const [u0, u1] = [d0 / size, d1 / size]; // so that the squares of a tiny direction do not vanish
  const [down, curvature] = [g0 * u0 + g1 * u1, seen.curvature(u0, u1)];
  return down > 0 && curvature > 0 ? down / curvature / size : 0;
}

/** Halves the rate, from the first one on, until the loss falls enough. */
export function backtracking(first) {
  const [shrink, fair] = [0.5, 1e-4];
  return (seen, intercept, slope, [g0, g1], [d0, d1]) => {
    const [here, down] = [seen.value(intercept, slope), g0 * d0 + g1 * d1];
    for (let rate = first; ; rate *= shrink) {
      const wanted = here - fair * rate * down;
      if (!(wanted < here)) return 0; // what is asked for is less than the rounding of the loss
      if (seen.value(intercept - rate * d0, slope - rate * d1) <= wanted) return rate;
    }
  };
}
