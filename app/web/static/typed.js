// What was typed survives a sign-out: it stays on the page, goes on once the same person is signed in again, and where the
// page itself was opened anew it is put back. Kept in this tab alone, only after a refusal, never a password or a file.
'use strict';

(() => {
  const LIFE = 30 * 60 * 1000;
  const PREFIX = 'ecm-typed:';
  const OURS = new Set(['page_token', 'click']);
  const note = () => document.getElementById('signed-out');
  const key = (form) => `${PREFIX}${new URL(form.action, location.href).pathname}`;
  let refused = null;  // the form and the button that were refused

  // Browsers that refuse third parties any memory throw here: then the page itself is all the memory there is.
  const memory = (work) => { try { return work(sessionStorage); } catch { return null; } };

  const fields = (form) => [...form.elements].filter((one) =>
    one.name && !OURS.has(one.name) && !['password', 'file', 'hidden', 'submit', 'button'].includes(one.type));
  const isTicked = (one) => one.type === 'checkbox' || one.type === 'radio';

  const keep = (form) => memory((kept) => {
    const typed = fields(form).map((one) => [one.name, isTicked(one) ? [one.value, one.checked] : one.value]);
    kept.setItem(key(form), JSON.stringify({ who: note().dataset.who, at: Date.now(), typed }));
  });
  const forget = (form) => memory((kept) => kept.removeItem(key(form)));

  const putBack = (form) => memory((kept) => {
    const text = kept.getItem(key(form));
    if (!text) return;
    const found = JSON.parse(text);
    kept.removeItem(key(form));
    if (found.who !== note().dataset.who || Date.now() - found.at > LIFE) return;
    const places = new Map();
    for (const [name, value] of found.typed) {
      const [wanted, isOn] = Array.isArray(value) ? value : [null, null];
      const all = fields(form).filter((one) => one.name === name && (wanted === null || one.value === wanted));
      const one = all[places.get(name) || 0] || all[0];
      if (!one) continue;
      if (wanted === null) { one.value = value; places.set(name, (places.get(name) || 0) + 1); } else one.checked = isOn;
    }
    for (let fold = form.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
    const said = document.createElement('p');
    said.setAttribute('role', 'status');
    said.className = 'small';
    said.textContent = note().dataset.back;
    form.prepend(said);
  });

  const idle = () => {
    for (const button of document.querySelectorAll('button[aria-busy]')) {
      button.removeAttribute('aria-busy');
      if (button.dataset.idle) button.textContent = button.dataset.idle;
    }
  };
  const say = (words) => {
    idle();
    const box = note();
    box.querySelector('p').textContent = words;
    box.hidden = false;
    box.focus();
  };

  // A page's proof is one session's; whoever is signed in again has another. Gives it, or what to say instead.
  const renewed = async () => {
    const { renew, who, over, other } = note().dataset;
    // As a page that is swapped in: it comes without styles, which a parsed page may not bring along.
    const answer = await fetch(renew, { credentials: 'same-origin', cache: 'no-store', headers: { 'HX-Boosted': 'true' } });
    if (!answer.ok) return [null, over];
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.getElementById('signed-out');
    if (!fresh) return [null, over];
    return fresh.dataset.who === who ? [fresh.dataset.proof, ''] : [null, other];
  };
  const takeOver = (proof) => {
    note().dataset.proof = proof;
    document.body.setAttribute('hx-headers', JSON.stringify({ 'X-ECM-Page': proof }));
    for (const one of document.querySelectorAll('input[name=page_token]')) one.value = proof;
  };

  const goOn = async () => {
    const { form, button } = refused;
    let proof = null, words = note().dataset.over;
    try { [proof, words] = await renewed(); } catch { /* nobody answers: the words above */ }
    if (!proof || proof === note().dataset.proof) {
      keep(form);
      say(words || note().dataset.over);
      return;
    }
    refused = null;
    takeOver(proof);
    note().hidden = true;
    idle();
    form.requestSubmit(button?.form === form ? button : undefined);
  };

  document.addEventListener('htmx:beforeSwap', (event) => {
    const { xhr, requestConfig } = event.detail;
    const form = requestConfig?.elt?.closest?.('form');
    if (!note() || window.shopify?.idToken || requestConfig?.verb !== 'post' || !form) return;
    const isOver = xhr.status === 401 || xhr.getResponseHeader('X-ECM-Page-Is-Old') !== null;
    if (!isOver) {
      if (xhr.status < 400) forget(form);
      return;
    }
    event.detail.shouldSwap = false;
    event.detail.isError = false;
    event.stopImmediatePropagation();
    refused = { form, button: requestConfig.triggeringEvent?.submitter };
    goOn();
  }, true);

  const ready = () => {
    if (!note()) return;
    for (const form of document.querySelectorAll('form[method=post]')) putBack(form);
  };
  ready();
  document.addEventListener('htmx:load', ready);
})();
