// The cases of a conversation: what a customer came with, in ranges of what was said. No message
// moves: a case that goes on as another is only shown with it, and that can be undone.

import { ask, change, path } from '/pages/look/api.js';
import { badge, button, date, el, field, form, name, openDialog, put, t, toast } from '/pages/look/parts.js';
import { outcomeWords } from './people.js';

/** Shows the cases of a conversation, to be opened, edited, closed, linked and unlinked. */
export function openCases({ tenant, conversation, customer, labels, outcomes, mayAct, changed }) {
  const at = (...rest) => path(['tenants', tenant, 'conversations', conversation, 'cases', ...rest]);
  const body = el('div', { class: 'stack' });
  const dialog = openDialog({ kind: 'drawer', title: t('desk.cases.title', { name: customer }), body });
  dialog.id = 'cases';
  let cases = [];

  async function load() {
    try {
      ({ cases } = await ask(at()));
      show();
    } catch (problem) {
      put(body, el('p', { class: 'is-bad', role: 'alert' }, problem.words));
    }
  }

  async function done(work) {
    try {
      ({ cases } = await work());
      show();
      changed();
      return true;
    } catch (problem) {
      toast(problem.words, { bad: true });
      load();
      return false;
    }
  }

  function show() {
    const isOpen = cases.some((each) => !each.to);
    put(body,
      mayAct && !isOpen ? begin() : null,
      cases.length ? el('ul', { class: 'desk-cases' }, cases.map(item)) : el('p', { class: 'soft' }, t('desk.cases.none')));
    if (!dialog.contains(document.activeElement)) body.querySelector('input, button')?.focus();
  }

  function begin() {
    return form({
      fields: [field({ name: 'title', label: t('desk.cases.about'), attributes: { maxlength: 120, dir: 'auto' } })], submit: t('desk.cases.open'),
      save: ({ title }, { once }) => change('POST', at(), { body: { title: title.trim() }, once }),
      saved: (answer) => done(() => answer),
    }).element;
  }

  function item(each) {
    const into = cases.find(({ id }) => id === each.into);
    return el('li', { 'data-case': each.id },
      el('div', { class: 'row' }, el('strong', { class: 'grow' }, name(each.title || t('desk.cases.untitled'))),
        into ? badge('', [t('desk.cases.into'), ' ', name(into.title)], 'link') : badge(each.to ? '' : 'accent', t(each.to ? 'desk.cases.closed' : 'desk.cases.isOpen'))),
      el('p', { class: 'meta' }, date(each.from), each.to ? ` – ${date(each.to)}` : '', each.outcome ? [' · ', name(outcomeWords(each.outcome))] : null, each.openedBy ? [' · ', t('desk.cases.by', { name: each.openedBy })] : null),
      each.labels.length ? el('div', { class: 'row tight' }, labels.filter(({ id }) => each.labels.includes(id)).map((label) => el('span', { class: 'tag desk-label' }, el('i', { class: `desk-${label.colour}`, 'aria-hidden': 'true' }), name(label.name)))) : null,
      each.note ? el('p', { class: 'soft' }, name(each.note)) : null,
      mayAct ? el('div', { class: 'row tight' },
        button(t('desk.cases.edit'), { kind: 'small', picture: 'edit', 'data-act': 'edit', act: () => edit(each) }),
        each.to ? null : button(t('desk.cases.close'), { kind: 'small', picture: 'check', 'data-act': 'close-case', act: () => close(each) }),
        into ? button(t('desk.cases.unlink'), { kind: 'small', picture: 'undo', 'data-act': 'unlink', act: () => unlink(each) })
          : cases.length > 1 ? button(t('desk.cases.link'), { kind: 'small', picture: 'link', 'data-act': 'link', act: () => link(each) }) : null) : null);
  }

  function asking(title, fields, values, save, extra = []) {
    const made = form({
      fields, values, extra, cancel: () => small.close(), save,
      saved: (answer) => {
        small.close();
        done(() => answer);
      },
    });
    const small = openDialog({ title, body: made.element });
    small.id = 'case-dialog';
  }

  function edit(each) {
    const boxes = labels.map((label) => [label.id, el('input', { type: 'checkbox', checked: each.labels.includes(label.id), 'data-label': label.id }), label]);
    asking(t('desk.cases.edit'), [
      field({ name: 'title', label: t('desk.cases.about'), attributes: { maxlength: 120, dir: 'auto' } }),
      field({ name: 'note', kind: 'textarea', label: t('desk.cases.note'), optional: true, attributes: { maxlength: 2000, rows: 3, dir: 'auto' } }),
    ], { title: each.title, note: each.note ?? '' }, ({ title, note }) => change('PUT', at(each.id), {
      body: { title: title.trim(), note: note.trim() || undefined, labels: boxes.filter(([, box]) => box.checked).map(([id]) => id), version: each.version },
    }), labels.length ? [el('fieldset', { class: 'desk-choose' }, el('legend', {}, t('desk.labels')), boxes.map(([, box, label]) => el('label', { class: 'check' }, box, name(label.name))))] : []);
  }

  function close(each) {
    asking(t('desk.cases.close'), [
      field({ name: 'outcome', kind: 'select', label: t('desk.outcome.what'), options: [['', t('desk.cases.noOutcome')], ...outcomes.map((word) => [word, outcomeWords(word)])], optional: true }),
    ], { outcome: '' }, ({ outcome }) => change('PUT', at(each.id, 'closed'), { body: { outcome: outcome || undefined, version: each.version } }));
  }

  function link(each) {
    const others = cases.filter((other) => other.id !== each.id && other.into !== each.id);
    asking(t('desk.cases.link'), [
      field({ name: 'into', kind: 'select', label: t('desk.cases.linkInto'), options: others.map((other) => [other.id, `${other.title || t('desk.cases.untitled')} (${date(other.from)})`]) }),
    ], {}, ({ into }) => change('PUT', at(each.id, 'link'), { body: { into, version: each.version } }), [el('p', { class: 'soft' }, t('desk.cases.linkText'))]);
  }

  function unlink(each) {
    return done(() => change('DELETE', path(['tenants', tenant, 'conversations', conversation, 'cases', each.id, 'link'], { version: each.version })));
  }
  load();
}
