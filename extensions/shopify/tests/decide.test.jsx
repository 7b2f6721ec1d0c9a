import {getExtension} from '@shopify/ui-extensions-tester';
import {fireEvent, waitFor} from '@testing-library/preact';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';

import {answer, backend, folder, NOT_YET, panel, task_} from './panel.js';

const AT = '/shopify/api/panel/orders/1001';
const extension = getExtension('admin.order-details.action.render', {configSearchDir: folder('ecm-order-action')});
const all = (selector) => [...document.body.querySelectorAll(selector)];
const button = (words) => all('s-button').find((one) => one.textContent === words);
const shown = (words) => waitFor(() => expect(document.body.textContent).toContain(words));
const waiting = (decide) => panel({
  decision: {...panel().decision, tasks: [{...panel().decision.tasks[0], decide}]}, access: {look: 'map', refusal: '', can_upload: false},
});

beforeEach(() => {
  extension.setUp();
  extension.shopify.data.selected = [{id: 'gid://shopify/Order/1001'}];
});
afterEach(() => extension.tearDown());

function type(selector, words) {
  const [field] = all(selector);
  field.value = words;
  fireEvent.input(field);
}

test('who may decide presses the model\'s own outcome, with a comment', async () => {
  const pressed = [];
  const asked = [answer(NOT_YET, 202), answer(task_())]; // the buttons are OpenText's to say
  let state = waiting('r1');
  extension.fetch = backend({
    [`GET ${AT}`]: () => answer(state),
    [`GET ${AT}/tasks/r1`]: () => asked.shift(),
    [`POST ${AT}/tasks/r1`]: (_url, {body}) => {
      pressed.push(Object.fromEntries(body));
      state = {...waiting(''), digest: 'd2'};
      return answer({done: 'Your decision is in OpenText.'});
    },
  });
  await extension.render();
  await waitFor(() => expect(button('decide.open')).toBeDefined());
  fireEvent.click(button('decide.open'));
  await waitFor(() => expect(button('Approve')).toBeDefined());
  type('s-text-area', 'Called the customer');
  fireEvent.click(button('Approve'));
  await waitFor(() => expect(button('Approve')).toBeUndefined());
  await waitFor(() => expect(button('decide.open')).toBeUndefined());
  await shown('Your decision is in OpenText.');
  expect(pressed).toHaveLength(1);
  expect(pressed[0]).toMatchObject({press: 'decide:approved', comment: 'Called the customer', to: ''});
  expect(pressed[0].click).toMatch(/^[0-9a-f]{32}$/);
});

test('a refusal is said, the words stay, and the same press again carries the same key', async () => {
  const keys = [];
  const words = [];
  extension.fetch = backend({
    [`GET ${AT}`]: answer(waiting('r1')),
    [`GET ${AT}/tasks/r1`]: answer(task_()),
    [`POST ${AT}/tasks/r1`]: (_url, {body}) => {
      keys.push(body.get('click'));
      words.push(body.get('comment'));
      return answer({error: 'OpenText is not answering. Nothing was decided.', field: ''}, 503);
    },
  });
  await extension.render();
  await waitFor(() => expect(button('decide.open')).toBeDefined());
  fireEvent.click(button('decide.open'));
  await waitFor(() => expect(button('Reject')).toBeDefined());
  type('s-text-area', 'Too risky');
  fireEvent.click(button('Reject'));
  await shown('OpenText is not answering. Nothing was decided.');
  await waitFor(() => expect(button('Reject').hasAttribute('disabled')).toBe(false));
  fireEvent.click(button('Reject'));
  await waitFor(() => expect(keys).toHaveLength(2));
  expect(keys[0]).toBe(keys[1]);
  expect(words).toEqual(['Too risky', 'Too risky']);
});

test('somebody was first: it says who, and the panel is read again', async () => {
  let reads = 0;
  extension.fetch = backend({
    [`GET ${AT}`]: () => answer({...waiting(reads++ ? '' : 'r1'), digest: `d${reads}`}),
    [`GET ${AT}/tasks/r1`]: answer({error: 'Anna Berg was first: Approved, 10:02.', is_over: true}, 409),
  });
  await extension.render();
  await waitFor(() => expect(button('decide.open')).toBeDefined());
  fireEvent.click(button('decide.open'));
  await waitFor(() => expect(reads).toBe(2));
  await waitFor(() => expect(button('decide.open')).toBeUndefined());
  await shown('Anna Berg was first: Approved, 10:02.');
});

test('who is not let in sees who must act and no button', async () => {
  extension.fetch = backend({[`GET ${AT}`]: answer(waiting(''))});
  await extension.render();
  await shown('Review order');
  expect(button('decide.open')).toBeUndefined();
});

test('a document is downloaded by an address for a minute', async () => {
  vi.stubGlobal('open', vi.fn());
  extension.fetch = backend({
    [`GET ${AT}`]: answer(waiting('')), [`POST ${AT}/documents/a1/address`]: answer({url: 'https://app/shopify/files/x'}),
  });
  await extension.render();
  await waitFor(() => expect(button('documents.download')).toBeDefined());
  fireEvent.click(button('documents.download'));
  await shown('documents.ready');
  expect(open).toHaveBeenCalledWith('https://app/shopify/files/x', '_blank');
  vi.unstubAllGlobals();
});
