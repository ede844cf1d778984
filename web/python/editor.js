// The editor with colours, loaded when the reader wants to change code. It stands in a shadow tree, where its styles are
// allowed without a word in the page's policy, and writes what it holds into the plain editor that it covers.
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, drawSelection, EditorView, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.bool, tags.null], color: "var(--run-keyword)" },
  { tag: [tags.string, tags.special(tags.string), tags.operator], color: "var(--run-string)" },
  { tag: tags.operatorKeyword, color: "var(--run-keyword)" },
  { tag: tags.number, color: "var(--run-number)" },
  { tag: tags.comment, color: "var(--run-comment)" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)], color: "var(--run-name)" },
]);

const look = EditorView.theme({
  "&": { color: "var(--pst-color-text-base)", backgroundColor: "var(--pst-color-surface)", fontSize: "inherit" },
  "&.cm-focused": { outline: "2px solid var(--pst-color-primary)" },
  ".cm-scroller": { fontFamily: "var(--pst-font-family-monospace)", lineHeight: "inherit", overflowX: "auto" },
  ".cm-content": { padding: "1rem 0", caretColor: "var(--pst-color-text-base)" },
  ".cm-line": { padding: "0 1rem" },
  ".cm-cursor": { borderLeftColor: "var(--pst-color-text-base)" },
  "& .cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    background: "var(--run-selection)",
  },
  ".cm-wrong": { backgroundColor: "var(--run-wrong)" },
});

const wrongLine = StateEffect.define();
const wrong = StateField.define({
  create: () => Decoration.none,
  update(marked, { changes, effects, docChanged, state }) {
    for (const effect of effects) {
      if (!effect.is(wrongLine)) continue;
      if (effect.value === null || effect.value > state.doc.lines) return Decoration.none;
      return Decoration.set([Decoration.line({ class: "cm-wrong" }).range(state.doc.line(effect.value).from)]);
    }
    return docChanged ? marked.map(changes) : marked;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/**
 * Put the editor into the place of a text area.
 * @param {HTMLTextAreaElement} area which goes on holding the text
 * @param {{run: function}} asked what Shift+Enter and Ctrl+Enter do
 */
export function mount(area, { run }) {
  const host = document.createElement("div");
  host.className = "run-editor";
  area.after(host);
  const root = host.attachShadow({ mode: "open" });
  const keys = ["Shift-Enter", "Mod-Enter", "Ctrl-Enter"].map((key) => ({ key, run: () => Boolean(run()) }));
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: area.value,
      selection: { anchor: area.selectionStart, head: area.selectionEnd },
      extensions: [
        keymap.of([...keys, indentWithTab, ...defaultKeymap, ...historyKeymap]),
        history(),
        drawSelection(),
        indentOnInput(),
        indentUnit.of("    "),
        bracketMatching(),
        python(),
        syntaxHighlighting(colours),
        look,
        wrong,
        EditorView.contentAttributes.of({ "aria-label": area.getAttribute("aria-label"), tabindex: "0" }),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (!docChanged) return;
          area.value = state.doc.toString();
          area.dispatchEvent(new Event("input"));
        }),
      ],
    }),
  });
  const focused = document.activeElement === area;
  area.hidden = true;
  if (focused) view.focus();
  return {
    focus: () => view.focus(),
    mark: (line) => view.dispatch({ effects: wrongLine.of(line) }),
    set: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    remove() {
      view.destroy();
      host.remove();
    },
  };
}
