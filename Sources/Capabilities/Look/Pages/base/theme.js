// Light, dark, or as the system has it.

import { choice, choose } from './choices.js';

const root = document.documentElement;

/** What the person chose: `light`, `dark`, or `system`. */
export function theme() {
  return root.dataset.theme ?? choice('theme') ?? 'system';
}

/** Chooses a theme. */
export function setTheme(value) {
  if (value === 'system') delete root.dataset.theme;
  else root.dataset.theme = value;
  choose('theme', value === 'system' ? null : value);
  dispatchEvent(new CustomEvent('parley:theme'));
}

/** Whether it is dark now. */
export function isDark() {
  return root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
}
