/// The files of the first page.
enum FirstPage {
    static let html = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Parley</title>
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="/console.css">
        <script src="/console.js" defer></script>
        </head>
        <body>
        <main>
        <h1>Parley</h1>
        <p>The console of this installation. It answers customers on WhatsApp from each business's
        own documents, and hands conversations to people.</p>
        <form id="entry">
        <label for="key">Key of this installation</label>
        <input id="key" type="password" autocomplete="off" spellcheck="false" required>
        <button>Show</button>
        <p class="hint">It stands in <code>console.key</code> in the data folder, and is kept in
        this tab only.</p>
        </form>
        <p id="problem" role="alert" hidden></p>
        <section id="numbers" hidden>
        <h2>Businesses</h2>
        <table>
        <thead><tr><th scope="col">Business</th><th scope="col">Waiting</th>
        <th scope="col">With an agent</th><th scope="col">Documents</th></tr></thead>
        <tbody id="tenants"></tbody>
        </table>
        <p><span id="agents">0</span> agents are connected.</p>
        <h2>Stages</h2>
        <table>
        <thead><tr><th scope="col">Stage</th><th scope="col">Records to read</th></tr></thead>
        <tbody id="stages"></tbody>
        </table>
        <h2>Here as well</h2>
        <ul id="links"></ul>
        <p><button id="forget" type="button">Forget the key</button></p>
        </section>
        <h2>From the command line</h2>
        <ul>
        <li><code>parley handoff list</code> shows who waits and why.</li>
        <li><code>parley agent --name Ana</code> answers them.</li>
        <li><code>parley knowledge add FILE…</code> puts documents in.</li>
        <li><code>parley tenant add</code> connects a business.</li>
        </ul>
        <noscript><p>The numbers need JavaScript; the command line does not.</p></noscript>
        </main>
        </body>
        </html>

        """

    static let style = """
        :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
        body { margin: 0; background: Canvas; color: CanvasText; }
        main { max-width: 42rem; margin: 0 auto; padding: 2rem 1rem; }
        h1 { margin-top: 0; }
        h2 { font-size: 1.15rem; margin-top: 2rem; }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; padding: 0.35rem 0.75rem 0.35rem 0;
          border-bottom: 1px solid color-mix(in srgb, CanvasText 25%, Canvas); }
        td + td, th + th { text-align: right; font-variant-numeric: tabular-nums; }
        label { display: block; font-weight: 600; }
        input { font: inherit; width: min(24rem, 100%); padding: 0.35rem 0.5rem; }
        button { font: inherit; padding: 0.35rem 0.9rem; }
        .hint { margin: 0.35rem 0; opacity: 0.8; }
        #problem { border-left: 0.3rem solid #c0392b; padding-left: 0.75rem; }
        code { font-family: ui-monospace, monospace; }

        """

    static let script = """
        "use strict";
        const byId = (id) => document.getElementById(id);
        const stored = "parley.key";
        const seconds = 3;
        let timer;

        function rows(body, lists) {
          body.replaceChildren(...lists.map((list) => {
            const row = document.createElement("tr");
            for (const value of list) {
              const cell = document.createElement("td");
              cell.textContent = String(value);
              row.append(cell);
            }
            return row;
          }));
        }

        function show(status) {
          rows(byId("tenants"), status.tenants.map(
            (tenant) => [tenant.name, tenant.queued, tenant.claimed, tenant.documents]));
          // Nothing known is not all well.
          rows(byId("stages"), status.stages.length
            ? status.stages.map((stage) => [stage.name, stage.lag])
            : [["no stage has handled anything yet", "?"]]);
          byId("agents").textContent = String(status.agents);
          byId("links").replaceChildren(...status.links
            .filter((link) => /^https?:/.test(link.url))
            .map((link) => {
              const item = document.createElement("li");
              const anchor = document.createElement("a");
              anchor.href = link.url;
              anchor.textContent = link.name + ": " + link.url;
              item.append(anchor);
              return item;
            }));
          byId("numbers").hidden = false;
          byId("entry").hidden = true;
        }

        function fail(text) {
          byId("problem").textContent = text;
          byId("problem").hidden = !text;
        }

        function forget() {
          sessionStorage.removeItem(stored);
          clearTimeout(timer);
          byId("numbers").hidden = true;
          byId("entry").hidden = false;
        }

        async function refresh() {
          const key = sessionStorage.getItem(stored);
          if (!key) return;
          try {
            const answer = await fetch("/api/v1/status", {
              headers: { Authorization: "Bearer " + key }, cache: "no-store" });
            const body = await answer.json();
            if (answer.ok) {
              fail("");
              show(body);
            } else {
              fail(body.detail);
              if (answer.status === 401) return forget();
            }
          } catch {
            fail("The console cannot be reached; trying again.");
          }
          timer = setTimeout(refresh, seconds * 1000);
        }

        byId("entry").addEventListener("submit", (event) => {
          event.preventDefault();
          sessionStorage.setItem(stored, byId("key").value.trim());
          byId("key").value = "";
          clearTimeout(timer);
          refresh();
        });
        byId("forget").addEventListener("click", forget);
        refresh();

        """
}
