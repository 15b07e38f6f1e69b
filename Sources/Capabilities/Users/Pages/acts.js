// What can be done to an account, one by one: from its row, and from its drawer.

import { change, path } from '/pages/look/api.js';
import { confirmEffects, t, toast } from '/pages/look/parts.js';

/** How each act is asked for: method and the end of the path. */
const calls = {
  sendLink: ['POST', 'links'], verify: ['POST', 'verifications'], endSessions: ['POST', 'sign-out'],
  resetFactor: ['POST', 'factor-reset'], disable: ['POST', 'disable'], enable: ['POST', 'enable'], delete: ['DELETE', null],
};

/** Those that are asked about first. */
const asking = new Set(['endSessions', 'resetFactor', 'disable', 'delete']);

/** The acts that make sense for an account, as entries of a menu. */
export function actsOf(user, run) {
  const entry = (act, picture, more = {}) => ({
    words: t('users.act.' + act), picture, run: () => run(act, user), attributes: { 'data-user-act': act }, ...more,
  });
  const isActive = user.standing === 'active';
  return [
    isActive ? entry('sendLink', 'mail', { words: t(user.hasPassword ? 'users.act.sendReset' : 'users.act.resend') }) : null,
    isActive && user.hasPassword && !user.isVerified ? entry('verify', 'mail') : null,
    entry('endSessions', 'out'),
    user.hasFactor ? entry('resetFactor', 'lock') : null,
    '-',
    isActive ? entry('disable', 'pause') : entry('enable', 'play'),
    entry('delete', 'trash', { danger: true }),
  ].filter(Boolean);
}

/** Does something to an account, once it was asked about; gives whether it was done. */
export async function doOne(act, user) {
  const [method, end] = calls[act];
  const send = () => change(method, path(['users', user.id, ...(end ? [end] : [])]));
  if (asking.has(act)) {
    const isDone = await confirmEffects({
      title: t('users.sure.' + act, { name: user.name || user.address }),
      effects: [1, 2].map((number) => t(`users.effect.${act}.${number}`)),
      act: t('users.act.' + act), run: send,
    });
    if (isDone) toast(t('users.done.' + act));
    return isDone;
  }
  try {
    await send();
  } catch (problem) {
    toast(problem.words, { bad: true });
    return false;
  }
  toast(t('users.done.' + act));
  return true;
}
