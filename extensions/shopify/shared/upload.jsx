import {useEffect, useState} from 'preact/hooks';

import {file, places} from './backend.js';
import {Problem, t} from './parts.jsx';

/** Files dropped here are filed at once, one after the other. What was refused stays named, with its reason. */
export function Upload({about, done}) {
  const [known, setKnown] = useState(null);
  const [place, setPlace] = useState('');
  const [error, setError] = useState('');
  const [filing, setFiling] = useState('');
  const [filed, setFiled] = useState([]);

  useEffect(() => {
    places(about).then(
      (found) => {
        setKnown(found);
        setPlace(String(found.places[0]?.id ?? ''));
      },
      (refused) => setError(refused.message),
    );
  }, [about.kind, about.id]);

  const take = async (files) => {
    const problems = [];
    const names = [];
    for (const chosen of files) {
      setFiling(chosen.name);
      try {
        if (chosen.size > known.most_bytes) throw new Error(t('errors.tooLarge'));
        names.push((await file(about, chosen, place)).filed);
      } catch (refused) {
        problems.push(`${chosen.name}: ${refused.message}`);
      }
    }
    setFiling('');
    setFiled(names);
    setError(problems.join(' '));
    if (names.length) await done();
  };

  if (!known) return <Problem error={error} />;
  if (!known.places.length) return null;
  return (
    <s-stack gap="base">
      <s-select label={t('upload.place')} value={place} onChange={(event) => setPlace(event.currentTarget.value)}>
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
      <Problem error={error} />
    </s-stack>
  );
}
