import {afterEach, beforeEach, expect, test, vi} from 'vitest';

import {somethingToPrint, somethingToSay} from '../shared/condition.js';
import {answer, backend} from './panel.js';

beforeEach(() => {
  vi.stubGlobal('shopify', {data: {selected: [{id: 'gid://shopify/Company/9'}]}, i18n: {translate: (key) => key}});
});
afterEach(() => vi.unstubAllGlobals());

test('the entry is there only where the app has something to say', async () => {
  const path = 'GET /shopify/api/panel/companies/9/summary';
  vi.stubGlobal('fetch', backend({[path]: answer({shows: false})}));
  expect(await somethingToSay()()).toEqual({display: false});
  vi.stubGlobal('fetch', backend({[path]: answer({shows: true})}));
  expect(await somethingToSay()()).toEqual({display: true});
});

test('what nobody has read yet is read first: only then is it known what may begin', async () => {
  const path = '/shopify/api/panel/companies/9';
  const told = [answer({shows: false, is_unread: true, is_stale: true}), answer({shows: true, is_unread: false})];
  const fetched = backend({[`GET ${path}/summary`]: () => told.shift(), [`POST ${path}/recheck`]: answer({asked: 'recheck'}, 202)});
  vi.stubGlobal('fetch', fetched);
  expect(await somethingToSay()()).toEqual({display: true});
  expect(fetched.mock.calls.filter(([url]) => url.endsWith('/recheck'))).toHaveLength(1);
});

test('when nobody answers the entry stays', async () => {
  vi.stubGlobal('fetch', async () => { throw new TypeError('Failed to fetch'); });
  expect(await somethingToSay()()).toEqual({display: true});
});

test('what is no resource of ours has no entry', async () => {
  shopify.data.selected = [{id: 'gid://shopify/GiftCard/1'}];
  expect(await somethingToSay()()).toEqual({display: false});
});

test('printing is offered where there is something to print', async () => {
  shopify.data.selected = [{id: 'gid://shopify/Order/1001'}];
  vi.stubGlobal('fetch', backend({'GET /shopify/api/printable': answer({orders: [{documents: []}]})}));
  expect(await somethingToPrint()()).toEqual({display: false});
});
