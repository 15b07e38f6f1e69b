// One dead letter: its reason, its headers, and what it says for whoever may read that.

import { ask, path } from '/pages/look/api.js';
import { button, copyButton, el, exactTime, fillIn, name, openDialog, pairs, plainTable, put, t, toast } from '/pages/look/parts.js';
import { bytes } from '../units.js';

/** Opens a letter in a drawer. */
export async function openLetter(letter, { business, mayAct, redrive, discard }) {
  let whole;
  try {
    whole = await ask(path(['operations', 'dead-letters', letter.letter]));
  } catch (problem) {
    toast(problem.words, { bad: true });
    return;
  }
  const found = whole.letter;
  const content = el('div', { id: 'content' });
  const close = (act) => () => { dialog.close(); act(); };
  const dialog = openDialog({
    kind: 'drawer letter', title: t('letters.one'),
    body: [
      pairs([
        [t('letters.reason'), name(found.reason)],
        [t('letters.position'), el('span', { class: 'mono' }, found.position)],
        [t('letters.setAside'), exactTime(found.at)],
        [t('letters.stage'), el('span', { class: 'mono' }, found.stage)],
        [t('letters.business'), name(business(found.tenant))],
        [t('letters.error'), t('letters.class.' + found.error)],
        [t('letters.attempts'), el('span', { class: 'num' }, found.attempts)],
        [t('letters.origin'), el('span', { class: 'mono' }, found.origin)],
        [t('letters.key'), el('span', { class: 'mono' }, whole.key)],
        [t('letters.size'), el('span', { class: 'num' }, bytes(found.bytes))],
        [t('letters.standing'), t('letters.is.' + found.standing)],
        whole.by && [t('letters.by'), [name(whole.by), ' · ', exactTime(whole.settledAt)]],
        whole.because && [t('letters.because'), name(whole.because)],
        whole.redrivenAs && [t('letters.redrivenAs'), el('span', { class: 'mono' }, whole.redrivenAs)],
      ]),
      el('p', {}, el('a', { href: `/pages/traces/?id=${encodeURIComponent(whole.id)}` }, t('letters.trace'))),
      el('h3', {}, t('letters.headers')),
      el('div', { class: 'table-wrap' }, plainTable(t('letters.headers'), [t('letters.header'), t('letters.value')], whole.headers.map((header) => [
        el('span', { class: 'mono' }, header.name), el('span', { class: 'mono' }, header.value),
      ]))),
      el('h3', {}, t('letters.content')), content,
    ],
    foot: mayAct ? [
      button(t('letters.discard'), { kind: 'danger', picture: 'trash', disabled: found.standing !== 'open', act: close(discard) }),
      button(t('letters.redrive'), { kind: 'primary', picture: 'undo', disabled: !found.mayRedrive, act: close(redrive), 'data-act': 'redrive' }),
    ] : [],
  });
  dialog.id = 'letter';
  if (found.tenant === '-' || found.tenant === 'installation') {
    put(content, el('p', { class: 'soft' }, t('letters.noOnes')));
  } else {
    put(content, el('p', { class: 'soft' }, t('letters.contentText')), button(t('letters.showContent'), {
      picture: 'eye', 'data-act': 'content', act: () => showContent(content, found),
    }));
  }
}

function showContent(place, letter) {
  fillIn(place, async () => {
    const said = await ask(path(['tenants', letter.tenant, 'dead-letters', letter.letter, 'content']));
    const text = pretty(said.text);
    return [
      said.isOpened ? null : el('p', { class: 'soft' }, t('letters.sealed')),
      el('pre', { class: 'record wraps', dir: 'ltr', tabindex: '0', 'aria-label': t('letters.content') }, name(text)),
      said.isCut ? el('p', { class: 'soft' }, t('letters.cut')) : null,
      el('div', { class: 'row' }, copyButton(said.text, null, { words: t('act.copy'), kind: '' })),
    ];
  }, { title: t('letters.noContent'), level: 4 });
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // It is cut off, or no JSON.
    return text;
  }
}
