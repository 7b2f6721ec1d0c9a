// The app's own answers. The admin puts a fresh token on every request to the app's domain; where it did not, or the
// token was too old, we fetch one ourselves and ask once more.

const API = '/shopify/api';
const RETRY = 'X-Shopify-Retry-Invalid-Session-Request';
const KINDS = {Order: 'orders', Product: 'products', Customer: 'customers', Company: 'companies'};

/** What the page is about: "gid://shopify/Order/1001" as {kind: 'orders', id: '1001'}; null for anything else. */
export function subject(gid) {
  const found = /^gid:\/\/shopify\/(\w+)\/(\d+)$/.exec(gid || '');
  return found && KINDS[found[1]] ? {kind: KINDS[found[1]], id: found[2]} : null;
}

/** Everything that is selected on the page. */
export const selected = () => (shopify.data.selected || []).map(({id}) => subject(id)).filter(Boolean);

/** A refusal with a sentence for people. `status` is 0 where nobody answered; `more` is what the app said beside it. */
export class Refused extends Error {
  constructor(status, message, more = {}) {
    super(message);
    this.status = status;
    this.more = more;
  }
}

async function send(path, options) {
  const first = await fetch(`${API}${path}`, options);
  if (first.status !== 401 || !first.headers.get(RETRY)) return first;
  const token = await shopify.auth.idToken();
  return fetch(`${API}${path}`, {...options, headers: {...options.headers, Authorization: `Bearer ${token}`}});
}

/** Ask, and read JSON; null for "nothing new" (204). Throws Refused. */
export async function ask(path, options = {}) {
  let answer;
  try {
    answer = await send(path, options);
  } catch {
    throw new Refused(0, shopify.i18n.translate('errors.silent'));
  }
  if (answer.status === 204) return null;
  const body = await answer.json().catch(() => ({}));
  if (answer.ok) return body;
  throw new Refused(answer.status, said(answer.status, body), body);
}

const LOOKS = 30; // for a minute; then OpenText is not slow, it is away

export const later = (seconds) => new Promise((go) => setTimeout(go, seconds * 1000));

/** Ask until the app has OpenText's own answer. `meanwhile` gets what the app knows until then, where it knows some. */
async function awaited(path, meanwhile = () => {}) {
  for (let look = 0; look < LOOKS; look += 1) {
    const answer = await ask(path);
    if (!answer?.is_asking) return answer;
    meanwhile(answer);
    await later(answer.again);
  }
  throw new Refused(0, shopify.i18n.translate('errors.slow'));
}

// Sentences come from the app; codes (which hold no space) are said in our own words.
function said(status, body) {
  const own = typeof body.error === 'string' && body.error.includes(' ') ? body.error : '';
  if (own) return own;
  const keys = {401: 'errors.signedOut', 403: 'errors.forbidden', 413: 'errors.tooLarge', 429: 'errors.tooMany'};
  return shopify.i18n.translate(keys[status] || (status >= 500 ? 'errors.silent' : 'errors.refused'));
}

const at = ({kind, id}) => `/panel/${kind}/${id}`;

export const panel = (about, seen = '') => ask(`${at(about)}${seen ? `?seen=${seen}` : ''}`);
export const summary = (about) => ask(`${at(about)}/summary`);
export const places = (about, meanwhile) => awaited(`${at(about)}/places`, meanwhile);
export const request = (about, what) => ask(`${at(about)}/${what}`, {method: 'POST', body: new FormData()});
export const printable = (orders) => awaited(`/printable?orders=${orders.join(',')}`);

export const task = (about, ref) => awaited(`${at(about)}/tasks/${ref}`);

/** A press on an open task: {press, comment, to, click}; the click is the window's own key, the same one is one wish. */
export const decide = (about, ref, typed) => ask(`${at(about)}/tasks/${ref}`, {method: 'POST', body: form(typed)});

/** Where the browser finds a document for the next minute. */
export const download = (about, document) =>
  ask(`${at(about)}/documents/${document}/address`, {method: 'POST', body: new FormData()});

/** A key of its own for whatever is pressed once. */
export const click = () => crypto.randomUUID().replaceAll('-', '');

function form(values) {
  const body = new FormData();
  for (const [name, value] of Object.entries(values)) body.append(name, value);
  return body;
}

/** The place's name goes along: one that was offered while OpenText was slow is found by it. */
export function file(about, chosen, place, folder = '') {
  const body = new FormData();
  body.append('place', place);
  body.append(`folder-${place}`, folder);
  body.append('file', chosen, chosen.name);
  return ask(`${at(about)}/documents`, {method: 'POST', body});
}

/** Where the admin finds the PDF to print. */
export const printSource = (orders, documents) => `${API}/print?${chosen(orders, documents)}`;

/** Ends once the PDF is made, so that the admin's preview need not wait for OpenText. Throws Refused. */
export const printReady = (orders, documents) => awaited(`/print/ready?${chosen(orders, documents)}`);

const chosen = (orders, documents) => `orders=${orders.join(',')}&documents=${documents.join(',')}`;
