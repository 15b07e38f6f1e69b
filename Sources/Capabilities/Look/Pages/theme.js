// The theme before the first paint: a small blocking script.
// What `?theme=` names, else what the person chose, else the system's choice (no attribute at all).
'use strict';
(() => {
  let chosen = new URLSearchParams(location.search).get('theme');
  try { chosen ??= localStorage.getItem('parley.theme'); } catch { /* storage may be refused */ }
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
})();
