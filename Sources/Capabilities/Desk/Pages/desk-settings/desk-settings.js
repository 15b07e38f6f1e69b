// Tools of work: the words that agents send often, and the labels of conversations.

import { ask, change, path } from '/pages/look/api.js';
import { may, organisation } from '/pages/look/base/session.js';
import {
  badge, blank, button, confirmEffects, el, field, form, name, number, openDialog, pageOf, put, t, table, tabs, toast,
} from '/pages/look/parts.js';
import { addCommands, enter, pageHead } from '/pages/look/shell.js';
import { fill, parts, variables } from '/pages/desk/canned.js';
import { macrosTable, outcomesCard } from './macros.js';
import { holds, wordsFilter } from './search.js';

const colours = ['grey', 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'purple'];

enter('tools', (page) => {
  const show = () => { if (page.isConnected) open(page, organisation()); };
  addEventListener('parley:organisation', show);
  show();
});

function open(page, here) {
  if (!here) {
    return put(page, pageHead({ title: t('desk.title'), lead: t('desk.lead') }),
      blank({ picture: 'building', title: t('desk.choose'), text: t('desk.chooseText'), level: 2 }));
  }
  const at = (...rest) => path(['tenants', here.id, 'desk', ...rest]);
  const mayWrite = may('settings:write');
  const parts = {
    replies: repliesTable(at, mayWrite, here), labels: labelsTable(at, mayWrite),
    macros: macrosTable(at, mayWrite), outcomes: outcomesCard(at, mayWrite),
  };
  const subjects = Object.keys(parts);
  const asked = subjects.indexOf(location.hash.slice(1));
  put(page, pageHead({ title: t('desk.title'), lead: t('desk.lead') }), tabs(t('desk.title'), subjects.map((subject) => ({
    words: t('desk.' + subject),
    content: () => {
      parts[subject].load();
      return parts[subject].element;
    },
  })), { chosen: Math.max(0, asked), changed: (index) => history.replaceState(history.state, '', '#' + subjects[index]) }));
  if (mayWrite) {
    addCommands([
      { words: t('desk.replyAdd'), picture: 'plus', run: parts.replies.add },
      { words: t('desk.labelAdd'), picture: 'plus', run: parts.labels.add },
      { words: t('desk.macroAdd'), picture: 'plus', run: parts.macros.add },
    ]);
  }
}

// Canned replies

