import {getExtension} from '@shopify/ui-extensions-tester';
import {fireEvent, waitFor} from '@testing-library/preact';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';

import {answer, backend, document_, folder, NOT_YET, panel} from './panel.js';

const AT = '/shopify/api/panel/orders/1001';
const PLACES = {places: [{id: 7, name: '01 Order record'}, {id: 9, name: '02 Customs'}], accept: ['.pdf'], most_bytes: 1000, most: '1 kB'};
const extension = getExtension('admin.order-details.action.render', {configSearchDir: folder('ecm-order-action')});
const all = (selector) => [...document.body.querySelectorAll(selector)];
const button = (words) => all('s-button').find((one) => one.textContent === words);
const isOpen = () => waitFor(() => expect(all('s-option')).not.toHaveLength(0));
const shown = (words) => waitFor(() => expect(document.body.textContent).toContain(words));

beforeEach(() => {
  extension.setUp();
  extension.shopify.data.selected = [{id: 'gid://shopify/Order/1001'}];
});
afterEach(() => extension.tearDown());

test('the panel shows documents, records, the task and why', async () => {
  extension.fetch = backend({[`GET ${AT}`]: answer(panel()), [`GET ${AT}/places`]: answer(PLACES)});
  await extension.render();
  await shown('Order record.pdf');
  for (const words of ['Record · Orders', 'On hold: Audit', 'Review order', 'Total 749.90 EUR']) await shown(words);
  expect(all('s-link').find((one) => one.textContent === 'whole').getAttribute('href')).toBe('app:panel/orders/1001');
  expect(document.body.textContent).not.toContain('An order changed');
  fireEvent.click(button('why.show'));
  await shown('An order changed');
});

test('dropped files are filed one by one in the chosen place, and the panel is read again', async () => {
  const filed = [];
  let documents = [document_()];
  extension.fetch = backend({
    [`GET ${AT}`]: () => answer(panel({documents, digest: `d${documents.length}`})),
    [`GET ${AT}/places`]: answer(PLACES),
    [`POST ${AT}/documents`]: (_url, {body}) => {
      filed.push([body.get('place'), body.get('file').name]);
      if (body.get('file').name === 'bad.exe') return answer({error: 'This file is not filed: its type is not taken.'}, 422);
      documents = [...documents, document_({id: 'b2', name: body.get('file').name})];
      return answer({filed: body.get('file').name}, 201);
    },
  });
  await extension.render();
  await isOpen();
  const [select] = all('s-select');
  select.value = '9';
  fireEvent.change(select);
  const [zone] = all('s-drop-zone');
  zone.files = [new File(['x'], 'form.pdf'), new File(['x'], 'bad.exe'), new File(['x'.repeat(2000)], 'huge.pdf')];
  fireEvent.change(zone);
  await shown('bad.exe: This file is not filed: its type is not taken.');
  await shown('huge.pdf: errors.tooLarge');
  await waitFor(() => expect(all('s-link').map((one) => one.textContent)).toContain('form.pdf'));
  expect(filed).toEqual([['9', 'form.pdf'], ['9', 'bad.exe']]);
});

test('while OpenText is slow files go to folders we know of, keep their place and may wait with us', async () => {
  const filed = [];
  const known = {...PLACES, ...NOT_YET, places: [{id: 1, name: '02 Customs', folder: '02 Customs'}]};
  const real = {...PLACES, places: [{id: 7, name: '01 Order record', folder: '01 Order record'}, {id: 9, name: '02 Customs', folder: '02 Customs'}]};
  let gate;
  const opened = new Promise((go) => { gate = go; });
  let looks = 0;
  extension.fetch = backend({
    [`GET ${AT}`]: answer(panel()),
    [`GET ${AT}/places`]: () => (looks++ ? opened.then(() => answer(real)) : answer(known)),
    [`POST ${AT}/documents`]: (_url, {body}) => {
      const place = body.get('place');
      filed.push([place, body.get(`folder-${place}`)]);
      return place === '1' ? answer({kept: 'form.pdf'}, 202) : answer({filed: 'form.pdf'}, 201);
    },
  });
  const drop = () => {
    const [zone] = all('s-drop-zone');
    zone.files = [new File(['x'], 'form.pdf')];
    fireEvent.change(zone);
  };
  await extension.render();
  await isOpen();
  const [select] = all('s-select');
  select.value = '1';
  fireEvent.change(select);
  drop();
  await waitFor(() => expect(all('s-banner').map((one) => one.getAttribute('heading'))).toContain('upload.kept'));
  gate();
  await waitFor(() => expect(all('s-option')).toHaveLength(2));
  drop();
  await waitFor(() => expect(filed).toEqual([['1', '02 Customs'], ['9', '02 Customs']]));
});

