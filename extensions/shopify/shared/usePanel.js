import {useCallback, useEffect, useRef, useState} from 'preact/hooks';

import {panel, request} from './backend.js';

/**
 * The panel of what the page is about, looked at again as often as it says. `again()` looks at once. What is old is
 * shown at once too; the app is asked once, behind it, to look at OpenText and the store anew.
 */
export function usePanel(about) {
  const [found, setFound] = useState(null);
  const [error, setError] = useState('');
  const digest = useRef('');
  const wasStale = useRef(false);

  const again = useCallback(async () => {
    try {
      const fresh = await panel(about, digest.current);
      if (fresh) {
        digest.current = fresh.digest;
        setFound(fresh);
        if (fresh.is_stale && !wasStale.current) {
          wasStale.current = true;
          request(about, 'recheck').catch(() => {}); // what is shown has its age; nobody waits for this
        }
      }
      setError('');
      return fresh;
    } catch (refused) {
      setError(refused.message);
      return null;
    }
  }, [about.kind, about.id]);

  useEffect(() => {
    again();
  }, [again]);

  useEffect(() => {
    if (!found || !found.refresh) return undefined;
    const timer = setInterval(again, found.refresh * 1000);
    return () => clearInterval(timer);
  }, [again, found && found.refresh]);

  return {found, error, again};
}
