// Permissions in words. What is not here is shown as its code.

import { knows } from '/pages/look/base/words.js';
import { t } from '/pages/look/parts.js';

/** A permission in words. */
export function permissionName(permission) {
  const key = 'installation.permission.' + permission.replace(':', '.');
  return knows(key) ? t(key) : permission;
}
