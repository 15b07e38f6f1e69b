// What the audit log's codes mean, in words. What is not here is shown as its code.

/** What was done, by action; groups are the filter's. */
export const actions = [
  ['Documents', [['document.add', 'Added a document'], ['document.remove', 'Removed a document']]],
  ['Conversations', [
    ['handoff.claim', 'Claimed a conversation'], ['handoff.release', 'Released a conversation'],
    ['handoff.close', 'Closed a conversation'],
    ['handoff.takeOver', 'Took a conversation from the bot'],
  ]],
  ['Agents', [['ticket.issue', 'Let an agent in']]],
  ['Businesses', [
    ['tenant.add', 'Connected the business'], ['tenant.change', 'Changed the business'],
    ['tenant.remove', 'Disconnected the business'],
  ]],
  ['Secrets', [['secrets.rotate', 'Changed the secrets’ key']]],
  ['Dead letters', [
    ['dead-letter.redrive', 'Gave a dead letter another try'],
    ['dead-letter.discard', 'Discarded a dead letter'],
  ]],
];

const names = new Map(actions.flatMap(([, list]) => list));

/** An action in words. */
export function actionName(action) {
  return names.get(action) ?? action;
}

const kinds = {
  key: { icon: 'key', name: () => 'Installation’s key' },
  agent: { icon: 'person', name: (id) => id },
  cli: { icon: 'server', name: (id) => `${id}, command line` },
};

/** Who an actor is: a name, a picture, and the code where that says more. */
export function actorOf(actor) {
  const slash = actor.indexOf('/');
  const kind = kinds[actor.slice(0, slash)];
  if (slash < 0 || !kind) return { icon: 'question', name: actor, code: null };
  return { icon: kind.icon, name: kind.name(actor.slice(slash + 1)), code: actor };
}

/** What something was done to: a name, and the id where both stand there. */
export function targetOf(entry) {
  const document = /^(doc_[0-9a-f]+) (.+)$/s.exec(entry.subject);
  if (document) return { name: document[2], code: document[1] };
  if (entry.action.startsWith('handoff.')) {
    return { name: `Conversation ${entry.subject.slice(0, 8)}`, code: entry.subject };
  }
  if (entry.action.startsWith('dead-letter.')) return { name: 'Dead letter', code: entry.subject };
  if (entry.action === 'secrets.rotate') return { name: 'Secrets', code: entry.subject };
  return { name: entry.subject, code: null };
}
