// Forms: what was typed is never thrown away, what is wrong stands at its field, and what somebody
// else changed meanwhile is not overwritten unseen.

import { onceKey } from '../api.js';
import { button, el, freshId, icon, put } from '../base/dom.js';
import { knows, t } from '../base/words.js';
import { notice } from './states.js';
import { toast } from './toast.js';

const unsaved = new Set();

addEventListener('beforeunload', (event) => {
  // What is no longer on the page cannot be lost any more.
  for (const form of unsaved) if (!form.isConnected) unsaved.delete(form);
  if (unsaved.size) event.preventDefault();
});

/** A problem of one field in words: the catalogue's by its code, or the console's own. */
function sentence(error) {
  const key = 'error.' + error.code;
  return knows(key) ? t(key, error) : error.detail ?? t('error.other');
}

/**
 * A form of fields (see `field`), or of groups of them. `save(values, { version, once })` sends the
 * values and may throw a Problem; `saved(answer)` is called after it. `reload()` gives `{ values,
 * version }` as they are now, for where somebody else changed them. `acts` stand beside the button, and
 * what is no draft, as a password, is not called unsaved. Gives `{ element, fields,
 * values, isDirty, load({ values, version }) }`.
 */
export function form({ fields, values = {}, version = null, submit = t('act.save'), cancel, save, saved, reload, kind = '', extra = [], acts = [], isDraft = true }) {
  const list = fields.flat();
  const state = { version, once: onceKey(), first: '', last: null };
  const summary = el('div', { class: 'summary-errors', role: 'alert', tabindex: '-1', hidden: true });
  const conflict = el('div', { hidden: true });
  const go = button(submit, { kind: 'primary', type: 'submit' });
  const mark = el('span', { class: 'meta unsaved', role: 'status' });
  const element = el('form', { class: `form ${kind}`.trim(), novalidate: true },
    summary, conflict,
    fields.map((group) => (Array.isArray(group) ? el('div', { class: 'form-row' }, group.map((each) => each.element)) : group.element)),
    extra, el('div', { class: 'row' }, go, acts, cancel ? button(t('act.cancel'), { act: cancel }) : null, mark));

  const read = () => Object.fromEntries(list.map((each) => [each.name, each.read()]));
  const isDirty = () => JSON.stringify(read()) !== state.first;
  function load(now) {
    for (const each of list) {
      if (!Object.hasOwn(now.values, each.name)) continue;
      each.write(now.values[each.name]);
      each.input.dispatchEvent(new Event('input'));
    }
    state.version = now.version ?? state.version;
    state.first = JSON.stringify(read());
    conflict.hidden = true;
    changed();
  }
  function changed() {
    const dirty = isDirty();
    mark.textContent = dirty && isDraft ? t('form.unsaved') : '';
    if (dirty && isDraft) unsaved.add(element);
    else unsaved.delete(element);
  }
  function say(problem) {
    const rest = [];
    for (const each of list) each.say(null);
    const found = [];
    for (const error of problem.errors ?? []) {
      const at = list.find((each) => error.pointer === each.pointer || error.pointer?.startsWith(each.pointer + '/')
        || error.parameter === each.name);
      if (at) {
        at.say(sentence(error), error);
        // A field of many parts says which of them it is.
        found.push([at.partOf?.(error) ?? at, sentence(error)]);
      } else {
        rest.push(sentence(error));
      }
    }
    if (!found.length && !rest.length) rest.push(problem.words ?? problem.message);
    put(summary, el('strong', {}, t(found.length ? 'form.mend' : 'form.failed', { count: found.length + rest.length })),
      el('ul', {}, found.map(([at, words]) => el('li', {}, el('a', {
        href: '#' + (at.input.id ||= freshId('field')),
        onclick: (event) => { event.preventDefault(); at.input.focus(); },
      }, `${at.label}: ${words}`))), rest.map((words) => el('li', {}, words))),
      problem.request ? el('p', { class: 'meta mono' }, t('state.request', { id: problem.request })) : null);
    summary.hidden = false;
    if (found.length) found[0][0].input.focus();
    else summary.focus();
  }
  function missing() {
    const empty = list.filter((each) => each.required && each.input.required && each.input.type !== 'radio' && !String(each.read() ?? '').trim());
    const broken = list.filter((each) => !empty.includes(each) && each.input.validity?.typeMismatch);
    return [
      ...empty.map((each) => ({ pointer: each.pointer, code: 'required' })),
      ...broken.map((each) => ({ pointer: each.pointer, code: each.input.type === 'email' ? 'bad_email' : 'bad_url' })),
    ];
  }
  function meet() {
    const theirs = button(t('form.theirs'), { kind: 'small', act: async () => load(await reload()) });
    const mine = button(t('form.mine'), {
      kind: 'small', act: async () => {
        state.version = (await reload()).version;
        conflict.hidden = true;
        send();
      },
    });
    put(conflict, notice('warn', t('form.conflict'), t('form.conflictText'), reload ? [theirs, mine] : []));
    conflict.hidden = false;
    conflict.firstChild.scrollIntoView({ block: 'nearest' });
  }
  async function send() {
    summary.hidden = true;
    for (const each of list) each.say(null);
    const errors = missing();
    if (errors.length) return say({ errors });
    if (go.getAttribute('aria-busy')) return;
    go.setAttribute('aria-busy', 'true');
    element.setAttribute('aria-busy', 'true');
    go.prepend(icon('refresh'));
    try {
      const sent = read();
      // A repeat of the same is one act; with other values it is another.
      const text = JSON.stringify(sent);
      if (state.last !== null && state.last !== text) state.once = onceKey();
      state.last = text;
      const answer = await save(sent, { version: state.version, once: state.once });
      state.once = onceKey();
      state.last = null;
      state.version = answer?.version ?? state.version;
      state.first = text;
      conflict.hidden = true;
      changed();
      if (saved) saved(answer);
      else toast(t('form.saved'));
    } catch (problem) {
      if (problem.isConflict) meet();
      else say(problem);
    } finally {
      go.removeAttribute('aria-busy');
      element.removeAttribute('aria-busy');
      go.querySelector('.icon')?.remove();
    }
  }
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    send();
  });
  element.addEventListener('input', (event) => {
    const at = list.find((each) => each.element.contains(event.target));
    // What is being mended is not called wrong any more.
    at?.say(null);
    changed();
  });
  load({ values, version });
  return { element, fields: list, load, get values() { return read(); }, get isDirty() { return isDirty(); } };
}
