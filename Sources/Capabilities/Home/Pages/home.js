// The first page: what there is, what waits, and where to go on.

import { ask, path } from '/pages/look/api.js';
import { installation, may, organisation, who } from '/pages/look/base/session.js';
import { openRooms } from '/pages/look/shell/rooms.js';
import { blank, card, el, figures, icon, name, notice, number, pairs, plainTable, put, rich, state, t } from '/pages/look/parts.js';
import { enter, keepFresh, pageHead } from '/pages/look/shell.js';
import { beginning } from './steps.js';
import { week } from './week.js';

/** How often the numbers are read anew, in milliseconds. */
const pause = 3_000;

const commands = [
  ['list', 'parley handoff list'], ['agent', 'parley agent --name Ana'], ['add', 'parley knowledge add'],
  ['tenant', 'parley tenant add'], ['audit', 'parley audit'],
];

enter('home', (page) => {
  // Who may not see what runs finds their own rooms here.
  if (!may('status:read')) return welcome(page);
  const live = el('span', { class: 'state off', id: 'live', role: 'status' }, t('home.connecting'));
  const notices = el('div', { id: 'notices' });
  const numbers = el('div', { id: 'figures' });
  const [tenants, stages, links] = [0, 1, 2].map(() => el('div', { class: 'table-wrap' }));
  let shown = '';
  put(page, pageHead({ title: t('home.title'), lead: t('home.lead'), acts: [live] }), beginning(page), notices, numbers, week(page),
    el('div', { class: 'cols wide-narrow' },
      el('div', { class: 'stack' }, card({ title: t('home.businesses'), wrap: tenants }),
        card({ title: t('home.commands'), body: pairs(commands.map(([key, words]) => [el('code', {}, words), t('home.command.' + key)])) })),
      el('div', { class: 'stack' }, card({ title: t('home.stages'), end: el('span', { class: 'meta' }, t('home.behind')), wrap: stages }),
        card({ title: t('home.links'), body: links }))));
  links.className = 'home-links';
  showFigures(numbers, null);

  keepFresh(page, async () => {
    let status;
    try {
      status = await ask('/api/v1/status');
    } catch (problem) {
      if (problem.status === 401) return;
      say(live, 'warn', t('home.trying'));
      if (!notices.firstChild) put(notices, notice('warn', t('home.old'), problem.words));
      return;
    }
    say(live, 'ok', t('home.live'));
    const only = organisation();
    const list = status.tenants.filter((tenant) => !only || tenant.id === only.id);
    // What has not changed keeps its focus and its place.
    const now = JSON.stringify([status, only]);
    if (now === shown) return put(notices, warning(list, status.agents));
    shown = now;
    put(notices, warning(list, status.agents));
    showFigures(numbers, { list, agents: status.agents });
    put(tenants, list.length ? businesses(list) : blank({
      picture: 'building', title: t('home.none'), text: rich('home.noneText', { command: el('code', {}, 'parley tenant add') }),
    }));
    // Nothing known is not all well.
    put(stages, status.stages.length
      ? plainTable(t('home.stages'), [t('home.stage'), t('home.lag')], status.stages.map((stage) => [
        name(stage.name), stage.lag ? state('warn', number(stage.lag)) : state('ok', t('home.level')),
      ]))
      : blank({ picture: 'pulse', title: t('home.noStage'), text: t('home.noStageText') }));
    put(links, el('ul', { class: 'stack tight' }, status.links.filter((link) => /^https?:/.test(link.url)).map((link) => el('li', {},
      el('a', { href: link.url }, name(link.name)), el('span', { class: 'sub mono' }, link.url)))));
  }, pause);
  return undefined;
}, { words: ['analytics'] });

