// A field for a new password, with the rules that are shown while it is typed.

import { change } from '/pages/look/api.js';
import { el, icon, put } from '/pages/look/base/dom.js';
import { field, t } from '/pages/look/parts.js';

/** How long typing has to pause before the console is asked, in milliseconds. */
const pause = 350;

/**
 * The field. `trial` is the endpoint that says what a password lacks, `about()` gives what else it
 * is told, such as the name. Gives a field with `isGood()`.
 */
export function newPassword({ trial = '/api/v1/passwords/trial', about = () => ({}), label = t('password.new'), id = 'new-password' }) {
  const made = field({
    name: 'password', label, kind: 'password', id, attributes: { autocomplete: 'new-password', 'aria-describedby': 'password-rules' },
  });
  const list = el('ul', { class: 'rules', id: 'password-rules' });
  made.element.append(el('div', { role: 'status' }, list));
  let verdict = { least: 15, most: 256, flaws: [{ code: 'too_short' }] };
  let round = 0;
  let timer;

  function show(value) {
    // Characters as people count them, after the form in which the password is kept.
    const count = Array.from(value.normalize('NFKC')).length;
    const isLong = count >= verdict.least;
    const flaw = verdict.flaws.find(({ code }) => code !== 'too_short');
    const lines = [[isLong, t('password.long', { least: verdict.least, count })]];
    lines.push([isLong && !flaw && !timer, flaw && isLong ? t('password.flaw.' + flaw.code) : t('password.notGuessed')]);
    put(list, lines.map(([isMet, words]) => el('li', { class: isMet ? 'is-ok' : '' },
      icon(isMet ? 'check' : 'minus', 'small'), el('span', {}, words), el('span', { class: 'sr' }, ` (${t(isMet ? 'rule.met' : 'rule.open')})`))));
  }
  async function look() {
    const mine = ++round;
    const value = made.read();
    try {
      const found = await change('POST', trial, { body: { password: value, ...about() } });
      if (mine !== round) return;
      verdict = found;
    } catch { /* it is looked at again when it is sent */ }
    timer = null;
    show(made.read());
  }
  made.input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(look, pause);
    show(made.read());
  });
  show('');
  look();
  const say = made.say;
  made.say = (words) => {
    say(words);
    const by = made.input.getAttribute('aria-describedby');
    made.input.setAttribute('aria-describedby', by ? `password-rules ${by}` : 'password-rules');
  };
  return made;
}
