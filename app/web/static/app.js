// Small helps on top of pages that work without: clean address, moving ages, focus after navigation, one click is one click.
'use strict';

(() => {
  const root = document.documentElement;

  // The one-time hand-over address must not stay in the history.
  if (root.dataset.cleanPath) history.replaceState(null, '', root.dataset.cleanPath);

  const idle = () => {
    for (const button of document.querySelectorAll('button[aria-busy]')) button.removeAttribute('aria-busy');
  };
  const stale = (isOld) => document.getElementById('stale')?.toggleAttribute('hidden', !isOld);
  const say = (text) => {
    const live = document.getElementById('live');  // a page of constant text has none
    if (live) live.textContent = text;
  };

  // "2 minutes ago" stays true while the page is open.
  const words = new Intl.RelativeTimeFormat(root.lang, { numeric: 'auto' });
  const units = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];
  const tick = () => {
    for (const element of document.querySelectorAll('time[data-ago]')) {
      const seconds = (Date.parse(element.dateTime) - Date.now()) / 1000;
      if (Math.abs(seconds) < 45) continue;
      const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length * 1.2) || units[3];
      const text = words.format(Math.round(seconds / size), unit);
      if (element.textContent !== text) element.textContent = text;
    }
  };
  setInterval(tick, 20000);

  // Inside an admin that proves its people anew in every request: no session ends under a form that is being filled in.
  const bridge = 'inAdmin' in root.dataset && window.shopify;
  let token = '';
  if (bridge) {
    document.addEventListener('htmx:confirm', (event) => {
      event.preventDefault();
      if (event.detail.question && !confirm(event.detail.question)) return;
      bridge.idToken().then((found) => { token = found; }, () => { token = ''; })
        .then(() => event.detail.issueRequest(true));
    });
    document.addEventListener('htmx:configRequest', (event) => {
      if (token) event.detail.headers.Authorization = `Bearer ${token}`;
    });
  }

  // What the admin shows around the page: its own navigation, and in its words what was done.
  const told = () => {
    const done = document.querySelector('[data-toast]');
    if (!done) return;
    bridge.toast.show(done.dataset.toast);
    delete done.dataset.toast;
  };
  if (bridge) {
    document.addEventListener('shopify:navigate', (event) => {
      const link = event.target.closest?.('a[href]');
      if (!link) return;
      event.preventDefault();
      link.click();
    });
    document.addEventListener('click', (event) => {
      const link = event.target.closest?.('a[data-asks-scope]');
      if (!link || !bridge.scopes) return;
      event.preventDefault();
      bridge.scopes.request([link.dataset.asksScope]).then(({ result }) => {
        if (result === 'granted-all') setTimeout(() => location.reload(), 1500);
        else bridge.toast.show(link.dataset.declined);
      });
    });
    document.addEventListener('DOMContentLoaded', told);
    document.addEventListener('htmx:afterSettle', told);
  }

  // A refreshed card keeps what was unfolded and never takes the focus; what had it in the old part has it in the new.
  let unfolded = new Set();
  let held = '';
  let arrived = null;
  const mark = (one) => `${one.tagName} ${one.getAttribute('href') || one.name || ''} ${one.textContent}`;
  const focus = (one) => {
    if (!one) return;
    if (one.tabIndex < 0) one.setAttribute('tabindex', '-1');
    one.focus({ preventScroll: true });
  };
  const holdFocus = (part) => {
    if (!held || document.activeElement !== document.body) return;
    const same = [...part.querySelectorAll('a[href], button, summary, input, select, textarea')]
      .find((one) => mark(one) === held && one.checkVisibility?.() !== false);  // folded away: no focus
    const said = part.querySelector('[role=alert], [role=status]');
    focus(same || said || part);
    if (!same && said) said.scrollIntoView({ block: 'nearest' });
    held = '';
  };
  document.addEventListener('htmx:beforeSwap', (event) => {
    const { xhr, boosted, target } = event.detail;
    held = !boosted && target?.contains(document.activeElement) ? mark(document.activeElement) : '';
    unfolded = new Set([...document.querySelectorAll('details[open][id]')].map((element) => element.id));
    if (bridge && boosted && xhr.status === 401) {
      bridge.toast.show(root.dataset.signedOut, { isError: true });
      say(root.dataset.signedOut);
      idle();
      return;
    }
    if (boosted && xhr.status >= 400) Object.assign(event.detail, { shouldSwap: true, isError: false });
    if (target && target.id === 'cards' && xhr.status >= 400) {
      stale(true);
      if (xhr.status === 401 || xhr.status === 403) target.removeAttribute('hx-trigger');
    }
  });
  // Between a page's coming and its settling somebody may be on the next button already: they stay there.
  document.addEventListener('htmx:afterSwap', (event) => { arrived = event.detail.boosted ? document.activeElement : null; });
  document.addEventListener('htmx:sendError', () => stale(true));
  document.addEventListener('htmx:afterSettle', (event) => {
    if (event.target.id === 'cards' || event.detail.target?.id === 'cards') {
      for (const id of unfolded) document.getElementById(id)?.setAttribute('open', '');
      if (event.detail.xhr?.status === 200) stale(false);
    }
    if (!event.detail.boosted) return holdFocus(event.target);
    if (!arrived) return;  // each part of a page settles
    const said = document.querySelector('[role=alert]:not([hidden])') || document.querySelector('main .banner[role=status]');
    if (document.activeElement === arrived) {
      root.scrollTop = 0;
      focus(said || document.getElementById('main') || document.querySelector('main h1'));
      if (!said) say(document.title);
    } else say(said ? said.textContent : document.title);
    arrived = null;
  });

  // One click is one request; slow ones say so.
  document.addEventListener('submit', (event) => {
    const button = event.submitter;
    if (!button || event.target.method !== 'post' || event.target.target) return;
    if (button.getAttribute('aria-busy') === 'true') {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    button.setAttribute('aria-busy', 'true');
    if (button.dataset.busy) {
      button.dataset.idle = button.textContent;
      button.textContent = button.dataset.busy;
      say(button.dataset.busy);
    }
  }, true);
  addEventListener('pageshow', idle);

  // Chosen files are named with what is wrong with one, before anything is sent; the others go through.
  document.addEventListener('change', ({ target }) => {
    const { most, list, large, other } = target.dataset;
    if (!most || !target.files) return;
    const kept = new DataTransfer();
    const endings = target.accept.split(',');
    let total = 0;
    document.getElementById(list).replaceChildren(...[...target.files].map((file) => {
      const taken = endings.some((ending) => file.name.toLowerCase().endsWith(ending));
      const fits = total + file.size <= Number(most);
      if (taken && fits) { total += file.size; kept.items.add(file); }
      const line = document.createElement('li');
      line.textContent = taken && fits ? file.name : `${file.name}: ${taken ? large : other}`;
      return line;
    }));
    target.files = kept.files;
  });

  // Files dropped anywhere on a panel are filed, one dropped on a document becomes its next version.
  const holdsFiles = (event) => document.getElementById('drop') && event.dataTransfer?.types.includes('Files');
  const tell = (text) => {
    const note = document.createElement('p');
    note.className = 'banner wait';
    note.tabIndex = -1;
    note.textContent = text;
    document.getElementById('upload-notice').replaceChildren(note);
    note.focus();
    say(text);
  };
  const aim = (row) => {
    for (const one of document.querySelectorAll('[data-aimed]')) delete one.dataset.aimed;
    if (row) row.dataset.aimed = '';
  };
  document.addEventListener('dragover', (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    aim(event.target.closest?.('[data-version]') || document.getElementById('add-files'));
  });
  document.addEventListener('dragleave', (event) => { if (!event.relatedTarget) aim(null); });
  document.addEventListener('drop', (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    aim(null);
    const { files } = event.dataTransfer;
    const row = event.target.closest?.('[data-version]');
    let form = document.getElementById('drop');
    const all = form.elements.file;
    if (!files.length || form.querySelector('[aria-busy=true]')) return;
    if (row && files.length > 1) return tell(form.dataset.twice);
    if (row && files[0].size > Number(all.dataset.most)) return tell(`${files[0].name}: ${form.dataset.large}`);
    if (row) {
      // A form of its own for this row: a boosted form keeps the address it was found with.
      document.getElementById('drop-to-row')?.remove();
      form = document.getElementById('drop-version').cloneNode(true);
      form.id = 'drop-to-row';
      form.action = row.dataset.version;
      document.body.append(form);
      window.htmx?.process(form);
    }
    form.elements.file.files = files;
    if (!row) all.dispatchEvent(new Event('change', { bubbles: true }));
    if (form.elements.file.files.length === files.length) return form.requestSubmit(form.querySelector('button'));
    document.getElementById('add-files').open = true;  // what is left out is said there; the others wait for a press
    form.querySelector('button').focus();
  });

  // Copy a report.
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('button[data-copy]');
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand('copy'); }
    button.textContent = button.dataset.done;
    say(button.dataset.done);
  });

  // "/" goes to the search box, wherever nothing is being typed.
  document.addEventListener('keydown', (event) => {
    const box = document.getElementById('find');
    const { target, ctrlKey, metaKey, altKey } = event;
    if (event.key !== '/' || ctrlKey || metaKey || altKey || !box) return;
    if (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName)) return;
    event.preventDefault();
    box.select();
    box.focus();
  });

  // What needs a script appears; what a script may do by itself is done.
  const ready = () => {
    for (const button of document.querySelectorAll('[data-needs-script]')) button.hidden = false;
    for (const form of document.querySelectorAll('form[data-at-once]')) {
      delete form.dataset.atOnce;
      form.requestSubmit();
    }
  };
  ready();
  document.addEventListener('htmx:load', ready);
})();
