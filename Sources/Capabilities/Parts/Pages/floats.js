// What floats: dialogs, toasts, a secret that is shown once.

import { button, card, confirmEffects, copyButton, el, openDialog, showSecret, t, toast } from '/pages/look/parts.js';
import { given } from './samples.js';
import { shelf } from './shelf.js';

/** Openers of everything that floats. */
export function floats() {
  const words = (key) => t('parts.float.' + key);
  const opener = (key, act, kind = '') => button(words(key), { kind, act, id: 'open-' + key });
  return shelf('floats', card({
    body: [
      el('div', { class: 'row' },
        opener('dialog', () => {
          const dialog = openDialog({
            title: words('dialogTitle'), body: el('p', { class: 'soft' }, words('dialogText')),
            foot: [button(t('act.close'), { act: () => dialog.close() })],
          });
        }),
        opener('destroy', async () => {
          const isDone = await confirmEffects({
            title: words('destroyTitle'), effects: [words('effect1'), words('effect2'), words('effect3')], act: words('destroyAct'), keep: words('destroyKeep'), word: given.leaver,
          });
          if (isDone) toast(words('destroyed'));
        }, 'danger'),
        opener('secret', () => showSecret({ title: words('secretTitle'), text: words('secretText'), label: words('secretLabel'), secret: 'ply_live_7Hk2_q8VfT3mXz1LrWc9YpNb4sD6gJ0aE5uKoRt2h' })),
        opener('codes', () => showSecret({ title: words('codes'), text: words('codesText'), label: words('codes'), secret: given.codes, file: 'parley-codes.txt' }))),
      el('div', { class: 'row' },
        opener('toast', () => toast(words('closed'))),
        opener('undo', () => toast(words('closed'), { undo: () => {} })),
        opener('bad', () => toast(words('notSaved'), { bad: true, act: { words: words('compare'), run: () => {} } })),
        copyButton('bicicletas-sol', 'bicicletas-sol')),
    ],
  }));
}
