// Marks of accounts: how they stand, and a picture of who it is.

import { avatar, badge, t } from '/pages/look/parts.js';

/** How an account stands, in a word. */
export function standingBadge(user) {
  if (user.standing === 'disabled') return badge('bad', t('users.disabled'), 'pause');
  if (!user.hasPassword) return badge('warn', t('users.invited'), 'clock');
  if (!user.isVerified) return badge('warn', t('users.unverified'), 'mail');
  return badge('ok', t('users.active'), 'check');
}

/** A person with a mark. */
export function personMark(user) {
  return avatar({ text: user.name || user.address, kind: 'team' });
}
