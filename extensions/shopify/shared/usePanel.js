import {useCallback, useEffect, useRef, useState} from 'preact/hooks';

import {panel, request} from './backend.js';

const LOOKS = 30; // in a row, while OpenText takes its time

/**
 * The panel of what the page is about, looked at again as often as it says. `again()` looks at once. What is old is
 * shown at once too; the app is asked once, behind it, to look at OpenText and the store anew. While OpenText takes its
 * time what is shown stays, and its answer is fetched as soon as it may be there.
 */
export function usePanel(about) {
  const [found, setFound] = useState(null);
  const [error, setError] = useState('');
  const shown = useRef({digest: '', refresh: 0});
  const wasStale = useRef(false);
  const looks = useRef(0);
  const next = useRef(null);
  const isGone = useRef(false);

  const lookIn = (seconds) => {
    clearTimeout(next.current);
    if (seconds && !isGone.current) next.current = setTimeout(again, seconds * 1000);
  };

  const again = useCallback(async () => {
    try {
      const fresh = await panel(about, shown.current.digest);
      if (fresh?.digest) {
        shown.current = fresh;
        setFound(fresh);
        if (fresh.is_stale && !wasStale.current) {
          wasStale.current = true;
          request(about, 'recheck').catch(() => {}); // what is shown has its age; nobody waits for this
        }
      }
      setError('');
      looks.current = fresh?.is_asking ? looks.current + 1 : 0;
      if (!fresh?.is_asking) lookIn(shown.current.refresh);
      else lookIn(looks.current <= LOOKS ? fresh.again : 0);
      return fresh;
    } catch (refused) {
      setError(refused.message);
      lookIn(shown.current.refresh);
      return null;
    }
  }, [about.kind, about.id]);

  useEffect(() => {
    isGone.current = false;
    again();
    return () => {
      isGone.current = true;
      clearTimeout(next.current);
    };
  }, [again]);

  return {found, error, again};
}
