// What block and action both show.

import {useState} from 'preact/hooks';

import {download} from './backend.js';

const TONES = {good: 'success', wait: 'warning', bad: 'critical', busy: 'info', none: 'neutral'};

export const t = (key, values) => shopify.i18n.translate(key, values);

export const Badge = ({state}) => <s-badge tone={TONES[state.tone] || 'neutral'}>{state.word}</s-badge>;

/** A link that leaves the admin, where there is somewhere to go; else the words alone. */
export const Out = ({href, children}) =>
  href ? <s-link href={href} target="_blank">{children}</s-link> : <s-text>{children}</s-text>;

export const Quiet = ({children}) => <s-text color="subdued">{children}</s-text>;

export const Problem = ({error}) =>
  error ? <s-banner tone="critical" heading={t('errors.heading')}>{error}</s-banner> : null;

export const Banners = ({of}) =>
  of.banners.map((one) => (
    <s-banner key={one.title} tone={TONES[one.tone] || 'info'} heading={one.title}>{one.text}</s-banner>
  ));

export function Standing({of}) {
  return (
    <s-stack gap="small">
      <s-stack direction="inline" gap="small" alignItems="center">
        <Badge state={of.state} />
        {of.workspace && <Out href={of.workspace.url}>{of.workspace.name}</Out>}
      </s-stack>
      <s-text>{of.lead}</s-text>
      {of.as_of && <Quiet>{of.as_of}</Quiet>}
    </s-stack>
  );
}

/** `about`: what the document belongs to, where it can be downloaded from here. */
export function Document({of, object}) {
  const about = of.about.join(' · ');
  return (
    <s-stack gap="small-200">
      <Out href={of.url}>{of.name}</Out>
      {about && <Quiet>{about}</Quiet>}
      <s-stack direction="inline" gap="small">
        {of.record && <s-badge tone="success">{of.record}</s-badge>}
        {of.holds.map((hold) => <s-badge key={hold} tone="warning">{hold}</s-badge>)}
        {of.approval && <Badge state={of.approval} />}
        {of.delivery && <Badge state={of.delivery} />}
      </s-stack>
      {of.retention && <Quiet>{of.retention}</Quiet>}
      {object && <Download of={of} object={object} />}
    </s-stack>
  );
}

/** An extension cannot save a file: the app gives an address for a minute, which the browser opens. */
function Download({of, object}) {
  const [url, setUrl] = useState('');
  const [error, setError] = useState('');
  const [isAsking, setAsking] = useState(false);
  const fetchIt = async () => {
    setAsking(true);
    setError('');
    try {
      const found = (await download(object, of.id)).url;
      setUrl(found);
      setTimeout(() => setUrl(''), 55_000);
      open(found, '_blank');
    } catch (refused) {
      setError(refused.message);
    }
    setAsking(false);
  };
  return (
    <>
      <s-stack direction="inline" gap="small" alignItems="center">
        <s-button variant="tertiary" loading={isAsking} accessibilityLabel={t('documents.downloadOf', {name: of.name})} onClick={fetchIt}>
          {t('documents.download')}
        </s-button>
        {url && <Out href={url}>{t('documents.ready')}</Out>}
      </s-stack>
      <Problem error={error} />
    </>
  );
}

/** A buyer's latest orders: each opens beneath its line with what is known of it. */
export function Orders({of, children}) {
  return (
    <s-section heading={t('orders.heading')}>
      <s-stack gap="base">
        {of.map((one) => (
          <s-stack key={one.id} gap="small-200">
            <s-stack direction="inline" gap="small" alignItems="center"><Out href={one.url}>{one.name}</Out><Badge state={one.state} /></s-stack>
            <Quiet>{[one.total, one.in_store, one.at].filter(Boolean).join(' · ')}</Quiet>
            {children && children(one)}
          </s-stack>
        ))}
      </s-stack>
    </s-section>
  );
}

export function Cases({of}) {
  return (
    <s-section heading={t('cases')}>
      <s-stack gap="base">
        {of.map((one) => (
          <s-stack key={one.id} gap="small-200">
            <s-stack direction="inline" gap="small"><Out href={one.url}>{one.name}</Out><Badge state={one.state} /></s-stack>
            <Quiet>{[one.reason, one.amount, one.text, one.due].filter(Boolean).join(' · ')}</Quiet>
            {one.is_overdue && <s-badge tone="critical">{t('decision.overdue')}</s-badge>}
          </s-stack>
        ))}
      </s-stack>
    </s-section>
  );
}

/** What staff and buyer wrote in the store. */
export const Notes = ({of}) =>
  of.length > 0 && (
    <s-section heading={t('notes')}>
      <s-stack gap="base">
        {of.map((one) => (
          <s-stack key={one.by} gap="small-200"><Quiet>{one.by}</Quiet><s-paragraph>{one.text}</s-paragraph></s-stack>
        ))}
      </s-stack>
    </s-section>
  );

export const Missing = ({names}) =>
  names.length > 0 && (
    <s-banner tone="warning" heading={t('documents.missing')}>
      <s-unordered-list>{names.map((name) => <s-list-item key={name}>{name}</s-list-item>)}</s-unordered-list>
    </s-banner>
  );

export function Task({of}) {
  return (
    <s-stack gap="small-200">
      <s-text>{of.name}</s-text>
      <Quiet>{of.due ? t('decision.until', {who: of.who, due: of.due}) : t('decision.who', {who: of.who})}</Quiet>
      {of.is_overdue && <s-badge tone="critical">{t('decision.overdue')}</s-badge>}
    </s-stack>
  );
}
