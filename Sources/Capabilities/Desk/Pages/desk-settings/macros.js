// Macros, and what conversations may be closed with.

import { ask, change } from '/pages/look/api.js';
import { badge, button, el, field, form, freshId, name, openDialog, pageOf, put, t, table, toast } from '/pages/look/parts.js';
import { outcomes as usual, outcomeWords } from '/pages/desk/people.js';
import { holds, wordsFilter } from './search.js';

const kinds = ['reply', 'note', 'label', 'unlabel', 'queue', 'bot', 'close'];
const ends = ['queue', 'bot', 'close'];
/** Steps of one macro. */
const mostSteps = 8;

/** The table of macros: `{ element, load(), add() }`. */
export function macrosTable(at, mayWrite) {
  let known = { replies: [], labels: [], outcomes: [] };
  const list = table({
    label: t('desk.macros'), filters: wordsFilter('macros', t('desk.macros')), count: 'desk.macroCount', failedTitle: t('desk.macrosBroken'),
    id: (macro) => macro.id, name: (macro) => macro.name,
    acts: mayWrite ? [button(t('desk.macroAdd'), { kind: 'small primary push', picture: 'plus', act: () => edit(), id: 'macro-add' })] : null,
    open: mayWrite ? edit : undefined,
    empty: { picture: 'play', level: 2, title: t('desk.noMacros'), text: t('desk.noMacrosText') },
    columns: [
      { head: t('desk.macroName'), kind: 'lead', cell: (macro) => name(macro.name) },
      { head: t('desk.steps'), cell: (macro) => el('ol', { class: 'desk-steps' }, macro.steps.map((step) => el('li', {}, stepWords(step)))) },
      { head: t('desk.state'), cell: ({ isArchived }) => (isArchived ? badge('', t('desk.away'), 'box') : badge('ok', t('desk.inUse'), 'check')) },
    ],
    menu: mayWrite ? (macro) => [
      { words: t('desk.edit'), picture: 'edit', run: () => edit(macro) },
      { words: t(macro.isArchived ? 'desk.takeOut' : 'desk.putAway'), picture: macro.isArchived ? 'undo' : 'box', run: () => archive(macro) },
    ] : null,
    async load({ after, limit, filters, signal }) {
      const [{ macros }, { replies }, { labels }, { outcomes }] = await Promise.all([
        ask(at('macros'), { signal }), ask(at('replies'), { signal }), ask(at('labels'), { signal }), ask(at('outcomes'), { signal })]);
      known = { replies, labels, outcomes };
      return pageOf(macros.filter((macro) => holds([macro.name], filters.macros)), { after, limit });
    },
  });

  function stepWords(step) {
    const reply = known.replies.find(({ id }) => id === step.reply);
    const label = known.labels.find(({ id }) => id === step.label);
    const what = { reply: reply ? '/' + reply.shortcut : '?', note: step.text, label: label?.name ?? '?', unlabel: label?.name ?? '?', close: step.text ? outcomeWords(step.text) : '' }[step.kind];
    return what ? [t('desk.step.' + step.kind), ' ', name(what)] : t('desk.step.' + step.kind);
  }

  function edit(macro) {
    const steps = stepsField(known, macro?.steps ?? [{ kind: 'reply' }]);
    const made = form({
      fields: [field({ name: 'name', label: t('desk.macroName'), attributes: { maxlength: 60, dir: 'auto' } })],
      values: macro ? { name: macro.name } : {}, extra: [steps.element], cancel: () => dialog.close(),
      save: (values, { once }) => {
        const body = { name: values.name.trim(), steps: steps.read() };
        return macro ? change('PUT', at('macros', macro.id), { body }) : change('POST', at('macros'), { body, once });
      },
      saved: () => {
        dialog.close();
        toast(t('form.saved'));
        list.load();
      },
    });
    const dialog = openDialog({ kind: 'drawer', title: t(macro ? 'desk.macroEdit' : 'desk.macroAdd'), body: made.element });
    dialog.id = 'macro-dialog';
  }

  async function archive(macro) {
    try {
      await change('PUT', at('macros', macro.id, 'archived'), { body: { isArchived: !macro.isArchived } });
      toast(t('form.saved'));
    } catch (problem) {
      toast(problem.words, { bad: true });
    }
    list.load();
  }
  return { element: list.element, load: list.load, add: () => edit() };
}

