// What carries a state of the live figure away, for test_carrying.py: questions come as JSON, answers go as JSON.

import { json } from "node:stream/consumers";

import { readWhole, wholeLinkOf } from "../../web/widget/links.js";
import { asPython } from "../../web/widget/python.js";

const { states, hashes } = await json(process.stdin);
const carried = states.map((state) => ({ code: asPython(state), settings: readWhole(wholeLinkOf(state)).settings }));
process.stdout.write(JSON.stringify({ carried, read: hashes.map(readWhole) }));
