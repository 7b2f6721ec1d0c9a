// Our own small versions of the elements Shopify's admin draws: enough to see and use an extension.
'use strict';

(() => {
  const INSIDE = `
    :host([hidden]) { display: none; }
    button, select, input, textarea, a { font: inherit; }
    input { max-width: 100%; }
    select { display: block; box-sizing: border-box; width: 100%; }
    textarea, input:not([type]) { box-sizing: border-box; width: 100%; }
    button { padding: .35rem .8rem; border: 1px solid #8a8f98; border-radius: 8px; background: #fff; color: #1f2328; cursor: pointer; }
    :host([variant=primary]) button { background: #1f2328; color: #fff; }
    :host([variant=tertiary]) button { border-color: transparent; background: none; text-decoration: underline; }
    button:disabled { opacity: .5; cursor: default; }
    h2, h3 { margin: 0 0 .5rem; font-size: 1rem; }
    a { color: #0a58ca; }
    .head { display: flex; justify-content: space-between; gap: 1rem; }
    .quiet { color: #5c6370; font-weight: 400; }
    .foot { display: flex; justify-content: end; gap: .5rem; margin-top: 1rem; }
    .drop { display: block; padding: 1rem; border: 2px dashed #8a8f98; border-radius: 8px; text-align: center; }
    .drop.over { border-color: #0a58ca; }
    label { display: block; }
    iframe { width: 100%; height: 20rem; border: 1px solid #d0d5dd; }`;
  const escape = (text) => String(text ?? '').replace(/[&<>"]/g, (c) => ({'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'}[c]));

  // An element whose shadow is drawn from its attributes. Names are read as HTML keeps them, in small letters.
  const define = (name, attributes, draw, more = {}) => {
    class Element extends HTMLElement {
      static observedAttributes = attributes;
      connectedCallback() { this.draw(); }
      attributeChangedCallback() { if (this.isConnected) this.draw(); }
      draw() {
        const root = this.shadowRoot || this.attachShadow({mode: 'open'});
        const focused = root.activeElement?.localName; // drawn anew, it is the same to whoever uses it
        root.innerHTML = `<style>${INSIDE}</style>${draw(this, (key) => this.getAttribute(key) || '')}`;
        if (more.wire) more.wire(this, root);
        if (focused) root.querySelector(focused)?.focus();
      }
    }
    Object.defineProperties(Element.prototype, more.properties || {});
    customElements.define(name, Element);
  };
  const changed = (element) => element.dispatchEvent(new Event('change', {bubbles: true}));
  // What is given as a property is kept as one, and drawn.
  const kept = (name, usual) => ({
    get() { return this[`_${name}`] ?? usual; },
    set(value) { this[`_${name}`] = value; if (this.isConnected) this.draw(); },
  });

  define('s-admin-block', ['heading', 'collapsedsummary'], (_, get) =>
    `<div class="head"><h2>${escape(get('heading'))}</h2><span class="quiet" id="summary">${escape(get('collapsedsummary'))}</span></div><slot></slot>`);
  define('s-admin-action', ['heading', 'loading'], (element, get) =>
    `<h2>${escape(get('heading'))}</h2>${element.hasAttribute('loading') ? '<p role="status">Loading</p>' : ''}<slot></slot>
     <div class="foot"><slot name="secondary-actions"></slot><slot name="primary-action"></slot></div>`);
  define('s-section', ['heading'], (_, get) => `<h3>${escape(get('heading'))}</h3><slot></slot>`);
  define('s-banner', ['heading', 'tone'], (_, get) =>
    `<div role="${get('tone') === 'critical' ? 'alert' : 'status'}"><strong>${escape(get('heading'))}</strong> <slot></slot></div>`);
  define('s-button', ['disabled', 'loading', 'variant', 'accessibilitylabel'], (element, get) =>
    `<button type="button" ${get('accessibilitylabel') ? `aria-label="${escape(get('accessibilitylabel'))}"` : ''}
      ${element.hasAttribute('disabled') ? 'disabled' : ''} ${element.hasAttribute('loading') ? 'aria-disabled="true"' : ''}><slot></slot></button>`, {
    wire(element, root) {
      root.querySelector('button').addEventListener('click', (event) => {
        if (element.hasAttribute('loading')) event.stopImmediatePropagation();
      });
    },
  });
  define('s-link', ['href', 'target'], (_, get) =>
    `<a href="${escape(get('href'))}" target="${escape(get('target'))}" rel="noopener"><slot></slot></a>`, {
    wire(element, root) {
      const [protocol, path] = (element.getAttribute('href') || '').split(/:(.*)/);
      if (protocol !== 'app') return; // "app:settings" is a page of the app, opened in the admin
      root.querySelector('a').addEventListener('click', (event) => {
        event.preventDefault();
        parent.postMessage({app: path}, location.origin);
      });
    },
  });
  define('s-spinner', ['accessibilitylabel'], (_, get) => `<span role="status">${escape(get('accessibilitylabel'))} …</span>`);

  define('s-select', ['label', 'placeholder', 'disabled'], (element, get) =>
    `<label>${escape(get('label'))} <select ${element.hasAttribute('disabled') ? 'disabled' : ''}></select></label><slot hidden></slot>`, {
    properties: {value: kept('value', '')},
    wire(element, root) {
      const select = root.querySelector('select');
      const fill = () => {
        select.replaceChildren(...[...element.querySelectorAll('s-option')].map((one) =>
          new Option(one.textContent, one.value ?? one.getAttribute('value'))));
        if (!select.length) select.append(new Option(element.getAttribute('placeholder') || '', ''));
        select.value = element.value;
      };
      root.querySelector('slot').addEventListener('slotchange', fill);
      fill();
      select.addEventListener('change', () => { element._value = select.value; changed(element); });
    },
  });
  // What is typed is kept when the label or an error is drawn anew.
  const typed = {
    properties: {
      value: {
        get() { return this._value ?? this.getAttribute('value') ?? ''; },
        set(words) {
          this._value = words;
          const field = this.shadowRoot?.querySelector('input, textarea');
          if (field && field.value !== words) field.value = words;
        },
      },
    },
    wire(element, root) {
      const field = root.querySelector('input, textarea');
      field.value = element.value;
      field.addEventListener('input', () => {
        element._value = field.value;
        element.dispatchEvent(new Event('input', {bubbles: true}));
      });
    },
  };
  const about = (get) => `${get('details') ? `<span class="quiet">${escape(get('details'))}</span>` : ''}
    ${get('error') ? `<span role="alert">${escape(get('error'))}</span>` : ''}`;
  define('s-text-area', ['label', 'details', 'error', 'maxlength'], (_, get) =>
    `<label>${escape(get('label'))} <textarea rows="3" maxlength="${escape(get('maxlength'))}"></textarea></label>${about(get)}`, typed);
  define('s-text-field', ['label', 'details', 'error'], (_, get) =>
    `<label>${escape(get('label'))} <input></label>${about(get)}`, typed);

  define('s-checkbox', ['label'], (element, get) => `<label><input type="checkbox"> ${escape(get('label'))}</label>`, {
    properties: {checked: kept('checked', false)},
    wire(element, root) {
      const box = root.querySelector('input');
      box.checked = element.checked;
      box.addEventListener('change', () => { element._checked = box.checked; changed(element); });
    },
  });
  define('s-drop-zone', ['label', 'accept', 'multiple', 'disabled'], (element, get) =>
    `<label class="drop">${escape(get('label'))}<br><input type="file" accept="${escape(get('accept'))}"
      ${element.hasAttribute('multiple') ? 'multiple' : ''} ${element.hasAttribute('disabled') ? 'disabled' : ''}></label>`, {
    properties: {
      files: kept('files', []),
      ondroprejected: {value: null, writable: true},
      value: {
        get() { return this.shadowRoot?.querySelector('input').value ?? ''; },
        set(empty) { this._files = []; if (this.shadowRoot) this.shadowRoot.querySelector('input').value = empty; },
      },
    },
    wire(element, root) {
      const zone = root.querySelector('.drop');
      const accepts = (one) => {
        const kinds = (element.getAttribute('accept') || '').split(',').filter(Boolean);
        return !kinds.length || kinds.some((kind) => one.type === kind || one.name.toLowerCase().endsWith(kind));
      };
      const take = (files) => {
        const all = [...files];
        element._files = all.filter(accepts);
        if (element._files.length < all.length) element.dispatchEvent(new Event('droprejected'));
        if (element._files.length) changed(element);
      };
      root.querySelector('input').addEventListener('change', (event) => take(event.currentTarget.files));
      zone.addEventListener('dragover', (event) => { event.preventDefault(); zone.classList.add('over'); });
      zone.addEventListener('dragleave', () => zone.classList.remove('over'));
      zone.addEventListener('drop', (event) => {
        event.preventDefault();
        zone.classList.remove('over');
        if (!element.hasAttribute('disabled')) take(event.dataTransfer.files);
      });
    },
  });

  // The preview of what would be printed: fetched as the admin does, with the token.
  define('s-admin-print-action', ['src'], (_, get) =>
    `<p id="print" role="status">${get('src') ? 'Preparing …' : 'Nothing to print'}</p><slot></slot>`, {
    wire(element, root) {
      const src = element.getAttribute('src');
      if (!src) return;
      const says = (words) => { if (element.getAttribute('src') === src) root.getElementById('print').textContent = words; };
      fetch(src).then(async (answer) => {
        const content = await answer.blob();
        says(answer.ok ? `Ready to print: ${content.type}, ${content.size} bytes` : `Not printable (${answer.status})`);
      }, () => says('The app does not answer'));
    },
  });
})();
