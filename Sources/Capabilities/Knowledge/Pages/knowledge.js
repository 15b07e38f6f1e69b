// What the bot knows: documents, answers, sites, questions that nobody answered, and a way to try it.

import { ask, path } from '/pages/look/api.js';
import { may, organisation } from '/pages/look/base/session.js';
import { listen } from '/pages/look/listen.js';
import { blank, button, el, notice, put, t, tabs } from '/pages/look/parts.js';
import { addCommands, enter, pageHead } from '/pages/look/shell.js';
import { answersView, openAnswer } from './answers.js';
import { documentsView } from './documents.js';
import { openDocument } from './document.js';
import { openWebPage, sitesView } from './sites.js';
import { trialView } from './trial.js';
import { unansweredView } from './unanswered.js';
import { Uploads } from './uploads.js';

/** The views, as the page's address names them. */
const views = ['documents', 'unanswered', 'answers', 'sites', 'try'];

enter('knowledge', (page) => {
  const show = () => { if (page.isConnected) open(page, organisation()); };
  addEventListener('parley:organisation', show);
  show();
});

function open(page, here) {
  const head = (options = {}) => pageHead({ title: t('knowledge.title'), lead: t('knowledge.lead'), ...options });
  if (!here) {
    return put(page, head(), blank({ picture: 'building', title: t('knowledge.choose'), text: t('knowledge.chooseText'), level: 2 }));
  }
  const room = {
    tenant: here.id, at: (...rest) => path(['tenants', here.id, ...rest]), labels: [],
    mayWrite: may('documents:write'), maySuggest: may('documents:suggest'), maySeeTalks: may('conversations:read'),
  };
  const lead = el('p', { id: 'overview', class: 'meta num', role: 'status' });
  const notices = el('div', { id: 'notices' });
  const uploads = new Uploads(room);
  room.tell = (...nodes) => put(notices, nodes);
  room.look = async (id) => {
    try {
      const found = await ask(room.at('documents', id));
      history.replaceState(history.state, '', address('document', id));
      openDocument(room, found, { uploads, closed: () => history.replaceState(history.state, '', address('document', null)) });
    } catch (problem) {
      room.tell(notice('warn', t('knowledge.missing'), problem.words));
    }
  };
  room.write = (begun = {}) => openAnswer(room, begun);
  room.try = (question) => {
    row.children[views.indexOf('try')]?.click();
    trial.ask(question);
  };
  const trial = trialView(room);
  const list = [
    { words: t('knowledge.documents'), content: () => documentsView(room, uploads) },
    { words: t('knowledge.unanswered'), content: () => unansweredView(room) },
    { words: t('knowledge.answers'), content: () => answersView(room) },
    { words: t('knowledge.sites'), content: () => sitesView(room) },
    { words: t('knowledge.try'), content: () => trial.element },
  ];
  const wanted = Math.max(0, views.indexOf(new URLSearchParams(location.search).get('view')));
  const element = tabs(t('knowledge.views'), list, {
    chosen: wanted, changed: (index) => history.replaceState(history.state, '', address('view', index ? views[index] : null)),
  });
  const row = element.querySelector('[role=tablist]');
  row.classList.add('knowledge-tabs');

  async function count() {
    try {
      const found = await ask(room.at('counts', 'documents'));
      room.labels = found.labels;
      room.labelsChanged?.();
      put(lead, [t('knowledge.count', { count: found.documents }), t('knowledge.answerCount', { count: found.answers }), t('knowledge.findable', { count: found.passages })].join(' · '),
        found.pending ? [' · ', t('knowledge.pendingCount', { count: found.pending })] : null,
        found.problems ? [' · ', el('span', { class: 'is-warn' }, t('knowledge.problemCount', { count: found.problems }))] : null);
    } catch { /* what is listed tells of itself */ }
  }
  let soon;
  listen('documents', { tenant: here.id, changed: () => { clearTimeout(soon); soon = setTimeout(() => { if (page.isConnected) count(); }, 500); } });

  const pick = () => uploads.choose();
  put(page, head({
    acts: room.mayWrite ? [
      button(t('knowledge.addPage'), { picture: 'globe', id: 'add-page', act: () => openWebPage(room) }),
      button(t('knowledge.write'), { picture: 'question', id: 'write', act: () => room.write() }),
      button(t('knowledge.upload'), { kind: 'primary', picture: 'upload', id: 'upload', act: pick }),
    ] : [],
  }), lead, notices, uploads.input, element);
  if (room.mayWrite) uploads.takeDrops(page);
  addCommands([
    ...(room.mayWrite ? [
      { words: t('knowledge.upload'), picture: 'upload', keys: ['U'], run: pick },
      { words: t('knowledge.write'), picture: 'question', keys: ['N'], run: () => room.write() },
      { words: t('knowledge.addPage'), picture: 'globe', run: () => openWebPage(room) },
    ] : []),
    { words: t('knowledge.try'), picture: 'bot', keys: ['T'], run: () => room.try('') },
  ]);
  count();
  const document = new URLSearchParams(location.search).get('document');
  if (document) room.look(document);
  return undefined;
}

function address(name, value) {
  const place = new URLSearchParams(location.search);
  if (value) place.set(name, value);
  else place.delete(name);
  const text = place.toString();
  return location.pathname + (text ? '?' + text : '');
}
