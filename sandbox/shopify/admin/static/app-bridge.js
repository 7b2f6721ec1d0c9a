// A stand-in of App Bridge, for the sandbox's admin: tokens, title bar, navigation, save bar, toasts.
// The page is the real app's; what it says here it would say to Shopify's own script.
'use strict';

(() => {
  const admin = new URL(document.currentScript.src).origin;
  const waiting = new Map();
  let serial = 0;
  const tell = (message) => window.parent.postMessage(message, admin);
  const ask = (what, more = {}) => new Promise((resolve) => {
    serial += 1;
    waiting.set(serial, resolve);
    tell({ask: what, id: serial, ...more});
  });

  window.addEventListener('message', ({origin, data}) => {
    if (origin !== admin || !data) return;
    if (data.bridge === 'save-bar') {
      if (data.answer === 'save') edited?.requestSubmit(edited.querySelector('[type=submit].primary'));
      else edited?.reset();
    } else if (data.bridge === 'navigate') {
      const link = [...document.querySelectorAll('s-app-nav a')].find((one) => one.getAttribute('href') === data.answer);
      if (link && link.dispatchEvent(new CustomEvent('shopify:navigate', {bubbles: true, cancelable: true}))) link.click();
    } else if (waiting.has(data.bridge)) {
      waiting.get(data.bridge)(data.answer);
      waiting.delete(data.bridge);
    }
  });

  // A form that says so has the admin's save bar while it differs from what is saved.
  let edited = null;
  const differs = (form) => {
    edited = form;
    tell({saveBar: Boolean(form)});
  };
  for (const kind of ['input', 'change']) {
    document.addEventListener(kind, (event) => {
      const form = event.target.closest('form[data-save-bar]');
      if (form) differs(form);
    });
  }
  for (const kind of ['submit', 'reset']) {
    document.addEventListener(kind, (event) => event.target === edited && differs(null));
  }

  const bar = (id, isOpen) => {
    const found = document.getElementById(id);
    if (!found) return Promise.reject(new Error(`there is no save bar ${id}`));
    found.toggleAttribute('data-open', isOpen);
    tell({saveBar: isOpen});
    return Promise.resolve();
  };
  const own = new URLSearchParams(location.search);
  window.shopify = {
    config: {apiKey: document.querySelector('meta[name=shopify-api-key]')?.content, shop: own.get('shop'), host: own.get('host')},
    idToken: () => ask('idToken'),
    toast: {show: (words, options = {}) => tell({toast: words, isError: Boolean(options.isError)}), hide: () => tell({toast: ''})},
    saveBar: {show: (id) => bar(id, true), hide: (id) => bar(id, false), toggle: (id) => bar(id, true), leaveConfirmation: () => Promise.resolve()},
    scopes: {request: (names) => ask('scopes', {names})},
    loading: () => undefined,
    environment: {embedded: true, mobile: false, pos: false},
  };

  // The page that only fetches a token, and goes back with it.
  const reload = own.get('shopify-reload');
  if (reload && reload.startsWith('/') && !reload.startsWith('//')) {
    ask('idToken').then((token) => {
      const target = new URL(reload, location.origin);
      target.searchParams.set('id_token', token);
      location.replace(target);
    });
  }

  const report = () => {
    const title = document.querySelector('ui-title-bar');
    const nav = document.querySelector('s-app-nav');
    if (title) tell({title: title.getAttribute('title') || ''});
    if (nav) tell({nav: [...nav.querySelectorAll('a:not([rel=home])')].map((link) => [link.textContent.trim(), link.getAttribute('href')])});
  };
  document.addEventListener('DOMContentLoaded', report);
  document.addEventListener('htmx:afterSettle', report);
})();