test('where to file stands there before it is known, takes nothing until then, and is the same afterwards', async () => {
  let gate;
  const opened = new Promise((go) => { gate = go; });
  extension.fetch = backend({[`GET ${AT}`]: answer(panel()), [`GET ${AT}/places`]: () => opened.then(() => answer(PLACES))});
  await extension.render();
  await waitFor(() => expect(all('s-drop-zone')).toHaveLength(1));
  const before = all('s-select, s-drop-zone, s-section');
  const closed = () => all('s-select, s-drop-zone').map((one) => one.hasAttribute('disabled') || Boolean(one.disabled));
  expect(closed()).toEqual([true, true]);
  gate();
  await isOpen();
  await waitFor(() => expect(closed()).toEqual([false, false]));
  expect(all('s-select, s-drop-zone, s-section')).toEqual(before);
  await shown('upload.most');
});

test('what is dropped while a file goes on its way comes after it; kinds that are left out are named', async () => {
  const filed = [];
  let gate;
  const opened = new Promise((go) => { gate = go; });
  extension.fetch = backend({
    [`GET ${AT}`]: answer(panel()), [`GET ${AT}/places`]: answer(PLACES),
    [`POST ${AT}/documents`]: (_url, {body}) => {
      filed.push(body.get('file').name);
      return opened.then(() => answer({filed: body.get('file').name}, 201));
    },
  });
  await extension.render();
  await isOpen();
  const [zone] = all('s-drop-zone');
  for (const name of ['one.pdf', 'two.pdf']) {
    zone.files = [new File(['x'], name)];
    fireEvent.change(zone);
  }
  zone.dispatchEvent(new Event('DropRejected')); // as Preact hears it where no element of that name is defined
  await shown('upload.leftOut');
  expect(filed).toEqual(['one.pdf']);
  gate();
  await shown('one.pdf, two.pdf');
  expect(filed).toEqual(['one.pdf', 'two.pdf']);
  await shown('upload.leftOut');
});

test('why nothing can be filed is said, and asked for again by a button', async () => {
  const told = [answer({error: 'Sign in to OpenText.'}, 403), answer({...PLACES, places: []})];
  extension.fetch = backend({[`GET ${AT}`]: answer(panel()), [`GET ${AT}/places`]: () => told.shift()});
  await extension.render();
  await shown('Sign in to OpenText.');
  fireEvent.click(all('s-section s-button').find((one) => one.textContent === 'recheck'));
  await shown('upload.nowhere');
  expect(document.body.textContent).not.toContain('Sign in to OpenText.');
});

test('an offer is taken up with its button, and a refusal is said', async () => {
  const offer = {title: 'No review yet', what: ['A workspace'], button: 'Open a review', request: 'review', why_not: ''};
  const asked = vi.fn(() => answer({error: 'forbidden'}, 403));
  extension.fetch = backend({
    [`GET ${AT}`]: answer(panel({offer, workspace: null})), [`POST ${AT}/review`]: asked,
  });
  await extension.render();
  await shown('A workspace');
  fireEvent.click(button('Open a review'));
  await shown('errors.forbidden');
  expect(asked).toHaveBeenCalledOnce();
});

test('who may not upload sees no drop zone, and closing closes', async () => {
  extension.fetch = backend({[`GET ${AT}`]: answer(panel({access: {look: 'map', refusal: 'Ask Finance.', can_upload: false}}))});
  extension.shopify.close = vi.fn();
  await extension.render();
  await shown('Ask Finance.');
  expect(all('s-drop-zone')).toHaveLength(0);
  fireEvent.click(button('close'));
  expect(extension.shopify.close).toHaveBeenCalledOnce();
});
