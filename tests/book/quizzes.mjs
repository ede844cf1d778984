// What a parser of Moodle's GIFT reads in a text: questions with their answers, as JSON.
import { text } from "node:stream/consumers";
import { createRequire } from "node:module";

const { parse } = createRequire(new URL("../../web/package.json", import.meta.url))("gift-pegjs");
const read = parse(await text(process.stdin)).filter(({ type }) => type !== "Category");
const questions = read.map(({ type, stem, choices }) => ({
  type,
  stem,
  answers: choices.map(({ isCorrect, text, feedback }) => [isCorrect, text.text, feedback.text]),
}));
process.stdout.write(JSON.stringify(questions));
