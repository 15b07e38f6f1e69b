// The parts, and what this room adds to them.

import { knows } from '/pages/look/base/words.js';
import { t } from '/pages/look/parts.js';

export * from '/pages/look/parts.js';

/** Why a line was not taken, in the person's language where there is a text. */
export function knowsProblem({ code, detail }) {
  for (const key of ['error.' + code, 'problem.' + code]) if (knows(key)) return t(key);
  return detail;
}
