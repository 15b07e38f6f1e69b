// Setting up a second factor: the QR code, its first code, and the ten backup codes. The page of
// the first start and that of the second factor share it.

import { change } from '/pages/look/api.js';
import { button, el, icon, put } from '/pages/look/base/dom.js';
import { saveFile } from '/pages/look/base/files.js';
import { blank, copyButton, field, form, t } from '/pages/look/parts.js';

/** Offers a second factor in a place. `done(codes)` is called with the backup codes, `later()` leaves it. */
export async function offerFactor(place, { done, later }) {
  const offer = await change('POST', '/api/v1/me/factor');
  const code = field({
    name: 'code', label: t('factor.digits'), kind: 'code', id: 'otp', hint: t('factor.digitsHint'), attributes: { maxlength: '12' },
  });
  const made = form({
    fields: [code], submit: t('factor.confirm'),
    save: ({ code: typed }) => change('PUT', '/api/v1/me/factor', { body: { factor: offer.factor, code: typed } }),
    saved: ({ codes }) => done(codes),
    isDraft: false, acts: later ? [button(t('factor.later'), { kind: 'quiet', act: later, 'data-act': 'later' })] : [],
  });
  const secret = offer.secret.match(/.{1,4}/g).join(' ');
  put(place, el('div', { class: 'row top wide-gap' },
    offer.picture
      ? el('div', { class: 'qr' }, el('img', { src: 'data:image/svg+xml;base64,' + btoa(offer.picture), alt: t('factor.qr') }))
      : blank({ picture: 'phone', title: t('factor.noPicture'), text: t('factor.noPictureText') }),
    el('div', { class: 'stack grow' }, made.element,
      el('details', { open: !offer.picture }, el('summary', { class: 'meta' }, t('factor.type')),
        el('p', { class: 'mono soft factor-secret', 'data-secret': offer.secret }, secret), copyButton(offer.secret, t('factor.secret'))))));
  code.input.focus();
}

/**
 * Shows backup codes, once. `done()` is called when the person says that they are kept, and, with
 * `prove`, has typed one of them.
 */
export function showCodes(place, codes, { done, prove = false }) {
  const kept = el('input', { type: 'checkbox', id: 'kept' });
  const which = Math.floor(Math.random() * codes.length);
  const typed = prove ? field({
    name: 'typed', label: t('codes.prove', { number: which + 1 }), hint: t('codes.proveHint'),
    attributes: { autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false' },
  }) : null;
  const plain = (text) => text.replace(/[\s-]/g, '').toUpperCase();
  const go = button(t('codes.done'), { kind: 'primary', type: 'submit', disabled: true, 'data-act': 'codes-done' });
  kept.addEventListener('change', () => { go.disabled = !kept.checked; });
  const whole = codes.join('\n');
  const element = el('form', { class: 'stack', novalidate: true },
    el('div', { class: 'row' }, el('h2', { class: 'grow' }, t('codes.title')), copyButton(whole, t('codes.title')),
      button(t('act.saveFile'), { kind: 'small', picture: 'download', act: () => saveFile('parley-backup-codes.txt', whole + '\n') }),
      button(t('codes.print'), { kind: 'small', picture: 'print', act: () => print() })),
    el('p', { class: 'soft' }, t('codes.text')),
    el('ol', { class: 'codes', tabindex: '-1', 'aria-label': t('codes.title') }, codes.map((code) => el('li', {}, code))),
    el('p', { class: 'secret-once' }, icon('warn', 'small'), el('span', {}, t('secret.once'))),
    typed?.element, el('label', { class: 'check', for: 'kept' }, kept, t('secret.kept')), el('div', { class: 'row' }, go));
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    if (typed && plain(typed.read()) !== plain(codes[which])) {
      typed.say(t('codes.other'));
      return typed.input.focus();
    }
    return done();
  });
  put(place, element);
  element.querySelector('.codes').focus();
}
