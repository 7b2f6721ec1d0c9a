import '@shopify/ui-extensions/preact';
import {render} from 'preact';
import {useEffect, useState} from 'preact/hooks';

import {printable, printReady, printSource, selected} from './backend.js';
import {Problem, Quiet, t} from './parts.jsx';

/** ECM documents of the selected orders, chosen one by one, bound into one PDF for the printer. */
export const print = () => async () => {
  render(<Print orders={selected().map(({id}) => id)} />, document.body);
};

function Print({orders}) {
  const [found, setFound] = useState(null);
  const [left, setLeft] = useState(new Set());
  const [error, setError] = useState('');
  const [source, setSource] = useState(undefined);

  useEffect(() => {
    printable(orders).then(
      (answer) => setFound(answer.orders),
      (refused) => setError(refused.message),
    );
  }, [orders.join(',')]);

  const chosen = (found || []).flatMap((one) => one.documents).filter((one) => !left.has(one.id));
  const choose = (id, isChosen) => {
    const next = new Set(left);
    isChosen ? next.delete(id) : next.add(id);
    setLeft(next);
  };
  const ids = chosen.map(({id}) => id);

  // The admin fetches a source at once and once: it gets one when the PDF is made.
  useEffect(() => {
    let isOver = false;
    setSource(undefined);
    setError('');
    if (ids.length) {
      printReady(orders, ids).then(
        () => isOver || setSource(printSource(orders, ids)),
        (refused) => isOver || setError(refused.message),
      );
    }
    return () => { isOver = true; };
  }, [ids.join(',')]);

  const isAsking = !found || (ids.length > 0 && !source);
  const isEmpty = found && !found.some((one) => one.documents.length); // each order says so itself
  const settled = ids.length ? t('print.ready') : t('print.choose');
  // One line, whatever it says: what is chosen from stays where it is.
  const state = error || isEmpty ? '' : isAsking ? t('loading') : settled;

  return (
    <s-admin-print-action src={source}>
      <s-stack gap="base">
        <Problem error={error} />
        {state && <Quiet>{state}</Quiet>}
        {found && found.map((one) => <Order key={one.id} of={one} left={left} choose={choose} />)}
      </s-stack>
    </s-admin-print-action>
  );
}

function Order({of, left, choose}) {
  return (
    <s-section heading={of.title}>
      {of.documents.length === 0 && <Quiet>{t('print.none')}</Quiet>}
      {of.documents.map((one) => (
        <s-checkbox
          key={one.id}
          label={one.folder ? `${one.folder}: ${one.name}` : one.name}
          checked={!left.has(one.id)}
          onChange={(event) => choose(one.id, event.currentTarget.checked)}
        />
      ))}
    </s-section>
  );
}
