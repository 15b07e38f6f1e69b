// Copying, and showing a secret once.

import { button, el, freshId, icon, put } from '../base/dom.js';
import { saveFile } from '../base/files.js';
import { t } from '../base/words.js';
import { openDialog } from './dialog.js';
import { toast } from './toast.js';

/** How long a button says that it has copied, in milliseconds. */
const said = 2_000;

/** A button that copies a text; `what` says of what, for those who do not see where it stands. */
export function copyButton(text, what, { kind = 'small', words = t('act.copy') } = {}) {
  const copy = button(words, {
    kind, picture: 'copy', label: what ? t('copy.what', { what }) : null, 'data-act': 'copy',
    act: async () => {
      try {
        await navigator.clipboard.writeText(typeof text === 'function' ? text() : text);
      } catch {
        toast(t('copy.refused'), { bad: true });
        return;
      }
      const size = kind.includes('small') ? 'small' : '';
      put(copy, icon('check', size), words ? t('copy.done') : null);
      toast(t('copy.done'));
      setTimeout(() => put(copy, icon('copy', size), words), said);
    },
  });
  return copy;
}

/**
 * Shows a secret once, or a list of codes: it can be copied, with `file` also saved under that name,
 * and the dialog closes when the person says that it is kept. Gives a promise of that.
 */
export function showSecret({ title, text, secret, label, file }) {
  return new Promise((resolve) => {
    const whole = [secret].flat().join('\n');
    const kept = el('input', { type: 'checkbox', id: freshId('kept') });
    const done = button(t('act.done'), { kind: 'primary', disabled: true, act: () => dialog.close(), 'data-act': 'done' });
    kept.addEventListener('change', () => { done.disabled = !kept.checked; });
    const dialog = openDialog({
      title,
      body: [
        el('p', { class: 'soft' }, text),
        Array.isArray(secret) ? el('ol', { class: 'codes', 'aria-label': label, tabindex: '-1' }, secret.map((code) => el('li', {}, code))) : null,
        el('div', { class: 'row' }, Array.isArray(secret) ? copyButton(whole, label)
          : el('div', { class: 'secret grow' },
            el('output', { class: 'mono', 'aria-label': label, tabindex: '0' }, secret), copyButton(whole, label)),
        file ? button(t('act.saveFile'), { kind: 'small', picture: 'download', act: () => saveFile(file, `${whole}\n`) }) : null),
        el('p', { class: 'secret-once' }, icon('warn', 'small'), el('span', {}, t('secret.once'))),
        el('label', { class: 'check' }, kept, t('secret.kept')),
      ],
      foot: [done],
      // Escape must not lose what cannot be shown again.
      closing: () => kept.checked,
      closed: resolve,
    });
    dialog.querySelector('output, .codes').focus();
  });
}