function repliesTable(at, mayWrite, here) {
  const list = table({
    label: t('desk.replies'), filters: wordsFilter('replies', t('desk.replies')), count: 'desk.replyCount', failedTitle: t('desk.repliesBroken'),
    id: (reply) => reply.id, name: (reply) => '/' + reply.shortcut,
    acts: mayWrite ? [button(t('desk.replyAdd'), { kind: 'small primary push', picture: 'plus', act: () => edit(), id: 'reply-add' })] : null,
    open: mayWrite ? edit : undefined,
    empty: { picture: 'slash', level: 2, title: t('desk.noReplies'), text: t('desk.noRepliesText') },
    columns: [
      { head: t('desk.shortcut'), kind: 'lead', cell: (reply) => [el('span', { class: 'mono' }, '/' + reply.shortcut), el('span', { class: 'sub' }, name(reply.title))] },
      { head: t('desk.language'), cell: (reply) => reply.language || t('desk.anyLanguage') },
      { head: t('desk.text'), cell: (reply) => el('span', { class: 'desk-text', dir: 'auto' }, marked(reply.text)) },
      { head: t('desk.state'), cell: stateOf },
    ],
    menu: mayWrite ? (reply) => [
      { words: t('desk.edit'), picture: 'edit', run: () => edit(reply) },
      { words: t(reply.isArchived ? 'desk.takeOut' : 'desk.putAway'), picture: reply.isArchived ? 'undo' : 'box', run: () => archive(reply) },
    ] : null,
    async load({ after, limit, filters, signal }) {
      const found = await ask(at('replies'), { signal });
      return pageOf(found.replies.filter((reply) => holds([reply.shortcut, reply.title, reply.text], filters.replies)), { after, limit });
    },
  });

  function edit(reply) {
    const preview = el('div', { class: 'desk-preview', dir: 'auto', id: 'preview' });
    const text = field({
      name: 'text', kind: 'textarea', label: t('desk.text'), hint: t('desk.variables', { list: variables.map((each) => `{${each}}`).join(' ') }),
      attributes: { maxlength: 2000, rows: 5 },
    });
    const show = () => put(preview, marked(fill(text.read(), {
      'customer.name': t('desk.sampleCustomer'), 'customer.phone': '+34 600 111 222', 'agent.name': t('desk.sampleAgent'), 'business.name': here.name,
    }).text));
    text.input.addEventListener('input', show);
    const made = form({
      fields: [
        [
          field({ name: 'shortcut', label: t('desk.shortcut'), hint: t('desk.shortcutHint'), attributes: { maxlength: 32, autocapitalize: 'off', spellcheck: 'false' } }),
          field({ name: 'language', label: t('desk.language'), optional: true, hint: t('desk.languageHint'), attributes: { maxlength: 12, autocapitalize: 'off', spellcheck: 'false' } }),
        ],
        field({ name: 'title', label: t('desk.replyTitle'), attributes: { maxlength: 80 } }), text,
      ],
      values: reply ? { shortcut: reply.shortcut, language: reply.language, title: reply.title, text: reply.text } : {},
      extra: [el('div', {}, el('h3', {}, t('desk.preview')), preview)], cancel: () => dialog.close(),
      save: ({ shortcut, language, title, text: words }, { once }) => {
        const body = { shortcut: shortcut.trim().replace(/^\//, ''), title, text: words, ...(language.trim() ? { language: language.trim() } : {}) };
        return reply ? change('PUT', at('replies', reply.id), { body }) : change('POST', at('replies'), { body, once });
      },
      saved: () => done(dialog, list),
    });
    show();
    const dialog = openDialog({ kind: 'drawer', title: t(reply ? 'desk.replyEdit' : 'desk.replyAdd'), body: made.element });
    dialog.id = 'reply-dialog';
  }

  async function archive(reply) {
    await attempt(() => change('PUT', at('replies', reply.id, 'archived'), { body: { isArchived: !reply.isArchived } }), list);
  }
  return { element: list.element, load: list.load, add: () => edit() };
}

/** A text with its variables marked. */
function marked(text) {
  return parts(text).map((part) => (part.words !== undefined ? part.words : el('mark', {}, `{${part.variable}}`)));
}

// Labels

function labelsTable(at, mayWrite) {
  let known = [];
  const list = table({
    label: t('desk.labels'), filters: wordsFilter('labels', t('desk.labels')), count: 'desk.labelCount', failedTitle: t('desk.labelsBroken'),
    id: (label) => label.id, name: (label) => label.name,
    acts: mayWrite ? [button(t('desk.labelAdd'), { kind: 'small primary push', picture: 'plus', act: () => edit(), id: 'label-add' })] : null,
    open: mayWrite ? (label) => { if (!label.mergedInto) edit(label); } : undefined,
    empty: { picture: 'tag', level: 2, title: t('desk.noLabels'), text: t('desk.noLabelsText') },
    columns: [
      { head: t('desk.labelName'), kind: 'lead', cell: chip },
      { head: t('desk.borne'), kind: 'num', cell: (label) => number(label.conversations) },
      { head: t('desk.state'), cell: (label) => (label.mergedInto
        ? badge('', mergedWords(label), 'transfer') : stateOf(label)) },
    ],
    menu: mayWrite ? (label) => (label.mergedInto ? [{ head: mergedWords(label) }] : [
      { words: t('desk.edit'), picture: 'edit', run: () => edit(label) },
      { words: t('desk.merge'), picture: 'transfer', run: () => merge(label) },
      { words: t(label.isArchived ? 'desk.takeOut' : 'desk.putAway'), picture: label.isArchived ? 'undo' : 'box', run: () => archive(label) },
    ]) : null,
    async load({ after, limit, filters, signal }) {
      known = (await ask(at('labels'), { signal })).labels;
      return pageOf(known.filter((label) => holds([label.name], filters.labels)), { after, limit });
    },
  });

  function mergedWords({ mergedInto }) {
    return t('desk.merged', { name: known.find(({ id }) => id === mergedInto)?.name ?? '' });
  }

  function edit(label) {
    const made = form({
      fields: [
        field({ name: 'name', label: t('desk.labelName'), attributes: { maxlength: 40 } }),
        field({ name: 'colour', kind: 'select', label: t('desk.colour'), options: colours.map((each) => [each, t('desk.colour.' + each)]) }),
      ],
      values: label ? { name: label.name, colour: label.colour } : { colour: 'blue' }, cancel: () => dialog.close(),
      save: (values, { once }) => (label ? change('PUT', at('labels', label.id), { body: values }) : change('POST', at('labels'), { body: values, once })),
      saved: () => done(dialog, list),
    });
    const dialog = openDialog({ title: t(label ? 'desk.labelEdit' : 'desk.labelAdd'), body: made.element });
    dialog.id = 'label-dialog';
  }

  function merge(label) {
    const others = known.filter((each) => each.id !== label.id && !each.mergedInto && !each.isArchived);
    if (!others.length) return toast(t('desk.noOther'), { bad: true });
    const made = form({
      fields: [field({ name: 'into', kind: 'select', label: t('desk.mergeInto'), options: others.map((each) => [each.id, each.name]) })],
      submit: t('desk.merge'), cancel: () => dialog.close(),
      extra: [el('p', { class: 'soft' }, t('desk.mergeText', { name: label.name }))],
      save: ({ into }) => change('PUT', at('labels', label.id, 'merged'), { body: { into } }),
      saved: () => done(dialog, list),
    });
    const dialog = openDialog({ title: t('desk.mergeTitle', { name: label.name }), body: made.element });
    dialog.id = 'merge-dialog';
  }

  async function archive(label) {
    const put = () => change('PUT', at('labels', label.id, 'archived'), { body: { isArchived: !label.isArchived } });
    if (label.isArchived || !label.conversations) return attempt(put, list);
    const isDone = await confirmEffects({
      title: t('desk.putAwayTitle', { name: label.name }), act: t('desk.putAway'), effects: [t('desk.putAwayText', { count: label.conversations })], run: put,
    });
    if (isDone) list.load();
  }
  return { element: list.element, load: list.load, add: () => edit() };
}

/** A label as it stands on a conversation: its name beside its colour, which says nothing alone. */
function chip(label) {
  return el('span', { class: `desk-label desk-${colours.includes(label.colour) ? label.colour : 'grey'}` }, el('i', { 'aria-hidden': 'true' }), name(label.name));
}

function stateOf({ isArchived }) {
  return isArchived ? badge('', t('desk.away'), 'box') : badge('ok', t('desk.inUse'), 'check');
}

function done(dialog, list) {
  dialog.close();
  toast(t('form.saved'));
  list.load();
}

async function attempt(act, list) {
  try {
    await act();
    toast(t('form.saved'));
  } catch (problem) {
    toast(problem.words, { bad: true });
  }
  list.load();
}
