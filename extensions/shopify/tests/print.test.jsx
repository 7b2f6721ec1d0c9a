import {getExtension} from '@shopify/ui-extensions-tester';
import {fireEvent, waitFor} from '@testing-library/preact';
import {afterEach, beforeEach, expect, test} from 'vitest';

import {answer, backend, folder, NOT_YET} from './panel.js';

const extension = getExtension('admin.order-index.selection-print-action.render', {
  configSearchDir: folder('ecm-orders-print'),
});
const source = () => document.body.querySelector('s-admin-print-action').getAttribute('src');

beforeEach(() => {
  extension.setUp();
  extension.shopify.data.selected = [{id: 'gid://shopify/Order/1001'}, {id: 'gid://shopify/Order/1002'}];
});
afterEach(() => extension.tearDown());

test('documents of several orders are chosen one by one for the printer, once OpenText has sent them', async () => {
  const orders = [
    {id: '1001', title: '#1001', documents: [{id: 'a', name: 'Record.pdf', folder: '01'}, {id: 'b', name: 'Form.pdf', folder: ''}]},
    {id: '1002', title: '#1002', documents: []},
  ];
  const asked = [answer({orders: [], ...NOT_YET}), answer({orders})];
  const made = [answer(NOT_YET, 202), answer({is_ready: true}), answer({is_ready: true})];
  extension.fetch = backend({
    'GET /shopify/api/printable?orders=1001,1002': () => asked.shift(),
    'GET /shopify/api/print/ready?orders=1001,1002&documents=': () => made.shift(),
  });
  await extension.render();
  await waitFor(() => expect(source()).toBe('/shopify/api/print?orders=1001,1002&documents=a,b'));
  expect(document.body.textContent).toContain('print.none');
  const [first] = document.body.querySelectorAll('s-checkbox');
  first.checked = false;
  fireEvent.change(first);
  await waitFor(() => expect(source()).toBe('/shopify/api/print?orders=1001,1002&documents=b'));
  expect([asked, made]).toEqual([[], []]);
  expect(document.body.textContent).toContain('print.ready');
  first.ownerDocument.querySelectorAll('s-checkbox').forEach((one) => { one.checked = false; fireEvent.change(one); });
  await waitFor(() => expect(document.body.textContent).toContain('print.choose'));
  expect(source()).toBeNull();
});

test('why there is no paper is said in place of it', async () => {
  const orders = [{id: '1001', title: '#1001', documents: [{id: 'a', name: 'Record.pdf', folder: '01'}]}];
  extension.fetch = backend({
    'GET /shopify/api/printable': answer({orders}), 'GET /shopify/api/print/ready': answer({error: 'Choose fewer of them.'}, 422),
  });
  await extension.render();
  await waitFor(() => expect(document.body.textContent).toContain('Choose fewer of them.'));
  expect(source()).toBeNull();
  expect(document.body.querySelector('s-spinner')).toBeNull();
});

test('without documents there is nothing to print', async () => {
  extension.fetch = backend({'GET /shopify/api/printable': answer({orders: [{id: '1001', title: '#1001', documents: []}]})});
  await extension.render();
  await waitFor(() => expect(document.body.textContent).toContain('print.none'));
  expect(source()).toBeNull();
});
