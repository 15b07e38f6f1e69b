// Queues: which team gets which conversations, who is in it, and what each person can take at once.

import { ask, change, path } from '/pages/look/api.js';
import { may, organisation } from '/pages/look/base/session.js';
import { badge, blank, button, confirmEffects, el, field, form, name, number, openDialog, pageOf, put, state, t, table, toast } from '/pages/look/parts.js';
import { addCommands, enter, pageHead } from '/pages/look/shell.js';
import { membersField, numbersField, rulesField, stepField, wordsField } from './parts.js';

enter('queues', (page) => {
  const show = () => { if (page.isConnected) open(page, organisation()); };
  addEventListener('parley:organisation', show);
  show();
});

function open(page, here) {
  if (!here) {
    return put(page, pageHead({ title: t('room.queues'), lead: t('queues.lead') }),
      blank({ picture: 'building', title: t('queues.choose'), text: t('queues.chooseText'), level: 2 }));
  }
  const at = (...rest) => path(['tenants', here.id, 'routing', ...rest]);
  const mayWrite = may('settings:write');
  const shared = { here, at, mayWrite, known: null, people: [], labels: [], numbers: [] };
  const queues = queuesTable(shared, () => agents.load());
  const agents = agentsTable(shared);
  put(page, pageHead({ title: t('room.queues'), lead: t('queues.lead') }),
    queues.element, agents.element);
  if (mayWrite) addCommands([{ words: t('queues.add'), picture: 'plus', run: queues.add }]);
  queues.load();
  return undefined;
}

/** Reads the queues with what their forms name: who answers customers, labels and numbers. */
async function readAll(shared, signal) {
  const tenant = shared.here.id;
  const some = (work, otherwise) => work.catch(() => otherwise);
  const [routing, members, labels, business] = await Promise.all([
    ask(shared.at(), { signal }), some(ask(path(['tenants', tenant, 'members'], { limit: 200 }), { signal }), { members: [] }),
    some(ask(path(['tenants', tenant, 'desk', 'labels']), { signal }), { labels: [] }), some(ask(path(['tenants', tenant]), { signal }), { numbers: [] }),
  ]);
  const people = new Map();
  for (const agent of routing.agents) people.set(agent.id, { id: agent.id, name: agent.name ?? agent.id });
  for (const member of members.members) people.set(member.account, { id: member.account, name: member.name || member.email || member.account });
  for (const queue of routing.queues) for (const id of queue.members) if (!people.has(id)) people.set(id, { id, name: id });
  Object.assign(shared, {
    known: routing, people: [...people.values()].sort((one, other) => one.name.localeCompare(other.name)),
    labels: labels.labels.filter((label) => !label.isArchived && !label.mergedInto), numbers: business.numbers ?? [],
  });
  return routing;
}

const numberName = (shared, id) => shared.numbers.find((each) => each.id === id)?.display ?? id;
const nameOf = (shared, id) => shared.people.find((each) => each.id === id)?.name ?? id;

// Queues

