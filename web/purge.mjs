// A style sheet without the rules for what no page has: node purge.mjs STYLE < WORDS
// WORDS are all that a page or a script could name an element, a class or an attribute by.
import { text } from "node:stream/consumers";
import { PurgeCSS } from "purgecss";

const made = await new PurgeCSS().purge({
  css: [process.argv[2]],
  content: [{ raw: await text(process.stdin), extension: "txt" }],
  defaultExtractor: (words) => words.split("\n"),
});
process.stdout.write(made[0].css);
