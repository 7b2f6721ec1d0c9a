// The admin around extensions and the app: windows, menu entries that may hide, and App Bridge's other end.
'use strict';

(() => {
  const shop = document.body.dataset.shop;
  const app = document.body.dataset.app && new URL(document.body.dataset.app).origin;
  const dialog = document.getElementById('window');
  const toast = document.getElementById('toast');

  const address = (handle, ids, condition) => {
    const query = new URLSearchParams(ids.map((id) => ['id', id]));
    if (condition) query.set('condition', '');
    return `/admin/extensions/${shop}/frame/${handle}?${query}`;
  };
  const open = (handle, ids) => {
    const frame = document.createElement('iframe');
    frame.title = 'ECM';
    frame.dataset.id = ids[0] || '';
    frame.src = address(handle, ids);
    const close = document.createElement('button');
    close.type = 'button';
    close.textContent = 'Close window';
    close.addEventListener('click', () => dialog.close());
    dialog.replaceChildren(close, frame);
    dialog.showModal();
  };
  dialog.addEventListener('close', () => {
    dialog.replaceChildren();
    document.querySelectorAll('iframe.block').forEach((frame) => { frame.src = frame.src; });
  });

  const selection = () => [...document.querySelectorAll('[data-selects]:checked')].map((box) => box.value);
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-extension]');
    if (!button) return;
    const ids = 'selection' in button.dataset ? selection() : [button.dataset.id];
    if (ids.length) open(button.dataset.extension, ids);
  });

  // An entry with a condition is shown when its own code says so.
  document.querySelectorAll('[data-condition]').forEach((button) => {
    const frame = document.createElement('iframe');
    frame.hidden = true;
    frame.src = address(button.dataset.extension, [button.dataset.id], true);
    frame.dataset.conditionOf = button.dataset.extension;
    document.body.append(frame);
  });

  const frameOf = (source) => [...document.querySelectorAll('iframe')].find((frame) => frame.contentWindow === source);
  const fromExtension = (frame, message) => {
    if ('display' in message && frame.dataset.conditionOf) {
      document.querySelector(`[data-condition][data-extension="${frame.dataset.conditionOf}"]`).hidden = !message.display;
      frame.remove();
    }
    if (message.height && !frame.hidden) frame.style.height = `${Math.max(80, message.height)}px`;
    if (message.open) open(message.open, [frame.dataset.id]);
    if (message.close) dialog.close();
    if (message.app) location.assign(`${nav.dataset.home}/${message.app}`);
  };

  // App Bridge: what the app's page asks of the admin around it.
  const bar = document.getElementById('save-bar');
  const titleBar = document.getElementById('title-bar');
  const nav = document.getElementById('app-nav');
  const say = (words, isError) => {
    toast.textContent = words;
    toast.className = isError ? 'bad' : 'shown';
    clearTimeout(say.timer);
    say.timer = setTimeout(() => { toast.className = ''; toast.textContent = ''; }, 5000);
  };
  const link = (words, href) => {
    const item = document.createElement('li');
    const anchor = document.createElement('a');
    anchor.href = nav.dataset.home + href;
    anchor.textContent = words;
    anchor.addEventListener('click', (event) => {
      const frame = document.getElementById('app-frame');
      if (!frame) return; // somewhere else in the admin: the app is opened at that page
      event.preventDefault();
      frame.contentWindow.postMessage({bridge: 'navigate', answer: href}, app);
    });
    item.append(anchor);
    return item;
  };
  const fromApp = async (frame, message) => {
    const reply = (answer) => frame.contentWindow.postMessage({bridge: message.id, answer}, app);
    if (message.ask === 'idToken') {
      const answer = await fetch(`/admin/extensions/${shop}/token`, {method: 'POST'});
      reply((await answer.json()).id_token);
    }
    if (message.ask === 'scopes') {
      const agrees = confirm(`Give the app more access?\n${message.names.join('\n')}`);
      if (agrees) await fetch(`/admin/extensions/${shop}/scopes`, {method: 'POST', body: new URLSearchParams(message.names.map((name) => ['scope', name]))});
      reply({result: agrees ? 'granted-all' : 'declined-all'});
    }
    if (message.toast) say(message.toast, message.isError);
    if (message.title !== undefined && titleBar) titleBar.textContent = message.title;
    if (message.nav && nav) nav.replaceChildren(...message.nav.map(([words, href]) => link(words, href)));
    if ('saveBar' in message) bar.hidden = !message.saveBar;
  };
  bar.addEventListener('click', (event) => {
    const what = event.target.dataset.save;
    const frame = document.getElementById('app-frame');
    if (what && frame) frame.contentWindow.postMessage({bridge: 'save-bar', answer: what}, app);
  });

  window.addEventListener('message', (event) => {
    const frame = frameOf(event.source);
    if (!frame || !event.data) return;
    if (event.origin === location.origin) fromExtension(frame, event.data);
    else if (event.origin === app && frame.id === 'app-frame') fromApp(frame, event.data).catch(() => say('No answer', true));
  });
})();
