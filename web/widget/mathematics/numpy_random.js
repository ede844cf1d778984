// The random orders of NumPy: np.random.default_rng(seed).permutation(n), bit for bit as NumPy 2 draws them.
//
// Three parts, as in NumPy: a SeedSequence spreads the seed over 256 bits; PCG64 makes numbers of 64 bits from them;
// the Generator shuffles with halves of these.

const POOL = 4; // words of a SeedSequence
const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;

/** A hash of words whose multiplier changes with every word: the heart of a SeedSequence. */
function seedHash(multiplier, growth) {
  return (word) => {
    word ^= multiplier;
    multiplier = Math.imul(multiplier, growth);
    word = Math.imul(word, multiplier);
    return (word ^ (word >>> 16)) >>> 0;
  };
}

/**
 * The first words of np.random.SeedSequence(seed).generate_state(many, np.uint32).
 * @param {number} seed a whole number, 0 or more @param {number} many
 */
export function seedWords(seed, many) {
  const entropy = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
  const hash = seedHash(0x43b0d7e5, 0x931e8875);
  const pool = Array.from({ length: POOL }, (_, i) => hash(entropy[i] ?? 0));
  const mix = (x, y) => {
    const word = Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y);
    return (word ^ (word >>> 16)) >>> 0;
  };
  for (let from = 0; from < POOL; from++) {
    for (let to = 0; to < POOL; to++) if (from !== to) pool[to] = mix(pool[to], hash(pool[from]));
  }
  const spread = seedHash(0x8b51f9dd, 0x58f38ded);
  return Array.from({ length: many }, (_, i) => spread(pool[i % POOL]));
}

/** np.random.PCG64(seed), as what gives its next 32 bits: of each 64 first the low half, then the high one. */
function pcg64(seed) {
  const words = seedWords(seed, 8).map(BigInt);
  const long = (i) => words[i] | (words[i + 1] << 32n);
  const increment = BigInt.asUintN(128, (((long(4) << 64n) | long(6)) << 1n) | 1n);
  const next = (state) => BigInt.asUintN(128, state * MULTIPLIER + increment);
  let state = next(increment + ((long(0) << 64n) | long(2)));
  let high = -1; // the half that is left over
  return () => {
    if (high >= 0) {
      const half = high;
      high = -1;
      return half;
    }
    state = next(state);
    const both = BigInt.asUintN(64, state ^ (state >> 64n));
    const turn = state >> 122n;
    const turned = BigInt.asUintN(64, (both >> turn) | (both << (64n - turn)));
    high = Number(turned >> 32n);
    return Number(turned & 0xffffffffn);
  };
}

/**
 * What draws one order after another, as one NumPy generator does.
 * @param {number} seed a whole number, 0 or more
 * @returns {(n: number) => Uint32Array} the numbers 0 to n - 1 in random order
 */
export function permutations(seed) {
  const bits = pcg64(seed);
  return (n) => {
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const mask = 2 ** (32 - Math.clz32(i)) - 1;
      let j;
      do j = (bits() & mask) >>> 0;
      while (j > i);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  };
}
