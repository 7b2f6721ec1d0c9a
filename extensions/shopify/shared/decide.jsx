import {useRef, useState} from 'preact/hooks';

import {click, decide, task as read} from './backend.js';
import {Out, Problem, Quiet, t} from './parts.jsx';

const TONES = {primary: {variant: 'primary'}, danger: {tone: 'critical'}};

/**
 * A task's buttons. OpenText is asked at every press; whatever it says, what was typed stays. `done({said, problem})`
 * tells the window how it ended: the task, and with it this, may be gone then.
 */
export function Decide({about, task, done}) {
  const [found, setFound] = useState(null);
  const [comment, setComment] = useState('');
  const [to, setTo] = useState('');
  const [problem, setProblem] = useState(null);
  const [asking, setAsking] = useState(''); // which button; a second press meanwhile is none
  const key = useRef('');

  const run = async (what, work) => {
    if (asking) return;
    setAsking(what);
    setProblem(null);
    try {
      await work();
    } catch (refused) {
      setProblem(refused);
      if (refused.more?.is_over) await done({problem: refused.message});
    }
    setAsking('');
  };
  const open = () => run('open', async () => setFound(await read(about, task.decide)));
  const press = (what) => run(what, async () => {
    key.current = key.current || click(); // kept until it is done: the same press again is one wish
    const answer = await decide(about, task.decide, {press: what, comment, to, click: key.current});
    key.current = '';
    setFound(null);
    setComment('');
    await done({said: answer.done});
  });

  if (!found) {
    return (
      <>
        <s-button loading={asking === 'open'} accessibilityLabel={t('decide.of', {name: task.name})} onClick={open}>{t('decide.open')}</s-button>
        <Problem error={problem?.message} />
      </>
    );
  }
  const field = problem?.more?.field;
  const others = found.acts.filter(({act}) => act !== 'delegate');
  return (
    <s-stack gap="base">
      <Problem error={problem?.message} />
      <s-text-area
        label={t('decide.comment')}
        details={t('decide.commentHelp')}
        maxLength={found.longest}
        value={comment}
        error={field === 'comment' ? problem.message : undefined}
        onInput={(event) => setComment(event.currentTarget.value)}
      />
      <s-stack direction="inline" gap="small">
        {found.options.map((one) => (
          <s-button key={one.press} {...TONES[one.tone]} loading={asking === one.press} onClick={() => press(one.press)}>{one.label}</s-button>
        ))}
        {others.map((one) => (
          <s-button key={one.act} variant="tertiary" loading={asking === one.act} onClick={() => press(one.act)}>{one.label}</s-button>
        ))}
      </s-stack>
      {found.acts.filter(({act}) => act === 'delegate').map((one) => (
        <s-stack key={one.act} direction="inline" gap="small" alignItems="end">
          <s-text-field
            label={t('decide.to')}
            value={to}
            error={field === 'to' ? problem.message : undefined}
            onInput={(event) => setTo(event.currentTarget.value)}
          />
          <s-button variant="tertiary" loading={asking === one.act} onClick={() => press(one.act)}>{one.label}</s-button>
        </s-stack>
      ))}
      {found.has_more && <Quiet>{t('decide.more')}</Quiet>}
      <Out href={found.url}>{t('decide.inOpenText')}</Out>
    </s-stack>
  );
}
