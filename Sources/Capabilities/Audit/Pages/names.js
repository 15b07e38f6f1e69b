// What the audit log's codes mean, in words. What is not here is shown as its code.

import { knows } from '/pages/look/base/words.js';
import { t } from '/pages/look/parts.js';

/** Actions by the groups of the filter. */
const groups = {
  documents: ['document.add', 'document.remove'],
  conversations: ['handoff.claim', 'handoff.release', 'handoff.close', 'handoff.takeOver'],
  agents: ['ticket.issue'],
  businesses: ['tenant.add', 'tenant.change', 'tenant.remove'],
  secrets: ['secrets.rotate'],
  deadLetters: ['dead-letter.redrive', 'dead-letter.discard'],
};

/** The actions as the filter offers them: each group, and all of a group where it has several. */
export function actionChoices() {
  return Object.entries(groups).map(([group, actions]) => {
    const prefix = actions[0].slice(0, actions[0].indexOf('.') + 1);
    const whole = [prefix, t('audit.anythingOf', { group: t('audit.group.' + group) })];
    return {
      head: t('audit.group.' + group),
      options: [...(actions.length > 1 ? [whole] : []), ...actions.map((action) => [action, actionName(action)])],
    };
  });
}

/** An action in words. */
export function actionName(action) {
  const key = 'audit.action.' + action;
  return knows(key) ? t(key) : action;
}

const kinds = {
  key: { picture: 'key', name: () => t('audit.actor.key') },
  agent: { picture: 'person', kind: 'team', name: (id) => id },
  cli: { picture: 'server', name: (id) => t('audit.actor.cli', { name: id }) },
};

/** Who an actor is: a name, a picture, and the code where that says more. */
export function actorOf(actor) {
  const slash = actor.indexOf('/');
  const kind = kinds[actor.slice(0, slash)];
  if (slash < 0 || !kind) return { picture: 'question', name: actor, code: null };
  return { picture: kind.picture, kind: kind.kind, name: kind.name(actor.slice(slash + 1)), code: actor };
}

/** What something was done to: a name, and the id where both stand there. */
export function targetOf(entry) {
  const document = /^(doc_[0-9a-f]+) (.+)$/s.exec(entry.subject);
  if (document) return { name: document[2], code: document[1] };
  if (entry.action.startsWith('handoff.')) {
    return { name: t('audit.target.conversation', { id: entry.subject.slice(0, 8) }), code: entry.subject };
  }
  if (entry.action.startsWith('dead-letter.')) return { name: t('audit.target.deadLetter'), code: entry.subject };
  if (entry.action === 'secrets.rotate') return { name: t('audit.target.secrets'), code: entry.subject };
  return { name: entry.subject, code: null };
}
