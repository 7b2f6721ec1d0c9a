// What block and action both show.

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
    </s-stack>
  );
}

export function Document({of}) {
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
    </s-stack>
  );
}

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
