// A style sheet without the rules for what no page has: node purge.mjs < [STYLE, WORDS] as JSON
// WORDS are all that a page or a script could name an element, a class or an attribute by.
import { text } from "node:stream/consumers";
import { PurgeCSS } from "purgecss";

const [style, words] = JSON.parse(await text(process.stdin));
// As texts: a path would be read as a pattern.
const made = await new PurgeCSS().purge({
  css: [{ raw: style }],
  content: [{ raw: words.join("\n"), extension: "txt" }],
  defaultExtractor: (words) => words.split("\n"),
});
process.stdout.write(made[0].css);
