// KaTeX for the build, with valid MathML. Of a function's name, such as max in a subscript, KaTeX makes two elements, the
// name and the sign that it is applied: where MathML counts its children, these become one. And it makes an operator of
// whatever relates or adds, such as an arrow with words above it: MathML's hold text alone.
const katex = require("katex");

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

exports.renderToString = (formula, options) => {
  const tree = katex.__renderToDomTree(formula, options);
  mend(tree);
  return tree.toMarkup();
};
