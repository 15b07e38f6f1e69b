// What is written to a customer: words, an answer to one of the lines, a file.

import { button, el, icon, notice, number, put, t } from '/pages/look/parts.js';
import { sizeWords } from './files.js';
import { inShort } from './people.js';

/** Characters of a message: what is longer WhatsApp takes in several. */
const shownFrom = 3_500;
const most = 4_096;
/** Bytes of the largest file that WhatsApp takes. */
const mostBytes = 100 * 1024 * 1024;

/**
 * Makes the composer of a conversation. `send(text, quotes)` and `attach(file, caption)` send, `drafts`
 * keeps what is written. Gives `{ element, focus(), quote(line), write(text), text }`.
 */
export function composer({ conversation, customer, drafts, lineOf, send, attach, template, hint }) {
  let { text = '', quotes = null } = drafts.of(conversation);
  let file = null;
  const above = el('div', { class: 'desk-above' });
  const length = el('span', { class: 'meta num', role: 'status' });
  const area = el('textarea', {
    id: 'reply', rows: '2', dir: 'auto', 'aria-label': t('desk.reply', { name: customer }), placeholder: t('desk.replyHint', { name: customer }),
    'aria-describedby': 'reply-keys', '.value': text,
  });
  const chooser = el('input', { type: 'file', id: 'reply-file', hidden: true, 'aria-label': t('desk.attach') });
  const go = button([t('desk.send')], { kind: 'primary', picture: 'send', id: 'send', act: submit });
  const element = el('form', { class: 'composer', 'aria-label': t('desk.reply', { name: customer }), onsubmit: (event) => event.preventDefault() },
    above, area, el('div', { class: 'tools' },
      button(null, { kind: 'quiet', picture: 'clip', label: t('desk.attach'), 'data-act': 'attach', act: () => chooser.click() }),
      template ? button(null, { kind: 'quiet', picture: 'template', label: t('desk.template'), 'data-act': 'template', act: template }) : null,
      chooser, el('span', { class: 'desk-hint meta wide', id: 'reply-keys' }, hint ?? t('desk.replyKeys')), length, el('span', { class: 'push' }), go));

  function keep() {
    drafts.keep(conversation, { text: area.value, quotes });
    const count = [...area.value].length;
    length.textContent = count > shownFrom ? t('desk.length', { count: number(count), most: number(most) }) : '';
    // It grows with what is written, up to a third of the window.
    area.style.blockSize = 'auto';
    area.style.blockSize = `${Math.min(area.scrollHeight + 2, Math.round(innerHeight / 3))}px`;
  }

  function showAbove(problem) {
    const line = quotes ? lineOf(quotes) : null;
    put(above,
      quotes ? el('div', { class: 'desk-quoting' }, el('div', { class: 'quote grow' }, el('b', {}, t('desk.answering')),
        el('bdi', { class: 'cut' }, line ? inShort({ text: line.text, kind: line.content?.kind }) : t('desk.quotesOlder'))),
      button(null, { kind: 'quiet small', picture: 'x', label: t('desk.noQuote'), 'data-act': 'no-quote', act: () => { quotes = null; showAbove(); keep(); area.focus(); } })) : null,
      file ? el('div', { class: 'desk-quoting' }, el('div', { class: 'media file grow' }, icon('file'), el('bdi', { class: 'cut' }, file.name), el('span', { class: 'meta num' }, sizeWords(file.size))),
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
    const words = area.value.trim();
    if (!words && !file) return area.focus();
    if (file) attach(file, words || undefined);
    else send(words, quotes);
    area.value = '';
    quotes = null;
    take(null);
    keep();
    return area.focus();
  }

  chooser.addEventListener('change', () => { if (chooser.files[0]) take(chooser.files[0]); area.focus(); });
  area.addEventListener('input', keep);
  area.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && quotes) {
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
    if (!pasted) return;
    event.preventDefault();
    take(pasted);
  });
  showAbove();
  queueMicrotask(keep);
  return {
    element,
    get text() { return area.value; },
    focus: () => area.focus(),
    quote(line) {
      quotes = line.id;
      showAbove();
      keep();
      area.focus();
    },
    write(words) {
      area.value = area.value.trim() ? `${area.value.trimEnd()}\n${words}` : words;
      keep();
      area.focus();
      area.setSelectionRange(area.value.length, area.value.length);
    },
  };
}
