// A style sheet without the rules for what no page has: node styles.mjs FOLDER < STYLE
// FOLDER is that of the pages and their scripts, which may name whatever comes to a page later.
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { PurgeCSS } from "purgecss";

const folder = process.argv[2];
const read = async (name) => ({ raw: await readFile(join(folder, name), "utf8"), extension: "html" });
const files = await readdir(folder, { recursive: true });
// As texts: a path would be read as a pattern.
const content = await Promise.all(files.filter((name) => /\.(html|js)$/.test(name)).map(read));
const [made] = await new PurgeCSS().purge({
  css: [{ raw: await text(process.stdin) }],
  content,
  defaultExtractor: (page) => page.match(/[\w-]+/g) ?? [],
});
// Its font of icons is not in the book, which draws those in use: see theme/icons.css.
process.stdout.write(made.css.replace(/@font-face\{[^}]*Font\\? ?Awesome[^}]*\}/g, ""));
