// What an extension finds around it in the admin: the `shopify` object, and a `fetch` that knows the app and its token.
'use strict';

(() => {
  const config = JSON.parse(document.getElementById('config').textContent);
  const tell = (message) => parent.postMessage({...message, from: config.handle}, location.origin);
  const plainFetch = window.fetch.bind(window);

  const idToken = async () => (await (await plainFetch(config.token, {method: 'POST'})).json()).id_token;

  // A path belongs to the app's domain, whatever the app's own address is; requests there carry the token.
  window.fetch = async (address, options = {}) => {
    const url = new URL(address, config.app);
    const headers = new Headers(options.headers);
    if (url.origin === new URL(config.app).origin && !headers.has('Authorization')) {
      headers.set('Authorization', `Bearer ${await idToken()}`);
    }
    return plainFetch(url, {...options, headers});
  };

  const find = (texts, key) => key.split('.').reduce((found, name) => (found || {})[name], texts);
  const translate = (key, values = {}) => {
    const text = find(config.texts, key) ?? find(config.usual, key);
    if (typeof text !== 'string') throw new Error(`no text for ${key}`);
    return text.replace(/\{\{(\w+)\}\}/g, (_, name) => values[name] ?? '');
  };

  window.shopify = {
    data: {selected: config.selected},
    extension: {target: config.target},
    i18n: {translate},
    auth: {idToken},
    navigation: {navigate: (url) => tell({open: String(url).replace('extension://', '')})},
    close: () => tell({close: true}),
    extend(target, run) {
      if (target !== config.target) throw new Error(`${target} is not ${config.target}`);
      Promise.resolve(run()).then((answer) => {
        if (answer && 'display' in answer) tell({display: answer.display});
        document.documentElement.dataset.ready = 'true';
      });
    },
  };

  // As high as what is in it, also when that becomes less.
  document.addEventListener('DOMContentLoaded', () =>
    new ResizeObserver(() => tell({height: document.body.offsetHeight})).observe(document.body));
  document.addEventListener('keydown', (event) => event.key === 'Escape' && tell({close: true}));
})();
