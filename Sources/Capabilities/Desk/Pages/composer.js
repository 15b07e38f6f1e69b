// What is written to a customer: words, an answer to one of the lines, a file; and notes, which no
// customer sees.

import { button, el, icon, notice, number, put, t } from '/pages/look/parts.js';
import { sizeWords } from './files.js';
import { inShort } from './people.js';
import { replyPicker, unfilled } from './replies.js';

/** Characters of a message: what is longer WhatsApp takes in several. */
const shownFrom = 3_500;
const most = 4_096;
/** Bytes of the largest file that WhatsApp takes. */
const mostBytes = 100 * 1024 * 1024;

/**
 * Makes the composer of a conversation. `send(text, quotes, suggestion)` and `attach(file, caption)` send, `note(text)`
 * writes a note, `begun()` hears that a suggestion is written from or no more, `drafts` keeps what is written: words for the customer and a note are never mixed.
 * `replies` are the canned ones, which `values()` fills in. With `cancel()` it takes notes alone. Gives
 * `{ element, focus(), quote(line), write(text, suggestion), turn(isNote), text }`.
 */
export function composer({ conversation, customer, drafts, lineOf, send, attach, note, begun, template, replies, values, cancel }) {
  const draft = drafts.of(conversation);
  const words = { reply: draft.text ?? '', note: draft.note ?? '' };
  let { quotes = null, suggestion } = draft;
  let isNote = Boolean(cancel ?? draft.isNote);
  let file = null;
  const above = el('div', { class: 'desk-above' });
  const length = el('span', { class: 'meta num', role: 'status' });
  const area = el('textarea', {
    id: 'reply', rows: '2', dir: 'auto', 'aria-describedby': 'reply-keys', '.value': isNote ? words.note : words.reply,
  });
  const chooser = el('input', { type: 'file', id: 'reply-file', hidden: true, 'aria-label': t('desk.attach') });
  const picker = replies ? replyPicker({ area, replies, values, insert: (filled) => { area.value = filled; keep(); point(); } }) : null;
  const send_ = button([t('desk.send')], { kind: 'primary', picture: 'send', id: 'send', act: submit });
  const write_ = button([t('desk.note.write')], { kind: 'primary', picture: 'note', id: 'write-note', act: submit });
  const modes = [['reply', 'reply', t('desk.mode.reply')], ['note', 'note', t('desk.mode.note')]].map(([mode, picture, what]) => button(what, {
    kind: 'quiet small', picture, 'data-mode': mode, act: () => { turn(mode === 'note'); area.focus(); },
  }));
  const toCustomer = [
    button(null, { kind: 'quiet', picture: 'clip', label: t('desk.attach'), 'data-act': 'attach', act: () => chooser.click() }),
    template ? button(null, { kind: 'quiet', picture: 'template', label: t('desk.template'), 'data-act': 'template', act: template }) : null,
  ].filter(Boolean);
  const keys = el('span', { class: 'desk-hint meta wide', id: 'reply-keys' });
  const element = el('form', { class: 'composer', onsubmit: (event) => event.preventDefault() },
    cancel ? null : el('div', { class: 'modes', role: 'group', 'aria-label': t('desk.mode') }, modes),
    above, picker?.element ?? null, area, el('div', { class: 'tools' }, toCustomer, chooser, keys, length, el('span', { class: 'push' }),
      cancel ? button(t('act.cancel'), { kind: 'quiet', 'data-act': 'no-note', act: cancel }) : null, send_, write_));

  /** Shows for whom it is: nobody takes a note for an answer. */
  function showMode() {
    element.classList.toggle('is-note', isNote);
    element.setAttribute('aria-label', isNote ? t('desk.note.label') : t('desk.reply', { name: customer }));
    area.setAttribute('aria-label', isNote ? t('desk.note.label') : t('desk.reply', { name: customer }));
    area.placeholder = isNote ? t('desk.note.hint') : t('desk.replyHint', { name: customer });
    for (const each of modes) each.setAttribute('aria-pressed', String((each.dataset.mode === 'note') === isNote));
    for (const each of toCustomer) each.hidden = isNote;
    send_.hidden = isNote;
    write_.hidden = !isNote;
    put(keys, isNote ? t('desk.note.keys') : t('desk.replyKeys'));
  }

  function turn(toNote) {
    if (toNote === isNote || cancel) return;
    words[isNote ? 'note' : 'reply'] = area.value;
    isNote = toNote;
    area.value = words[isNote ? 'note' : 'reply'];
    picker?.close();
    showMode();
    showAbove();
    keep();
  }

  /** The first place that is still to be filled in. */
  function point() {
    const [first] = unfilled(area.value);
    if (first) {
      const at = area.value.indexOf(`{${first}}`);
      area.focus();
      area.setSelectionRange(at, at + first.length + 2);
    }
    showAbove();
    return Boolean(first);
  }

  function keep() {
    words[isNote ? 'note' : 'reply'] = area.value;
    // Where nothing is left of the words, nothing is made from them.
    if (!words.reply.trim()) suggestion = undefined;
    const isOther = drafts.of(conversation).suggestion !== suggestion;
    drafts.keep(conversation, { text: words.reply, quotes, note: words.note, isNote: cancel ? draft.isNote : isNote, suggestion });
    if (isOther) begun?.();
    const count = [...area.value].length;
    length.textContent = count > shownFrom ? t('desk.length', { count: number(count), most: number(most) }) : '';
    // It grows with what is written, up to a third of the window.
    area.style.blockSize = 'auto';
    area.style.blockSize = `${Math.min(area.scrollHeight + 2, Math.round(innerHeight / 3))}px`;
  }

  function showAbove(problem) {
    const line = quotes ? lineOf(quotes) : null;
    const open = isNote ? [] : unfilled(area.value);
    put(above,
      isNote ? el('p', { class: 'desk-kind', 'data-part': 'note-mode' }, icon('eye', 'small'), t('desk.note.seen')) : null,
      open.length ? notice('warn', t('desk.canned.missing'), el('span', { class: 'mono', 'data-part': 'missing' }, open.map((each) => `{${each}}`).join(' '))) : null,
      quotes && !isNote ? el('div', { class: 'desk-quoting' }, el('div', { class: 'quote grow' }, el('b', {}, t('desk.answering')),
        el('bdi', { class: 'cut' }, line ? inShort({ text: line.text, kind: line.content?.kind }) : t('desk.quotesOlder'))),
      button(null, { kind: 'quiet small', picture: 'x', label: t('desk.noQuote'), 'data-act': 'no-quote', act: () => { quotes = null; showAbove(); keep(); area.focus(); } })) : null,
      file && !isNote ? el('div', { class: 'desk-quoting' }, el('div', { class: 'media file grow' }, icon('file'), el('bdi', { class: 'cut' }, file.name), el('span', { class: 'meta num' }, sizeWords(file.size))),
        button(null, { kind: 'quiet small', picture: 'x', label: t('desk.noFile'), 'data-act': 'no-file', act: () => { take(null); area.focus(); } })) : null,
      problem ? notice('bad', problem) : null);
  }

  function take(chosen) {
    file = chosen;
    chooser.value = '';
    if (file && file.size > mostBytes) {
      file = null;
      return showAbove(t('desk.fileTooLarge'));
    }
    return showAbove();
  }

  function submit() {
    const text = area.value.trim();
    if (isNote) {
      if (!text) return area.focus();
      note(text);
      area.value = '';
      keep();
      return cancel ? cancel() : area.focus();
    }
    if (!text && !file) return area.focus();
    // A customer is never written to in braces.
    if (point()) return undefined;
    if (file) attach(file, text || undefined);
    else send(text, quotes, suggestion);
    area.value = '';
    quotes = null;
    take(null);
    keep();
    return area.focus();
  }

  chooser.addEventListener('change', () => { if (chooser.files[0]) take(chooser.files[0]); area.focus(); });
  area.addEventListener('input', () => {
    keep();
    if (isNote) return;
    picker?.look();
    if (above.querySelector('[data-part="missing"]')) showAbove();
  });
  area.addEventListener('blur', () => picker?.close());
  area.addEventListener('keydown', (event) => {
    if (!isNote && picker?.key(event)) return;
    if (event.key === 'Escape' && quotes && !isNote) {
      event.preventDefault();
      quotes = null;
      showAbove();
      keep();
    } else if (event.key === 'Escape') {
      area.blur();
      element.closest('.talk')?.querySelector('[role="log"]')?.focus();
    }
    // An Enter that ends a word of an input method sends nothing.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.altKey) return;
    event.preventDefault();
    submit();
  });
  area.addEventListener('paste', (event) => {
    const pasted = [...(event.clipboardData?.files ?? [])][0];
    if (!pasted || isNote) return;
    event.preventDefault();
    take(pasted);
  });
  showMode();
  showAbove();
  queueMicrotask(keep);
  return {
    element,
    get text() { return area.value; },
    focus: () => area.focus(),
    turn,
    quote(line) {
      turn(false);
      quotes = line.id;
      showAbove();
      keep();
      area.focus();
    },
    write(text, from) {
      turn(false);
      suggestion = from ?? suggestion;
      area.value = area.value.trim() ? `${area.value.trimEnd()}\n${text}` : text;
      keep();
      area.focus();
      area.setSelectionRange(area.value.length, area.value.length);
    },
  };
}
