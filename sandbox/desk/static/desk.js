// The desk's small helpers: menus, dialogs, the side panel, live parts. Every page works without them.
'use strict';

document.documentElement.classList.add('js');
const LOOK_EVERY = 2500;

// The rail on a narrow screen
const toggle = document.querySelector('.rail-toggle');
toggle.addEventListener('click', () => {
  const open = document.body.classList.toggle('rail-open');
  toggle.setAttribute('aria-expanded', String(open));
});

// A seat is taken as soon as it is chosen
document.querySelectorAll('[data-submits]').forEach((select) => {
  select.addEventListener('change', () => select.form.requestSubmit());
});

// Action menus: one open at a time; arrows, Escape and a click elsewhere do what one expects
const closeMenus = (except) => {
  document.querySelectorAll('details.menu[open]').forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
};
document.addEventListener('click', (event) => closeMenus(event.target.closest('details.menu')));
document.addEventListener('keydown', (event) => {
  const menu = event.target.closest && event.target.closest('details.menu');
  if (!menu || !menu.open) return;
  const items = [...menu.querySelectorAll('a, button')];
  const at = items.indexOf(document.activeElement);
  if (event.key === 'Escape') {
    menu.open = false;
    menu.querySelector('summary').focus();
  } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    const step = event.key === 'ArrowDown' ? 1 : -1;
    items[(at + step + items.length) % items.length].focus();
  }
});

// The side panel: a fresh frame each time, focus back to where it came from
const panel = document.getElementById('side-panel');
let openedFrom = null;
const openPanel = (link) => {
  const menu = link.closest('details.menu');
  openedFrom = menu ? menu.querySelector('summary').getAttribute('aria-label') : null;
  panel.querySelector('h2').textContent = link.dataset.title;
  const frame = document.createElement('iframe');
  frame.title = link.dataset.title;
  frame.src = '/store/frame?' + new URLSearchParams({ path: link.dataset.panel });
  panel.querySelector('.side-panel-body').replaceChildren(frame);
  closeMenus(null);
  panel.showModal();
  panel.querySelector('[data-close]').focus();
};
panel.addEventListener('close', () => {
  panel.querySelector('.side-panel-body').replaceChildren();
  panel.classList.remove('is-wide');
  panel.querySelector('[data-expand]').setAttribute('aria-pressed', 'false');
  // The list may have been drawn anew meanwhile: find the same row's button again.
  const summaries = [...document.querySelectorAll('details.menu > summary')];
  const summary = summaries.find((entry) => entry.getAttribute('aria-label') === openedFrom);
  if (summary) summary.focus();
});
panel.querySelector('[data-expand]').addEventListener('click', (event) => {
  const wide = panel.classList.toggle('is-wide');
  event.currentTarget.setAttribute('aria-pressed', String(wide));
});
panel.addEventListener('click', (event) => {
  if (event.target === panel) panel.close();
});

document.addEventListener('click', (event) => {
  const link = event.target.closest('[data-panel]');
  if (link && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    openPanel(link);
    return;
  }
  const opener = event.target.closest('[data-opens]');
  if (opener) document.getElementById(opener.dataset.opens).showModal();
  const closer = event.target.closest('[data-close]');
  if (closer) closer.closest('dialog').close();
  const copier = event.target.closest('[data-copy]');
  if (copier) {
    navigator.clipboard.writeText(copier.dataset.copy).then(() => { copier.textContent = 'Copied'; });
  }
});

document.addEventListener('submit', (event) => {
  const asks = event.submitter && event.submitter.dataset.confirm;
  if (asks && !window.confirm(asks)) event.preventDefault();
});

// Live parts: drawn anew when they changed, never under a person's hands
const inUse = (part) => part.querySelector('details[open], iframe:hover, :is(input, select, textarea):focus');
const nameOf = (element) => element.getAttribute('aria-label') || element.getAttribute('href');
const redraw = (part, html) => {
  const held = part.contains(document.activeElement) ? nameOf(document.activeElement) : null;
  part.innerHTML = html;
  const again = held && [...part.querySelectorAll('a, summary, button')].find((element) => nameOf(element) === held);
  if (again) again.focus();
};
const seen = new WeakMap();
document.querySelectorAll('[data-live]').forEach((part) => seen.set(part, part.innerHTML));
const refresh = async () => {
  const parts = [...document.querySelectorAll('[data-live]')];
  if (!parts.length || document.hidden) return;
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  parts.forEach((part) => {
    const other = fresh.getElementById(part.id);
    if (other && !inUse(part) && other.innerHTML !== seen.get(part)) {
      redraw(part, other.innerHTML);
      seen.set(part, other.innerHTML);
    }
  });
};
window.setInterval(() => refresh().catch(() => undefined), LOOK_EVERY);
refresh().catch(() => undefined);
