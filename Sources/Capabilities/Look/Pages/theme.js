// The theme before the first paint: a small blocking script.
// What `?theme=` names, else what the person chose, else the system's choice (no attribute at all).
'use strict';
(() => {
  const root = document.documentElement;
  const asked = new URLSearchParams(location.search).get('theme');
  let chosen = asked;
  try { chosen = asked ?? localStorage.getItem('parley.theme'); } catch { /* storage may be refused */ }
  if (chosen === 'light' || chosen === 'dark') root.dataset.theme = chosen;
  document.addEventListener('click', (event) => {
    if (!event.target.closest('[data-act="theme"]')) return;
    const isDark = root.dataset.theme
      ? root.dataset.theme === 'dark'
      : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = isDark ? 'light' : 'dark';
    try { localStorage.setItem('parley.theme', root.dataset.theme); } catch { /* this visit only */ }
  });
})();
