define({
  commandName: 'Publish to store',
  commandVerb: 'publish',
  commandDoneVerb: 'handed over',
  accepted: 'Version {version} of “{name}” was handed to the store. It appears there if this version is approved.',
  problems: {
    node: 'The newest version of “{name}” could not be read. Reload the page and try again.',
    ticket: 'The store’s side did not accept your sign-in. Reload the page and try again.',
    busy: 'Too many requests. Try again in {wait} seconds.',
    unavailable: 'The store’s side is not available right now. Try again in a moment.',
    unreachable: 'The store’s side cannot be reached from this page. Ask your administrator whether its address is allowed.',
    refused: 'The store’s side did not understand the request. Ask your administrator to update the module.',
    unexpected: 'The document could not be handed to the store.'
  }
});
