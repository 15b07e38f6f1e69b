// What routing says to whoever is here: what they are, what is offered to them, and the queues.

import { button, el, heard, icon, menuButton, name, put, t, toast } from '/pages/look/parts.js';
import { nameOf, reasonWords } from './people.js';
import { play } from './sound.js';

/** What one can be, and how it is shown. */
const statuses = { available: 'ok', busy: 'warn', away: 'off' };

/**
 * Keeps what is offered to this person. `line` asks, `rowOf(conversation)` gives what is known of one,
 * `open(conversation)` shows it, `changed()` is called where the queues are others. Gives `{ status, banner,
 * filter, queues, hear(message), accept(), decline(), next(), nameOf(queue) }`.
 */
export function routingDesk({ line, rowOf, open, changed }) {
  const state = { status: null, queues: [], offers: [], chosen: null };
  const banner = el('div', { class: 'desk-offers', role: 'region', 'aria-label': t('desk.offers'), hidden: true });
  const said = el('span', { class: 'sr', role: 'alert' });
  const shown = new Map();
  const status = el('span', { class: 'desk-status', hidden: true });
  const filter = el('div', { class: 'desk-filter', hidden: true });
  let beat = null;

  function showStatus() {
    status.hidden = !state.queues.length || !line.me?.mayAnswer;
    if (status.hidden) return put(status);
    const had = status.contains(document.activeElement);
    put(status, menuButton({
      kind: 'quiet small', label: t('desk.status.act', { status: t('desk.status.' + state.status) }), end: true, 'data-act': 'status', 'data-status': state.status,
      content: el('span', { class: `state ${statuses[state.status]}` }, t('desk.status.' + state.status)),
      items: () => [
        { head: t('desk.status') },
        ...Object.keys(statuses).map((each) => ({
          words: t('desk.status.' + each), isOn: state.status === each, run: () => choose(each), attributes: { 'data-status': each },
        })),
      ],
    }));
    if (had) status.querySelector('button')?.focus();
    return undefined;
  }

  async function choose(wanted) {
    try {
      await line.ask('setStatus', { status: wanted });
      state.status = wanted;
      showStatus();
      toast(t('desk.status.did.' + wanted));
    } catch (refusal) {
      toast(refusal.message, { bad: true });
    }
  }

  // Offers

  function take(offer) {
    // Clocks differ: the time that is left counts from now.
    state.offers.push({ ...offer, ends: performance.now() + offer.secondsLeft * 1_000, whole: Math.max(1, offer.secondsLeft) });
  }

  function showOffers() {
    const wanted = new Set(state.offers.map(({ offer }) => offer));
    for (const [id, element] of [...shown]) {
      if (wanted.has(id)) continue;
      const had = element.contains(document.activeElement);
      element.remove();
      shown.delete(id);
      if (had) document.querySelector('#list .talks a, #list')?.focus();
    }
    for (const offer of state.offers) {
      if (!shown.has(offer.offer)) {
        const element = cardOf(offer);
        shown.set(offer.offer, element);
        banner.append(element);
      }
    }
    banner.hidden = !state.offers.length;
    clearInterval(beat);
    beat = null;
    if (state.offers.length) {
      tick();
      beat = setInterval(tick, 250);
    }
  }

  function tick() {
    for (const offer of state.offers) {
      const left = Math.max(0, (offer.ends - performance.now()) / 1_000);
      const element = whole(offer);
      put(element.querySelector('[data-part="left"]'), t('desk.offer.left', { count: Math.ceil(left) }));
      element.querySelector('progress').value = left / offer.whole;
      element.classList.toggle('is-late', left < 8);
    }
  }

  /** An offer may come before what it is about: then its card is made anew once that is here. */
  function whole(offer) {
    const element = shown.get(offer.offer);
    if (element.isWhole || !rowOf(offer.conversation)) return element;
    const had = element.contains(document.activeElement) ? document.activeElement.dataset.act : null;
    const fresh = cardOf(offer);
    element.replaceWith(fresh);
    shown.set(offer.offer, fresh);
    if (had) fresh.querySelector(`[data-act="${had}"]`)?.focus();
    return fresh;
  }

  function cardOf(offer) {
    const row = rowOf(offer.conversation);
    const words = row?.last?.text || row?.summary || '';
    const queue = state.queues.find(({ id }) => id === offer.queue);
    const accept = button([t('desk.offer.accept'), ' ', el('kbd', { 'aria-hidden': 'true' }, 'Y')], { kind: 'primary small', 'data-act': 'accept', act: (event) => answer(offer, true, event.currentTarget) });
    const decline = button([t('desk.offer.decline'), ' ', el('kbd', { 'aria-hidden': 'true' }, 'Z')], { kind: 'small', 'data-act': 'decline', act: (event) => answer(offer, false, event.currentTarget) });
    const card = el('article', { class: 'desk-offer', 'data-offer': offer.offer, 'data-conversation': offer.conversation },
      el('div', { class: 'grow' },
        el('p', { class: 'top' }, icon('bell', 'small'), el('strong', {}, el('bdi', {}, nameOf(row?.customer))),
          queue ? el('span', { class: 'tag' }, name(queue.name)) : null, row?.reason ? el('span', { class: 'tag' }, reasonWords(row.reason)) : null,
          el('span', { class: 'push num', 'data-part': 'left' })),
        words ? el('p', { class: 'cut soft' }, el('bdi', {}, words)) : null,
        el('progress', { max: 1, value: 1, 'aria-hidden': 'true' })),
      el('div', { class: 'acts' }, accept, decline));
    card.isWhole = Boolean(row);
    return card;
  }

  async function answer(offer, isAccepted, control) {
    if (!offer || offer.isAnswered) return;
    offer.isAnswered = true;
    control?.setAttribute('aria-busy', 'true');
    try {
      await line.ask('answerOffer', { offer: offer.offer, accept: isAccepted });
      end(offer.offer);
      if (isAccepted) open(offer.conversation);
    } catch (refusal) {
      offer.isAnswered = false;
      control?.removeAttribute('aria-busy');
      toast(refusal.message, { bad: true });
      end(offer.offer);
    }
  }

  function end(id) {
    state.offers = state.offers.filter(({ offer }) => offer !== id);
    showOffers();
  }

  async function next() {
    if (!line.me?.mayAnswer) return;
    try {
      const { conversation } = await line.ask('next');
      open(conversation);
    } catch (refusal) {
      toast(refusal.message, { bad: true });
    }
  }

  // Queues

  function keepTo(queue) {
    state.chosen = queue;
    filter.hidden = !queue;
    put(filter, queue ? [el('span', { class: 'meta' }, t('desk.queues.only')), el('span', { class: 'tag', 'data-queue': queue.id }, name(queue.name),
      el('button', { type: 'button', 'aria-label': t('tag.remove', { name: queue.name }), onclick: () => keepTo(null) }, icon('x', 'small')))] : null);
    changed();
  }

  return {
    element: el('div', { class: 'desk-routing' }, banner, said), status, filter, next,
    get queues() { return state.queues; },
    get isOn() { return state.chosen !== null; },
    holds: (row) => !state.chosen || row.queue === state.chosen.id,
    nameOf: (id) => state.queues.find((queue) => queue.id === id)?.name ?? null,
    accept: () => answer(state.offers[0], true),
    decline: () => answer(state.offers[0], false),
    items() {
      if (!state.queues.length) return [];
      return [{ head: t('desk.queues.filter') }, { words: t('desk.queues.any'), isOn: !state.chosen, run: () => keepTo(null), attributes: { 'data-queue': '' } },
        ...state.queues.map((queue) => ({
          words: [name(queue.name), queue.isMine ? null : heard(` (${t('desk.queues.others')})`)], isOn: state.chosen?.id === queue.id,
          run: () => keepTo(queue), attributes: { 'data-queue': queue.id },
        }))];
    },
    /** Takes in what the console says of routing; whether it was that. */
    hear(message) {
      switch (message.type) {
        case 'routing':
          Object.assign(state, { status: message.status, queues: message.queues, offers: [] });
          for (const offer of message.offers) take(offer);
          if (state.chosen) keepTo(state.queues.find(({ id }) => id === state.chosen.id) ?? null);
          showStatus();
          showOffers();
          changed();
          return true;
        case 'offerMade':
          // Told again after a broken line: how long it stands is known better.
          if (state.offers.some(({ offer }) => offer === message.offer)) return true;
          take(message);
          showOffers();
          said.textContent = t('desk.offer.said', { name: nameOf(rowOf(message.conversation)?.customer), count: message.secondsLeft });
          play();
          return true;
        case 'offerEnded': {
          const known = state.offers.find(({ offer }) => offer === message.offer);
          end(message.offer);
          if (known && !known.isAnswered && ['missed', 'taken', 'withdrawn'].includes(message.reason)) toast(t('desk.offer.over.' + message.reason));
          return true;
        }
        case 'agentChanged':
          if (message.agent !== line.me?.agent) return true;
          state.status = message.status;
          showStatus();
          if (message.because === 'missedOffers') toast(t('desk.status.missed'), { bad: true, act: { words: t('desk.status.back'), run: () => choose('available') } });
          return true;
        default: return false;
      }
    },
    end() { clearInterval(beat); },
  };
}

/** How long a conversation can be laid aside, as it is offered: `[words, until]`. */
export function parkings(now = new Date()) {
  const at = (days, hour) => {
    const day = new Date(now);
    day.setDate(day.getDate() + days);
    day.setHours(hour, 0, 0, 0);
    return day.getTime();
  };
  return [
    [t('desk.park.hours', { count: 1 }), now.getTime() + 3_600_000],
    [t('desk.park.hours', { count: 4 }), now.getTime() + 4 * 3_600_000],
    [t('desk.park.tomorrow'), at(1, 9)],
    [t('desk.park.days', { count: 3 }), at(3, 9)],
    [t('desk.park.days', { count: 7 }), at(7, 9)],
  ];
}
