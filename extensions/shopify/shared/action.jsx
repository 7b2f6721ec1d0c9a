import '@shopify/ui-extensions/preact';
import {render} from 'preact';
import {useState} from 'preact/hooks';

import {request, selected} from './backend.js';
import {Decide} from './decide.jsx';
import {Badge, Banners, Cases, Document, Missing, Notes, Orders, Out, Problem, Quiet, Standing, t, Task} from './parts.jsx';
import {Upload} from './upload.jsx';
import {usePanel} from './usePanel.js';

/** The panel in a window of the admin; what needs more room is a link away, on the app's own page. */
export const action = () => async () => {
  const [about] = selected();
  render(about ? <Panel about={about} /> : <Nothing />, document.body);
};

const Close = () => <s-button slot="secondary-actions" onClick={() => shopify.close()}>{t('close')}</s-button>;

function Nothing() {
  return (
    <s-admin-action heading={t('name')}>
      <s-text>{t('nothing')}</s-text>
      <Close />
    </s-admin-action>
  );
}

function Panel({about}) {
  const {found, error, again} = usePanel(about);
  const [refused, setRefused] = useState('');
  const [said, setSaid] = useState('');
  const [isAsking, setAsking] = useState(false);

  const decided = async ({said: words = '', problem = ''}) => {
    setSaid(words);
    setRefused(problem);
    await again();
  };
  const begin = async (what) => {
    setAsking(true);
    try {
      await request(about, what);
      setRefused('');
      await again();
    } catch (problem) {
      setRefused(problem.message);
    }
    setAsking(false);
  };

  return (
    <s-admin-action heading={found ? t('heading', {title: found.title}) : t('name')} loading={!found && !error}>
      <s-stack gap="large">
        <Problem error={refused || error} />
        {said && <s-banner tone="success">{said}</s-banner>}
        {found && <Whole of={found} about={about} again={again} decided={decided} begin={begin} isAsking={isAsking} />}
      </s-stack>
      <s-button slot="primary-action" loading={isAsking} onClick={() => begin('recheck')}>{t('recheck')}</s-button>
      <Close />
    </s-admin-action>
  );
}

function Whole({of, about, again, decided, begin, isAsking}) {
  return (
    <>
      <Banners of={of} />
      <Standing of={of} />
      <s-link href={`app:panel/${about.kind}/${about.id}`}>{t('whole')}</s-link>
      {of.notes.map((note) => (
        <s-banner key={note.text} tone="info" heading={note.text}>{note.why}</s-banner>
      ))}
      {of.offer && <Offer of={of.offer} begin={begin} isAsking={isAsking} />}
      <Documents of={of} about={about} again={again} />
      {of.decision && <Decision of={of.decision} about={about} decided={decided} />}
      {of.workflows.length > 0 && <Workflows of={of.workflows} about={about} decided={decided} />}
      {of.cases.length > 0 && <Cases of={of.cases} />}
      {of.orders.length > 0 && <Orders of={of.orders}>{(one) => <OneOrder id={one.id} name={one.name} />}</Orders>}
      <Notes of={of.notes_in_store} />
      <Why of={of.why} questions={of.questions} />
      {of.access.refusal && <Quiet>{of.access.refusal}</Quiet>}
    </>
  );
}

function Offer({of, begin, isAsking}) {
  return (
    <s-section heading={of.title}>
      <s-stack gap="base">
        <s-unordered-list>{of.what.map((line) => <s-list-item key={line}>{line}</s-list-item>)}</s-unordered-list>
        {of.why_not && <Quiet>{of.why_not}</Quiet>}
        {of.button && (
          <s-stack direction="inline">
            <s-button variant="primary" loading={isAsking} onClick={() => begin(of.request)}>{of.button}</s-button>
          </s-stack>
        )}
      </s-stack>
    </s-section>
  );
}

function Documents({of, about, again}) {
  if (!of.workspace) return null;
  return (
    <s-section heading={t('documents.heading')}>
      <s-stack gap="base">
        <Missing names={of.missing} />
        {of.documents.map((one) => <Document key={one.id} of={one} object={about} />)}
        {of.documents.length === 0 && !of.access.refusal && <Quiet>{t('documents.none')}</Quiet>}
        {of.access.can_upload && <Upload about={about} done={again} />}
      </s-stack>
    </s-section>
  );
}