function queuesTable(shared, changed) {
  const { at, mayWrite } = shared;
  const list = table({
    label: t('queues.queues'), title: t('queues.queues'), count: 'queues.count', failedTitle: t('queues.broken'),
    id: (queue) => queue.id, name: (queue) => queue.name,
    acts: mayWrite ? [button(t('queues.add'), { kind: 'small primary push', picture: 'plus', act: () => edit(), id: 'queue-add' })] : null,
    open: mayWrite ? edit : undefined,
    empty: { picture: 'queue', level: 3, title: t('queues.none'), text: t('queues.noneText') },
    columns: [
      { head: t('queues.name'), kind: 'lead', cell: (queue) => [name(queue.name), ' ', queue.isDefault ? badge('', t('queues.takesRest'), 'ok') : null] },
      { head: t('queues.priority'), kind: 'num', cell: (queue) => number(queue.priority) },
      { head: t('queues.members'), cell: (queue) => (queue.members.length ? t('queues.people', { count: queue.members.length }) : badge('warn', t('queues.nobody'), 'warn')) },
      { head: t('queues.skills'), cell: (queue) => tags(queue.skills) },
      { head: t('queues.steps'), cell: (queue) => stepsOf(shared, queue) },
    ],
    menu: mayWrite ? (queue) => [
      { words: t('queues.edit'), picture: 'edit', run: () => edit(queue) },
      { words: t('queues.remove'), picture: 'trash', danger: true, run: () => remove(queue) },
    ] : null,
    async load({ signal }) {
      const { queues } = await readAll(shared, signal);
      changed();
      return { rows: queues, next: null, total: queues.length };
    },
  });

  function edit(queue) {
    const others = shared.known.queues.filter(({ id }) => id !== queue?.id);
    const skills = wordsField({ name: 'skills', label: t('queues.skills'), hint: t('queues.skillsHint') });
    const members = membersField({ name: 'members', label: t('queues.members'), people: shared.people, none: t('queues.nobodyYet') });
    const rules = rulesField({ name: 'takes', label: t('queues.takes'), hint: t('queues.takesHint'), labels: shared.labels, numbers: shared.numbers });
    const whole = (key, least, most, more = {}) => field({ name: key, kind: 'number', label: t('queues.' + key), attributes: { inputmode: 'numeric', min: least, max: most }, ...more });
    const made = form({
      fields: [
        field({ name: 'name', label: t('queues.name'), attributes: { maxlength: 60 } }),
        [whole('priority', 1, 9, { hint: t('queues.priorityHint') }), whole('weight', 1, 20, { hint: t('queues.weightHint') })],
        members, skills, rules,
        field({ name: 'isDefault', kind: 'switch', label: t('queues.takesRest') }),
        whole('offerSeconds', 10, 600, { hint: t('queues.offerSecondsHint') }),
        stepField({ name: 'widenAfter', label: t('queues.widenAfter') }),
        [stepField({ name: 'overflowAfter', label: t('queues.overflowAfter') }),
          field({ name: 'overflow', kind: 'select', label: t('queues.overflow'), optional: true, options: [['', t('queues.overflowNone')], ...others.map(({ id, name: words }) => [id, words])] })],
        stepField({ name: 'alertAfter', label: t('queues.alertAfter') }),
      ],
      values: queue ?? { priority: 5, weight: 1, offerSeconds: 30, members: [], skills: [], takes: [], isDefault: !shared.known.queues.length },
      cancel: () => dialog.close(),
      save: (values, { once }) => {
        const body = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== ''));
        if (!body.overflow) delete body.overflowAfter;
        return queue ? change('PUT', at('queues', queue.id), { body }) : change('POST', at('queues'), { body, once });
      },
      saved: () => {
        dialog.close();
        toast(t('form.saved'));
        list.load();
      },
    });
    const dialog = openDialog({ kind: 'drawer', title: t(queue ? 'queues.editTitle' : 'queues.add'), body: made.element });
    dialog.id = 'queue-dialog';
  }

  async function remove(queue) {
    const isLast = shared.known.queues.length === 1;
    const isDone = await confirmEffects({
      title: t('queues.removeTitle', { name: queue.name }), act: t('queues.remove'),
      effects: [t(isLast ? 'queues.removeLast' : 'queues.removeText')], run: () => change('DELETE', at('queues', queue.id)),
    });
    if (isDone) list.load();
  }
  return { element: list.element, load: list.load, add: () => { if (shared.known) edit(); } };
}

function tags(words) {
  return words.length ? el('span', { class: 'routing-tags' }, words.map((word) => el('span', { class: 'tag' }, el('bdi', {}, word)))) : '–';
}

function stepsOf(shared, queue) {
  const minutes = (seconds) => t('queues.after', { count: Math.max(1, Math.round(seconds / 60)) });
  const lines = [
    queue.widenAfter && queue.skills.length ? t('queues.step.widen', { after: minutes(queue.widenAfter) }) : null,
    queue.overflowAfter && queue.overflow ? t('queues.step.overflow', { after: minutes(queue.overflowAfter), name: shared.known?.queues.find(({ id }) => id === queue.overflow)?.name ?? '' }) : null,
    queue.alertAfter ? t('queues.step.alert', { after: minutes(queue.alertAfter) }) : null,
  ].filter(Boolean);
  return lines.length ? el('span', { class: 'routing-steps' }, lines.map((line) => el('span', {}, line))) : '–';
}

// Agents

