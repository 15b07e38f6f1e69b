// Dialogs: the browser's own, so that the page behind is out of reach and Escape closes.

import { button, el, freshId, put } from '../base/dom.js';
import { rich, t } from '../base/words.js';

/**
 * Opens a dialog. `body` and `foot` are nodes; `closing` may refuse by giving false. Gives the
 * dialog; its `close()` ends it, and the focus goes back to where it was.
 */
export function openDialog({ title, body, foot = [], kind = '', closing, closed, label }) {
  const heading = freshId('title');
  const before = document.activeElement;
  const leave = async () => {
    if (closing && await closing() === false) return;
    dialog.close();
  };
  const dialog = el('dialog', {
    class: `dialog ${kind}`.trim(), 'aria-labelledby': title ? heading : null, 'aria-label': label,
    oncancel: (event) => {
      if (event.target !== dialog) return;
      event.preventDefault();
      leave();
    },
    onclick: (event) => { if (event.target === dialog) leave(); },
    onclose: (event) => {
      if (event.target !== dialog) return;
      dialog.remove();
      if (before?.isConnected) before.focus();
      closed?.();
    },
  },
  title ? el('div', { class: 'dialog-head' }, el('h2', { id: heading }, title),
    button(null, { kind: 'quiet small', picture: 'x', label: t('act.close'), act: leave, 'data-act': 'close' })) : null,
  // What is longer than the window can be scrolled by the keys, too.
  el('div', { class: 'body', tabindex: kind.includes('drawer') ? '0' : null }, body),
  [foot].flat().length ? el('div', { class: 'dialog-foot' }, foot) : null);
  document.body.append(dialog);
  dialog.showModal();
  // What a person came for has the focus; without a field, the dialog itself is read from its top.
  const first = dialog.querySelector('[autofocus], .body :is(input, select, textarea):not([disabled])');
  if (first) first.focus();
  else if (!title) dialog.focus();
  return dialog;
}

/** Replaces what is in a dialog. */
export function putInDialog(dialog, ...body) {
  put(dialog.querySelector('.body'), ...body);
}

/**
 * Asks before something that cannot be taken back. `title` names it as a question, `effects` are
 * the sentences about what happens, `act` is the word of the button that does it and `keep` of the
 * one that does not; where `word` is given, it has to be typed first. `run` does it, and may throw
 * a Problem, which is then shown. Gives whether it was done.
 */
export function confirmEffects({ title, effects, act, keep = t('act.cancel'), word, run, picture = null }) {
  return new Promise((resolve) => {
    let isDone = false;
    const wrong = el('p', { class: 'is-bad', role: 'alert', hidden: true });
    const field = word && el('input', {
      class: 'input', id: freshId('typed'), autocomplete: 'off', spellcheck: 'false', autofocus: true,
      oninput: () => { go.disabled = field.value.trim() !== word; },
    });
    const go = button(act, {
      kind: 'danger primary', picture, disabled: Boolean(word), 'data-act': 'confirm',
      act: async () => {
        go.setAttribute('aria-busy', 'true');
        try {
          await run?.();
          isDone = true;
          dialog.close();
        } catch (problem) {
          wrong.hidden = false;
          wrong.textContent = problem.words ?? problem.message;
        } finally {
          go.removeAttribute('aria-busy');
        }
      },
    });
    const sentences = effects.length === 1 ? el('p', { class: 'soft' }, effects[0])
      : el('ul', { class: 'effects soft' }, effects.map((effect) => el('li', {}, effect)));
    const dialog = openDialog({
      title,
      body: [sentences, word ? el('div', { class: 'field' },
        el('label', { for: field.id }, rich('dialog.type', { word: el('b', {}, el('bdi', {}, word)) })), field) : null, wrong],
      foot: [button(keep, { act: () => dialog.close(), autofocus: !word, 'data-act': 'keep' }), go],
      closed: () => resolve(isDone),
    });
    field?.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.isComposing) return;
      // Else the same key would also press the button that has the focus once this is closed.
      event.preventDefault();
      if (!go.disabled) go.click();
    });
  });
}
