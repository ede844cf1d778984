// Links: a state of the figure as a part of the page's address. The reader's links say what the reader has changed in a
// figure; whole ones say all that a figure is made of, for a page that has none.

import { KINDS } from "./kinds.js";
import { LINK } from "./messages.js";
import { CHANGEABLE, CHOICES, DEFAULTS, endsOf, isShown, MAX_MOVABLE, NAMES, SETTINGS } from "./settings.js";
import { clash } from "./together.js";

const EVERYWHERE = ["learning_rate", "epochs"]; // a reader's link says them even where they are as at home
const MAX_POINTS = 500; // in a whole link: an address of some thousand characters still goes through a mail

/** What a page shows that is asked for nothing: the three points of the article. */
const PLAIN = { ...DEFAULTS, points: [[2, 45], [4, 85], [5, 105]], start: [0, 0] }; // prettier-ignore

/** Whether an address speaks of a state, and not of a place on the page. */
export const isLink = (hash) => /=|%3d/i.test(hash);

const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const kindOf = (name) => KINDS[SETTINGS[name].kind];
const write = (names, state) => `#${names.map((name) => `${name}=${kindOf(name).write(state[name])}`).join("&")}`;

/** The part of an address that brings a page into this state. */
export function linkOf(state, home) {
  const rounded = (value) => (typeof value === "number" ? Number(value.toPrecision(12)) : value);
  const [now, then] = [state, home].map((of) =>
    Object.fromEntries(CHANGEABLE.map((name) => [name, rounded(of[name])])),
  );
  const isTold = (name) => EVERYWHERE.includes(name) || (name in home && !isSame(now[name], then[name]));
  return write(CHANGEABLE.filter(isTold), now);
}

/** The part of an address that says all of this state, every number to its last digit. */
export function wholeLinkOf(state) {
  const now = { ...state, batch_size: Math.min(state.batch_size, state.points.length) }; // points may have been removed
  const isTold = (name) => ["points", "start"].includes(name) || !isSame(now[name], PLAIN[name]);
  return write(NAMES.filter(isTold), now);
}

/**
 * What a link says of these settings, and a sentence for everything in it that makes no sense; neither, if it speaks of
 * a place on the page.
 * @param {string} hash @param {string[]} names
 * @param {(name: string, found: object) => import("./kinds.js").Limits | null} limitsOf what a setting may be, where so
 *   much is known of the others; null if it is not asked for
 */
function read(hash, names, limitsOf) {
  const [found, complaints] = [{}, []];
  if (!isLink(hash)) return { found, complaints };
  const asked = [...new URLSearchParams(hash.replace(/^#/, ""))];
  const leave = (name, why) => complaints.push(LINK.left(name, why));
  const known = [];
  for (const name of names) {
    const limits = limitsOf(name, found);
    if (!limits) continue;
    known.push(name);
    const kind = kindOf(name);
    for (const [, text] of asked.filter(([each]) => each === name)) {
      const setting = kind.read(text);
      if (name in found) leave(name, LINK.twice);
      else if (kind.fits(setting, limits)) found[name] = setting;
      else leave(name, LINK.wanted(kind.wanted(limits)));
    }
  }
  for (const [name] of asked) if (!known.includes(name)) leave(name, LINK.unknown(known));
  return { found, complaints };
}

/** The ends of a number that has no slider. */
const ownEnds = ({ least = 0, most }) => (most ? [least, most] : undefined);

/**
 * The state that an address asks for, within what a figure offers, and a sentence for everything in it that makes no
 * sense.
 * @param {string} hash @param {object} figure its settings
 */
export function readLink(hash, figure) {
  const own = { ...DEFAULTS, ...figure };
  const { found, complaints } = read(hash, CHANGEABLE, (name, found) => {
    const now = { ...own, ...found }; // with the points of the link: there may be fewer for a batch
    const setting = SETTINGS[name];
    if (!isShown(name, now)) return null;
    const [low, high] = setting.slider ? endsOf(name, now) : (ownEnds(setting) ?? []);
    // A figure's own value may lie beyond its slider, and is in every link.
    const ends = low === undefined ? undefined : [Math.min(low, own[name]), Math.max(high, own[name])];
    return { known: now[setting.of], ends, most: MAX_MOVABLE }; // no reader can have left more of them
  });
  return { state: found, complaints };
}

/**
 * All settings of the figure that an address asks for, and a sentence for everything in it that makes no sense.
 * @param {string} hash
 */
export function readWhole(hash) {
  const { found, complaints } = read(hash, NAMES, (name) => {
    const setting = SETTINGS[name];
    return { known: CHOICES[setting.of], ends: ownEnds(setting), most: MAX_POINTS };
  });
  const now = () => ({ ...PLAIN, ...found });
  for (let wrong = clash(now()); wrong; wrong = clash(now())) {
    const [names, why] = wrong;
    const left = names.find((name) => name in found);
    delete found[left];
    complaints.push(LINK.left(left, why));
  }
  const settings = now();
  settings.stops = settings.stops.filter((stop) => stop <= settings.max_epochs);
  return { settings, complaints };
}