/** The steps of a macro, one below the other: `{ element, read() }`. */
function stepsField(known, first) {
  const rows = el('ol', { class: 'desk-step-rows' });
  const add = button(t('desk.stepAdd'), { kind: 'small', picture: 'plus', 'data-act': 'step-add', act: () => {
    const row = line({ kind: 'note' });
    rows.append(row.element);
    lines.push(row);
    row.focus();
    settle();
  } });
  let lines = [];

  function line(step) {
    const id = freshId('step');
    const kind = el('select', { class: 'select', id, 'data-step': 'kind', 'aria-label': t('desk.stepKind') }, kinds.map((each) => el('option', { value: each, selected: each === step.kind }, t('desk.step.' + each))));
    const place = el('div', { class: 'grow' });
    const made = { element: null, read: null, focus: () => kind.focus() };
    const value = {};
    function show() {
      const now = kind.value;
      if (now === 'reply') value.input = choose(t('desk.replies'), known.replies.filter((each) => !each.isArchived || each.id === step.reply).map((each) => [each.id, `/${each.shortcut} · ${each.title}`]), step.reply);
      else if (now === 'label' || now === 'unlabel') value.input = choose(t('desk.labels'), known.labels.filter((each) => (!each.isArchived && !each.mergedInto) || each.id === step.label).map((each) => [each.id, each.name]), step.label);
      else if (now === 'close') value.input = choose(t('desk.outcomes'), [...new Set([...known.outcomes, step.kind === 'close' ? step.text : null].filter(Boolean))].map((each) => [each, outcomeWords(each)]), step.text);
      else if (now === 'note') value.input = el('input', { class: 'input', maxlength: 1000, value: step.kind === 'note' ? step.text ?? '' : '', dir: 'auto', 'data-step': 'value', 'aria-label': t('desk.step.note') });
      else value.input = null;
      put(place, value.input);
    }
    kind.addEventListener('input', () => {
      show();
      settle();
    });
    show();
    const move = (by) => {
      const here = lines.indexOf(made);
      const to = here + by;
      if (to < 0 || to >= lines.length) return;
      lines.splice(here, 1);
      lines.splice(to, 0, made);
      put(rows, lines.map((each) => each.element));
      settle();
      made.focus();
    };
    made.element = el('li', { class: 'row no-wrap' }, kind, place,
      button(null, { kind: 'quiet', picture: 'up', label: t('desk.stepUp'), act: () => move(-1) }),
      button(null, { kind: 'quiet', picture: 'x', label: t('desk.stepRemove'), act: () => {
        lines = lines.filter((each) => each !== made);
        made.element.remove();
        settle();
        (lines.at(-1) ?? { focus: () => add.focus() }).focus();
      } }));
    made.kind = () => kind.value;
    made.read = () => {
      const text = value.input?.value.trim();
      switch (kind.value) {
        case 'reply': return { kind: 'reply', ...(text ? { reply: text } : {}) };
        case 'label': case 'unlabel': return { kind: kind.value, ...(text ? { label: text } : {}) };
        case 'note': case 'close': return { kind: kind.value, ...(text ? { text } : {}) };
        default: return { kind: kind.value };
      }
    };
    return made;
  }

  const wrong = el('p', { class: 'meta', role: 'status' });
  function settle() {
    add.disabled = lines.length >= mostSteps;
    const early = lines.slice(0, -1).some((each) => ends.includes(each.kind()));
    wrong.textContent = early ? t('desk.stepEnd') : '';
  }
  lines = first.map(line);
  put(rows, lines.map((each) => each.element));
  settle();
  return { element: el('fieldset', { class: 'desk-steps-field' }, el('legend', {}, t('desk.steps')), rows, wrong, el('div', {}, add)), read: () => lines.map((each) => each.read()) };
}

function choose(label, options, value) {
  return el('select', { class: 'select', 'data-step': 'value', 'aria-label': label }, options.map(([each, words]) => el('option', { value: each, selected: each === value }, words)));
}

/** What conversations may be closed with, in the business's own words: `{ element, load() }`. */
export function outcomesCard(at, mayWrite) {
  const body = el('div', { class: 'card-body stack' });
  const element = el('section', { class: 'card', 'aria-label': t('desk.outcomes'), id: 'outcomes' }, body);
  async function load() {
    let found;
    try {
      found = await ask(at('outcomes'));
    } catch (problem) {
      return put(body, el('p', { class: 'is-bad', role: 'alert' }, problem.words));
    }
    if (!mayWrite) return put(body, el('ul', {}, found.outcomes.map((each) => el('li', {}, name(outcomeWords(each))))));
    const text = field({
      name: 'outcomes', kind: 'textarea', label: t('desk.outcomes'), optional: true, hint: t('desk.outcomesHint', { list: usual.map(outcomeWords).join(', ') }),
      attributes: { rows: 6, dir: 'auto', maxlength: 1400 },
    });
    const made = form({
      fields: [text], values: { outcomes: found.areUsual ? '' : found.outcomes.join('\n') },
      save: ({ outcomes }) => change('PUT', at('outcomes'), { body: { outcomes: outcomes.split('\n').map((each) => each.trim()).filter(Boolean) } }),
      saved: () => {
        toast(t('form.saved'));
        load();
      },
    });
    return put(body, found.areUsual ? el('p', { class: 'soft' }, t('desk.outcomesUsual')) : null, made.element);
  }
  return { element, load };
}
