import {useEffect, useRef, useState} from 'preact/hooks';

import {file, places} from './backend.js';
import {Problem, t} from './parts.jsx';

/** Files dropped here are filed at once, one after the other. What was refused stays named, with its reason. */
export function Upload({about, done}) {
  const [known, setKnown] = useState(null);
  const [place, setPlace] = useState('');
  const [error, setError] = useState('');
  const [filing, setFiling] = useState('');
  const [filed, setFiled] = useState([]);
  const [kept, setKept] = useState([]);
  const folder = useRef('');

  useEffect(() => {
    const take = (found) => {
      setKnown(found);
      const same = found.places.find((one) => one.folder === folder.current) || found.places[0]; // its number may be new
      setPlace(String(same?.id ?? ''));
    };
    places(about, (known) => known.places && take(known)).then(take, (refused) => setError(refused.message));
  }, [about.kind, about.id]);

  const folderOf = (id) => known.places.find((one) => String(one.id) === id)?.folder || '';
  const choose = (id) => {
    folder.current = folderOf(id);
    setPlace(id);
  };

  const take = async (files) => {
    const problems = [];
    const names = [];
    const waiting = [];
    for (const chosen of files) {
      setFiling(chosen.name);
      try {
        if (chosen.size > known.most_bytes) throw new Error(t('errors.tooLarge'));
        const became = await file(about, chosen, place, folderOf(place));
        became.kept ? waiting.push(became.kept) : names.push(became.filed);
      } catch (refused) {
        problems.push(`${chosen.name}: ${refused.message}`);
      }
    }
    setFiling('');
    setFiled(names);
    setKept(waiting);
    setError(problems.join(' '));
    if (names.length || waiting.length) await done();
  };

  if (!known) return <Problem error={error} />;
  if (!known.places.length) return null;
  return (
    <s-stack gap="base">
      <s-select label={t('upload.place')} value={place} onChange={(event) => choose(event.currentTarget.value)}>
        {known.places.map((one) => <s-option key={one.id} value={String(one.id)}>{one.name}</s-option>)}
      </s-select>
      <s-drop-zone
        label={t('upload.label')}
        accept={known.accept.join(',')}
        multiple
        disabled={Boolean(filing)}
        onChange={(event) => take([...(event.currentTarget.files || [])])}
      />
      {filing && <s-spinner accessibilityLabel={t('upload.filing', {name: filing})} />}
      {filed.length > 0 && <s-banner tone="success" heading={t('upload.done')}>{filed.join(', ')}</s-banner>}
      {kept.length > 0 && <s-banner tone="info" heading={t('upload.kept')}>{kept.join(', ')}</s-banner>}
      <Problem error={error} />
    </s-stack>
  );
}