function agentsTable(shared) {
  const kinds = { available: 'ok', busy: 'warn', away: 'off' };
  const mayLimit = may('members:write');
  const acts = (agent) => [
    shared.mayWrite ? { words: t('queues.edit'), picture: 'edit', run: () => edit(agent) } : null,
    mayLimit ? { words: t('queues.limit'), picture: 'eye', run: () => limit(agent), attributes: { 'data-act': 'limit' } } : null,
  ].filter(Boolean);
  const list = table({
    label: t('queues.agents'), title: t('queues.agents'), acts: [el('span', { class: 'meta' }, t('queues.agentsText'))], count: 'queues.agentCount', failedTitle: t('queues.broken'),
    id: (agent) => agent.id, name: (agent) => agent.name, open: shared.mayWrite ? edit : undefined,
    empty: { picture: 'users', level: 3, title: t('queues.noAgents'), text: t('queues.noAgentsText') },
    columns: [
      { head: t('queues.agent'), kind: 'lead', cell: (agent) => name(agent.name) },
      { head: t('queues.inQueues'), cell: (agent) => tags(agent.queues) },
      { head: t('queues.skills'), cell: (agent) => tags(agent.skills) },
      { head: t('queues.capacity'), kind: 'num', cell: (agent) => number(agent.capacity) },
      { head: t('queues.sees'), cell: (agent) => (agent.numbers ? tags(agent.numbers.map((id) => numberName(shared, id))) : t('queues.allNumbers')) },
      { head: t('queues.now'), cell: (agent) => (agent.isReachable ? state(kinds[agent.status] ?? 'off', t('queues.is.' + (agent.status ?? 'away'))) : state('off', t('queues.is.gone'))) },
    ],
    menu: shared.mayWrite || mayLimit ? acts : null,
    async load({ after, limit }) {
      if (!shared.known) return { rows: [], next: null, total: 0 };
      const known = new Map(shared.known.agents.map((agent) => [agent.id, agent]));
      const rows = shared.people.map(({ id, name: words }) => ({
        skills: [], capacity: shared.known.standardCapacity, isReachable: false, ...known.get(id), id, name: words,
        queues: shared.known.queues.filter(({ members }) => members.includes(id)).map((queue) => queue.name),
      }));
      return pageOf(rows, { after, limit });
    },
  });

  function edit(agent) {
    const made = form({
      fields: [
        field({ name: 'capacity', kind: 'number', label: t('queues.capacity'), hint: t('queues.capacityHint'), attributes: { inputmode: 'numeric', min: 0, max: 100 } }),
        wordsField({ name: 'skills', label: t('queues.skills'), hint: t('queues.ownSkillsHint') }),
      ],
      values: { capacity: agent.capacity, skills: agent.skills }, cancel: () => dialog.close(),
      save: (values) => change('PUT', shared.at('agents', agent.id), { body: values }),
      saved: (answer) => {
        dialog.close();
        toast(t('form.saved'));
        shared.known = answer;
        list.load();
      },
    });
    const dialog = openDialog({ title: t('queues.agentTitle', { name: nameOf(shared, agent.id) }), body: made.element });
    dialog.id = 'agent-dialog';
  }

  /** Limits somebody to numbers, or takes that back. */
  function limit(agent) {
    // One that is no more the business's stays named until it is taken out.
    const gone = (agent.numbers ?? []).filter((id) => !shared.numbers.some((each) => each.id === id)).map((id) => ({ id }));
    const numbers = [...shared.numbers, ...gone];
    const made = form({
      fields: [numbersField({ name: 'numbers', label: t('queues.sees'), hint: t('queues.seesHint'), numbers })],
      values: { numbers: agent.numbers }, cancel: () => dialog.close(),
      save: ({ numbers: chosen }) => change('PUT', shared.at('agents', agent.id, 'numbers'), { body: chosen.length ? { numbers: chosen } : {} }),
      saved: (answer) => {
        dialog.close();
        toast(t('form.saved'));
        shared.known = answer;
        list.load();
      },
    });
    const dialog = openDialog({ title: t('queues.limitTitle', { name: nameOf(shared, agent.id) }), body: numbers.length ? made.element : el('p', { class: 'soft' }, t('queues.noNumbers')) });
    dialog.id = 'numbers-dialog';
  }
  return { element: list.element, load: list.load };
}
