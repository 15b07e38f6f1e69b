// The bell: how much this person was told and has not read, as it changes.

import { ask } from '../api.js';
import { el, icon, put } from '../base/dom.js';
import { impersonation, who } from '../base/session.js';
import { number, t } from '../base/words.js';
import { listen, overlaps } from '../listen.js';

/** More than this is not counted out. */
const most = 99;

/** The bell; null where whoever is here is no person, or acts as another. */
export function bell() {
  if (who().kind !== 'person' || impersonation()) return null;
  const count = el('span', { class: 'count', 'aria-hidden': 'true', hidden: true });
  const link = el('a', {
    class: 'button quiet only bell', href: '/pages/notifications/', 'data-act': 'notifications', 'aria-label': t('bell.none'), title: t('bell.none'),
  }, icon('bell'), count);
  let stop = () => {};
  const begin = overlaps();
  const read = async () => {
    if (!link.isConnected) return stop();
    const isLast = begin();
    let unread;
    // What cannot be counted now is counted with the next change.
    try { ({ unread } = await ask('/api/v1/me/counts/notifications')); } catch { return undefined; }
    if (!isLast()) return undefined;
    count.hidden = !unread;
    put(count, unread > most ? `${number(most)}+` : number(unread));
    const words = unread ? t('bell.some', { count: unread }) : t('bell.none');
    link.setAttribute('aria-label', words);
    link.title = words;
    return undefined;
  };
  // Once it stands in the page.
  setTimeout(() => {
    stop = listen('notifications', { changed: read });
    read();
  });
  return link;
}
