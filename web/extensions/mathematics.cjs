// Renders formulas: each line of the input is [FORMULA, DISPLAYED] as JSON, each line of the output { html } or { error }.
const { createInterface } = require("node:readline");
const katex = require("katex");

// KaTeX's MathML is not always valid. Of a function's name, such as max in a subscript, it makes two elements, the name and
// the sign that it is applied: where MathML counts its children, these become one. And it makes an operator of whatever
// relates or adds, such as an arrow with words above it: MathML's hold text alone.
const COUNTED = new Set(["mfrac", "mover", "mroot", "msub", "msubsup", "msup", "munder", "munderover"]);

const isPiece = (node) => !node.type && node.children; // several nodes without an element of their own

function mend(node) {
  if (!node.children) return;
  node.children.forEach(mend);
  if (COUNTED.has(node.type))
    node.children = node.children.map((child) => (isPiece(child) ? new node.constructor("mrow", child.children) : child));
  if (node.type === "mo" && node.children.some((child) => child.children))
    Object.assign(node, { type: "mrow", attributes: {} });
}

function render(formula, displayMode) {
  try {
    const tree = katex.__renderToDomTree(formula, { displayMode });
    mend(tree);
    return { html: tree.toMarkup() };
  } catch (problem) {
    return { error: problem.message };
  }
}

createInterface({ input: process.stdin }).on("line", (line) => console.log(JSON.stringify(render(...JSON.parse(line)))));
