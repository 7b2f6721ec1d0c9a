// A panel as the app tells it, and a backend that answers by path.

import {resolve} from 'node:path';

import {vi} from 'vitest';

export const panel = (changes = {}) => ({
  kind: 'order', id: '1001', title: '#1001', subtitle: [], summary: '3 of 4 docs · On hold', shows: true,
  state: {word: 'On hold', tone: 'wait'}, lead: 'Order Review decides in OpenText.',
  workspace: {name: 'Order #1001', url: 'https://cs.example.com/n/1'}, banners: [], stages: [], notes: [], offer: null,
  as_of: 'OpenText as of 10:02', work: [], documents: [document_()], missing: ['Customs form'],
  decision: {
    state: {word: 'Waiting for a decision', tone: 'wait'}, by: '', at: '', comment: '', trail: [],
    tasks: [{name: 'Review order', who: 'Order Review', due: '23 Nov, 10:00', is_overdue: false, decide: ''}],
  },
  workflows: [], cases: [], orders: [], notes_in_store: [], questions: [], is_stale: false,
  why: {
    reasons: ['Total 749.90 EUR is at or above your limit'],
    chain: [{label: 'Event', text: 'An order changed', at: '', who: 'the store', quote: '', url: ''}],
  },
  access: {look: 'map', refusal: '', can_upload: true}, refresh: 0, digest: 'd1', ...changes,
});

export const case_ = (changes = {}) => ({
  id: 'c1', name: 'Return RMA-7', state: {word: 'Open', tone: 'wait'}, text: 'waiting for Returns', reason: 'Damaged',
  amount: '749.90 EUR', url: '', due: '', is_overdue: false, is_open: true, ...changes,
});

export const order_ = (changes = {}) => ({
  id: '1001', name: '#1001', total: '749.90 EUR', state: {word: 'Under review', tone: 'wait'}, in_store: 'paid',
  url: '', at: '21 Nov 2026', ...changes,
});

export const task_ = (changes = {}) => ({
  ref: 'r1', name: 'Review order', who: 'Order Review', due: '', has_more: false, longest: 2000, url: '',
  options: [
    {press: 'decide:approved', label: 'Approve', tone: 'primary', asks_back: false},
    {press: 'decide:rejected', label: 'Reject', tone: 'danger', asks_back: false},
    {press: 'decide:more_info', label: 'Ask for information', tone: '', asks_back: true},
  ],
  acts: [{act: 'comment', label: 'Only comment'}, {act: 'delegate', label: 'Hand it over'}], ...changes,
});

export function document_(changes = {}) {
  return {
    id: 'a1', name: 'Order record.pdf', kind: 'PDF', url: 'https://cs.example.com/n/2', about: ['01 Order record', '84 kB'],
    record: 'Record · Orders', retention: '', holds: ['On hold: Audit'], approval: null, delivery: null, ...changes,
  };
}

/** OpenText takes its time: the same again in a moment. */
export const NOT_YET = {is_asking: true, again: 0.02};

export const answer = (body, status = 200, headers = {}) =>
  new Response(body === null ? null : JSON.stringify(body), {status, headers});

/** `routes`: the beginning of "METHOD path" -> answer or function; what is not there is 404. */
export const backend = (routes) =>
  vi.fn(async (url, options = {}) => {
    const asked = `${options.method || 'GET'} ${url}`;
    const found = Object.keys(routes).sort((a, b) => b.length - a.length).find((known) => asked.startsWith(known));
    const made = found ? routes[found] : answer({error: 'not_found'}, 404);
    return typeof made === 'function' ? made(url, options) : made.clone();
  });

/** Where an extension's configuration lies; the tester takes its module and API version from there. */
export const folder = (handle) => resolve(process.cwd(), 'extensions', handle);
