import '@shopify/ui-extensions/preact';
import {render} from 'preact';

import {selected} from './backend.js';
import {Banners, Cases, Document, Missing, Orders, Problem, Standing, t, Task} from './parts.jsx';
import {usePanel} from './usePanel.js';

const SHOWN = 3;

/** The card on a page: what matters in a line, the first documents, who must act. `action` opens the whole panel. */
export const block = (action) => async () => {
  const [about] = selected();
  render(<Block about={about} action={action} />, document.body);
};

function Block({about, action}) {
  if (!about) return <s-admin-block heading={t('name')} collapsedSummary={t('nothing')} />;
  return <Card about={about} action={action} />;
}

function Card({about, action}) {
  const {found, error} = usePanel(about);
  const line = found ? found.summary : error ? t('errors.short') : '';
  return (
    <s-admin-block heading={t('name')} collapsedSummary={line}>
      <s-stack gap="base">
        <Problem error={error} />
        {!found && !error && <s-spinner accessibilityLabel={t('loading')} />}
        {found && <Shown of={found} />}
        {found && found.shows && (
          <s-button onClick={() => shopify.navigation.navigate(`extension://${action}`)}>{t('open')}</s-button>
        )}
      </s-stack>
    </s-admin-block>
  );
}

function Shown({of}) {
  const open = of.cases.filter((one) => one.is_open);
  const rest = of.documents.length - SHOWN;
  return (
    <s-stack gap="base">
      <Banners of={of} />
      <Standing of={of} />
      <Missing names={of.missing} />
      {of.decision && of.decision.tasks.map((task) => <Task key={task.name} of={task} />)}
      {open.length > 0 && <Cases of={open.slice(0, SHOWN)} />}
      {of.orders.length > 0 && <Orders of={of.orders.slice(0, SHOWN)} />}
      {of.documents.slice(0, SHOWN).map((one) => <Document key={one.id} of={one} />)}
      {rest > 0 && <s-text color="subdued">{t('documents.more', {count: rest})}</s-text>}
      {of.access.refusal && <s-text color="subdued">{of.access.refusal}</s-text>}
    </s-stack>
  );
}
