// The simulator: a phone to play customers of simulated businesses, WhatsApp's faults as switches,
// and what it and the businesses say to each other.

import { ask, path } from '/pages/look/api.js';
import { blank, bones, button, el, name, put, segments, t, tabs } from '/pages/look/parts.js';
import { addCommands, enter, pageHead } from '/pages/look/shell.js';
import { callsPanel } from './calls.js';
import { chatList, newCustomer } from './chats.js';
import { faultsPanel } from './faults.js';
import { Phone } from './phone.js';

/** Where the business that was played last is remembered. */
const kept = 'parley.simulator';

enter('simulator', async (page) => {
  put(page, pageHead({ title: t('room.simulator'), lead: t('simulator.lead') }), bones());
  let standing;
  try {
    standing = await ask(path(['simulator']));
  } catch (problem) {
    standing = { isRunning: false, businesses: [], problem };
  }
  if (!page.isConnected) return;
  if (!standing.isRunning || !standing.businesses.length) {
    const isAway = Boolean(standing.problem);
    put(page, pageHead({ title: t('room.simulator'), lead: t('simulator.lead') }), blank({
      picture: isAway ? 'bad' : 'phone', level: 2,
      title: t(isAway ? 'simulator.away' : standing.isRunning ? 'simulator.noBusiness' : 'simulator.none'),
      text: isAway ? standing.problem.words : t(standing.isRunning ? 'simulator.noBusinessText' : 'simulator.noneText'),
      acts: [button(t('act.again'), { picture: 'refresh', act: () => location.reload() })],
    }));
    return;
  }
  open(page, standing.businesses);
});

function open(page, businesses) {
  const last = sessionStorage.getItem(kept);
  let business = businesses.find((each) => each.name === last) ?? businesses[0];
  const phone = new Phone({ changed: () => chats.load() });
  const chats = chatList({ business: () => business, choose });
  const faults = faultsPanel({ business: () => business, changed: () => calls.load() });
  const calls = callsPanel({ page, business: () => business });
  const start = () => newCustomer(choose);
  const which = businesses.length > 1 ? segments(t('simulator.business'), businesses.map((each) => [each.name, name(each.name)]), {
    chosen: business.name, changed: (chosen) => turn(businesses.find((each) => each.name === chosen)),
  }) : null;
  const stage = el('div', { class: 'sim', 'data-step': 'talk' },
    el('section', { class: 'sim-chats card', 'aria-label': t('simulator.chats') }, chats.element),
    phone.element,
    el('div', { class: 'sim-side' }, tabs(t('simulator.behind'), [
      { words: t('simulator.faults'), content: () => faults.element },
      { words: t('simulator.calls'), content: () => calls.element },
    ])));
  put(page, pageHead({
    title: t('room.simulator'), lead: t('simulator.lead'),
    acts: [which, button(t('simulator.newCustomer'), { kind: 'primary', picture: 'plus', id: 'new-customer', act: start })],
  }), stage);
  addCommands([{ words: t('simulator.newCustomer'), picture: 'plus', keys: ['N'], run: start }]);

  function choose({ phone: digits, name: called }) {
    chats.mark(digits);
    phone.show(business, digits, called);
  }
  async function turn(next) {
    business = next;
    sessionStorage.setItem(kept, business.name);
    const all = await chats.load();
    if (all?.length) choose(all[0]);
    else phone.clear(start);
    faults.load();
    calls.load();
  }
  turn(business);
}
