// Exact arithmetic. A float is a whole number times a power of two; so sums, products and quotients of floats are
// fractions of whole numbers, and BigInt holds these however long they are.

/**
 * The number over / under * 2 ** twos.
 * @typedef {object} Exact
 * @property {bigint} over @property {bigint} under 1 or more @property {number} twos
 */

const bits = new DataView(new ArrayBuffer(8));
const size = (whole) => (whole < 0n ? -whole : whole);

/** A float as it is. @param {number} number finite @returns {Exact} */
export function exact(number) {
  bits.setFloat64(0, number);
  const word = bits.getBigUint64(0);
  const exponent = Number((word >> 52n) & 0x7ffn);
  const digits = (word & 0xfffffffffffffn) | (exponent ? 1n << 52n : 0n); // the first one is not stored
  return { over: word >> 63n ? -digits : digits, under: 1n, twos: Math.max(exponent, 1) - 1075 };
}

/** @param {Exact} a @param {Exact} b @returns {Exact} */
export function add(a, b) {
  const twos = Math.min(a.twos, b.twos);
  const [one, other] = [a, b].map(({ over, twos: own }) => over << BigInt(own - twos));
  if (a.under === b.under) return { over: one + other, under: a.under, twos };
  return { over: one * b.under + other * a.under, under: a.under * b.under, twos };
}

/** @param {Exact} a @param {Exact} b @returns {Exact} */
export const subtract = (a, b) => add(a, { ...b, over: -b.over });

/** @param {Exact} a @param {Exact} b @returns {Exact} */
export const multiply = (a, b) => ({ over: a.over * b.over, under: a.under * b.under, twos: a.twos + b.twos });

/** @param {Exact} a @param {Exact} b not 0 @returns {Exact} */
export function divide(a, b) {
  const over = a.over * b.under * (b.over < 0n ? -1n : 1n);
  return { over, under: a.under * size(b.over), twos: a.twos - b.twos };
}

/** @param {Exact[]} numbers one or more @returns {Exact} */
export function mean(numbers) {
  const { over, under, twos } = numbers.reduce(add);
  return { over, under: under * BigInt(numbers.length), twos };
}

const PRECISION = 256n; // bits of what would have more than anybody needs, or no end

/**
 * A number to a whole power, cut after 256 bits.
 * @param {Exact} number 0 or more @param {number} times @returns {Exact}
 */
export function power(number, times) {
  let [found, square] = [exact(1), number];
  for (let left = times; left; left = Math.floor(left / 2)) {
    if (left % 2) found = cut(multiply(found, square));
    square = cut(multiply(square, square));
  }
  return found;
}

function cut({ over, under, twos }) {
  const spare = Math.max(4 * over.toString(16).length - Number(PRECISION), 0);
  return { over: over >> BigInt(spare), under, twos: twos + spare };
}

/**
 * The square root: exact where it is a fraction, else cut after 256 bits.
 * @param {Exact} a 0 or more @returns {Exact}
 */
export function root({ over, under, twos }) {
  const odd = Math.abs(twos % 2);
  const square = (over * under) << (2n * PRECISION + BigInt(odd));
  return { over: wholeRoot(square), under: under << PRECISION, twos: (twos - odd) / 2 };
}

/** The largest whole number whose square is no larger, by Newton's steps from above. */
function wholeRoot(square) {
  if (!square) return 0n;
  let found = 1n << BigInt(2 * square.toString(16).length);
  for (;;) {
    const next = (found + square / found) >> 1n;
    if (next >= found) return found;
    found = next;
  }
}

/**
 * A number in so many decimal digits, rounded; halves away from 0, as JavaScript's toPrecision does.
 * @param {Exact} number @param {number} many 2 or more
 * @returns {{negative: boolean, digits: string, exponent: number}} the first digit stands for 10 ** exponent
 */
export function decimal({ over, under, twos }, many) {
  if (!over) return { negative: false, digits: "0".repeat(many), exponent: 0 };
  const top = size(over) << BigInt(Math.max(twos, 0));
  const bottom = under << BigInt(Math.max(-twos, 0));
  const length = (whole) => whole.toString(16).length;
  let exponent = Math.floor((length(top) - length(bottom)) * Math.log10(16)); // nearly
  for (;;) {
    const tens = many - 1 - exponent;
    const [above, below] = tens < 0 ? [top, bottom * 10n ** BigInt(-tens)] : [top * 10n ** BigInt(tens), bottom];
    const cut = String(above / below).length; // before any rounding, which may bring one digit more
    if (cut === many) {
      const digits = String((2n * above + below) / (2n * below));
      return { negative: over < 0n, digits: digits.slice(0, many), exponent: exponent + digits.length - many };
    }
    exponent += cut > many ? 1 : -1;
  }
}

/** The float that is nearest. @param {Exact} number */
export function nearest(number) {
  const { negative, digits, exponent } = decimal(number, 25); // 17 tell floats apart
  return Number(`${negative ? "-" : ""}${digits[0]}.${digits.slice(1)}e${exponent}`);
}
