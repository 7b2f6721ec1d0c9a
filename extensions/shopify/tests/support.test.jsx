import {getExtension} from '@shopify/ui-extensions-tester';
import {fireEvent, waitFor} from '@testing-library/preact';
import {afterEach, beforeEach, expect, test} from 'vitest';

import {answer, backend, case_, document_, folder, order_, panel} from './panel.js';

const AT = '/shopify/api/panel/customers/7';
const buyer = (changes = {}) => panel({
  kind: 'customer', id: '7', title: 'Ada', decision: null, documents: [], missing: [], summary: '1 open case · In progress',
  access: {look: 'map', refusal: '', can_upload: false},
  cases: [case_(), case_({id: 'c2', name: 'Complaint C-1', is_open: false})], orders: [order_(), order_({id: '1002', name: '#1002'})],
  ...changes,
});
const block = getExtension('admin.customer-details.block.render', {configSearchDir: folder('ecm-customer-block')});
const action = getExtension('admin.customer-details.action.render', {configSearchDir: folder('ecm-customer-action')});
const shown = (words) => waitFor(() => expect(document.body.textContent).toContain(words));
let used;

function take(extension) {
  used = extension;
  extension.setUp();
  extension.shopify.data.selected = [{id: 'gid://shopify/Customer/7'}];
  return extension;
}
beforeEach(() => { used = null; });
afterEach(() => used?.tearDown());

test('the customer block tells the open cases and the latest orders with their state', async () => {
  const extension = take(block);
  extension.fetch = backend({[`GET ${AT}`]: answer(buyer())});
  await extension.render();
  await shown('Return RMA-7');
  await shown('#1002');
  expect(document.body.textContent).toContain('Under review');
  expect(document.body.textContent).not.toContain('Complaint C-1');
  const line = document.body.querySelector('s-admin-block').getAttribute('collapsedsummary');
  expect(line).toBe('1 open case · In progress');
  expect(line.length).toBeLessThanOrEqual(30);
});

test('an order opens beneath its line with documents, cases and notes', async () => {
  const extension = take(action);
  const order = panel({access: {look: 'map', refusal: '', can_upload: false}, notes_in_store: [{by: 'Note of the staff', text: 'Leave at the gate'}], documents: [document_()]});
  extension.fetch = backend({[`GET ${AT}`]: answer(buyer()), 'GET /shopify/api/panel/orders/1001': answer(order)});
  await extension.render();
  await shown('#1001');
  expect(document.body.textContent).not.toContain('Leave at the gate');
  fireEvent.click([...document.body.querySelectorAll('s-button')].find((one) => one.textContent === 'orders.show'));
  await shown('Leave at the gate');
  await shown('Order record.pdf');
});

test('what is old is shown at once and looked at anew behind it, once', async () => {
  const extension = take(block);
  const fetched = backend({[`GET ${AT}`]: answer(buyer({is_stale: true})), [`POST ${AT}/recheck`]: answer({asked: 'recheck'}, 202)});
  extension.fetch = fetched;
  await extension.render();
  await shown('Return RMA-7');
  await waitFor(() => expect(fetched.mock.calls.filter(([url]) => url.endsWith('/recheck'))).toHaveLength(1));
});
