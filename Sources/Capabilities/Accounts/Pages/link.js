// The token that a mail's link holds behind its #: no server log and no other site sees it there.

/** The token of this page's address, which is taken out of it, so that no history keeps it. */
export function takeToken() {
  const token = decodeURIComponent(location.hash.slice(1)).replace(/^token=/, '');
  if (token) history.replaceState(null, '', location.pathname + location.search);
  return token;
}
