import {useEffect, useRef, useState} from 'preact/hooks';

import {file, places} from './backend.js';
import {Problem, Quiet, t} from './parts.jsx';

const NOTHING = {filed: [], kept: [], problems: []};

/**
 * Files dropped here are filed at once, one after the other. What was refused stays named, with its reason. Until it is
 * known where to file, the same fields stand there and take nothing, so that nothing below them moves.
 */
export function Upload({about, done}) {
  const [known, setKnown] = useState(null);
  const [place, setPlace] = useState('');
  const [refusal, setRefusal] = useState('');
  const [asked, setAsked] = useState(0);
  const [filing, setFiling] = useState('');
  const [told, setTold] = useState(NOTHING);
  const folder = useRef('');
  const line = useRef({waiting: 0, end: Promise.resolve()}); // what is dropped meanwhile comes after

  useEffect(() => {
    const take = (found) => {
      setKnown(found);
      const same = found.places.find((one) => one.folder === folder.current) || found.places[0]; // its number may be new
      setPlace(String(same?.id ?? ''));
    };
    setRefusal('');
    places(about, (known) => known.places && take(known)).then(take, (refused) => setRefusal(refused.message));
  }, [about.kind, about.id, asked]);

  const folderOf = (id) => known.places.find((one) => String(one.id) === id)?.folder || '';
  const choose = (id) => {
    folder.current = folderOf(id);
    setPlace(id);
  };
  const tell = (what, words) => setTold((before) => ({...before, [what]: [...before[what], words]}));

  const fileOne = async (chosen, where) => {
    setFiling(chosen.name);
    try {
      if (chosen.size > known.most_bytes) throw new Error(t('errors.tooLarge'));
      const became = await file(about, chosen, where, folderOf(where));
      became.kept ? tell('kept', became.kept) : tell('filed', became.filed);
      return true;
    } catch (refused) {
      tell('problems', `${chosen.name}: ${refused.message}`);
      return false;
    }
  };
  const fileAll = async (files, where) => {
    let isAny = false;
    for (const chosen of files) isAny = (await fileOne(chosen, where)) || isAny;
    line.current.waiting -= 1;
    if (!line.current.waiting) setFiling('');
    if (isAny) await done();
  };
  const take = (zone) => {
    const files = [...(zone.files || [])];
    zone.value = ''; // the same file may be chosen again
    if (!files.length) return;
    if (!line.current.waiting) setTold(NOTHING);
    line.current.waiting += 1;
    line.current.end = line.current.end.then(() => fileAll(files, place));
  };
  const leftOut = () => {
    setTold((before) => (line.current.waiting ? before : NOTHING));
    tell('problems', t('upload.leftOut', {kinds: known.accept.join(', ')}));
  };

  const nowhere = known && !known.places.length;
  return (
    <s-stack gap="base">
      <s-select
        label={t('upload.place')}
        placeholder={known ? undefined : t('loading')}
        value={place}
        disabled={!place}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        {known && known.places.map((one) => <s-option key={one.id} value={String(one.id)}>{one.name}</s-option>)}
      </s-select>
      <s-drop-zone
        label={t('upload.label')}
        accept={known ? known.accept.join(',') : undefined}
        multiple
        disabled={!place}
        onChange={(event) => take(event.currentTarget)}
        onDropRejected={leftOut}
      />
      <Quiet>{status({known, nowhere, filing})}</Quiet>
      {told.filed.length > 0 && <s-banner tone="success" heading={t('upload.done')}>{told.filed.join(', ')}</s-banner>}
      {told.kept.length > 0 && <s-banner tone="info" heading={t('upload.kept')}>{told.kept.join(', ')}</s-banner>}
      <Problem error={[...told.problems, refusal].filter(Boolean).join(' ')} />
      {refusal && <s-button variant="tertiary" onClick={() => setAsked(asked + 1)}>{t('recheck')}</s-button>}
    </s-stack>
  );
}

/** One line, whatever it says, so that nothing below it moves. */
function status({known, nowhere, filing}) {
  if (filing) return t('upload.filing', {name: filing});
  if (nowhere) return t('upload.nowhere');
  return known ? t('upload.most', {size: known.most}) : t('loading');
}