/** The rooms of whoever looks after one business. */
function welcome(page) {
  const isAlone = !organisation();
  const business = el('bdi', {}, organisation()?.name);
  addEventListener('parley:organisation', () => put(business, organisation()?.name));
  put(page, pageHead({ title: t('home.welcome', { name: who().name ?? '' }), lead: isAlone ? null : business }),
    isAlone ? card({ body: founding() }) : beginning(page),
    waiting(page), week(page), rooms());
}

/** The rooms that are open, by what they are for. */
function rooms() {
  const groups = Map.groupBy(openRooms().filter(({ room, group }) => room !== 'home' && group !== 'foot'), ({ group }) => group);
  return el('section', { class: 'home-rooms', 'aria-label': t('home.rooms') }, Array.from(groups, ([group, list]) => card({
    title: t('nav.' + group), body: el('ul', {}, list.map(({ room, href, icon: picture }) => el('li', {},
      el('a', { href }, icon(picture), el('span', {}, t('room.' + room)))))),
  })));
}

/** How many wait for a person and how many have one, for whoever answers them. */
function waiting(page) {
  const place = el('div', { id: 'figures' });
  const read = async () => {
    const here = organisation();
    if (!here || !may('conversations:read', here.id)) return put(place);
    const { waiting: queued, claimed } = await ask(path(['tenants', here.id, 'handoffs'], { limit: 1 }));
    return put(place, figures([
      { id: 'waiting', label: t('home.waiting'), value: queued, note: queued ? t('home.waitingHere') : t('home.waitingNone') },
      { id: 'claimed', label: t('home.claimed'), value: claimed, note: claimed ? t('home.claimedSome') : t('home.claimedNobody') },
    ]));
  };
  // Without an answer, the numbers of before stay.
  keepFresh(page, () => read().catch(() => {}), pause);
  return place;
}

/** How whoever belongs to nothing yet goes on. */
function founding() {
  const isOpen = installation().isSignUpOpen;
  return blank({
    picture: 'building', level: 2, title: t('home.alone'), text: t(isOpen ? 'home.aloneFound' : 'home.aloneAsk'),
    acts: isOpen ? [el('a', { class: 'button primary', href: '/pages/signup/' }, t('home.found'))] : [],
  });
}

function say(live, kind, words) {
  if (live.textContent === words) return;
  live.className = `state ${kind}`;
  live.textContent = words;
}

/** What needs somebody now. */
function warning(list, agents) {
  const waiting = list.reduce((sum, tenant) => sum + tenant.queued, 0);
  return waiting && !agents ? notice('warn', t('home.nobody'), t('home.nobodyText', { count: waiting })) : null;
}

function showFigures(place, now) {
  const sum = (key) => now?.list.reduce((total, tenant) => total + tenant[key], 0);
  const inBusinesses = (key) => now?.list.filter((tenant) => tenant[key]).length;
  const note = (count, none, some) => (now ? (count ? some : none) : '');
  const value = (count) => count ?? '–';
  put(place, figures([
    {
      id: 'businesses', label: t('home.businesses'), value: value(now?.list.length),
      note: now ? t('home.documents', { count: sum('documents') }) : '',
    },
    {
      id: 'waiting', label: t('home.waiting'), value: value(sum('queued')),
      note: note(sum('queued'), t('home.waitingNone'), t('home.waitingIn', { count: inBusinesses('queued') ?? 0 })),
    },
    {
      id: 'claimed', label: t('home.claimed'), value: value(sum('claimed')),
      note: note(sum('claimed'), t('home.claimedNone'), t('home.waitingIn', { count: inBusinesses('claimed') ?? 0 })),
    },
    { id: 'agents', label: t('home.agents'), value: value(now?.agents), note: note(now?.agents, t('home.agentsNone'), t('home.agentsSome')) },
  ]));
}

function businesses(list) {
  return plainTable(t('home.businesses'), [t('home.business'), t('home.queued'), t('home.held'), t('home.files')],
    list.map((tenant) => [name(tenant.name), tenant.queued, tenant.claimed, tenant.documents]));
}