function Decision({of, about, decided}) {
  return (
    <s-section heading={t('decision.heading')}>
      <s-stack gap="base">
        <Badge state={of.state} />
        {of.tasks.map((task) => <Open key={task.name} task={task} about={about} decided={decided} />)}
        {of.by && <s-text>{[of.by, of.at].filter(Boolean).join(', ')}</s-text>}
        {of.comment && <s-paragraph>“{of.comment}”</s-paragraph>}
        <Chain of={of.trail} />
      </s-stack>
    </s-section>
  );
}

/** A task, and its buttons where this person is let in. */
function Open({task, about, decided}) {
  return (
    <s-stack gap="small">
      <Task of={task} />
      {task.decide && <Decide about={about} task={task} done={decided} />}
    </s-stack>
  );
}

function Workflows({of, about, decided}) {
  return (
    <s-section heading={t('workflows')}>
      <s-stack gap="base">
        {of.map((one) => (
          <s-stack key={one.name} gap="small-200">
            <s-stack direction="inline" gap="small"><Out href={one.url}>{one.name}</Out><Badge state={one.state} /></s-stack>
            <Quiet>{[one.engine, one.by, one.at].filter(Boolean).join(' · ')}</Quiet>
            {one.tasks.map((task) => <Open key={task.name} task={task} about={about} decided={decided} />)}
          </s-stack>
        ))}
      </s-stack>
    </s-section>
  );
}

/** An order of the buyer: its documents, cases and notes, read when somebody asks for them. */
function OneOrder({id, name}) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <s-button variant="tertiary" accessibilityLabel={t('orders.detailsOf', {name})} onClick={() => setOpen(!isOpen)}>
        {t(isOpen ? 'orders.hide' : 'orders.show')}
      </s-button>
      {isOpen && <OrderContext about={{kind: 'orders', id}} />}
    </>
  );
}

function OrderContext({about}) {
  const {found, error} = usePanel(about);
  if (!found) return error ? <Problem error={error} /> : <s-spinner accessibilityLabel={t('loading')} />;
  return (
    <s-box padding="base" border="base" borderRadius="base">
      <s-stack gap="base">
        <Problem error={error} />
        <Standing of={found} />
        {found.documents.map((one) => <Document key={one.id} of={one} object={about} />)}
        {found.documents.length === 0 && !found.access.refusal && <Quiet>{t('documents.none')}</Quiet>}
        {found.cases.length > 0 && <Cases of={found.cases} />}
        <Notes of={found.notes_in_store} />
        {found.access.refusal && <Quiet>{found.access.refusal}</Quiet>}
      </s-stack>
    </s-box>
  );
}

function Why({of, questions}) {
  const [isOpen, setOpen] = useState(false);
  if (!of.reasons.length && !of.chain.length && !questions.length) return null;
  return (
    <s-section heading={t('why.heading')}>
      <s-stack gap="base">
        {of.reasons.length > 0 && (
          <s-unordered-list>{of.reasons.map((one) => <s-list-item key={one}>{one}</s-list-item>)}</s-unordered-list>
        )}
        {(of.chain.length > 0 || questions.length > 0) && (
          <s-button variant="tertiary" onClick={() => setOpen(!isOpen)}>{t(isOpen ? 'why.hide' : 'why.show')}</s-button>
        )}
        {isOpen && <Chain of={of.chain} />}
        {isOpen && questions.map((one) => (
          <s-stack key={one.title} gap="small"><s-heading>{one.title}</s-heading><Chain of={one.chain} /></s-stack>
        ))}
      </s-stack>
    </s-section>
  );
}

function Chain({of}) {
  if (!of.length) return null;
  return (
    <s-ordered-list>
      {of.map((link, place) => (
        <s-list-item key={place}>
          <s-text type="strong">{link.label}: </s-text>
          <Out href={link.url}>{link.text}</Out>
          <Quiet>{[' ', link.who, link.at].filter(Boolean).join(' ')}</Quiet>
          {link.quote && <s-paragraph>“{link.quote}”</s-paragraph>}
        </s-list-item>
      ))}
    </s-ordered-list>
  );
}
