import {printable, selected, summary} from './backend.js';

// Whether an entry of the menu is there at all. When nobody answers it stays, and says itself what is wrong.
const when = (asks) => async () => {
  const [about] = selected();
  if (!about) return {display: false};
  try {
    return {display: Boolean(await asks(about))};
  } catch {
    return {display: true};
  }
};

export const somethingToSay = () => when(async (about) => (await summary(about)).shows);

export const somethingToPrint = () =>
  when(async (about) => (await printable([about.id])).orders.some((one) => one.documents.length));
