// Elements of a page, and words in them that change.

import { formatNumber, WIDEST } from "./messages.js";

/** @returns {SVGElement} */
export function svg(tag, attributes = {}, parent) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  set(element, attributes);
  parent?.append(element);
  return element;
}

export function set(element, attributes) {
  for (const [name, setting] of Object.entries(attributes)) element.setAttribute(name, setting);
}

/** Change a text within its node, unless it is the same: what is not touched is not styled and laid out again. */
export function setText(element, text) {
  if (!element.firstChild) element.append("");
  if (element.firstChild.data !== text) element.firstChild.data = text;
}

export function html(tag, properties = {}, parent) {
  const element = Object.assign(document.createElement(tag), properties);
  parent?.append(element);
  return element;
}

/**
 * Words that change, in room for the longest of what may come: that stands there too, unseen, so that nothing below
 * moves, whatever the letters and the place for them. Returns their element, and what says what may come.
 */
export function changingText(tag, className, parent) {
  const room = html("div", { className: `gd-room ${className}-room` }, parent);
  const element = html(tag, { className }, room);
  const unseen = html("div", { className: "gd-longest", ariaHidden: "true" }, room);
  let known = "";
  const mayBe = (texts) => {
    if (known === (known = texts.join())) return;
    unseen.replaceChildren(...texts.map((text) => html("div", { textContent: text })));
  };
  return [element, mayBe];
}

const WIDEST_NUMBERS = [WIDEST.negative, WIDEST.negativeShort].map((number) => formatNumber(number));

/** A cell of a table for a number that changes, or for other words. */
export function numberCell(row, ...others) {
  const [number, mayBe] = changingText("span", "gd-number", html("td", {}, row));
  mayBe([...WIDEST_NUMBERS, ...others]);
  return number;
}

/** The same with a button in the cell; returns the number's element and the button. */
export function numberButton(row) {
  const button = html("button", { type: "button", className: "gd-source" }, html("td", {}, row));
  const [number, mayBe] = changingText("span", "gd-number", button);
  mayBe(WIDEST_NUMBERS);
  return [number, button];
}

/** Set the points of a polyline: unlike the d of a path, they are no style, so that none is computed anew. */
export const trace = (polyline, points) => polyline.setAttribute("points", points);
