/// Looks for what a page does not show of its text, and for what is wider than the window.
enum LostText {
    /// A line for each finding, empty if there is none.
    ///
    /// A table's own box may scroll sideways, and a drawing's, which has no other order
    /// (`.scroll-x`; WCAG 2.2, 1.4.10). What people wrote and named may end in an ellipsis
    /// (`.cut`), as its place shows the whole of it when opened; Parley's own words may not.
    static let script = """
        (() => {
          const found = new Set();
          const name = (e) => e.tagName.toLowerCase() + (e.id ? '#' + e.id : '')
            + [...e.classList].map((each) => '.' + each).join('');
          const where = (e) => [e.closest('[class]:not(body)')?.parentElement, e].filter(Boolean)
            .map(name).join(' ');
          const isSeen = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true })
            && !e.closest('.sr, .skip, [inert]');
          const style = new Map();
          const styleOf = (e) => style.get(e) ?? style.set(e, getComputedStyle(e)).get(e);
          const scrolls = (e, axis) => /auto|scroll/.test(styleOf(e)['overflow' + axis]);
          for (const e of document.body.querySelectorAll('*')) {
            if (!scrolls(e, 'X') || e.scrollWidth <= e.clientWidth + 1 || !isSeen(e)) continue;
            if (!e.querySelector('table, pre') && !e.matches('pre, textarea, input, .scroll-x')) found.add('scrolls sideways: ' + where(e));
          }
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walk.nextNode()) {
            const parent = walk.currentNode.parentElement;
            const text = walk.currentNode.data.trim();
            if (!text || parent.closest('svg, script, style, template, noscript, select') || !isSeen(parent)) continue;
            const range = document.createRange();
            range.selectNodeContents(walk.currentNode);
            const box = range.getBoundingClientRect();
            if (!box.width || !box.height) continue;
            const report = (how) => found.add(how + ': ' + text.slice(0, 60) + ' in ' + where(parent));
            let isSideways = false;
            let isBelow = false;
            for (let e = parent; e && e !== document.body; e = e.parentElement) {
              const { overflowX, overflowY, position, textOverflow, webkitLineClamp } = styleOf(e);
              if (overflowX !== 'visible' || overflowY !== 'visible') {
                const edge = e.getBoundingClientRect();
                if (scrolls(e, 'X')) isSideways = true;
                if (scrolls(e, 'Y')) isBelow = true;
                // What people wrote ends in an ellipsis: nothing of it is beyond this element.
                if (textOverflow === 'ellipsis' && (parent.closest('bdi, [title], .say') || e.matches('[title]'))) isSideways = true;
                if (webkitLineClamp !== 'none') isBelow = true;
                if (!isSideways && (box.right > edge.right + 1 || box.left < edge.left - 1)) report('cut off at the side');
                if (!isBelow && (box.bottom > edge.bottom + 3 || box.top < edge.top - 3)) report('cut off below');
                if (isSideways && isBelow) break;
              }
              if (position === 'fixed') break;
            }
            if (!isSideways && (box.right > innerWidth + 1 || box.left < -1)) report('beside the window');
          }
          return [...found].join('\\n');
        })()
        """
}
