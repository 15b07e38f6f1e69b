// What customers asked and the documents did not answer, gathered: each wants an answer, or none.

import { ask, change, path } from '/pages/look/api.js';
import { listen } from '/pages/look/listen.js';
import { badge, blank, button, el, fillIn, filters, icon, menuButton, name, notice, t, time, toast } from '/pages/look/parts.js';
import { openWhy } from './why.js';

/** Periods that are offered, in days. */
const periods = [7, 14, 30, 90];
/** Groups that are shown at once. */
const pageSize = 30;

/** The list of groups. */
export function unansweredView(room) {
  if (!room.maySeeTalks) return blank({ picture: 'lock', title: t('knowledge.talksClosed'), text: t('knowledge.talksClosedText'), level: 2 });
  const narrow = filters(t('knowledge.filter'), [
    { name: 'days', kind: 'select', label: t('knowledge.period'), options: [['', t('knowledge.days', { count: 14 })], ...periods.filter((days) => days !== 14).map((days) => [String(days), t('knowledge.days', { count: days })])] },
    { name: 'settled', kind: 'select', label: t('knowledge.asked'), options: [['', t('knowledge.wantAnswer')], ['settled', t('knowledge.settled')]] },
  ]);
  const place = el('div', { class: 'stack', id: 'unanswered' });
  let shown = pageSize;
  const load = () => fillIn(place, async () => {
    const { days, settled } = narrow.values;
    const found = await ask(path(['tenants', room.tenant, 'unanswered'], { days, standing: settled || undefined }));
    if (!found.groups.length) {
      return blank({ picture: settled ? 'check' : 'ok', level: 2, title: t(settled ? 'knowledge.noneSettled' : 'knowledge.allAnswered'), text: t(settled ? 'knowledge.noneSettledText' : 'knowledge.allAnsweredText') });
    }
    const list = el('ul', { class: 'knowledge-groups', 'aria-label': t('knowledge.unanswered') }, found.groups.slice(0, shown).map((group) => groupItem(group)));
    return [
      el('p', { class: 'meta num', role: 'status' }, t('knowledge.gathered', { count: found.questions, groups: found.groups.length })),
      found.isCut ? notice('', t('knowledge.isCut')) : null, list,
      found.groups.length > shown ? button(t('knowledge.moreGroups'), { kind: 'small', 'data-act': 'more-groups', act: () => { shown += pageSize; load(); } }) : null,
    ];
  }, { level: 2 });
  narrow.listen(() => { shown = pageSize; load(); });
  let soon;
  listen('questions', { tenant: room.tenant, changed: () => {
    clearTimeout(soon);
    soon = setTimeout(() => { if (place.isConnected && !document.querySelector('dialog[open]')) load(); }, 800);
  } });

  function groupItem(group) {
    const isSettled = ['answered', 'putAside'].includes(group.mark?.standing);
    return el('li', { 'data-group': group.id }, el('div', { class: 'knowledge-count num', 'aria-hidden': 'true' }, group.count),
      el('div', { class: 'grow stack tight' },
        el('h2', { lang: group.language }, name(group.title)),
        el('p', { class: 'meta' }, [
          t('knowledge.askedTimes', { count: group.count }), group.conversations > 1 ? t('knowledge.byCustomers', { count: group.conversations }) : null,
          reasonsOf(group),
        ].filter(Boolean).join(' · '), ' · ', time(group.lastAt), group.language ? [' · ', languageOf(group.language)] : null),
        group.others.length ? el('details', {}, el('summary', { class: 'meta' }, t('knowledge.alsoAsked', { count: group.others.length })),
          el('ul', { class: 'knowledge-others' }, group.others.map((words) => el('li', { dir: 'auto' }, words)))) : null,
        group.mark ? markOf(group) : null,
        el('div', { class: 'row tight' }, acts(group, isSettled))));
  }

  function acts(group, isSettled) {
    const suggested = group.mark?.standing === 'suggested' ? group.mark : null;
    const write = button(t(suggested ? 'knowledge.useSuggestion' : 'knowledge.writeAnswer'), {
      kind: 'small primary', picture: 'edit', 'data-act': 'write-answer', act: () => room.write({
        question: suggested?.question ?? group.title, answer: suggested?.answer, others: group.others,
        saved: (listing) => settle(group, { standing: 'answered', document: listing.id }),
      }),
    });
    const suggest = button(t('knowledge.suggest'), {
      kind: 'small primary', picture: 'suggest', 'data-act': 'suggest', act: () => room.write({
        question: group.title,
        suggest: (values, once) => change('POST', room.at('unanswered', 'suggestions'), { body: { messages: group.messages, ...values }, once }),
        saved: () => { toast(t('knowledge.suggested')); load(); },
      }),
    });
    return [
      isSettled ? null : room.mayWrite ? write : room.maySuggest ? suggest : null,
      room.maySuggest ? button(t('knowledge.tryIt'), { kind: 'small', picture: 'bot', 'data-act': 'try-it', act: () => room.try(group.title) }) : null,
      button(t('knowledge.why'), { kind: 'small', picture: 'question', 'data-act': 'why', act: () => openWhy(room, group.messages[0]) }),
      isSettled && group.mark.document ? button(t('knowledge.seeAnswer'), { kind: 'small', picture: 'eye', act: () => room.look(group.mark.document) }) : null,
      room.mayWrite ? menuButton({
        picture: 'dots', kind: 'small quiet', label: t('knowledge.more'), end: true, items: () => (isSettled
          ? [{ words: t('knowledge.reopen'), picture: 'undo', run: () => settle(group, { standing: 'open' }) }]
          : [
            { words: t('knowledge.putAside'), picture: 'minus', run: () => settle(group, { standing: 'putAside' }) },
            ...(suggested ? [{ words: t('knowledge.decline'), picture: 'x', run: () => settle(group, { standing: 'open' }) }] : []),
          ]),
      }) : null,
    ];
  }

  async function settle(group, standing) {
    const send = (how) => change('POST', room.at('unanswered', 'settlements'), { body: { messages: group.messages, ...how } });
    try {
      await send(standing);
    } catch (problem) {
      return toast(problem.words, { bad: true, act: { words: t('act.again'), run: () => settle(group, standing) } });
    }
    if (standing.standing === 'putAside') {
      toast(t('knowledge.wasPutAside'), { undo: async () => { await send({ standing: 'open' }); load(); } });
    }
    return load();
  }
  load();
  return el('div', { class: 'stack' }, el('p', { class: 'soft' }, t('knowledge.unansweredText')), narrow.element, place);
}

function reasonsOf({ reasons }) {
  return Object.keys(reasons).sort().map((reason) => t('knowledge.reason.' + reason, { count: reasons[reason] })).join(', ');
}

function languageOf(code) {
  try {
    return new Intl.DisplayNames(document.documentElement.lang, { type: 'language' }).of(code);
  } catch {
    return code;
  }
}

function markOf({ mark }) {
  if (mark.standing === 'suggested') {
    return el('blockquote', { class: 'knowledge-suggestion' },
      el('p', { class: 'knowledge-remark soft' }, icon('suggest', 'small'), el('span', {}, t('knowledge.suggestedBy', { name: mark.by }))), el('p', { dir: 'auto' }, mark.answer));
  }
  if (mark.standing === 'answered') return el('p', {}, badge('ok', t('knowledge.answeredBy', { name: mark.by }), 'check'), ' ', time(mark.at));
  if (mark.standing === 'putAside') return el('p', {}, badge('', t('knowledge.asideBy', { name: mark.by }), 'minus'), ' ', time(mark.at));
  return null;
}
