import {later, printable, request, selected, summary} from './backend.js';

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

const LOOKS = [0.6, 1.4]; // seconds; the menu is open by then, and what comes later is there when it is opened again

/** What was never read from the store is read now: only then is it known what may begin here. */
async function readFirst(about, found) {
  if (found.is_stale) await request(about, 'recheck').catch(() => {});
  let read = found;
  for (const seconds of LOOKS) {
    await later(seconds);
    read = await summary(about);
    if (!read.is_unread) break;
  }
  return read;
}

export const somethingToSay = () =>
  when(async (about) => {
    const found = await summary(about);
    return (found.shows || !found.is_unread ? found : await readFirst(about, found)).shows;
  });

export const somethingToPrint = () =>
  when(async (about) => (await printable([about.id])).orders.some((one) => one.documents.length));
