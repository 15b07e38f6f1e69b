// What the audit log's codes mean, in words. What is not here is shown as its code.

import { knows } from '/pages/look/base/words.js';
import { t } from '/pages/look/parts.js';

/** Actions by the groups of the filter. */
const groups = {
  accounts: [
    'account.create', 'account.rename', 'account.signIn', 'account.prove', 'account.endSession', 'account.endSessions',
    'account.changePassword', 'account.startReset', 'account.reset', 'account.offerFactor', 'account.confirmFactor',
    'account.removeFactor', 'account.resetFactor', 'account.renewBackupCodes', 'account.startVerification', 'account.verify',
    'account.startAddressChange', 'account.confirmAddressChange', 'account.cancelAddressChange', 'account.disable',
    'account.enable', 'account.delete', 'account.join', 'account.declineInvitation', 'account.found',
  ],
  impersonation: ['impersonation.start', 'impersonation.stop'],
  team: ['member.changeRole', 'member.remove'],
  invitations: ['invitation.create', 'invitation.resend', 'invitation.cancel'],
  ownership: ['ownership.offer', 'ownership.accept', 'ownership.endOffer', 'ownership.appoint'],
  roles: ['role.define', 'role.remove'],
  keys: ['apiKey.create', 'apiKey.rotate', 'apiKey.change', 'apiKey.revoke'],
  businesses: [
    'tenant.create', 'tenant.add', 'tenant.change', 'tenant.change.profile', 'tenant.change.locale', 'tenant.change.security',
    'tenant.change.suspension', 'tenant.change.hours', 'tenant.changePlan', 'tenant.suspend', 'tenant.resume', 'tenant.remove', 'tenant.delete',
    'tenant.restore', 'tenant.purge', 'tenant.export',
  ],
  consent: ['consent.change'],
  documents: ['document.add', 'document.remove'],
  conversations: ['handoff.claim', 'handoff.release', 'handoff.close', 'handoff.takeOver',
    'handoff.relieve', 'handoff.return', 'handoff.transfer', 'handoff.reopen', 'handoff.park', 'handoff.resume'],
  queues: ['routing.queue.add', 'routing.queue.change', 'routing.queue.remove', 'routing.agent.change'],
  desk: [
    'desk.reply.add', 'desk.reply.change', 'desk.reply.archive', 'desk.label.add', 'desk.label.change', 'desk.label.archive',
    'desk.label.merge', 'desk.conversation.label', 'desk.conversation.unlabel',
  ],
  agents: ['ticket.issue'],
  operators: ['operator.appoint', 'operator.changeRole', 'operator.dismiss', 'operator.join', 'operator.look'],
  installation: [
    'installation.offerSetUp', 'installation.setUp', 'installation.change.signUp', 'installation.change.mail',
    'installation.change.security', 'installation.testMail',
  ],
  exports: ['audit.export', 'account.export'],
  mail: ['mail.delete'],
  secrets: ['secrets.rotate'],
  deadLetters: ['dead-letter.redrive', 'dead-letter.discard'],
};

/** The actions as the filter offers them: each group, and all of a group where it has several. */
export function actionChoices() {
  return Object.entries(groups).map(([group, actions]) => {
    const prefix = actions[0].slice(0, actions[0].indexOf('.') + 1);
    const isOne = actions.length > 1 && actions.every((action) => action.startsWith(prefix));
    const whole = [prefix, t('audit.anythingOf', { group: t('audit.group.' + group) })];
    return {
      head: t('audit.group.' + group),
      options: [...(isOne ? [whole] : []), ...actions.map((action) => [action, actionName(action)])],
    };
  });
}

/** An action in words. */
export function actionName(action) {
  const key = 'audit.action.' + action;
  return knows(key) ? t(key) : action;
}

/** Why something was refused, in words. */
export function refusalWords(code) {
  const key = 'problem.' + code;
  return knows(key) ? t(key) : code;
}

/** A field that an act changed, in words. */
export function fieldName(field) {
  const key = 'audit.field.' + field;
  return knows(key) ? t(key) : field;
}

const kinds = {
  account: { picture: 'person', kind: 'team' },
  operator: { picture: 'shield', kind: 'team', sub: 'audit.actor.operator' },
  agent: { picture: 'person', kind: 'team', sub: 'audit.actor.agent' },
  apiKey: { picture: 'key', sub: 'audit.actor.apiKey' },
  operatorKey: { picture: 'key', sub: 'audit.actor.operatorKey' },
  key: { picture: 'key', name: () => t('audit.actor.key') },
  cli: { picture: 'server', name: (id) => t('audit.actor.cli', { name: id }) },
  link: { picture: 'mail', name: () => t('audit.actor.link') },
  system: { picture: 'server', name: () => t('audit.actor.system') },
};

/** Who an actor of this code is, as far as the code tells: a name and a picture. */
export function actorOf(actor) {
  const slash = actor.indexOf('/');
  const kind = kinds[slash < 0 ? actor : actor.slice(0, slash)];
  const id = slash < 0 ? '' : actor.slice(slash + 1);
  if (!kind) return { picture: 'question', name: actor, code: null };
  return { picture: kind.picture, kind: kind.kind, name: kind.name?.(id) ?? id, sub: kind.sub && t(kind.sub), code: slash < 0 ? null : actor };
}

/** Who acted in an entry, with the name of that time; and in whose place, if in anybody's. */
export function whoOf(entry) {
  const who = actorOf(entry.actor);
  if (entry.who?.name) who.name = entry.who.name;
  const by = entry.who?.impersonator && (entry.who.impersonatorName ?? entry.who.impersonator);
  if (by) who.sub = t('audit.actedBy', { name: by });
  who.by = by || null;
  return who;
}

/** What something was done to: a name, and the code where both stand there. */
export function targetOf(entry) {
  const { target } = entry;
  if (target) {
    const kind = 'audit.target.' + target.type;
    const what = knows(kind) ? t(kind, { id: target.id.slice(0, 8) }) : target.type;
    return { name: target.name || (['agent', 'tenant'].includes(target.type) ? target.id : what), what: target.name ? what : null, code: entry.subject };
  }
  const document = /^(doc_[0-9a-f]+) (.+)$/s.exec(entry.subject);
  if (document) return { name: document[2], code: document[1] };
  if (entry.action.startsWith('handoff.')) {
    return { name: t('audit.target.conversation', { id: entry.subject.slice(0, 8) }), code: entry.subject };
  }
  if (entry.action.startsWith('dead-letter.')) return { name: t('audit.target.deadLetter'), code: entry.subject };
  if (entry.action === 'secrets.rotate') return { name: t('audit.target.secretKey'), code: entry.subject };
  return { name: entry.subject, code: null };
}
