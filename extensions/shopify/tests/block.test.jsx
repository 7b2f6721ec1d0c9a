import {getExtension} from '@shopify/ui-extensions-tester';
import {fireEvent, waitFor} from '@testing-library/preact';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';

import {answer, backend, folder, NOT_YET, panel} from './panel.js';

const PATH = 'GET /shopify/api/panel/orders/1001';
const extension = getExtension('admin.order-details.block.render', {configSearchDir: folder('ecm-order-block')});
const the = (selector) => document.body.querySelector(selector);

beforeEach(() => {
  extension.setUp();
  extension.shopify.data.selected = [{id: 'gid://shopify/Order/1001'}];
});
afterEach(() => extension.tearDown());

test('the collapsed block says in thirty characters what matters', async () => {
  extension.fetch = backend({[PATH]: answer(panel())});
  await extension.render();
  await waitFor(() => expect(the('s-admin-block').getAttribute('collapsedsummary')).toBe('3 of 4 docs · On hold'));
  expect(document.body.textContent).toContain('Order record.pdf');
  expect(document.body.textContent).toContain('Customs form');
});

test('its button opens the action of the same page', async () => {
  extension.fetch = backend({[PATH]: answer(panel())});
  extension.shopify.navigation.navigate = vi.fn();
  await extension.render();
  await waitFor(() => expect(the('s-button')).not.toBeNull());
  fireEvent.click(the('s-button'));
  expect(extension.shopify.navigation.navigate).toHaveBeenCalledWith('extension://ecm-order-action');
});

test('where the panel has nothing to say nobody is sent there', async () => {
  extension.fetch = backend({[PATH]: answer(panel({shows: false, workspace: null, lead: 'Nothing is in OpenText yet.'}))});
  await extension.render();
  await waitFor(() => expect(document.body.textContent).toContain('Nothing is in OpenText yet.'));
  expect(the('s-button')).toBeNull();
});

test('what is known is shown with its age, and what OpenText says later takes its place once, by itself', async () => {
  const told = [
    answer(panel({refresh: 0.2})), answer(NOT_YET, 202), answer(NOT_YET, 202), answer(panel({as_of: 'OpenText as of 10:07', summary: 'new', digest: 'd2'})),
  ];
  const fetched = backend({[PATH]: () => told.shift() || answer(null, 204)});
  extension.fetch = fetched;
  await extension.render();
  await waitFor(() => expect(document.body.textContent).toContain('OpenText as of 10:02'));
  await waitFor(() => expect(document.body.textContent).toContain('OpenText as of 10:07'));
  expect(the('s-admin-block').getAttribute('collapsedsummary')).toBe('new');
  await new Promise((go) => setTimeout(go, 300));
  expect(fetched.mock.calls).toHaveLength(4);
  expect(fetched.mock.calls[3][0]).toBe('/shopify/api/panel/orders/1001?seen=d1');
});

test('who may see what is asked until OpenText has said it', async () => {
  const wait = {title: 'OpenText takes its time', text: 'It appears here.', tone: 'wait'};
  const told = [
    answer(panel({...NOT_YET, refresh: 2, banners: [wait], documents: [], workspace: null, digest: 'd0'})),
    answer(NOT_YET, 202), answer(panel()),
  ];
  extension.fetch = backend({[PATH]: () => told.shift()});
  await extension.render();
  await waitFor(() => expect(document.body.textContent).toContain('It appears here.'));
  expect(document.body.textContent).not.toContain('Order record.pdf');
  await waitFor(() => expect(document.body.textContent).toContain('Order record.pdf'));
  expect(document.body.textContent).not.toContain('It appears here.');
});

test('when the app does not answer the block says so and nothing else', async () => {
  extension.fetch = vi.fn(async () => { throw new TypeError('Failed to fetch'); });
  await extension.render();
  await waitFor(() => expect(the('s-banner').textContent).toBe('errors.silent'));
  expect(the('s-admin-block').getAttribute('collapsedsummary')).toBe('errors.short');
});

test('a token that was too old is replaced once', async () => {
  const stale = answer({error: 'invalid_token'}, 401, {'X-Shopify-Retry-Invalid-Session-Request': '1'});
  const seen = [];
  extension.shopify.auth.idToken = vi.fn(async () => 'fresh');
  extension.fetch = backend({
    [PATH]: (_url, options) => {
      seen.push(options.headers?.Authorization);
      return options.headers?.Authorization ? answer(panel()) : stale.clone();
    },
  });
  await extension.render();
  await waitFor(() => expect(document.body.textContent).toContain('On hold'));
  expect(seen).toEqual([undefined, 'Bearer fresh']);
});
